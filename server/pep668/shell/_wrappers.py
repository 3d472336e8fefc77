"""Peels off the programs that run the rest of their line: `sudo -H`, `env X=1`, `docker run IMAGE`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pep668.model import Assignment, Expansion, Word, Wrapper
from pep668.text import Span

from ._wrapper_table import GROUPS, NO_OPTIONS, RUNNERS, WRAPPERS, Shape

_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+)?=")
_KNOWN_PROGRAM = re.compile(
    r"(?:\S*/)?(?:pip[\d.]*|python[\d.]*|pypy[\d.]*|uvx?|pipx|sudo|doas|apt|apt-get|aptitude|conda|mamba|micromamba|poetry"
    r"|pipenv|pdm|easy_install|virtualenv|apk|dnf|yum|zypper|pacman|brew|env|bash|sh|py)\Z",
    re.ASCII,
)
_SCRIPT = re.compile(r"(?:^|/)(?!(?:pip|python|pypy|uv)[\w.]*\Z)[\w-]+(?:\.(?:sh|bash|py|cmd|bat))?\Z", re.ASCII)
_PIP = re.compile(r"pip[\d.]*|python[\d.]*|uv", re.ASCII)
_PRINTERS = frozenset(("echo", "printf", "grep", "egrep", "fgrep", "alias", "which", "type", "man", "whatis", "hash"))
_NOT_A_RUNNER = re.compile(
    r"echo|print|log|msg|info|warn|test|which|grep|(?:^|_)(?:uv|py(?:thon)?)\d*(?:_|$)", re.IGNORECASE
)
_JOINS = frozenset(("ssh", "autossh", "parallel"))


def peel(
    words: Sequence[Word], functions: frozenset[str] = frozenset()
) -> tuple[tuple[Wrapper, ...], tuple[Word, ...]]:
    """The wrappers that `words` begin with, outermost first, and the words of the program that they run.

    `functions` are names known to run their arguments. A wrapper that runs nothing
    (`command -v pip`, `sudo -l`) is left as the program.
    """
    wrappers: list[Wrapper] = []
    rest = tuple(words)
    while rest:
        found = _one(rest, functions)
        if found is None:
            break
        wrapper, size = found
        wrappers.append(wrapper)
        rest = rest[size:]
        if wrapper.name == "find":  # what it runs ends before its own last word
            rest = rest[: next((i for i, w in enumerate(rest) if w.value in (";", "+")), len(rest))]
    return tuple(wrappers), rest


def _one(words: tuple[Word, ...], functions: frozenset[str]) -> tuple[Wrapper, int] | None:
    """The outermost wrapper and how many words it takes; None where there is none or nothing would be left."""
    first = words[0]
    if len(words) == 1:
        return None
    name = first.basename
    if not name:
        return _variable(words)
    shape = WRAPPERS.get(name)
    at = 1
    if shape is None:
        if name == "find":
            return _find(words)
        if name == "tox":
            return _tox(words)
        if name in GROUPS:
            name, at = _subcommand(name, words)
            shape = WRAPPERS.get(name)
            if shape is None:
                return None
        elif name in functions and name not in _PRINTERS:
            shape = NO_OPTIONS
        elif name in RUNNERS:
            return _runner(name, words)
        else:
            return _script(words)
    after, assigns = _own_words(name, shape, words, at)
    if after is None or after >= len(words):
        return None
    if name == "runuser" and not any(w.pattern.startswith(("-u", "--user")) for w in words[1:after]):
        return None
    if name in _JOINS and _is_command_line(words[after]):
        return None  # a string, which another shell reads
    return Wrapper(name, words[:after], tuple(assigns)), after


def _find(words: tuple[Word, ...]) -> tuple[Wrapper, int] | None:
    """`find ... -exec pip install -r {} \\;`: its first -exec runs what follows."""
    for at, word in enumerate(words[:-1], 1):
        if word.value in ("-exec", "-execdir", "-ok", "-okdir"):
            return Wrapper("find", words[:at], ()), at
    return None


def _tox(words: tuple[Word, ...]) -> tuple[Wrapper, int] | None:
    """`tox exec -e docs -- pip ...`, and `tox -e venv -- pip ...` of an environment that runs what it is given."""
    for at, word in enumerate(words[:-1], 1):
        if word.pattern == "--":
            known = _TOX_RUNS.match(words[at].pattern) and any(
                w.pattern.startswith(("-e", "exec")) for w in words[1:at]
            )
            return (Wrapper("tox", words[:at], ()), at) if known else None
    return None


_TOX_RUNS = re.compile(r"(?:pip|python|uv)[\d.]*$")


def _is_command_line(word: Word) -> bool:
    return word.quoted and any(c in word.pattern for c in " \t\n;|&")


def _subcommand(name: str, words: Sequence[Word]) -> tuple[str, int]:
    """`docker compose run` of such words, and where its options begin."""
    at = 1
    while name in GROUPS:
        after, _ = _own_words(name, GROUPS[name], words, at)
        if after is None or after >= len(words):
            break
        name, at = f"{name} {words[after].value}", after + 1
    if name == "mise x":
        name = "mise exec"
    return name, at


def _own_words(name: str, shape: Shape, words: Sequence[Word], at: int) -> tuple[int | None, list[Assignment]]:
    """Where the program begins behind a wrapper's options, assignments and operands; None where it runs nothing."""
    assigns: list[Assignment] = []
    operands = shape.operands
    while at < len(words):
        word = words[at]
        text = word.pattern
        if text == "--":
            at += 1
            if operands and name in ("kubectl exec", "lxc exec", "incus exec", "multipass exec"):
                break
            at += operands
            operands = 0
            while shape.assigns and at < len(words) and (assignment := _assignment(words[at])):
                assigns.append(assignment)
                at += 1
            break
        if text.startswith("-") and len(text) > 1:
            if _stops(text, shape):
                return None, assigns
            at += 1 + _takes_next(text, shape)
        elif text == "-" and name in ("env", "su"):
            at += 1
        elif shape.assigns and (assignment := _assignment(word)):
            assigns.append(assignment)
            at += 1
        elif operands:
            operands -= 1
            at += 1
            if not operands and name.endswith((" run", " exec", "enter")):
                # Options behind the image or container belong to what runs there, but for the separator.
                if at < len(words) and words[at].pattern == "--":
                    at += 1
                break
        else:
            break
    if operands:
        return None, assigns
    return at, assigns


