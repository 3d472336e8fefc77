"""The reader of Python: `ast` and `tokenize` are its oracles on the standard library's own sources."""

from __future__ import annotations

import ast
import io
import re
import sysconfig
import time
import tokenize
import warnings
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668 import languages
from pep668.analysis import analyze
from pep668.languages import _python, _python_scopes
from pep668.languages._python_tree import Call, Str, dotted
from pep668.model import Region
from pep668.text import LineTable

STDLIB = Path(sysconfig.get_path("stdlib"))
# Packages with all kinds of Python in them, and the files that try every string prefix and every kind of f-string.
SOURCES = sorted(
    {
        *sorted(STDLIB.glob("*.py"))[::4],
        *(p for name in ("asyncio", "json", "venv", "ensurepip") for p in STDLIB.glob(f"{name}/*.py")),
        *(
            STDLIB / "test" / f"test_{n}.py"
            for n in ("fstring", "string_literals", "grammar", "subprocess", "unpack_ex")
        ),
    }
)


def _read(path: Path) -> str | None:
    """The file as text with `\\n` line ends, None where this Python cannot parse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
            ast.parse(text)
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError):
        return None
    return None if "\f" in text or "\r" in text else text


@cache
def _texts() -> tuple[tuple[Path, str], ...]:
    return tuple((path, text) for path in SOURCES if (text := _read(path)) is not None)


class _Offsets:
    """Offsets of `ast`'s lines and UTF-8 columns."""

    def __init__(self, text: str) -> None:
        self.table = LineTable(text)

    def __call__(self, line: int, column: int) -> int:
        start = self.table.starts[line - 1]
        return start + len(self.table.line_text(line - 1).encode()[:column].decode("utf-8", "ignore"))


def _oracle_calls(text: str) -> set[tuple[int, str, tuple[str | None, ...]]]:
    """Calls of dotted names: where, which name, and what their string arguments say."""
    offset = _Offsets(text)
    out = set()
    pending: list[ast.AST] = [ast.parse(text)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr) or type(node).__name__ == "TemplateStr":
            continue  # what stands in a field is read on its own
        if isinstance(node, ast.Call) and (name := _dotted(node.func)):
            literals = tuple(_constant(arg) for arg in node.args if not isinstance(arg, ast.Starred))
            out.add((offset(node.lineno, node.col_offset), name, literals))
        pending += ast.iter_child_nodes(node)
    return out


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        left = _dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Constant):
        return None
    if isinstance(node.value, bytes):
        return node.value.decode("latin-1")
    return _encodable(node.value) if isinstance(node.value, str) else None


