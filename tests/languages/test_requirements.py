"""Requirements files: what they ask for, where it stands, and agreement with `packaging`."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Oracle
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from pep668.languages import detect
from pep668.languages.requirements import LANGUAGE, extract
from pep668.model import Region, RequirementsFile
from pep668.text import SourceMap


def read(text: str) -> RequirementsFile:
    (found,) = extract(Region.document("requirements", text))
    return found


Row = tuple[str, str, str, str, tuple[str, ...]]


def rows(text: str) -> list[Row]:
    """Name, the document's text at the span, specifier, marker, extras."""
    return [(r.name, text[r.span.start : r.span.end], r.specifier, r.marker, r.extras) for r in read(text).requirements]


LINES: list[tuple[str, list[Row]]] = [
    ("six", [("six", "six", "", "", ())]),
    ("Foo.Bar__baz==1.0", [("foo-bar-baz", "Foo.Bar__baz==1.0", "==1.0", "", ())]),
    ("  a >= 1 , < 2  # why", [("a", "a >= 1 , < 2", ">=1,<2", "", ())]),
    ("a(>=1)", [("a", "a(>=1)", ">=1", "", ())]),
    ("a[x, Y_z]~=1.2", [("a", "a[x, Y_z]~=1.2", "~=1.2", "", ("x", "y-z"))]),
    ("a===1.0+local", [("a", "a===1.0+local", "===1.0+local", "", ())]),
    ('a==1.*; python_version < "3.9" # b', [("a", "a==1.*", "==1.*", 'python_version < "3.9"', ())]),
    ("a;os_name=='nt' --hash=sha256:00", [("a", "a", "", "os_name=='nt'", ())]),
    ("a==1 --hash=sha256:00 --hash=sha256:11", [("a", "a==1", "==1", "", ())]),
    (
        "a==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nb",
        [("a", "a==1", "==1", "", ()), ("b", "b", "", "", ())],
    ),
    ("a>=1,\\\n <2\nb", [("a", "a>=1,\\\n <2", ">=1,<2", "", ()), ("b", "b", "", "", ())]),
    ("a \\\n# no \\\nb", [("a", "a", "", "", ()), ("b", "b", "", "", ())]),
    ("# a\n\n   # b\n#c\\\nd", [("d", "d", "", "", ())]),
    ("a#b", []),
    ("\ufeffa==1\r\nb==2\r\n", [("a", "a==1", "==1", "", ()), ("b", "b==2", "==2", "", ())]),
    (
        "a\fb\u2028c\rd",
        [("a", "a", "", "", ()), ("b", "b", "", "", ()), ("c", "c", "", "", ()), ("d", "d", "", "", ())],
    ),
    ("\U0001f600\né\na==1", [("a", "a==1", "==1", "", ())]),
    ("a @ https://x.org/a.zip ; os_name=='nt'", [("a", "a @ https://x.org/a.zip", "", "os_name=='nt'", ())]),
    (
        "a[b]@git+https://x.org/a.git@v1#subdirectory=c",
        [("a", "a[b]@git+https://x.org/a.git@v1#subdirectory=c", "", "", ("b",))],
    ),
    ("git+https://x.org/a.git@v1#egg=A_b[c] # d", [("a-b", "git+https://x.org/a.git@v1#egg=A_b[c]", "", "", ("c",))]),
    ("https://${TOKEN}@x.org/a.git#egg=z", [("z", "https://${TOKEN}@x.org/a.git#egg=z", "", "", ())]),
    (
        "https://x.org/Foo_bar-1.0-py3-none-any.whl",
        [("foo-bar", "https://x.org/Foo_bar-1.0-py3-none-any.whl", "", "", ())],
    ),
    ("https://x.org/foo-bar-1.0.tar.gz?x=1", [("foo-bar", "https://x.org/foo-bar-1.0.tar.gz?x=1", "", "", ())]),
    (
        "./dist/foo-1.0-1-cp311-abi3-linux_x86_64.whl",
        [("foo", "./dist/foo-1.0-1-cp311-abi3-linux_x86_64.whl", "", "", ())],
    ),
    ("git+https://x.org/a-1.0.zip\n./sub\n../x\n.[test]\nhttps://x.org/master.zip", []),
    ("${PACKAGE}==1\n$X\n", []),
    ("this is prose\nHello, world\n[section]\n", []),
    ("a==", [("a", "a", "", "", ())]),
    ("a==1 b", [("a", "a==1", "==1", "", ())]),
    ("-i https://x.org/simple\n--pre\n--no-binary :all:\na", [("a", "a", "", "", ())]),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_requirements(text: str, expected: list[Row]) -> None:
    assert rows(text) == expected


def test_options() -> None:
    text = (
        "-r a.txt\n--requirement=b.txt\n--requirement c.txt\n-rd.txt\n-r 'e f.txt' # g\n"
        "-c x.txt\n--constraint=y.txt\n"
        "-e .\n--editable ./lib[a]\n-e git+https://x.org/z.git#egg=z\n"
        "--requirements-not-one q.txt\n-i r\n--index-url -r\n-r"
    )
    found = read(text)
    assert found.includes == ("a.txt", "b.txt", "c.txt", "d.txt", "e f.txt")
    assert found.constraints == ("x.txt", "y.txt")
    assert found.editable == (".", "./lib[a]", "git+https://x.org/z.git#egg=z")
    assert found.requirements == ()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("# c\n-i x\n-c y\n  six==1  # d\na", "six==1"),
        ("-r a.txt\nb", "-r a.txt"),
        ("--pre\n-e .\n", "-e ."),
        ("./lib --config-settings=a=b\n", "./lib"),
        ("\n# nothing\n--pre\n-c y\n", None),
        ("", None),
    ],
)
def test_first_thing_to_install(text: str, first: str | None) -> None:
    span = read(text).first
    assert (text[span.start : span.end] if span else None) == first