def _stops(text: str, shape: Shape) -> bool:
    """Whether an option, or a letter of a bundle, means that the wrapper runs nothing."""
    if text.startswith("--"):
        return text.partition("=")[0] in shape.stops
    for letter in text[1:]:
        if "-" + letter in shape.stops:
            return True
        if letter in shape.letters:
            return False
    return False


def _takes_next(text: str, shape: Shape) -> int:
    """1 where the option's value is the next word."""
    if text.startswith("--"):
        return 1 if text in shape.longs else 0
    if shape.single_dash_longs and len(text) > 2:
        return 0
    for i, letter in enumerate(text[1:], 2):
        if letter in shape.letters:
            return 1 if i == len(text) else 0
    return 0


def _assignment(word: Word) -> Assignment | None:
    """`NAME=value` as an operand of `env` or `sudo`."""
    first = word.parts[0]
    found = _VARIABLE.match(first) if isinstance(first, str) else None
    if not found or not isinstance(first, str):
        return None
    parts = (first[found.end() :], *word.parts[1:])
    value = Word(
        tuple(p for p in parts if p != "") or ("",),
        Span(min(word.span.start + found.end(), word.span.end), word.span.end),
        word.quoted,
    )
    return Assignment(found[1], value, word.span, exported=True, append=bool(found[2]))


def _runner(name: str, words: tuple[Word, ...]) -> tuple[Wrapper, int] | None:
    """`retry 5 pip ...`: only where a program that is known follows, behind numbers and options."""
    for at in range(1, min(len(words), 6)):
        text = words[at].value
        if text is not None and _KNOWN_PROGRAM.match(text):
            return Wrapper(name, words[:at]), at
        if text is None or not (text.startswith("-") or text.replace(".", "").rstrip("smh").isdigit()):
            return None
    return None


def _script(words: tuple[Word, ...]) -> tuple[Wrapper, int] | None:
    """`./in-box.sh -i server pip install x`: a script of the project's that runs what stands behind its options."""
    script = words[0].pattern
    if "/" not in script or script.startswith(("/", "~")) or not _SCRIPT.search(script):
        return None
    at = 1
    while at < len(words) - 1:
        text = words[at].value
        if text is None:
            return None
        if _PIP.fullmatch(text):
            following = [w.value for w in words[at + 1 : at + 3]]
            run = text.startswith("pip") or following == ["-m", "pip"] or [text, *following[:1]] == ["uv", "pip"]
            return (Wrapper(script, words[:at]), at) if run else None
        if not text.startswith("-") and not (words[at - 1].value or "").startswith("-"):
            return None
        at += 1
    return None


def _variable(words: tuple[Word, ...]) -> tuple[Wrapper, int] | None:
    """`$SUDO pip ...`: a variable that is empty or holds a wrapper."""
    part = words[0].parts[0]
    if len(words[0].parts) != 1 or not isinstance(part, Expansion) or not part.name or part.name in "@*":
        return None
    following = words[1].value
    if following is None or not _KNOWN_PROGRAM.match(following) or _NOT_A_RUNNER.search(part.name):
        return None
    return Wrapper("$" + part.name, words[:1]), 1
