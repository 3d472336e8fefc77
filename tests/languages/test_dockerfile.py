"""Dockerfile: which text runs, where it stands in the document, and what is known there."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.languages import detect
from pep668.languages.dockerfile import LANGUAGE, extract
from pep668.model import Evidence, Fact, Region
from pep668.text import SourceMap, Span


def regions(text: str) -> list[Region]:
    return list(extract(Region.document("dockerfile", text)))


def only(text: str) -> Region:
    (region,) = regions(text)
    return region


def values(region: Region, kind: str) -> dict[str, str | None]:
    return {f.name: f.value for f in region.facts if f.kind == kind}


def assert_mapped(region: Region, text: str) -> None:
    """Each verbatim segment shows the document's own characters, and the segments cover the region in order."""
    at = 0
    before = 0
    for segment in region.map.segments:
        assert segment.inner.start == at
        assert segment.outer.start >= before
        at, before = segment.inner.end, segment.outer.end
        if segment.verbatim:
            assert region.text[segment.inner.start : segment.inner.end] == text[segment.outer.start : segment.outer.end]
    assert at == len(region.text)


# --- shell text ----------------------------------------------------------------------------------

SHELL = [
    ("plain", "FROM a\nRUN pip install x\n", ["pip install x"]),
    ("lower case, indented", "from a\n  run   pip install x\n", ["pip install x"]),
    ("no instruction above", "RUN pip install x", ["pip install x"]),
    ("byte order mark", "\ufeffRUN pip install x", ["pip install x"]),
    ("continuation", "RUN a && \\\n    pip install x", ["a && \\\n    pip install x"]),
    ("blanks behind the escape", "RUN a && \\  \n  b", ["a && \\\n  b"]),
    ("two escapes continue nothing", "RUN echo a\\\\\nRUN b", ["echo a\\\\", "b"]),
    ("comment inside", "RUN a && \\\n  # why\n  b", ["a && \\\n  b"]),
    ("comment that ends with the escape", "RUN a && \\\n# why \\\n  b", ["a && \\\n  b"]),
    ("blank lines inside", "RUN a && \\\n\n   \n  b\nRUN c", ["a && \\\n  b", "c"]),
    ("CRLF", "RUN a && \\\r\n  # c\r\n  pip install x\r\nRUN b\r\n", ["a && \\\n  pip install x", "b"]),
    ("escape directive", "# escape=`\nRUN a && `\n  b \\\nRUN c", ["a && \\\n  b \\", "c"]),
    ("escape behind another directive", "# syntax=docker/dockerfile:1\n#escape = `\nRUN a `\n b", ["a \\\n b"]),
    ("escape too late", "# a comment\n# escape=`\nRUN a `\nRUN b", ["a `", "b"]),
    ("the escape ends the file", "RUN pip install x \\\n", ["pip install x "]),
    (
        "shell comment swallows what Docker joins",
        "RUN a # no \\\n  && pip install x\nRUN b",
        ["a # no   && pip install x", "b"],
    ),
    ("comment lines between", "# RUN no\nRUN a\n  # RUN no\nRUN b", ["a", "b"]),
    ("unknown instruction, its continuation too", "{% if x %}\nFOO a \\\n RUN b\nRUN c", ["c"]),
    (
        "flags",
        "RUN --mount=type=cache,target=/c --network=none \\\n --security=insecure pip install x",
        ["pip install x"],
    ),
    ("flag of the program", "RUN pip --version", ["pip --version"]),
    ("heredoc script", "RUN <<EOF\npip install x\nls\nEOF\nRUN b", ["pip install x\nls\n", "b"]),
    ("heredoc script keeps # and \\", "RUN <<EOF\n# c\na \\\n b\nEOF\n", ["# c\na \\\n b\n"]),
    ("heredoc, tabs stripped", "RUN <<-EOF\n\tpip install x\n\t\tb\n\tEOF\nRUN c", ["pip install x\nb\n", "c"]),
    ("heredoc, quoted", "RUN <<'EOF'\npip install x\nEOF\n", ["pip install x\n"]),
    ("heredoc for a program", "RUN bash <<EOF\npip install x\nEOF\nRUN b", ["bash <<EOF\npip install x\nEOF", "b"]),
    ("heredoc before its program", "RUN <<EOF bash\npip install x\nEOF\n", ["<<EOF bash\npip install x\nEOF"]),
    ("heredoc to a file", "RUN cat <<EOF > f && a\nRUN no\nEOF\nRUN b", ["cat <<EOF > f && a\nRUN no\nEOF", "b"]),
    ("two heredocs", "RUN a <<A && b <<B\n1\nA\n2\nB\nRUN c", ["a <<A && b <<B\n1\nA\n2\nB", "c"]),
    ("heredoc behind a continuation", "RUN a && \\\n cat <<E\nx\nE\nRUN b", ["a && \\\n cat <<E\nx\nE", "b"]),
    ("no heredoc: quoted", 'RUN echo "<<EOF"\nRUN b', ['echo "<<EOF"', "b"]),
    ("no heredoc: a here string", "RUN cat <<<EOF\nRUN b", ["cat <<<EOF", "b"]),
    ("no heredoc: a shift", "RUN echo $((1 << 2))\nRUN b", ["echo $((1 << 2))", "b"]),
    ("heredoc without an end", "RUN <<EOF\npip install x\n\nRUN b", ["pip install x\n\n", "b"]),
    ("heredoc at the end of the text", "RUN <<EOF\npip install x", ["pip install x"]),
    ("heredoc of a COPY runs nothing", "COPY <<EOF /s.sh\nRUN no\nEOF\nRUN b", ["b"]),
    ("heredoc with a shebang", "RUN <<EOF\n#!/bin/bash -e\npip install x\nEOF", ["#!/bin/bash -e\npip install x\n"]),
    ("heredoc of another program", "RUN <<EOF\n#!/usr/bin/perl\npip install x\nEOF\nRUN b", ["b"]),
    ("exec form", 'RUN ["pip", "install", "x"]', ["pip install x"]),
    ("exec form over lines", 'RUN [ "pip", \\\n  # c\n  "install" ]\nRUN b', ["pip install", "b"]),
    ("exec form, quoting", """RUN ["sh", "-c", "pip install 'a b' $X"]""", ["sh -c 'pip install '\\''a b'\\'' $X'"]),
    ("exec form, escapes", r'RUN ["a", "b\"c", "\u0041\\d", "x\ty"]', ["a 'b\"c' 'A\\d' 'x\ty'"]),
    ("exec form, no assignment", 'RUN ["A=b", "if", "", "c=d"]', ["'A=b' if '' c=d"]),
    ("not quite exec form", "RUN ['pip', 'install']", ["['pip', 'install']"]),
    ("not quite exec form: trailing comma", 'RUN ["a",]', ['["a",]']),
    ("exec form of nothing", "RUN []\nRUN b", ["b"]),
    ("CMD, ENTRYPOINT", 'CMD pip install x && y\nENTRYPOINT ["pip3", "list"]', ["pip install x && y", "pip3 list"]),
    ("HEALTHCHECK", "HEALTHCHECK --interval=5s \\\n CMD  pip install x\nHEALTHCHECK NONE", ["pip install x"]),
    ("HEALTHCHECK, exec form", 'healthcheck cmd ["pip", "check"]', ["pip check"]),
    ("ONBUILD", "ONBUILD RUN pip install x\nonbuild \\\n run b", ["pip install x", "b"]),
    ("empty", "RUN\nRUN \nCMD\nRUN \\\n\n", []),
]


