"""Which line of which file issued the command that was refused. Where that is not plain: none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from pep668.model import ErrorReport, Install, Region, Request, RequestKind
from pep668.settings import Settings
from pep668.text import LineTable, Span

from . import _silent
from ._files import Files
from ._hints import Hint, hints, named, visible
from ._listener import Listener
from ._shown import only_shown
from ._trace import Follower, Found, Trace
from ._typed import Typed, install_in

_PIP = ("pip", "ansible-pip", "nox", "ensurepip", "get-pip")


@dataclass(frozen=True, eq=False)
class Source:
    """The command in a file that a report is about.

    `path` is absolute, `shown` as people name it, from the folder on; `span` (program and subcommand) and `command`
    (all of it) are in `text`, the file's. `found` is the install, None for another failure.
    """

    path: str
    shown: str
    text: str
    span: Span
    command: Span
    found: Found | None = None

    @property
    def position(self) -> tuple[int, int]:
        """Line and column, from 0, in code points."""
        return LineTable(self.text).position(self.span.start)

    @property
    def positions(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Those of its start and end."""
        return self.position, LineTable(self.text).position(self.span.end)

    @property
    def uri(self) -> str:
        """The `file:` URI of its path."""
        return (PurePosixPath if self.path.startswith("/") else PureWindowsPath)(self.path).as_uri()

    @property
    def title(self) -> str:
        """`setup.sh:12`."""
        return f"{self.shown}:{self.position[0] + 1}"

    @property
    def written(self) -> str:
        """The command as it stands there."""
        return self.text[self.command.start : self.command.end]


def tied(
    heard: Listener,
    reports: list[ErrorReport],
    typed: Typed,
    folder: str,
    files: Files,
    settings: Settings,
    exit_code: int | None,
) -> list[Source | None]:
    """For each report its place in a file; without reports that of what was refused silently, or nothing.

    Reports that were only shown are removed.
    """
    follower = Follower(files, typed.machine, settings)
    line = Region.document("shell", typed.text)
    seen = follower.typed(line, folder.replace("\\", "/"), inherits=bool(typed.past))
    if reports and not exit_code and only_shown(seen):
        reports.clear()
        return []
    if not reports:
        found = _silent.refused(seen, exit_code) if exit_code else None
        return [source(found, seen)] if found is not None else []
    tie = _Tie(heard, typed, seen, follower)
    refusals = [r for r in reports if r.kind == "externally-managed"]
    ends, starts = [0, *(r.span.end for r in refusals)], [*(r.span.start for r in refusals[1:]), heard.length]
    windows = {r: _Window(heard, r.span, after, until) for r, after, until in zip(refusals, ends, starts, strict=False)}
    return [tie.refusal(r, windows[r]) if r in windows else tie.failure(r) for r in reports]


_REACH = 24_000  # characters around a refusal that can be about it


class _Window:
    """The output around a refusal, up to the ones before and behind it."""

    def __init__(self, heard: Listener, span: Span, after: int, until: int) -> None:
        before = heard.cut(max(after, span.start - _REACH), span.start)
        behind = heard.cut(span.end, max(span.end, min(until, span.end + _REACH)))
        self._known = before is not None
        self._before, self._behind = before or "", behind or ""
        self.places: Sequence[Hint] = hints(self._before, self._behind)

    def shows(self, asked: Install) -> bool:
        """Whether a command stands here, and not before another refusal, or behind one."""
        word = _last(asked)
        return not self._known or word in self._before or word in self._behind

    def traced(self, asked: Install) -> bool:
        """Whether a shell shows it, as it does with `set -x`."""
        word = _last(asked)
        return not self._known or any(word in line for line in visible(self._before) if line.startswith("+"))


def _last(asked: Install) -> str:
    return asked.command.words[-1].value or ""


