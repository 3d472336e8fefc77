"""The INI reader against configparser, and what configparser refuses."""

from __future__ import annotations

from configparser import ConfigParser, Error

from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.syntax import ini
from pep668.syntax.node import Mapping, Scalar

_LINES = st.sampled_from(
    [
        *("[a]", "[b]", "[testenv:{py39,py310}-x]", "  [indented]", "[half", "[]"),
        *("key = value", "key=", "key : v = w", "other = [x]", "  deeper = x", "Key2=a # b", "url = http://x:1", "=x"),
        *("    pip install x", "\tcontinued", "    # comment", "  ; comment", "# comment", "", "   ", "no delimiter"),
        *("    [x] y", "  a = b"),
    ]
)
_TEXTS = st.lists(_LINES, max_size=14).map(lambda lines: "\n".join(["[first]", *lines]))


def _sections(text: str) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for section in ini.parse(text).entries:
        assert isinstance(section.value, Mapping)
        keys = out.setdefault(section.key.value, {})
        for entry in section.value.entries:
            assert isinstance(entry.value, Scalar)
            keys[entry.key.value] = entry.value.value
    return out


@settings(deadline=None)
@given(_TEXTS)
def test_it_reads_what_configparser_reads(text: str) -> None:
    parser = ConfigParser(interpolation=None, strict=False, default_section="\0")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except Error:
        return
    assert _sections(text) == {name: dict(parser[name]) for name in parser.sections()}


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("[]=: \t\r\n#;ab\\\x0c\u2028"), max_size=60))
def test_it_never_raises_and_its_places_are_right(text: str) -> None:
    for section in ini.parse(text).entries:
        assert isinstance(section.value, Mapping)
        for entry in section.value.entries:
            scalar = entry.value
            assert isinstance(scalar, Scalar)
            assert text[entry.key.span.start : entry.key.span.end] == entry.key.value
            for offset, char in enumerate(scalar.value):
                if char != "\n":
                    assert text[scalar.map.offset(offset)] == char


def test_a_broken_section_leaves_the_others() -> None:
    text = "[testenv]\ncommands\n    pip install a\n[broken\nx\n[testenv:b]\ncommands =\n  pip install b\n"
    assert _sections(text)["testenv:b"] == {"commands": "\npip install b"}


def test_crlf_and_comment_lines_inside_a_value() -> None:
    text = "[a]\r\nk =\r\n  one\r\n# out\r\n  two\r\n"
    scalar = ini.parse(text).get("a", "k")
    assert isinstance(scalar, Scalar)
    assert scalar.value == "\none\ntwo"
    assert scalar.notation("x\ny") == "x\n  y"


def test_time_is_linear() -> None:
    assert len(ini.parse("[a]\n" + "k = v\n" * 50_000).mapping("a").entries) == 50_000
    assert ini.parse("[" * 200_000 + "\n" + "=" * 200_000 + "\na" + " " * 200_000 + "b").entries == ()