@pytest.mark.parametrize(("text", "expected"), [s[1:] for s in SHELL], ids=[s[0] for s in SHELL])
def test_shell_text(text: str, expected: list[str]) -> None:
    found = regions(text)
    assert [r.text for r in found] == expected
    for region in found:
        assert_mapped(region, text)


PLACES = [
    ("FROM a\nRUN --mount=type=cache a && \\\n # c\n  python3 -m pip install x", "python3 -m pip"),
    ("# escape=`\r\nRUN a && `\r\n  pip install x", "pip install x"),
    ('RUN ["a b", "pip", "install"]', "pip"),
    ('RUN ["bash", \\\n "-c", "é \\" pip install x"]', "pip install x"),
    ("RUN <<-EOF\n\techo\n\t\tpip install x\n\tEOF", "pip install x"),
    ("RUN bash <<EOF\n  pip install x\nEOF", "pip install x"),
    ("HEALTHCHECK --retries=1 CMD pip install x", "pip install x"),
]


@pytest.mark.parametrize(("text", "needle"), PLACES)
def test_place_in_the_document(text: str, needle: str) -> None:
    region = only(text)
    at = region.text.index(needle)
    span = region.outer(Span(at, at + len(needle)))
    assert text[span.start : span.end] == needle
    assert region.map.is_verbatim(Span(at, at + len(needle)))