class _Tie:
    """Ties the reports of one output, in their order, to the installs of the files that ran."""

    def __init__(self, heard: Listener, typed: Typed, seen: Trace, follower: Follower) -> None:
        self._heard = heard
        self._typed = typed
        self._trace = seen
        self._follower = follower
        self._installs = seen.installs
        self._taken: list[Found] = []  # what earlier reports were about, in their order
        self._lost = False  # an earlier report's place is not known

    def failure(self, report: ErrorReport) -> Source | None:
        """The place that another failure's line names, in a file that ran."""
        place = named(self._heard.cut(report.span.start, report.span.end) or "")
        for path, ran in self._trace.files.items() if place else ():
            if place is not None and _names(place.name, path) and not ran.unsaved:
                lines = LineTable(ran.text)
                if 1 <= place.line <= len(lines):
                    span = _content(lines, place.line - 1)
                    return Source(path, self._trace.reading.shown(path), ran.text, span, span)
        return None

    def refusal(self, report: ErrorReport, window: _Window) -> Source | None:
        """The install in a file that was refused; called for each refusal, in their order."""
        asked = install_in(report.command, report.tool) if report.command else None
        if report.form == "silent" or self._was_typed(report, asked):
            return None
        family = [f for f in self._installs if _family(f.judged[0].install) == (report.tool or "pip")]
        found = None
        if asked is not None and not window.shows(asked):
            asked = None  # it was an earlier refusal's
        if asked is not None and not window.traced(asked):
            # A shell that does not trace shows nothing: what stands there was printed by something else.
            family = [f for f in family if f.echoed] or family
            asked = asked if any(f.echoed for f in family) or not self._trace.ran else None
        if asked is not None:
            found = self._echoed(asked, family, window.places)
            if found is None and not self._trace.ran:
                found = self._told(asked, window.places)
        else:
            found = self._unseen(family, window.places)
        if found is None:
            self._lost = True
            return None
        self._taken.append(found)
        return source(found, self._trace)

    def _was_typed(self, report: ErrorReport, asked: Install | None) -> bool:
        """Whether it is about an install of the line that was typed."""
        typed = [j.install for j in self._typed.judged if _family(j.install) == (report.tool or "pip")]
        return bool(typed) if asked is None else any(_same(i, asked) or _may_be(i, asked) for i in typed)

    def _told(self, asked: Install, places: Sequence[Hint]) -> Found | None:
        """The install at a place that the output names, of a command of which nothing else is known."""
        for place in places:
            path = self._trace.reading.join(self._folder, place.name) if place.name else None
            ran = self._follower.file(path, self._folder) if path is not None else None
            if ran is not None:
                possible = [f for f in ran.installs if _is_at(f, place, self._trace)]
                found = [
                    f for f in possible if any(_same(j.install, asked) or _may_be(j.install, asked) for j in f.judged)
                ]
                return found[0] if len(found) == 1 else None
        return None

    @property
    def _folder(self) -> str:
        return self._trace.folder or self._trace.reading.files.root

    def _echoed(self, asked: Install, family: list[Found], places: Sequence[Hint]) -> Found | None:
        same = [f for f in family if any(_same(j.install, asked) for j in f.judged)]
        possible = same or [f for f in family if any(_may_be(j.install, asked) for j in f.judged)]
        alike = [f for f in possible if _program(f) == asked.command.name]
        return self._one(alike or possible, places)

    def _unseen(self, family: list[Found], places: Sequence[Hint]) -> Found | None:
        """Of a refusal of which only the text was printed: the one install that can be meant."""
        possible = [f for f in family if f.open and f.seen]
        at = _at(possible, places, self._trace)
        if len(at) == 1:
            return at[0]
        return self._one(possible, places) if self._trace.complete else None

    def _one(self, possible: list[Found], places: Sequence[Hint]) -> Found | None:
        """The only one; else the one at a place that is named; else the next in line, where each is surely refused."""
        if len(possible) > 1:
            possible = _at(possible, places, self._trace) or possible
        if len(possible) == 1:
            return possible[0]
        if self._lost:
            return None
        left = [f for f in possible if f not in self._taken]
        done = possible[: len(possible) - len(left)]
        if not left or possible != [*done, *left]:
            return None
        line = [*done, left[0]]
        # What ends a file early is followed by no other refusal where there is only that file.
        reached = all(f.goes_on for f in line) or (not done and len(self._trace.files) == 1)
        return left[0] if reached and all(f.refused and f.certain and not f.unsaved for f in line) else None


