"""Reads options as the tools do: tables of what each takes, and one scanner for their conventions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from pep668.data._files import load_json
from pep668.model import Command, Option, Word
from pep668.text import Span

from ._invocation import source


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """`takes` is `flag`, `value`, `int`, `float` or choices (`on|off`); `first`, `last` versions, () for no limit."""

    name: str
    takes: str = "flag"
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()

    @property
    def has_value(self) -> bool:
        return self.takes != "flag"

    def accepts(self, value: str) -> bool:
        if self.takes == "int":
            return bool(re.fullmatch(r"\s*[+-]?(?:\d+|0[xX][\da-fA-F]+|0[bB][01]+)\s*", value))
        if self.takes == "float":
            return bool(re.fullmatch(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", value))
        return "|" not in self.takes or value in self.takes.split("|")


@dataclass(frozen=True, eq=False)
class Grammar:
    """The options of one command.

    `abbreviates`: unique prefixes of long options count (optparse, argparse). `strict`:
    what is not an option is an error. Options that went before version `since` are none.
    """

    options: Mapping[str, OptionSpec]
    versions: tuple[tuple[int, ...], ...] = ()
    abbreviates: bool = False
    strict: bool = False
    since: tuple[int, ...] = ()

    def find(self, name: str) -> tuple[OptionSpec | None, str]:
        """The option that a long name means, else why it means none."""
        exact = self.options.get(name)
        if exact is not None:
            return exact, ""
        if not self.abbreviates or len(name) < 3:
            return None, f"no such option {name}"
        return _abbreviated(self, name)


@lru_cache(maxsize=1024)
def _abbreviated(grammar: Grammar, name: str) -> tuple[OptionSpec | None, str]:
    meant = {n: o for n, o in grammar.options.items() if n.startswith(name)}
    if len(meant) == 1:
        return next(iter(meant.values())), ""
    for version in reversed(grammar.versions):  # an abbreviation that only some versions find unique
        there = [o for o in meant.values() if _within(version, o)]
        if len(there) == 1:
            return there[0], ""
    return None, f"{'ambiguous' if meant else 'no such'} option {name}"


def _within(version: tuple[int, ...], option: OptionSpec) -> bool:
    return option.first <= version and (not option.last or version <= option.last)


@dataclass(frozen=True, slots=True)
class Argument:
    """A word, or what stands behind `=` or an option letter in it.

    `pattern` is its text with each unknown part as `\\0`, `text` what to show.
    """

    pattern: str
    text: str
    span: Span
    word: Word

    @property
    def known(self) -> bool:
        return "\0" not in self.pattern


@dataclass(slots=True)
class Scan:
    """What a command line holds: `values` pairs each option that has a value with it; `error` the usage error."""

    options: list[Option] = field(default_factory=list)
    values: list[tuple[str, Argument]] = field(default_factory=list)
    arguments: list[Argument] = field(default_factory=list)
    error: str = ""
    stopped: int = 0

    def has(self, *names: str) -> bool:
        return any(option.name in names for option in self.options)

    def value(self, name: str) -> str:
        """The last value of an option; "" without one."""
        return next((a.pattern for n, a in reversed(self.values) if n == name), "")


def argument(command: Command, word: Word, skip: int = 0) -> Argument:
    """A word from its character `skip` on."""
    pattern = word.pattern
    if "\0" in pattern:
        written = source(command, word)
        if "(" not in written and "`" not in written:
            written = re.sub(r"[\"']", "", written)
        if not re.search(r"[$`<{]", written):  # a glob pattern, or brackets that the shell could take for one
            pattern = written
    else:
        written = pattern
    if not skip:
        return Argument(pattern, written, word.span, word)
    span = word.span
    if command.region.text[span.start : span.end] == written:
        span = Span(span.start + skip, span.end)
    return Argument(pattern[skip:], written[skip:], span, word)


def scan(command: Command, words: Sequence[Word], grammar: Grammar, *, interspersed: bool = True) -> Scan:
    """Reads options and arguments; without `interspersed` it stops at the first argument (`stopped` is its index)."""
    out = Scan()
    at = 0
    while at < len(words):
        word = words[at]
        text = word.pattern
        if text == "--":
            out.arguments += [argument(command, w) for w in words[at + 1 :]]
            at = len(words)
        elif not text.startswith("-") or text == "-":
            if not interspersed:
                break
            out.arguments.append(argument(command, word))
            at += 1
        elif text.startswith("--"):
            at += _long(command, words, at, grammar, out)
        else:
            at += _letters(command, words, at, grammar, out)
    out.stopped = at
    return out


def _long(command: Command, words: Sequence[Word], at: int, grammar: Grammar, out: Scan) -> int:
    """Reads `--name`, `--name=value` or `--name value`; how many words that took."""
    word = words[at]
    name, equals, _ = word.pattern.partition("=")
    if "\0" in name:
        out.options.append(Option(name, None, word.span))
        return 1
    option, problem = grammar.find(name)
    if option is None:
        _complain(out, grammar, problem)
        out.options.append(Option(name, word.pattern.partition("=")[2] if equals else None, word.span))
        return 1
    if equals:
        value = argument(command, word, len(name) + 1)
        if not option.has_value:
            _complain(out, grammar, f"{name} takes no value")
        return _add(out, grammar, option, value, word.span, 1)
    if not option.has_value:
        return _add(out, grammar, option, None, word.span, 1)
    return _with_next(command, words, at, grammar, option, out)


def _letters(command: Command, words: Sequence[Word], at: int, grammar: Grammar, out: Scan) -> int:
    """Reads `-qU`, `-ivalue` or `-r value`; how many words that took."""
    word = words[at]
    text = word.pattern
    for index, letter in enumerate(text[1:], 2):
        if letter == "\0":
            break
        option = grammar.options.get("-" + letter)
        if option is None:
            _complain(out, grammar, f"no such option -{letter}")
            out.options.append(Option("-" + letter, None, word.span))
            break  # what follows may be its value
        if not option.has_value:
            _add(out, grammar, option, None, word.span, 1)
        elif text[index:]:
            skip = index + (not grammar.abbreviates and text[index] == "=")  # clap takes -p=3.12 for -p 3.12
            return _add(out, grammar, option, argument(command, word, skip), word.span, 1)
        else:
            return _with_next(command, words, at, grammar, option, out)
    return 1


def _with_next(
    command: Command, words: Sequence[Word], at: int, grammar: Grammar, option: OptionSpec, out: Scan
) -> int:
    if at + 1 == len(words):
        _complain(out, grammar, f"{option.name} requires a value")
        out.options.append(Option(option.name, None, words[at].span))
        return 1
    value = argument(command, words[at + 1])
    return _add(out, grammar, option, value, words[at].span.to(value.span), 2)


def _add(out: Scan, grammar: Grammar, option: OptionSpec, value: Argument | None, span: Span, used: int) -> int:
    if option.last and option.last < grammar.since:
        _complain(out, grammar, f"no such option {option.name}")
    if value is not None and option.has_value:
        out.values.append((option.name, value))
        if value.known and not option.accepts(value.pattern):
            _complain(out, grammar, f"invalid value {value.pattern} of {option.name}")
    out.options.append(Option(option.name, value.pattern if value is not None else None, span))
    return used


def _complain(out: Scan, grammar: Grammar, problem: str) -> None:
    if grammar.strict and not out.error:
        out.error = f"usage error: {problem}"


def simple(values: str, flags: str = "", *, abbreviates: bool = False) -> Grammar:
    """A grammar from names: those with a value, and flags; `-p/--python` are names of one option.

    Options that neither names are taken for flags.
    """
    options: dict[str, OptionSpec] = {}
    for takes, names in (("value", values), ("flag", flags)):
        for group in names.split():
            spelled = group.split("/")
            spec = OptionSpec(next((n for n in spelled if n.startswith("--")), spelled[0]), takes)
            options.update(dict.fromkeys(spelled, spec))
    return Grammar(options, abbreviates=abbreviates)


@cache
def table(file: str, *, abbreviates: bool, since: str = "") -> Mapping[str, Grammar]:
    """The grammars of `data/<file>` by command, `global` for what stands before it; read when first asked for.

    Options that no version from `since` on has are usage errors.
    """
    data = load_json(file)
    versions = tuple(_numbers(version) for version in data["versions"])
    grammars: dict[str, Grammar] = {}
    for command, rows in data["options"].items():
        options: dict[str, OptionSpec] = {}
        for names, row in rows.items():
            takes, _, limits = row.partition(" @")
            first, _, last = limits.partition("-")
            spelled = names.split()
            spec = OptionSpec(spelled[0], takes, _numbers(first), _numbers(last))
            options.update(dict.fromkeys(spelled, spec))
        grammars[command] = Grammar(options, versions, abbreviates, strict=True, since=_numbers(since))
    return grammars


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else ()