def test_exec_form_quotes_lead_to_the_strings() -> None:
    text = 'RUN ["a b"]'
    region = only(text)
    assert region.text == "'a b'"
    assert region.outer(Span(0, 5)) == Span(5, 10)
    assert not region.map.is_verbatim(Span(0, 5))


ANCHORS = [
    ("FROM a\n  RUN a \\\n  # c\n  b  \nRUN c", ["RUN a \\\n  # c\n  b  ", "RUN c"]),
    ("ONBUILD RUN a\r\nCMD b\r\n", ["ONBUILD RUN a", "CMD b"]),
    ("RUN <<EOF\na\nEOF\nRUN b <<E\n1\nE", ["RUN <<EOF\na\nEOF", "RUN b <<E\n1\nE"]),
    ("RUN a \\", ["RUN a \\"]),
    ("RUN --network=none a", ["RUN --network=none a"]),
]


@pytest.mark.parametrize(("text", "expected"), ANCHORS)
def test_anchor_is_the_instruction(text: str, expected: list[str]) -> None:
    anchors = [r.anchor for r in regions(text)]
    assert [text[a.start : a.end] for a in anchors if a] == expected


def test_language_follows_the_shell() -> None:
    text = (
        'RUN a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN b\n'
        'SHELL ["C:\\\\Windows\\\\PowerShell.EXE", "-Command"]\nRUN c; \\\n d\nRUN ["e"]\nCMD f\n'
        "RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF"
    )
    found = [(r.text, r.language, f.value if (f := r.fact("shell")) else None) for r in regions(text)]
    assert found == [
        ("a", "shell", None),
        ("b", "shell", "bash"),
        ("c; \\\n d", "powershell", "powershell"),
        ("e", "shell", None),
        ("f", "powershell", "powershell"),
        ("#!/usr/bin/env python3\nimport os\n", "python", "powershell"),
    ]


def test_powershell_keeps_its_own_escape() -> None:
    assert only('# escape=`\nSHELL ["pwsh", "-c"]\nRUN a `\n b').text == "a `\n b"


def test_command_keeps_the_shell_of_its_line() -> None:
    region = only('SHELL ["bash", "-c"]\nCMD a\nSHELL ["pwsh", "-c"]')
    assert region.language == "shell"
    assert [f.value for f in region.facts if f.kind == "shell"] == ["bash"]


# --- facts ---------------------------------------------------------------------------------------

IMAGES = [
    ("FROM debian:12", "debian:12", "FROM debian:12"),
    ("FROM --platform=$BUILDPLATFORM debian:12 AS x", "debian:12", "FROM --platform=$BUILDPLATFORM debian:12 AS x"),
    ("ARG V=12\nFROM debian:${V}", "debian:12", "FROM debian:${V} (debian:12 by default)"),
    ('ARG V="12"\nARG I=debian:$V\nFROM $I-slim', "debian:12-slim", "FROM $I-slim (debian:12-slim by default)"),
    ("FROM ${I:-debian:12}", "debian:12", "FROM ${I:-debian:12} (debian:12 by default)"),
    ("ARG V\nFROM debian:$V", "debian:${V}", "FROM debian:$V (the value of V is not known here)"),
    ("FROM debian:$V", "debian:${V}", "FROM debian:$V (the value of V is not known here)"),
    ("FROM a\nARG V=12\nFROM debian:$V", "debian:${V}", "FROM debian:$V (the value of V is not known here)"),
    ("FROM debian@sha256:aa", "debian@sha256:aa", "FROM debian@sha256:aa"),
    ("FROM debian:12 \\\n  AS x", "debian:12", "FROM debian:12 AS x"),
    ("FROM debian:12 AS Base\nFROM a\nFROM base", "debian:12", "FROM debian:12 AS Base"),
    ("FROM debian:12 AS a\nFROM a AS b\nARG B=b\nFROM b", "debian:12", "FROM debian:12 AS a"),
    ("FROM scratch", "scratch", "FROM scratch"),
    ("FROM", "", "FROM"),
]


