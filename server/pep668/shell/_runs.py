"""Strings and heredocs that a command gives to another shell, or to Python, to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.model import Command, Expansion, Redirect, Word

_SHELL = re.compile(r"(?:ba|da|z|a|k|mk|pdk|k93|ya)?sh\d*\Z|ksh93\Z|rbash\Z", re.ASCII)
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*\Z|py\Z", re.ASCII)
_PYTHON_VARIABLE = re.compile(
    r"(?:^|_)(?:py|pybin|python)[\d_]*(?:bin|cmd|exe|path|interpreter|command)?\Z", re.IGNORECASE | re.ASCII
)
_PYTHON_OPERAND = frozenset("WX")
_LONG_WITH_VALUE = frozenset(("--rcfile", "--init-file"))
_WATCH_LETTERS = "nqD"
_STRING_OPTIONS = {
    "script": ("c", "--command", "EIOBTmo"),
    "su": ("c", "--command", "sgGwT"),
    "runuser": ("c", "--command", "sgGwTu"),
    "flock": ("c", "--command", "wE"),
    "nix-shell": ("", "--run", "pAIEj"),
    "nix develop": ("c", "--command", ""),
}
_PRINTERS = frozenset(("cat", "echo", "printf"))


@dataclass(frozen=True, slots=True)
class Run:
    """What is run: the `words`, joined by blanks, or the body of `redirect`.

    `shell` is the name of the program that reads it where it is one; `user` whom it
    runs as where the command says so. `inside` means the same process (`eval`).
    """

    language: str
    words: tuple[Word, ...] = ()
    redirect: Redirect | None = None
    shell: str = ""
    user: str = ""
    inside: bool = False


def runs(command: Command, before: Command | None = None) -> Iterator[Run]:
    """What the command runs; `before` is the one whose output it reads, if any."""
    name = command.name
    if not name:
        if _is_python(command):
            yield from _python(command)
        return
    if name == "busybox" and len(command.words) > 1:
        name = command.words[1].basename or ""
    if _SHELL.match(name):
        yield from _shell(name, command, before)
    elif _PYTHON.match(name):
        yield from _python(command)
    elif name == "eval":
        if len(command.words) > 1:
            yield Run("shell", command.words[1:], inside=True)
    elif name in _STRING_OPTIONS or (name == "nix" and command.words[1:] and command.words[1].value == "develop"):
        yield from _string_option(name if name != "nix" else "nix develop", command)
    elif name in ("ssh", "autossh"):
        yield from _ssh(command)
    elif name in ("watch", "parallel"):
        yield from _joined(name, command)
    elif name == "trap":
        if len(command.words) > 2 and command.words[1].value not in ("-", "-p", "-l", ""):
            yield Run("shell", command.words[1:2])
    elif name == "sudo" and any(w.value in ("-i", "-s", "--login", "--shell") for w in command.words[1:]):
        yield from _input("shell", "", command)


def _is_python(command: Command) -> bool:
    """`"$PYTHON" - <<EOF`: the variable's name tells what runs it."""
    parts = command.words[0].parts if command.words else ()
    variable = parts[0] if len(parts) == 1 else None
    return isinstance(variable, Expansion) and bool(_PYTHON_VARIABLE.search(variable.name or ""))


def _shell(name: str, command: Command, before: Command | None) -> Iterator[Run]:
    words = command.words[1:]
    if command.words[0].basename == "busybox":
        words = words[1:]
    string = operands = False
    at = 0
    while at < len(words):
        text = words[at].pattern
        at += 1
        if text in ("-", "--"):
            break
        if text.startswith("--"):
            at += text in _LONG_WITH_VALUE
        elif text[:1] in ("-", "+") and len(text) > 1:
            string = string or (text[0] == "-" and "c" in text)
            operands = operands or "s" in text
            at += sum(text.count(letter) for letter in "oO")
        else:
            at -= 1
            break
    if string:
        if at < len(words):
            yield Run("shell", words[at : at + 1], shell=name)
    elif operands or at >= len(words) or words[at].value == "/dev/stdin":
        yield from _input("shell", name, command)
        if before is not None and command.operator == "|":
            yield from _printed(name, before)


