"""What a command line runs of files: their commands in the order in which they run, followed from file to file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pep668 import languages, shell
from pep668.analysis import understand
from pep668.context import Context
from pep668.model import Command, Fact, Judged, Machine, Region, Verdict
from pep668.settings import Settings
from pep668.text import Span

from . import runners
from ._commands import CHANGING, PLAIN_WRAPPERS, Cat, away, certain, seen, sets
from ._files import Files, Reading
from ._folders import Folders

_DEEPEST = 4  # files that run files
_MOST_RUNS = 200  # of files
_MOST_COMMANDS = 20_000


@dataclass(frozen=True, eq=False)
class Found:
    """An install in a file that ran. Spans are in `text`, the file's.

    `judged` are its verdicts, several where it runs several times. `certain`: it runs whatever conditions come to.
    `seen`: what it prints on standard error is not sent away. `unsaved`: the text is not what ran. `inherits`: what
    ran before, in another file, may have changed where it leads. `goes_on`: nothing ends its file before its last
    command. `echoed`: what runs it prints it as it stands, as make does.
    """

    path: str
    text: str
    judged: tuple[Judged, ...]
    certain: bool
    seen: bool
    unsaved: bool
    inherits: bool
    goes_on: bool
    echoed: bool

    @property
    def span(self) -> Span:
        """Program and subcommand."""
        return self.judged[0].install.command.outer(self.judged[0].install.program)

    @property
    def open(self) -> bool:
        """Whether it may be refused."""
        return any(
            not j.install.python.own and not j.install.passes_check and j.environment.verdict is not Verdict.ALLOWED
            for j in self.judged
        )

    @property
    def refused(self) -> bool:
        """Whether it surely is."""
        return not self.inherits and self.open and all(j.environment.verdict is Verdict.REFUSED for j in self.judged)


@dataclass(frozen=True, eq=False)
class Step:
    """A command; the install that it is, the files that it runs, the texts that it gives to another shell."""

    command: Command
    folder: str
    found: Found | None
    ran: tuple[Ran, ...] = ()
    inner: tuple[Text, ...] = ()


@dataclass(frozen=True, eq=False)
class Text:
    """The commands of one text that a shell reads: a script, a recipe's line."""

    region: Region
    steps: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class Ran:
    """A file that was run, as far as it was."""

    run: runners.Run
    path: str
    language: str
    text: str
    unsaved: bool
    texts: tuple[Text, ...]

    @property
    def installs(self) -> list[Found]:
        return _once(f for text in self.texts for f in _installs(text))


@dataclass(eq=False)
class Trace:
    """What a command line runs. `complete`: nothing that it runs of files stayed unread."""

    typed: Text
    folder: str
    reading: Reading
    complete: bool = True
    files: dict[str, Ran] = field(default_factory=dict)

    @property
    def installs(self) -> list[Found]:
        """The installs of the files, in the order in which they run; one that runs twice is there once."""
        return _once(_installs(self.typed))

    @property
    def ran(self) -> bool:
        return bool(self.files)


def _once(found: Iterable[Found]) -> list[Found]:
    """Each place once, where it runs first."""
    out: dict[tuple[str, Span], Found] = {}
    for one in found:
        out.setdefault((one.path, one.span), one)
    return list(out.values())