def test_spans_are_the_document_s() -> None:
    document = 'x = """\na==1\nb\n"""'
    region = Region("requirements", document[8:14], SourceMap.identity(6, 8), parent=Region.document("toml", document))
    (found,) = extract(region)
    assert [document[r.span.start : r.span.end] for r in found.requirements] == ["a==1", "b"]
    assert found.first == found.requirements[0].span


# --- packaging as the oracle -----------------------------------------------------------------------

_space = st.sampled_from(["", " ", "  ", "\t"])
_name = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?", fullmatch=True)
_clause = st.builds(
    lambda op, a, v: f"{op}{a}{v}",
    st.sampled_from(["==", "!=", ">=", "<=", "<", ">", "~="]),
    _space,
    st.sampled_from(["1.0", "2024.1.2", "1.0.post1", "2.0rc1", "1!3.0", "1.0.dev4", "v1.2"]),
)
_specifier = st.builds(
    lambda clauses, a, b, brackets: f"({(a + ',' + b).join(clauses)})" if brackets else (a + "," + b).join(clauses),
    st.lists(_clause, min_size=1, max_size=3),
    _space,
    _space,
    st.booleans(),
)
_extras = st.builds(lambda names, a: f"[{(',' + a).join(names)}]", st.lists(_name, max_size=3), _space)
_marker = st.sampled_from(
    ["; python_version<'3.9'", " ;os_name == 'nt' and extra == \"x\"", ";(sys_platform=='linux')"]
)
_url = st.sampled_from(["https://x.org/a.zip", "git+https://u@x.org/a.git@v1", "file:///a/b"])
_line = st.builds(
    lambda *parts: "".join(parts),
    _name,
    _space,
    st.one_of(st.just(""), _extras),
    _space,
    st.one_of(st.just(""), _specifier, st.builds(lambda a, u: f"@{a}{u} ", _space, _url)),
    st.one_of(st.just(""), _marker),
)


