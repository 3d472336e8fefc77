"""The lines of an IPython cell that are not Python: magics, `!commands` and help, with exact places.

As IPython reads them (`IPython/core/inputtransformer2.py`, 9.x): such a line begins where a Python statement
would, and goes on behind a backslash. A cell that begins with `%%name` is something else altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.text import MappedText, SourceMap, Span

from ._python import NAME, NEWLINE, OP, Scanner

SHELL, PACKAGES, SETTING, DIRECTORY, IGNORED = "shell", "packages", "setting", "directory", "ignored"

_CELL = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*[ \t]*%%(!|\w[\w.]*)[ \t]*([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_SHELLS = frozenset("bash sh shell zsh ksh dash system sx ! fish".split())
_PYTHONS = frozenset("python python2 python3 pypy pypy3".split())
# Cell magics whose text is a cell again.
_TRANSPARENT = frozenset(
    """time timeit capture prun memit mprun lprun heat snakeviz debug notify skip_if_exception local autopep8 black
    scalene pyinstrument filprofile blackcellmagic tensorboard captured with_capture wandb measure""".split()
)
_TIMING = frozenset("time timeit prun memit debug".split())
_PACKAGES = "pip|pip3|conda|mamba|micromamba|uv"

_MAGIC = re.compile(
    r"""(?P<indent>[ \t]*)
    (?P<target>[A-Za-z_][\w.,\ \t\[\]'"]*?[ \t]*=(?!=)[ \t]*(?=[!%]))?
    (?: (?P<bang>!{1,2})(?!=)
      | (?P<percent>%)[ \t]?(?P<name>[A-Za-z_]\w*)
      | (?P<help>\?{1,2}[\w.%*]+|%{0,2}[\w.]+\?{1,2}(?=[ \t]*(?:\#|[\r\n]|\Z))) )""",
    re.VERBOSE,
)
_AUTOMAGIC = re.compile(
    rf"[ \t]*(?P<name>{_PACKAGES})[ \t]+(?:-{{1,2}}[a-z][\w-]*[ \t]+)*"
    r"(?:install|uninstall|update|remove|create|pip|add|env)\b(?![ \t]*[.=(,])"
)
_EXPRESSION = re.compile(
    r"""\{((?:[A-Za-z_]|"[^"{}\r\n]{0,80}"\.|'[^'{}\r\n]{0,80}'\.)(?:[\w.]|\([^{}\r\n]*\)|\[[^{}\r\n]*\])*)"""
    r"(?:![rsa])?(?::[^{}\r\n]*)?\}|\{\{|\}\}"
)
_SETTING = re.compile(r"[ \t]*([A-Za-z_]\w*)[ \t]*[= \t][ \t]*([^\r\n]*)")
_IN_BRACKETS = re.compile(rf"[ \t]*(?:!(?!=)|%[ \t]?(?:{_PACKAGES}|env|cd|time|sx|system)[ \t])")


@dataclass(frozen=True, slots=True)
class Magic:
    """One line that is not Python. `span` covers it; `name` is the magic's, `!` for a command.

    `made` is what a shell reads (SHELL, PACKAGES); a SETTING has `variable` and `value`, a DIRECTORY `value`.
    """

    kind: str
    name: str
    span: Span
    made: tuple[str, SourceMap] = ("", SourceMap.identity(0))
    variable: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class CellMagic:
    """`%%name rest` and where the text that it is given begins. `language` is "" for what is not read."""

    name: str
    language: str
    program: str
    body: int


def cell_magic(text: str, start: int = 0) -> CellMagic | None:
    """The magic that a cell begins with."""
    found = _CELL.match(text, start)
    if not found:
        return None
    name, rest = found[1], found[2]
    language, program = "", ""
    if name in _SHELLS:
        language, program = "shell", "" if name in ("system", "sx", "!", "shell") else name
    elif name in _PYTHONS:
        language = "python"
    elif name in ("script", "sx"):
        words = [w for w in rest.split() if not w.startswith("-")]
        while words and words[0].rpartition("/")[2] in ("env", "sudo"):
            words.pop(0)
        program = words[0].rpartition("/")[2] if words else ""
        if program in _SHELLS:
            language = "shell"
        elif program.rstrip("0123456789.") in ("python", "pypy"):
            language = "python"
    elif name in ("cmd", "powershell", "pwsh"):
        language = "cmd" if name == "cmd" else "powershell"
    elif name in _TRANSPARENT:
        language = "ipython"
    if language == "fish" or program == "fish":
        language = "fish"
    return CellMagic(name, language, program, found.end())


def magics(text: str, start: int = 0) -> Iterator[Magic]:
    """The lines of a cell that are not Python, in order."""
    scanner = Scanner(text)
    at = start
    while at < len(text):
        made = _line(text, at)
        if made is not None:
            yield made
            at = max(made.span.end, at + 1)
            while at < len(text) and text[at] in "\r\n":
                at += 1
        else:
            at = _statement_end(scanner, at)


def _statement_end(scanner: Scanner, start: int) -> int:
    """The offset behind the logical line that begins at `start`."""
    text = scanner.text
    depth = 0
    for token in scanner.tokens(start):
        if token.kind == NEWLINE:
            if not depth or _IN_BRACKETS.match(text, token.end):
                return token.end
        elif token.kind == OP:
            if token.text in "([{":
                depth += 1
            elif token.text in ")]}":
                depth -= depth > 0
        elif token.kind == NAME and token.text in ("def", "class") and depth and _first_on_line(text, token.start):
            depth = 0  # the bracket before was left open
    return len(text)


def _first_on_line(text: str, at: int) -> bool:
    line = max(text.rfind("\n", max(0, at - 200), at), text.rfind("\r", max(0, at - 200), at))
    return not text[line + 1 : at].strip()


def _line_end(text: str, start: int) -> int:
    """The end of the physical lines that backslashes join."""
    at = start
    while True:
        found = _END.search(text, at)
        if found is None:
            return len(text)
        if text[found.start() - 1 : found.start()] != "\\" or found.start() == start:
            return found.start()
        at = found.end()


_END = re.compile(r"\r\n|\r|\n")


def _line(text: str, start: int) -> Magic | None:
    found = _MAGIC.match(text, start)
    if found is None:
        automagic = _AUTOMAGIC.match(text, start)
        if automagic is None:
            return None
        at = automagic.start("name")
        return _magic(text, start, at, automagic["name"], automagic.end("name"))
    if found["bang"]:
        return _shell_line(text, start, found.end())
    if found["percent"]:
        if not found["target"] and _is_modulo(text, found.end()):
            return None
        return _magic(text, start, found.start("name"), found["name"], found.end("name"))
    return Magic(IGNORED, "?", Span(start, _line_end(text, start)))


def _is_modulo(text: str, at: int) -> bool:
    return text[at : at + 1] in ("(", ")", ".", "[")


def _shell_line(text: str, start: int, at: int) -> Magic:
    end = _line_end(text, at)
    return Magic(SHELL, "!", Span(start, end), _expanded(text, at, end))


def _magic(text: str, start: int, name_at: int, name: str, at: int) -> Magic:
    end = _line_end(text, at)
    span = Span(start, end)
    if name in _PACKAGES.split("|"):
        return Magic(PACKAGES, f"%{name}", span, _expanded(text, name_at, end))
    if name in ("sx", "system", "sc"):
        return Magic(SHELL, "!", span, _expanded(text, at, end))
    if name in ("env", "set_env"):
        setting = _SETTING.match(text, at, end)
        if setting:
            value = setting[2].strip()
            return Magic(SETTING, f"%{name}", span, variable=setting[1], value=value.strip("'\""))
    if name == "cd":
        return Magic(DIRECTORY, "%cd", span, value=text[at:end].strip().strip("'\""))
    if name in _TIMING:
        inner = re.compile(r"[ \t]+(?:-\S+[ \t]+)*").match(text, at, end)
        if inner and inner.end() < end and text[inner.end()] in "!%":
            again = _line(text, inner.end())
            if again is not None:
                return Magic(again.kind, again.name, span, again.made, again.variable, again.value)
    return Magic(IGNORED, f"%{name}", span)


def _expanded(text: str, start: int, end: int) -> tuple[str, SourceMap]:
    """A command line as the shell gets it: what Python puts in (`{name}`) is a variable of which nothing is known."""
    out = MappedText()
    at = start
    for found in _EXPRESSION.finditer(text, start, end):
        if found.start() > start and text[found.start() - 1] == "$" and found[1]:
            continue  # ${NAME} reaches the shell where Python has no such name
        out.verbatim(text[at : found.start()], at)
        span = Span(found.start(), found.end())
        if found[1] is None:
            out.opaque(found[0][0], span)
        else:
            out.opaque("${" + re.sub(r"\W+", "_", found[1]).strip("_") + "}", span)
        at = found.end()
    out.verbatim(text[at:end], at)
    return out.finish(start)


def blanked(text: str, spans: list[Span], start: int = 0) -> str:
    """The text with blanks for what stands before `start` and in the spans; line ends stay."""
    pieces = [_blank(text[:start])]
    at = start
    for span in spans:
        pieces += (text[at : span.start], _blank(text[span.start : span.end]))
        at = span.end
    pieces.append(text[at:])
    return "".join(pieces)


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)
