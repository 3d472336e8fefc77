"""Makes a command's words again with the variables that are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pep668.model import Command, Expansion, Word

from ._wrappers import peel

Lookup = Callable[[str], "tuple[str, ...] | str | None"]

_FIELD = re.compile(r"[^ \t\n]+")
_MAX_WORDS = 2000


def expand(command: Command, lookup: Lookup) -> Command:
    """The command with the variables that `lookup` knows put in; the same object where nothing changes.

    Values of unquoted words are split at blanks, those of quoted words are not,
    except `"$@"` and `"${A[@]}"`; a tuple is always several words. Every new word keeps
    the span of the word it came from. Wrappers that come out of an expansion
    (`$SUDO pip`) are peeled off.
    """
    wrappers = command.wrappers
    for i, wrapper in enumerate(wrappers):
        again = _expand_words(wrapper.words, lookup)
        if again is not None:
            flat = list(again)
            for inner in wrappers[i + 1 :]:
                flat += _expand_words(inner.words, lookup) or inner.words
            flat += _expand_words(command.words, lookup) or command.words
            return _with(command, wrappers[:i], flat)
    words = _expand_words(command.words, lookup)
    if words is None:
        return command
    if wrappers and words[:1] != list(command.words[:1]):
        # What came out may belong to the wrapper (`sudo $OPTIONS pip`), if its kind is known.
        wider = _with(command, wrappers[:-1], [*wrappers[-1].words, *words])
        if len(wider.wrappers) >= len(wrappers):
            return wider
    return _with(command, wrappers, words)


def _with(command: Command, wrappers: Sequence[object], words: Sequence[Word]) -> Command:
    more, program = peel(words)
    return Command(
        program,
        command.assignments,
        command.wrappers[: len(wrappers)] + more,
        command.redirects,
        command.span,
        command.statement,
        command.scope,
        command.operator,
        command.region,
    )


def _expand_words(words: Sequence[Word], lookup: Lookup) -> list[Word] | None:
    """The words anew, None where none changes."""
    out: list[Word] = []
    changed = False
    for word in words:
        made = None
        if len(word.parts) > 1 or not isinstance(word.parts[0], str):
            made = _expand_word(word, lookup)
        if made is None:
            out.append(word)
        else:
            out += made
            changed = True
    return out[:_MAX_WORDS] if changed else None


def _expand_word(word: Word, lookup: Lookup) -> list[Word] | None:
    fields: list[list[str | Expansion]] = [[]]
    changed = False
    present = word.quoted  # an unquoted word whose expansions are empty is no word at all
    for part in word.parts:
        value: tuple[str, ...] | str | None = None
        items = False
        if isinstance(part, Expansion) and part.name:
            name, bracket, _ = part.name.partition("[")
            value = lookup(name)
            items = bool(bracket) or name == "@"
            if value is None:
                value = part.default
        if value is None:
            fields[-1].append(part)
            present = True
            continue
        changed = True
        if isinstance(value, tuple):
            pieces: list[str] = list(value)
        elif word.quoted and not items:
            fields[-1].append(value)
            continue
        else:
            pieces = _FIELD.findall(value)
            if pieces and fields[-1] and value[0] in " \t\n":
                fields.append([])
        for i, piece in enumerate(pieces):
            if i:
                fields.append([])
            fields[-1].append(piece)
        present = present or bool(pieces)
        if isinstance(value, str) and pieces and value[-1] in " \t\n" and part is not word.parts[-1]:
            fields.append([])
    if not changed:
        return None
    if not present:
        return []
    return [Word(_joined(f), word.span, word.quoted) for f in fields if f or word.quoted]


def _joined(parts: Sequence[str | Expansion]) -> tuple[str | Expansion, ...]:
    out: list[str | Expansion] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part != "":
            out.append(part)
    return tuple(out) or ("",)