@settings(max_examples=500, deadline=None)
@given(_line)
def test_agrees_with_packaging(line: str) -> None:
    try:
        oracle = Oracle(line)
    except InvalidRequirement:
        return
    (found,) = read(line).requirements
    assert found.name == canonicalize_name(oracle.name)
    assert set(found.extras) == {canonicalize_name(e) for e in oracle.extras}
    assert SpecifierSet(found.specifier) == oracle.specifier
    assert bool(found.marker) == bool(oracle.marker)
    if oracle.marker:
        assert str(Oracle(f"a; {found.marker}").marker) == str(oracle.marker)
    assert line[found.span.start : found.span.end] == found.text
    written = Oracle(found.text)
    assert (written.name, written.specifier, written.url) == (oracle.name, oracle.specifier, oracle.url)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_line, max_size=5),
    st.sampled_from(["\n", "\r\n", "  # c\n", " --hash=sha256:00\n", " \\\n  --hash=a:b\n"]),
)
def test_lines_do_not_disturb_each_other(lines: list[str], ending: str) -> None:
    alone = [(r.name, r.specifier, r.marker) for line in lines for r in read(line).requirements]
    together = [(r.name, r.specifier, r.marker) for r in read("".join(line + ending for line in lines)).requirements]
    assert together == alone


# --- tolerance ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [line for line, _ in LINES])
def test_never_raises_on_a_prefix(text: str) -> None:
    for end in range(len(text) + 1):
        cut = text[:end]
        for found in read(cut).requirements:
            assert 0 <= found.span.start < found.span.end <= end
            if "\\" not in cut:
                assert cut[found.span.start : found.span.end] == found.text


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("a1-_.[](),;@=<>~! #\\\"'$\n\r\f/{}\u2028é")), max_size=40))
def test_never_raises_on_garbage(text: str) -> None:
    found = read(text)
    assert list(found.requirements) == sorted(found.requirements, key=lambda r: r.span)


HOSTILE = [
    *("a" * 1_000_000, "a" + "." * 1_000_000, "a" + " " * 1_000_000 + "b", " #" * 300_000, "a #" * 300_000),
    *("a" + "==1," * 200_000, "a[" * 200_000, "a" + "(" * 500_000, "-r " + "'" * 500_000, "\\\n" * 200_000),
    *("https://x/" + "#egg=" * 200_000, "https://x/" + "a-1" * 300_000 + ".zip", "a\\\n" * 100_000, "a @" * 300_000),
    *("-" * 500_000, "- r" * 200_000, "a\n" * 100_000, "a" + "-1" * 300_000 + ".whl"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=[str(i) for i in range(len(HOSTILE))])
def test_hostile_text_ends(text: str) -> None:
    # What is quadratic takes minutes here: a guard, not a measure.
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 60


# --- recognition -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *(
            "requirements.txt",
            "a/requirements-dev.txt",
            "dev-requirements.txt",
            "requirements.in",
            "requirements/base.txt",
        ),
        *("a/requirements/base.in", "constraints.txt", "requirements_test.txt", "constraints-3.11.txt"),
    ],
)
def test_recognized_by_name(path: str) -> None:
    assert detect(path) == LANGUAGE.id


SNIFFED = [
    ("a==1\nb>=2\n", True),
    ("# deps\n-r base.txt\nsix\na==1.0 ; python_version<'3'\n", True),
    ("a==1 --hash=sha256:00\n--extra-index-url https://x.org\n", True),
    ("six\nrequests\n", False),
    ("Dear all,\nsee a==1\n", False),
    ("a==1\nb>=2\nif a == b:\n", False),
    ("pip install a==1\npip install b==1\n", False),
    ("x>=1\n", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "expected"), SNIFFED)
def test_recognized_by_content_with_care(text: str, expected: bool) -> None:
    assert (detect("deps.unknown", text) == LANGUAGE.id) is expected