@pytest.mark.parametrize(("text", "value", "evidence"), IMAGES)
def test_image(text: str, value: str, evidence: str) -> None:
    document = text + "\nRUN x"
    fact = regions(document)[-1].fact("image")
    assert fact is not None
    assert (fact.value, fact.evidence.text) == (value, evidence)
    assert fact.evidence.span is not None
    assert document[fact.evidence.span.start : fact.evidence.span.end].upper().startswith("FROM")


def test_without_from_the_image_is_unknown() -> None:
    fact = only("RUN x").fact("image")
    assert fact is not None
    assert fact.value == ""
    assert fact.evidence.span is None


VARIABLES = [
    ("ENV A=b", {"A": "b"}),
    ("ENV A=b C='d e' F=\"g h\" I=j\\ k", {"A": "b", "C": "d e", "F": "g h", "I": "j k"}),
    ("ENV A=b \\\n  # c\n\n  C=d", {"A": "b", "C": "d"}),
    ("ENV A b  c=d ", {"A": "b  c=d"}),
    ("ENV A=/v\nENV PATH=$A/bin:$PATH", {"A": "/v", "PATH": "/v/bin:$PATH"}),
    ('ENV A=/v\nENV PATH "${A}/bin:${PATH}"', {"A": "/v", "PATH": "/v/bin:$PATH"}),
    ("ENV PATH=/a:$PATH\nENV PATH=/b:$PATH", {"PATH": "/b:/a:$PATH"}),
    ("ENV A=/v PATH=$A/bin:$PATH", {"A": "/v", "PATH": "/bin:$PATH"}),
    ("ENV PATH=$CONDA_DIR/bin:$PATH", {"PATH": "${CONDA_DIR}/bin:$PATH"}),
    ("ENV A='$B' C=\\$D E=\"\\$F\"", {"A": "$B", "C": "$D", "E": "$F"}),
    ("ENV A=${B:-c} D=${E:+f} F=${A:+g}", {"A": "c", "D": "", "F": ""}),
    ("ENV A=b\nENV C=${A:+d} D=${A:-e} E=${X:-${A}}", {"A": "b", "C": "d", "D": "b", "E": "b"}),
    ("ENV A=b\nENV A=c", {"A": "c"}),
    ("ARG A", {"A": None}),
    ("ARG A=b C\nENV D=$A", {"A": "b", "C": None, "D": "b"}),
    ("ENV A=env\nARG A=arg", {"A": "env"}),
    ("ARG A=arg\nENV A=env-$A", {"A": "env-arg"}),
    ("ENV =x A", {"=x": "A"}),
]


@pytest.mark.parametrize(("text", "expected"), VARIABLES)
def test_variables(text: str, expected: dict[str, str | None]) -> None:
    assert values(only(f"FROM a\n{text}\nRUN x"), "variable") == expected


def test_variable_evidence_is_the_assignment_at_its_instruction() -> None:
    text = "FROM a\nENV A=b \\\n  PATH=/v/bin:$PATH\nRUN x"
    fact = only(text).fact("variable", "PATH")
    assert fact is not None
    assert fact.evidence.text == "ENV PATH=/v/bin:$PATH"
    assert fact.evidence.span is not None
    assert text[fact.evidence.span.start : fact.evidence.span.end] == "ENV A=b \\\n  PATH=/v/bin:$PATH"


def test_arguments_belong_to_their_stage() -> None:
    text = "ARG G=1\nARG H=2\nFROM a\nRUN x\nARG G\nARG L=3\nRUN y\nFROM b\nRUN z"
    x, y, z = regions(text)
    assert values(x, "variable") == {}
    assert values(y, "variable") == {"G": "1", "L": "3"}
    assert values(z, "variable") == {}


