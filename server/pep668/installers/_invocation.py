"""Finds the tool in a command: by its own name, behind an interpreter, or in a variable's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pep668.model import Command, Expansion, Install, Option, PythonReference, Request, Word
from pep668.text import Span

# Whatever the program of a command may be, one of these stands in it. `\0` is an unknown part.
_HINT = re.compile(r"pip|py|uv|poetry|conda|mamba|session\.|[\0\s{}%@]", re.IGNORECASE)
_SUFFIXES = (".exe", ".bat", ".cmd")
_INTERPRETER = re.compile(
    r"(?:python|pypy)w?(?:-?\d+(?:\.\d+)*t?)?(?:-(?:dbg|debug|intel64|64|32))?|py|sys\.executable"
)
# Interpreters of applications: mayapy, hython, ipython. Only believed before `-m`.
_INTERPRETER_LIKE = re.compile(r"[\w.-]+", re.ASCII)
_LOOKED_UP = r"(?:\$\(|`)\s*(?:which|command -v|type -p|type -P)\s+([\w./-]+)\s*(?:\)|`)"
_PLACEHOLDER = r"\{+\s*([\w.]+)\s*\}+|%(\w+)%|@(\w+)@"
_GET_PIP = "get-pip.py"

# The options of `python` that have a value, and those after which it runs no module or script.
_VALUE_LETTERS = "WX"
_VALUE_LONGS = ("--check-hash-based-pycs", "--jit")
_LAUNCHER_VERSION = r"-(?:V:)?(\d+(?:\.\d+)?)(?:-\d+)?"


@dataclass(frozen=True, eq=False)
class Invocation:
    """A tool's run: `name` as its module knows it, `head` the words that name it, `args` what it is given."""

    command: Command
    name: str
    head: tuple[Word, ...]
    args: tuple[Word, ...]
    python: PythonReference

    @property
    def is_given_more(self) -> bool:
        """Whether further arguments come from elsewhere: `pip freeze | xargs pip uninstall -y`."""
        return any(wrapper.name.lstrip("$") in ("xargs", "parallel") for wrapper in self.command.all_wrappers)

    def install(
        self,
        tool: str,
        operation: str,
        last: Word | None = None,
        *,
        python: PythonReference | None = None,
        options: Sequence[Option] = (),
        requests: Sequence[Request] = (),
        passes_check: str = "",
    ) -> Install:
        """The `Install` whose program ends with the word `last`, the subcommand."""
        program = self.head[0].span.to((last or self.head[-1]).span)
        return Install(
            self.command,
            tool,
            operation,
            program,
            _as_written(self.command, program),
            python or self.python,
            tuple(options),
            tuple(requests),
            passes_check,
        )


def elsewhere(option: str) -> str:
    """`Install.passes_check` of an option that names another place."""
    return f"{option} installs elsewhere, without the check for the marker"


def _as_written(command: Command, span: Span) -> str:
    """The document's text of a span in the command's region, line continuations as one space."""
    outer = command.outer(span)
    root = command.region
    while root.parent is not None:
        root = root.parent
    text = root.text[outer.start : outer.end]
    lines = text.replace("\r", "\n").split("\n")
    if len(lines) == 1:
        return text
    stripped = [line.strip().rstrip("\\`^").rstrip() for line in lines[:-1]] + [lines[-1].strip()]
    return " ".join(line for line in stripped if line)


def source(command: Command, word: Word) -> str:
    """A word as the shell reads it, without the quotes around it."""
    text = command.region.text[word.span.start : word.span.end]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def readings(command: Command, known: Callable[[str], bool]) -> Iterator[Invocation]:
    """The ways to read a command as a tool's run, the likeliest first; none for nearly all commands."""
    if not _HINT.search(command.words[0].pattern) and "\\" not in source(command, command.words[0]):
        return
    words = _with_default(command.words)
    for name, program in _names(command, words[0]):
        if known(name):
            yield Invocation(command, name, words[:1], words[1:], PythonReference(program, False))
    yield from _behind_interpreter(command, words, known)