def source(found: Found, trace: Trace) -> Source:
    command = found.judged[0].install.command
    whole = command.outer(command.span)
    return Source(found.path, trace.reading.shown(found.path), found.text, found.span, whole, found)


def _content(lines: LineTable, number: int) -> Span:
    """A line without its indentation."""
    span, text = lines.line_span(number), lines.line_text(number)
    return Span(span.start + len(text) - len(text.lstrip()), span.end) if text.strip() else span


def _family(install: Install) -> str:
    return "uv" if install.tool == "uv" else "pip" if install.tool in _PIP else install.tool


def _program(found: Found) -> str | None:
    return found.judged[0].install.command.name


def _key(request: Request) -> tuple[str, str]:
    kind = request.kind.value
    if request.kind is RequestKind.PROJECT and request.name:
        return kind, request.name + request.specifier.replace(" ", "")
    return kind, request.text.removeprefix("./").rstrip("/")


def _is_known(request: Request) -> bool:
    return request.kind is not RequestKind.UNKNOWN and "\0" not in request.text and "$" not in request.text


def _same(install: Install, asked: Install) -> bool:
    """Whether a command in a file is what the output shows."""
    if install.operation != asked.operation or not all(_is_known(r) for r in install.requests):
        return False
    return sorted(map(_key, install.requests)) == sorted(map(_key, asked.requests))


def _may_be(install: Install, asked: Install) -> bool:
    """Whether it can be, with what its variables hold."""
    if install.operation != asked.operation or all(_is_known(r) for r in install.requests):
        return False
    return {_key(r) for r in install.requests if _is_known(r)} <= {_key(r) for r in asked.requests}


# --- places ---


def _at(possible: list[Found], places: Sequence[Hint], trace: Trace) -> list[Found]:
    """Those at the first place that is one's of theirs."""
    for place in places:
        found = [f for f in possible if _is_at(f, place, trace)]
        if found:
            return found
    return []


def _is_at(found: Found, place: Hint, trace: Trace) -> bool:
    if found.unsaved:
        return False  # its lines are not those of what ran
    if place.step:
        return _step(found, place.line)
    if place.name:
        if not _names(place.name, found.path):
            return False
    elif len(trace.files) != 1:
        return False
    lines = LineTable(found.text)
    command = found.judged[0].install.command
    region = command.region
    while region.origin is not None:
        command, region = region.origin, region.origin.region
    inside = command.outer(command.statement if region.parent is None else Span(0, len(region.text)))
    first, last = lines.line_of(inside.start), lines.line_of(command.outer(command.span).end)
    anchor = lines.line_of(region.anchor.start) if region.anchor is not None else first
    return first < place.line <= last + 1 or place.line == anchor + 1


def _names(name: str, path: str) -> bool:
    """Whether a name in output can be that of a file: its path, or the end of it."""
    name = name.replace("\\", "/").removeprefix("./")
    parts = name.split("/")
    if ".." in parts:
        parts = parts[len(parts) - parts[::-1].index("..") :]
    ours = path.split("/")
    common = min(len(parts), len(ours)) if name.startswith("/") else len(parts)
    # An absolute path may be that of another machine, on which the folder has another name.
    tail = 1 if name.startswith("/") and name != path else common
    return bool(parts[-1]) and ours[-tail:] == parts[-tail:]


def _step(found: Found, number: int) -> bool:
    """Whether it stands in that instruction, counted as the legacy builder counts."""
    from pep668.languages._dockerfile import instructions

    anchor = found.judged[0].install.command.region.anchor
    if anchor is None or not found.path.rpartition("/")[2].lower().startswith(("dockerfile", "containerfile")):
        return False
    spans = [i.span for i in instructions(found.text)]
    return number <= len(spans) and spans[number - 1] == anchor