def test_running_container_has_no_build_arguments_but_the_last_user() -> None:
    text = "FROM a\nARG A=1\nARG B=2\nENV B=3\nCMD x\nUSER app\nENV C=4"
    region = only(text)
    assert values(region, "variable") == {"B": "3", "C": "4"}
    assert values(region, "user") == {"": "app"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("app", "app"),
        ("app:grp", "app"),
        ("0", "root"),
        ("0:0", "root"),
        ("root", "root"),
        ("$U", None),
        ("1000", "1000"),
    ],
)
def test_user(written: str, value: str | None) -> None:
    assert values(only(f"FROM a\nUSER {written}\nRUN x"), "user") == {"": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("WORKDIR /a/b/", "/a/b"),
        ("WORKDIR /a\nWORKDIR b\nWORKDIR ../c", "/a/c"),
        ("WORKDIR a", "/a"),
        ("ENV D=/d\nWORKDIR $D/e", "/d/e"),
        ("WORKDIR $HOME/e", "${HOME}/e"),
        ("WORKDIR /", "/"),
    ],
)
def test_working_directory(text: str, value: str) -> None:
    assert values(only(f"FROM a\n{text}\nRUN x"), "directory") == {"": value}


def test_copies_from_other_systems() -> None:
    text = (
        "FROM a AS Build\nFROM b\nFROM c\nWORKDIR /w\n"
        "COPY --from=build /venv /venv\nCOPY --chown=1:1 --from=1 /x y/\n"
        'COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /uvx /bin/\nCOPY --from=$S ["/a b", "/c d"]\nRUN x'
    )
    found = [f for f in only(text).facts if f.kind == "copy"]
    assert [(f.name, f.value) for f in found] == [
        ("/venv", "stage:0"),
        ("/w/y/", "stage:1"),
        ("/bin/", "ghcr.io/astral-sh/uv:0.5"),
        ("/c d", None),
    ]
    assert found[0].evidence.text == "COPY --from=build /venv /venv"


def test_files_that_are_copied_in() -> None:
    text = (
        "FROM a\nENV D=/etc\nCOPY pip.conf $D/\nCOPY a/b.txt /c.txt\nADD https://x.org/get-pip.py /tmp/\nCOPY . /app\n"
        "COPY <<EOF /etc/q.conf\n[global]\nd = $D $$ ${U} \\$D\nEOF\n"
        "COPY <<-'A' <<B /dir/\n\t$D\nA\n2\nB\nRUN x"
    )
    assert values(only(text), "file") == {
        "/etc/pip.conf": None,
        "/c.txt": None,
        "/tmp/get-pip.py": None,
        "/etc/q.conf": "[global]\nd = /etc $$ ${U} $D\n",
        "/dir/A": "$D\n",
        "/dir/B": "2\n",
    }


def test_place_is_the_stage_and_the_instruction() -> None:
    text = "FROM a AS x\nRUN 1\nRUN 2\nFROM x\nRUN 3\nCMD 4\nFROM b\nRUN 5"
    found = [(r.place.system, r.place.base, r.place.process.partition(":")[0]) for r in regions(text)]
    assert found == [
        ("stage:0", None, "run"),
        ("stage:0", None, "run"),
        ("stage:1", "stage:0", "run"),
        ("stage:1", "stage:0", "cmd"),
        ("stage:2", None, "run"),
    ]
    assert len({r.place.process for r in regions(text)}) == 5


def test_stage_inherits_what_it_is_built_from() -> None:
    text = (
        "FROM debian:12 AS x\nARG A=1\nENV PATH=/v/bin:$PATH\nUSER app\nWORKDIR /w\n"
        "FROM x\nENV PATH=/z:$PATH\nRUN y\nFROM x\nRUN z"
    )
    y, z = regions(text)
    assert values(y, "variable") == {"A": "1", "PATH": "/z:/v/bin:$PATH"}
    assert values(z, "variable") == {"A": "1", "PATH": "/v/bin:$PATH"}
    assert values(y, "user") == {"": "app"}
    assert values(y, "directory") == {"": "/w"}


def test_onbuild_changes_nothing_here() -> None:
    assert values(only("FROM a\nONBUILD ENV A=b\nONBUILD USER u\nRUN x"), "variable") == {}


def test_inside_another_document() -> None:
    """Two Dockerfiles of one document are different systems; spans and evidence are the document's."""
    inner = "FROM debian:12\nRUN pip install x"
    document = f"# Doc\n\n{inner}\n\n{inner}\n"
    note = Fact("document", None, Evidence("a README"))
    outer = Region.document("markdown", document)
    found: list[Region] = []
    for start in (7, 7 + len(inner) + 2):
        region = Region("dockerfile", inner, SourceMap.identity(len(inner), start), (note,), parent=outer)
        found += extract(region)
    first, second = found
    assert first.place.system != second.place.system
    for region in found:
        assert region.anchor is not None
        assert document[region.anchor.start : region.anchor.end] == "RUN pip install x"
        assert note in region.facts
        image = region.fact("image")
        assert image is not None
        assert image.evidence.span is not None
        assert document[image.evidence.span.start : image.evidence.span.end] == "FROM debian:12"
        assert document[region.map.offset(0) :].startswith("pip install x")