def _with_default(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words, `${PIP:-python3 -m pip}` as the words of its default."""
    part = words[0].parts[0]
    if len(words[0].parts) == 1 and isinstance(part, Expansion) and part.default and part.default.split():
        return (*(Word((text,), words[0].span) for text in part.default.split()), *words[1:])
    return words


def _names(command: Command, word: Word) -> Iterator[tuple[str, str]]:
    """What a program may be called, each with the `PythonReference.program` of it."""
    pattern = word.pattern
    written = source(command, word)
    placeholder = _placeholder(pattern)
    if placeholder:
        yield from _by_variable(placeholder[1] or placeholder[2] or placeholder[3])
        return
    if "\\" in pattern or ("\\" in written and "\0" not in pattern and re.search(r"[\w%}]\\[\w.-]+\Z", written)):
        pattern = (pattern if "\\" in pattern else written).replace("\\", "/")
    name = _without_suffix(pattern.rpartition("/")[2].replace("\0", ""))
    if name:
        yield name, pattern
        return
    looked_up = re.search(_LOOKED_UP, written, re.ASCII)
    if looked_up:
        yield looked_up[1].rpartition("/")[2], looked_up[1]
    for part in word.parts:
        if isinstance(part, Expansion) and part.name:
            yield from _by_variable(part.name)


def _placeholder(pattern: str) -> re.Match[str] | None:
    """`{sys.executable}`, `%PYTHON%`, `@PYTHON@`: what another program puts a value for."""
    return re.fullmatch(_PLACEHOLDER, pattern, re.ASCII) if pattern[:1] in ("{", "%", "@") else None


def _without_suffix(name: str) -> str:
    return name[:-4] if name.lower().endswith(_SUFFIXES) else name


def _by_variable(name: str) -> Iterator[tuple[str, str]]:
    """`PIP`, `venv_pip3`, `UV_BIN` say what they hold."""
    if name in ("sys.executable", "sys_executable"):
        yield "python", "\0"
        return
    parts = re.split(r"[^a-z0-9]+", name.lower())
    if "get" in parts and "pip" in parts:
        yield _GET_PIP, "\0"
    for part in reversed(parts):
        yield part, "\0"


def _behind_interpreter(
    command: Command, words: tuple[Word, ...], known: Callable[[str], bool]
) -> Iterator[Invocation]:
    """`python -m NAME`, `python path/to/NAME`, `curl .../get-pip.py | python`."""
    names = list(_names(command, words[0]))
    surely = [program for name, program in names if _INTERPRETER.fullmatch(name.lower())]
    program = surely[0] if surely else words[0].pattern
    if not surely:
        unknown = "\0" in words[0].pattern or _placeholder(words[0].pattern) is not None
        if not unknown and not any("py" in name and _INTERPRETER_LIKE.fullmatch(name) for name, _ in names):
            return
    found = _own_options(command, words, program)
    if found is None:
        return
    module, at, version = found
    python = PythonReference(program, True, option=version)
    if module is not None:
        name = module.removesuffix(".__main__")
        if known(name):
            yield Invocation(command, name, words[:at], words[at:], python)
        return
    if not surely and not any("py" in name for name, _ in names):
        return
    if at < len(words) and words[at].pattern != "-":
        script = words[at]
        if _GET_PIP in source(command, script) and script.value is None:
            yield Invocation(command, _GET_PIP, words[: at + 1], words[at + 1 :], python)
        for name, _ in _names(command, script):
            if known(name):
                yield Invocation(command, name, words[: at + 1], words[at + 1 :], python)
    elif _reads_get_pip(command):
        at = min(at + 1, len(words))
        yield Invocation(command, _GET_PIP, words[:at], words[at:], python)


def _own_options(command: Command, words: tuple[Word, ...], program: str) -> tuple[str | None, int, str | None] | None:
    """Reads an interpreter's options: the module, the index behind it, the launcher's version.

    Without `-m` the index is that of the script. None where neither runs.
    """
    launcher = _without_suffix(program.rpartition("/")[2]).lower() == "py"
    version: str | None = None
    at = 1
    while at < len(words):
        text = words[at].pattern
        if launcher and (match := re.fullmatch(_LAUNCHER_VERSION, text)):
            version = match[1]
        elif text in ("-", "--") or not text.startswith("-"):
            return None, at + (text == "--"), version
        elif text.startswith("--"):
            if text not in _VALUE_LONGS:
                return None  # --help, --version
            at += 1
        else:
            for index, letter in enumerate(text[1:], 2):
                if letter in "cVh?":
                    return None
                if letter == "m":
                    if text[index:]:
                        return text[index:], at + 1, version
                    if at + 1 == len(words):
                        return None
                    names = [name for name, _ in _names(command, words[at + 1])]
                    return (names[0], at + 2, version) if names else None
                if letter in _VALUE_LETTERS:
                    at += not text[index:]
                    break
        at += 1
    return None, at, version


def _reads_get_pip(command: Command) -> bool:
    """Whether get-pip.py comes from a pipe or a redirection."""
    text = command.region.text
    for redirect in command.redirects:
        if redirect.operator.lstrip("0") in ("<", "<<<"):
            return _GET_PIP in text[redirect.target.span.start : redirect.target.span.end]
    if command.operator != "|":
        return False
    left = text[max(command.statement.start, command.words[0].span.start - 2000) : command.words[0].span.start]
    before, pipe, _ = left.rpartition("|")
    return bool(pipe) and _GET_PIP in re.split(r"[;\n]|&&|\|\|", before)[-1]