def _encodable(text: str) -> str:
    """The text without halves of characters, which no editor can hold."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _calls(text: str) -> set[tuple[int, str, tuple[str | None, ...]]]:
    out = set()
    for placed in _python_scopes.read(text).calls:
        call = placed.node
        assert isinstance(call, Call)
        name = dotted(call.func)
        if name:
            literals = []
            for arg in call.args:
                if isinstance(arg, Str):
                    values = [None if x.formatted else _python.value(text, x) for x in arg.literals]
                    literals.append(None if None in values else "".join(v for v in values if v is not None))
                elif type(arg).__name__ != "Star":
                    literals.append(None)
            out.add((call.start, name, tuple(literals)))
    return out


def test_calls_and_their_literals_are_those_of_ast() -> None:
    seen = 0
    for path, text in _texts():
        expected, actual = _oracle_calls(text), _calls(text)
        assert not expected - actual, f"{path}: {sorted(map(str, expected - actual))[:5]}"
        patterns = _patterns(text)
        extra = {call for call in actual - expected if call[0] not in patterns}
        assert not extra, f"{path}: {sorted(map(str, extra))[:5]}"
        seen += len(expected)
    assert seen > 5_000


def _patterns(text: str) -> set[int]:
    """Where classes stand in patterns: `case Point(0)` is no call, but looks like one."""
    offset = _Offsets(text)
    return {offset(n.lineno, n.col_offset) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.MatchClass)}


def _literals(text: str) -> set[tuple[int, int, str]]:
    out = set()
    for token in _python.Scanner(text).tokens():
        if token.literal is not None and not token.literal.formatted:
            value = _python.value(text, token.literal)
            assert value is not None
            out.add((token.start, token.end, value))
    return out


def test_string_literals_are_those_of_tokenize() -> None:
    seen = 0
    for path, text in _texts():
        table = LineTable(text)
        expected = set()
        formatted = 0
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type]
            formatted += name in ("FSTRING_START", "TSTRING_START")
            formatted -= name in ("FSTRING_END", "TSTRING_END")
            prefix = (
                token.string.partition(token.string.lstrip("rRbBuUfFtT"))[0] if token.type == tokenize.STRING else ""
            )
            if token.type != tokenize.STRING or formatted or "f" in prefix.lower():
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = ast.literal_eval(token.string)
            start = table.starts[token.start[0] - 1] + token.start[1]
            end = table.starts[token.end[0] - 1] + token.end[1]
            expected.add((start, end, value.decode("latin-1") if isinstance(value, bytes) else _encodable(value)))
        assert _literals(text) == expected, path
        seen += len(expected)
    assert seen > 5_000


def test_formatted_literals_end_where_those_of_ast_end() -> None:
    seen = 0
    for path, text in _texts():
        offset = _Offsets(text)
        ends = {
            (offset(n.lineno, n.col_offset), offset(n.end_lineno or 0, n.end_col_offset or 0))
            for n in ast.walk(ast.parse(text))
            if isinstance(n, ast.JoinedStr)
        }
        starts = {start for start, _ in ends}
        tokens = [t for t in _python.Scanner(text).tokens() if t.literal is not None]
        for token in tokens:
            if token.literal is not None and "f" in token.literal.prefix and token.start in starts:
                longest = max(end for start, end in ends if start == token.start)
                assert token.end <= longest, path
                seen += token.end == longest
    assert seen > 200


def test_every_part_of_a_literal_stands_where_it_says() -> None:
    for path, text in _texts():
        for token in _python.Scanner(text).tokens():
            if token.literal is None:
                continue
            at = token.literal.first
            for part in _python.parts(text, token.literal):
                assert at <= part.span.start <= part.span.end <= token.literal.last, path
                assert not part.exact or text[part.span.start : part.span.end] == part.text, path
                at = part.span.end


CODE = st.text(
    alphabet=st.sampled_from("()[]{}'\"\\\n#,:=.+%*f r{}!@; \tpipinstall") | st.characters(max_codepoint=0x2FFF),
    max_size=200,
)


@settings(max_examples=300, deadline=None)
@given(CODE)
def test_no_text_is_an_error(text: str) -> None:
    for language in ("python", "ipython", "notebook"):
        analyze("pip\n" + text, language)


STATEMENTS = st.lists(
    st.sampled_from(
        [
            'subprocess.run(["pip", "install", "x"])',
            "os.system('pip install y')",
            "cmd = [sys.executable, '-m', 'pip']",
            "cmd += ['install', name]",
            "subprocess.check_call(cmd)",
            "for p in ['a', 'b']: os.system(f'pip install {p}')",
            "def run(c):\n    os.system(c)",
            "run('pip install z')",
            "if x:\n    cmd = 'pip'",
            'x = """',
            "f(",
        ]
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(STATEMENTS)
def test_regions_stand_in_order_and_in_the_text(lines: list[str]) -> None:
    text = "\n".join(["import os, subprocess, sys", *lines])
    extract = languages.extractor("python")
    assert extract is not None
    for region in extract(Region.document("python", text)):
        assert isinstance(region, Region)
        last = 0
        for segment in region.map.segments:
            assert last <= segment.outer.start <= segment.outer.end <= len(text)
            last = segment.outer.start
            if segment.verbatim:
                inner, outer = segment.inner, segment.outer
                assert region.text[inner.start : inner.end] == text[outer.start : outer.end]


CUT = """\
import os, subprocess, sys
subprocess.run(["pip", "install", "one"])
os.system("pip install two")
cmd = [sys.executable, "-m", "pip", "install"]
cmd.append("three")
subprocess.check_call(cmd, cwd="/srv")
def go(package):
    subprocess.run(f"{sys.executable} -m pip install {package}", shell=True)
os.system(\"\"\"
pip install four
\"\"\")
"""


def test_what_stands_before_a_cut_is_found() -> None:
    whole = _found(CUT)
    assert len(whole) == 5
    table = LineTable(CUT)
    for cut in range(len(CUT)):
        line = table.line_of(cut)
        complete = {start for start in whole if _statement_end(table, start) < line}
        assert complete <= set(_found(CUT[:cut])), CUT[:cut]


def _found(text: str) -> list[int]:
    return [j.install.command.outer(j.install.program).start for j in analyze(text, "python").context.judged]


def _statement_end(table: LineTable, start: int) -> int:
    """The line on which the statement of a command ends: the list's is used two lines below, the script ends there."""
    line = table.line_of(start)
    return line + 2 if '"-m", "pip", "install"]' in table.line_text(line) or "four" in table.line_text(line) else line


@pytest.mark.parametrize(
    "text",
    [
        'run("pip install x", ' + "(" * 100_000,
        'pip = f"' + "{" * 200_000,
        "pip = " + "f'{f\"" * 60_000,
        "pip\n" + "x = [" * 50_000,
        "pip\n" + "'" * 100_001,
        "pip\n" + "lambda x: " * 50_000,
        "pip\n" + "a if b else " * 50_000,
        "def run(c):\n    run(c)\n" + 'run("pip install x")\n' * 5_000,
        "cmd = []\n" + "cmd.append('pip')\n" * 10_000 + "run(cmd)\n" * 500,
        "import subprocess\n" + "x = x + x\nsubprocess.run(x)\n" * 2_000 + "'pip install'",
        "pip\n" + "if a:\n" * 20_000,
    ],
    ids=range(11),
)
def test_time_is_linear(text: str) -> None:
    before = time.process_time()
    analyze(text, "python")
    assert time.process_time() - before < 60