# --- properties ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [s[1] for s in SHELL] + [p[0] for p in PLACES] + [i[0] for i in IMAGES])
def test_never_raises_on_a_prefix_and_always_maps(text: str) -> None:
    for end in range(len(text) + 1):
        for region in regions(text[:end]):
            assert_mapped(region, text[:end])


def test_a_cut_loses_no_instruction_before_it() -> None:
    lines = ["FROM a", "RUN one \\", " more", "RUN <<EOF", "two", "EOF", 'RUN ["three"]', "CMD four"]
    text = "\n".join(lines) + "\n"
    for end in range(len(text)):
        complete = [r for r in regions(text) if r.anchor and r.anchor.end < end]
        assert [r.text for r in regions(text[:end])][: len(complete)] == [r.text for r in complete]


_PIECES = st.sampled_from(
    [
        *(
            "FROM a AS b\n",
            "FROM b\n",
            "RUN ",
            "ENV A=$B",
            "ARG B",
            "COPY --from=b ",
            "COPY ",
            "SHELL ",
            "CMD ",
            "ONBUILD ",
        ),
        *("<<EOF", "<<-E", "\nEOF\n", "\n\tE\n", "\\\n", "\\\r\n", "# c\n", "\n", "\r", " ", "\t", '["', '", "', '"]'),
        *(
            "'",
            '"',
            "$",
            "${",
            "}",
            "${A:-",
            "\\",
            "`",
            "# escape=`\n",
            "--mount=",
            "pip install x",
            "é\U0001f600",
            "\0",
            "/",
        ),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=30))
def test_never_raises_on_garbage(pieces: list[str]) -> None:
    text = "".join(pieces)
    for region in regions(text):
        assert_mapped(region, text)
        assert region.anchor is not None
        assert 0 <= region.anchor.start < region.anchor.end <= len(text)


HOSTILE = [
    "RUN " + "a" * 1_000_000,
    "RUN " + "\\\n" * 40_000,
    "RUN <<A\n" * 10_000,
    "".join(f"RUN <<A{i}\n" for i in range(10_000)),
    "RUN " + "<<A " * 100_000,
    "ENV A=x\n" + "ENV A=$A$A\n" * 2_000,
    "ENV A=" + "${A:-" * 100_000,
    "ENV A=" + "${" * 100_000 + "'" * 10,
    'ENV A="' + "\\" * 500_000,
    "RUN [" + '"a",' * 100_000,
    'RUN ["' + "\\u" * 200_000,
    "FROM a AS a\n" * 20_000 + "RUN x",
    "".join(f"ENV A{i}=1\nRUN x\n" for i in range(3_000)),
    "COPY " + "a " * 100_000 + "/b/",
    "# x=y\n" * 200_000,
    " " * 1_000_000 + "RUN",
    "RUN --" + "a-" * 300_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[t[:12].strip() or "blank" for t in HOSTILE])
def test_hostile_text_ends(text: str) -> None:
    # What is quadratic takes minutes here: a guard, not a measure.
    start = time.process_time()
    regions(text)
    assert time.process_time() - start < 60


# --- recognition ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *(
            "Dockerfile",
            "a/dockerfile",
            "Containerfile",
            "Dockerfile.dev",
            "web.Dockerfile",
            "x.dockerfile",
            "Dockerfile-base",
        ),
        *("Containerfile.arm", "b.containerfile"),
    ],
)
def test_recognized_by_name(path: str) -> None:
    assert detect(path) == LANGUAGE.id


def test_recognized_by_content_with_care() -> None:
    assert detect("build.img", "# x\nARG V=1\n\nFROM debian:$V\nRUN apt-get update\n") == LANGUAGE.id
    assert detect("query.x", "SELECT a\nFROM b\n") != LANGUAGE.id
    assert detect("query.x", "FROM b\nSELECT a\n") != LANGUAGE.id
    assert detect("", "", "dockerfile") == LANGUAGE.id
