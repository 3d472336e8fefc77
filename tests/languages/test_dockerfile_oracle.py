"""The Dockerfile reader against BuildKit's own parser (the package `dockerfile` wraps its Go code).

Compared are the instructions, ONBUILD's included, their lines, flags and heredocs, for those of shell text the
joined text, and for JSON arrays their strings. What BuildKit refuses to parse is not compared.
"""

from __future__ import annotations

import re
from pathlib import Path

import dockerfile  # type: ignore[import-not-found]
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from casefiles import cases
from pep668.languages import _arguments
from pep668.languages._dockerfile import KEYWORDS, flags, instructions

CASES = Path(__file__).parent.parent / "cases"
SOURCES = [
    (f"{path.stem}: {case.title}", case.text)
    for path in sorted(CASES.rglob("*.md"))
    if path.name != "README.md"
    for case in cases(path)
    if case.source.kind == "dockerfile"
]
_RUNS = ("RUN", "CMD", "ENTRYPOINT")

# Keyword, sub-keyword's, first and last line, flags, text or list, heredocs.
Row = tuple[str, bool, int, int, tuple[str, ...], object, tuple[tuple[str, str], ...]]


def theirs(text: str) -> list[Row] | None:
    """The instructions by BuildKit; None where it does not parse the text."""
    try:
        found = dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return None
    rows: list[Row] = []
    for command in found:
        keyword = (command.sub_cmd or command.cmd or "").upper()
        value: object = None
        if keyword in _RUNS:
            value = list(command.value) if command.json else _normal(command.value[0] if command.value else "")
        heredocs = tuple((h.name, h.content) for h in command.heredocs)
        names = tuple(sorted({f.partition("=")[0].lstrip("-") for f in command.flags}))
        if keyword in KEYWORDS and keyword != "ONBUILD":  # one of nothing
            onbuild = command.sub_cmd is not None
            rows.append((keyword, onbuild, command.start_line, command.end_line, names, value, heredocs))
    return rows


def ours(text: str) -> list[Row]:
    rows: list[Row] = []
    for found in instructions(text):
        values, rest = flags(text, found)
        line, where = rest.joined(text)
        value: object = None
        if found.keyword in _RUNS:
            items = _arguments.strings(line)
            value = _normal(line) if items is None else [i.value for i in items]
        for segment in where.segments:  # the map is exact
            inner, outer = segment.inner, segment.outer
            assert line[inner.start : inner.end] == text[outer.start : outer.end]
        heredocs = tuple((h.name, text[h.body.start : h.body.end]) for h in found.heredocs if not found.onbuild)
        first, last = (text.count("\n", 0, at) + 1 for at in (found.span.start, max(found.span.end - 1, 0)))
        # `dockerfile` gives neither flags nor heredocs of what ONBUILD holds.
        takes_flags = found.keyword in ("ADD", "COPY", "FROM", "HEALTHCHECK", "RUN")
        names = tuple(sorted(values)) if takes_flags and not found.onbuild else ()
        rows.append((found.keyword, found.onbuild, first, last, names, value, heredocs))
    return rows


def _normal(line: str) -> str:
    return re.sub(r"[ \t\r]+", " ", line).strip()


@pytest.mark.parametrize(("title", "text"), SOURCES, ids=[t for t, _ in SOURCES])
def test_the_cases(title: str, text: str) -> None:
    expected = theirs(text)
    if expected is not None:
        assert ours(text) == expected


def test_most_cases_are_compared() -> None:
    assert sum(theirs(text) is not None for _, text in SOURCES) > 30


_LINES = st.sampled_from(
    [
        "FROM debian:12",
        "FROM --platform=linux/amd64 alpine AS a",
        "RUN pip install x",
        "run  pip install x && \\",
        "RUN --mount=type=cache,target=/c --network=none pip install x",
        "RUN --mount=type=bind,source=a,target=a \\",
        "    --mount=type=cache,target=/c \\",
        "RUN a \\  ",
        "RUN echo \\\\",
        "    b \\",
        "  c",
        "# a comment",
        "# ends so \\",
        "   # indented",
        "",
        "   ",
        "\t",
        "ENV A=b \\",
        "ENV PATH /x:$PATH",
        "ARG X=1",
        'CMD ["pip", "install", "x"]',
        'CMD [ "a\\"b", "\\u0041" ]',
        "CMD ['a']",
        'ENTRYPOINT ["a",]',
        "ENTRYPOINT pip",
        "ONBUILD RUN pip install x",
        "ONBUILD RUN \\",
        "ONBUILD COPY a b",
        "RUN <<EOF",
        "RUN <<-EOF cat",
        "RUN <<EOF cat <<'END'",
        'RUN python3 <<"EOF" && b',
        "COPY <<EOF /etc/x",
        "\tEOF",
        "EOF",
        "EOF ",
        "END",
        "RUN cat <<<EOF",
        "RUN echo $((1<<2))",
        "HEALTHCHECK --interval=5s CMD pip",
        "HEALTHCHECK NONE",
        'SHELL ["/bin/bash", "-c"]',
        "USER x",
        "WORKDIR /a b",
        "LABEL a=b c='d e'",
        "EXPOSE 80",
        "STOPSIGNAL 9",
        "VOLUME /a",
        "MAINTAINER me",
        "ADD a b",
        "pip install nothing",
        "UNKNOWN x",
        "RUN",
        "\\",
        "RUN a \\\\\\",
        "RUN a `",
        "   RUN indented",
        "RUN a # no comment",
        "RUN 'a \\",
        "b'",
    ]
)
_DIRECTIVES = st.sampled_from(["", "# escape=`\n", "# syntax=docker/dockerfile:1\n# escape=`\n", "#escape = \\\n"])
_ENDS = st.sampled_from(["\n", "\r\n"])


@settings(max_examples=1500, deadline=None)
@given(directive=_DIRECTIVES, lines=st.lists(_LINES, min_size=1, max_size=12), end=_ENDS, last=st.booleans())
@example(directive="", lines=["RUN <<EOF cat <<'END'", "a", "EOF", "b", "END"], end="\n", last=True)
def test_generated(directive: str, lines: list[str], end: str, last: bool) -> None:
    # At the end of the file the two differ on whose lines a continued instruction's comments are.
    text = directive.replace("\n", end) + end.join([*lines, "USER last"]) + (end if last else "")
    expected = theirs(text)
    assume(expected is not None)
    assert ours(text) == expected