def _installs(text: Text) -> Iterator[Found]:
    for step in text.steps:
        if step.found is not None:
            yield step.found
        for inner in step.inner:
            yield from _installs(inner)
        for ran in step.ran:
            for held in ran.texts:
                yield from _installs(held)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a file inherits from the command that runs it, and whether that command surely runs."""

    facts: tuple[Fact, ...] = ()
    inherits: bool = False
    certain: bool = True


class Follower:
    """Follows a command line from file to file."""

    def __init__(self, files: Files, machine: Machine | None, settings: Settings) -> None:
        self.reading = Reading(files)
        self.machine = machine
        self.settings = settings
        self.files: dict[str, Ran] = {}
        self.complete = True
        self._open: list[tuple[str, tuple[Span, ...] | None]] = []  # files that are being read
        self._commands = self._runs = 0
        self._away = False

    def typed(self, region: Region, folder: str, *, inherits: bool) -> Trace:
        """What a line runs; `inherits`: what was typed before it counts for where its installs lead."""
        reader = _Reader(self, None, region, folder, {})
        reader.around = _Around(inherits=inherits)
        text = reader.text(region, folder)
        return Trace(text, folder, self.reading, self.complete, self.files)

    def file(self, path: str, folder: str = "") -> Ran | None:
        """A file that output names, as if it ran as a whole."""
        return self._ran(runners.Run(path), folder, _Around((), inherits=True, certain=False))

    def runs(self, words: tuple[str | None, ...], folder: str, stdin: str | None, around: _Around) -> tuple[Ran, ...]:
        program = words[0]
        if not program:
            return ()
        name = program.rpartition("/")[2]
        call = runners.Call(program, name, words[1:], folder, self.reading.text, self.reading.join, stdin)
        out: list[Ran] = []
        for run in runners.runs(call):
            deep = len(self._open) >= _DEEPEST
            ran = None if deep else self._ran(run, folder, around)
            self.complete = self.complete and ran is not None and not run.open
            out += [ran] if ran is not None else []
        return tuple(out)

    def _ran(self, run: runners.Run, folder: str, around: _Around) -> Ran | None:
        self._runs += 1
        text = self.reading.text(run.path) if self._runs <= _MOST_RUNS else None
        if text is None or "\0" in text[:4096]:
            return None
        language = run.language or languages.detect(run.path, text)
        here = (run.path, run.parts)
        if language is None or here in self._open:
            return None
        self._open.append(here)
        try:
            return self._read(run, text, language, folder, around)
        finally:
            self._open.pop()

    def _read(self, run: runners.Run, text: str, language: str, folder: str, around: _Around) -> Ran:
        # What runs in an image, or on another machine, goes on there.
        away = self._away
        self._away = away or run.elsewhere
        known = tuple(f for f in around.facts if f.kind in _OF_PLACE) if away else ()
        context = understand(text, language, self.settings, None if self._away else self.machine, run.path, known)
        document = context.document or Region.document(language, text)
        unsaved = self.reading.files.unsaved(run.path)
        reader = _Reader(self, run, document, folder if run.folder is None else run.folder, _judged(context))
        reader.unsaved, reader.around = unsaved, around
        try:
            return self._gathered(run, text, unsaved, reader)
        finally:
            self._away = away

    def _gathered(self, run: runners.Run, text: str, unsaved: bool, reader: _Reader) -> Ran:
        ran = Ran(run, run.path, reader.document.language, text, unsaved, tuple(reader.texts()))
        self.files.setdefault(run.path, ran)
        return ran

    def count(self) -> bool:
        """Whether there may be one more command."""
        self._commands += 1
        if self._commands > _MOST_COMMANDS:
            self.complete = False
        return self._commands <= _MOST_COMMANDS


def _judged(context: Context) -> dict[tuple[Span, str], list[Judged]]:
    out: dict[tuple[Span, str], list[Judged]] = {}
    for judged in context.judged:
        out.setdefault(_key(judged.install.command), []).append(judged)
    return out


def _key(command: Command) -> tuple[Span, str]:
    return command.outer(command.words[0].span), command.region.text[command.span.start : command.span.end]


# The commands of these run in the order of the text; of a makefile and its like, of the parts.
_IN_ORDER = frozenset(("shell", "makefile", "justfile", "package-json", "dockerfile"))
_ENDING = re.compile(
    r"^#!.*\s-\w*e|\bset\s+[-+]\w*[eo]|\berrexit\b|\b(?:exit|return|exec|trap|kill|eval)\b|\$\{[^}:?]*:?\?"
)
_STAGE = re.compile(r"^[ \t]*FROM\b", re.MULTILINE | re.IGNORECASE)
_OF_PLACE = ("image", "runner", "user", "system")


class _Reader:
    """The commands of one document."""

    def __init__(
        self,
        follower: Follower,
        run: runners.Run | None,
        document: Region,
        folder: str,
        judged: dict[tuple[Span, str], list[Judged]],
    ) -> None:
        self.follower = follower
        self.run = run
        self.document = document
        self.folder = folder
        self.judged = judged
        self.unsaved = False
        self.around = _Around()

    def texts(self) -> list[Text]:
        """The texts that are run, in the order of the run's parts."""
        found = list(self._texts(self.document, 0))
        parts = self.run.parts if self.run else None
        if parts is None:
            return found
        return [t for part in parts for t in found if _within(t.region, part)]

    def _texts(self, region: Region, depth: int) -> Iterator[Text]:
        if region.language == "shell":
            yield self.text(region, self.folder)
            return
        extract = languages.extractor(region.language)
        if extract is None or depth > 16:
            return
        alone: list[Command] = []
        for item in extract(region):
            if isinstance(item, Region):
                yield from self._texts(item, depth + 1)
            elif isinstance(item, Command):
                alone.append(item)
        if alone:
            yield Text(region, tuple(Step(c, self.folder, self._found(c)) for c in alone))

    def text(self, region: Region, folder: str) -> Text:
        """A shell text: every command, each with what it hands to another shell."""
        extract = languages.extractor("shell")
        inner: dict[int, list[Region]] = {}
        for item in extract(region) if extract else ():
            if isinstance(item, Region) and item.origin is not None and item.origin.region is region:
                inner.setdefault(item.origin.span.start, []).append(item)
        folders = Folders(folder, self.run.path if self.run else "")
        directory = region.fact("directory")
        if directory is not None and directory.value and "$" not in directory.value:
            folders.enter((), directory.value, self.follower.reading.join)
        steps: list[Step] = []
        changed, cat = self.around.inherits, Cat()
        for command in shell.parse(region):
            if not self.follower.count():
                break
            at, words = folders.at(command), folders.words(command)
            join = self.follower.reading.join
            held = [r for r in inner.get(command.span.start, ()) if r.place.system == region.place.system]
            found = self._found(command)
            ran: tuple[Ran, ...] = ()
            given_to = changed or sets(command)
            if words and words[0] in ("and", "begin"):  # as fish joins commands
                words = words[1:]
            if words and found is None and not held and not away(command):
                stdin = next((r.target.value for r in command.redirects if r.operator in ("<", "0<")), None)
                given = join(at, stdin) if stdin else cat.given(command)
                inherits = given_to or any(w.name not in PLAIN_WRAPPERS for w in command.all_wrappers)
                around = _Around(region.facts, inherits=inherits, certain=self._surely(command))
                ran = self.follower.runs(words, at, given, around)
            cat.visit(command, join(at, words[1]) if len(words) == 2 else None)
            steps.append(Step(command, at, found, ran, tuple(self.text(r, at) for r in held)))
            folders.visit(command, join)
            changed = given_to or command.name in CHANGING
        return Text(region, tuple(steps))

    def _surely(self, command: Command) -> bool:
        """Whether it runs, if nothing before it ends what it stands in, in the order of the text."""
        language = self.document.language
        in_order = language in _IN_ORDER and (language != "dockerfile" or len(_STAGE.findall(self.document.text)) == 1)
        return in_order and self.around.certain and certain(command)

    @cached_property
    def _goes_on(self) -> bool:
        """Whether a command that fails, or any other, does not end the file."""
        if self.run is None or self.run.stops or self.document.language != "shell":
            return False
        return _ENDING.search(self.document.text) is None

    def _found(self, command: Command) -> Found | None:
        judged = self.judged.get(_key(command)) if command.words else None
        if not judged or self.run is None:
            return None
        text = self.document.text
        return Found(
            self.run.path,
            text,
            tuple(judged),
            self._surely(command),
            seen(command),
            self.unsaved,
            self.around.inherits,
            self._goes_on,
            self.document.language != "shell",
        )


def _within(region: Region, part: Span) -> bool:
    if region.anchor is not None and (part.covers(region.anchor) or region.anchor == part):
        return True
    return part.covers(region.map.span(Span(0, len(region.text))))