def _input(language: str, shell: str, command: Command) -> Iterator[Run]:
    """What stands on the command's standard input, where the text says it."""
    for redirect in reversed(command.redirects):
        if redirect.operator == "<<<":
            yield Run(language, (redirect.target,), shell=shell)
        elif redirect.body is not None:
            yield Run(language, redirect=redirect, shell=shell)
        elif redirect.operator != "<":
            continue
        return


def _printed(shell: str, before: Command) -> Iterator[Run]:
    """`cat <<EOF | bash` and `echo "..." | bash`; the shell is not part of the printing command."""
    if before.name not in _PRINTERS or before.wrappers:
        return
    if before.name == "cat":
        if len(before.words) == 1 or before.words[1].value == "-":
            yield from _input("shell", shell, before)
        return
    words = before.words[1:]
    while words and re.fullmatch(r"-[neE]+", words[0].pattern):
        words = words[1:]
    if words:
        yield Run("shell", words, shell=shell)


def _python(command: Command) -> Iterator[Run]:
    words = command.words[1:]
    at = 0
    while at < len(words):
        text = words[at].pattern
        if text == "-":
            at = len(words)
        if text == "--" or not text.startswith("-") or text == "-":
            break
        at += 1
        if text.startswith("--"):
            continue
        for i, letter in enumerate(text[1:], 2):
            if letter == "m":
                return
            if letter == "c":
                if i == len(text) and at < len(words):
                    yield Run("python", words[at : at + 1])
                return
            if letter in _PYTHON_OPERAND:
                at += i == len(text)
                break
    if at >= len(words):
        yield from _input("python", "", command)


def _string_option(name: str, command: Command) -> Iterator[Run]:
    letter, long, others = _STRING_OPTIONS[name]
    words = command.words[2 if name == "nix develop" else 1 :]
    found: tuple[Word, ...] = ()
    user = ""
    at = 0
    while at < len(words):
        text = words[at].pattern
        at += 1
        if text == long or (letter and text.startswith("-") and not text.startswith("--") and text.endswith(letter)):
            found = words[at : at + 1]
            at += 1
        elif text.startswith(long + "="):
            value = words[at - 1]
            cut = len(long) + 1
            if not value.quoted or isinstance(value.parts[0], str):
                found = (_behind(value, cut, command),)
        elif text.startswith("-") and len(text) > 1:
            at += not text.startswith("--") and text[-1] in others
        elif text != "-" and not user:
            user = words[at - 1].value or ""
    if name not in ("su", "runuser"):
        user = ""
    elif not user:
        user = "root"
    if found:
        yield Run("shell", found, user=user)
    elif name in ("su", "runuser"):
        for run in _input("shell", "", command):
            yield Run(run.language, run.words, run.redirect, user=user)


def _behind(word: Word, cut: int, command: Command) -> Word:
    """The word without its first `cut` characters, which are written as they are."""
    first = word.parts[0]
    parts = (first[cut:] if isinstance(first, str) else first, *word.parts[1:])
    source = command.region.text[word.span.start : word.span.end]
    at = source.find("=") + 1
    span = type(word.span)(word.span.start + at, word.span.end)
    return Word(parts, span, word.quoted)


def _ssh(command: Command) -> Iterator[Run]:
    words = command.words[1:]
    at, host = 0, False
    while at < len(words):
        text = words[at].pattern
        if text.startswith("-") and len(text) > 1:
            at += 1
            at += text[-1] in "BbcDEeFIiJLlmOopQRSWwM" and len(text) == 2
        elif not host:
            host = True
            at += 1
        else:
            break
    if at < len(words):
        yield Run("shell", words[at:])
    elif host:
        yield from _input("shell", "", command)


def _joined(name: str, command: Command) -> Iterator[Run]:
    letters = _WATCH_LETTERS if name == "watch" else "jNnaPSLI"
    words = command.words[1:]
    at = 0
    while at < len(words) and words[at].pattern.startswith("-"):
        text = words[at].pattern
        at += 1 + (len(text) == 2 and text[1] in letters)
        if text in ("--interval", "--jobs"):
            at += 1
        if text in ("-x", "--exec") and name == "watch":
            return
    end = at
    while end < len(words) and words[end].value not in (":::", "::::", ":::+"):
        end += 1
    if end > at:
        yield Run("shell", words[at:end])
