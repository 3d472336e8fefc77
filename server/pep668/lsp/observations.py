"""What was seen being refused, by the file that it stands in: noted from terminals, shown as long as it is true."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pep668.model import Observed

from . import uris

if TYPE_CHECKING:
    from pep668.explain import Advice, Explanation, Files

    from .server import Server

_MOST = 200  # installs that are remembered
_LONGEST = 60  # characters of a command line that a message shows
_SAME = 5.0  # seconds in which what is told of one execution comes
_REFUSED = "externally-managed"
_BEFORE = (" && ", "; and ", "; ")  # what may stand before a line that is run again, in an environment


@dataclass(slots=True)
class _Seen:
    observed: Observed
    line: str
    cwd: str
    offers: tuple[tuple[str, str], ...]  # command lines, with their folders, that were offered to get round it
    ending: bool  # the end of that very execution, with 0, is still to be told


class Observations:
    """By path. It may be read from any thread."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, int], _Seen] = OrderedDict()
        self._by_path: dict[str, tuple[Observed, ...]] = {}
        self._ended: tuple[str, float] = ("", 0.0)

    def of(self, path: str | None) -> tuple[Observed, ...]:
        return self._by_path.get(path or "", ())

    @property
    def paths(self) -> list[str]:
        return list(self._by_path)

    def note(
        self,
        line: str,
        cwd: str,
        exit_code: int | None,
        found: Iterable[tuple[str, Observed]],
        offers: Iterable[tuple[str, str]] = (),
    ) -> bool:
        """What was refused when a line ran, which is all that was; whether that is news."""
        offers = tuple(offers)
        before = self._by_path
        line = line.strip()
        told = self._ended[0] == line and time.monotonic() - self._ended[1] < _SAME
        ending = exit_code in (None, 0) and not told
        for key in [k for k, seen in self._seen.items() if seen.line == line and _same(seen.cwd, cwd)]:
            del self._seen[key]
        for path, observed in found:
            key = path, observed.text, observed.before
            self._seen[key] = _Seen(observed, line, cwd, offers, ending)
            self._seen.move_to_end(key)
        while len(self._seen) > _MOST:
            self._seen.popitem(last=False)
        return self._sorted() != before

    def ended(self, line: str, exit_code: int | None, cwd: str) -> bool:
        """A command line has ended; whether something is no longer true because of it."""
        before = self._by_path
        line = line.strip()
        self._ended = line, time.monotonic()
        for key, seen in list(self._seen.items()):
            again = _is_run(line, seen.line) and _same(seen.cwd, cwd)
            if again and seen.ending:
                seen.ending = False
            elif exit_code == 0 and (again or any(line == text and _same(at, cwd) for text, at in seen.offers)):
                del self._seen[key]
        return self._sorted() != before

    def _sorted(self) -> dict[str, tuple[Observed, ...]]:
        found: dict[str, list[Observed]] = {}
        for (path, _, _), seen in self._seen.items():
            found.setdefault(path, []).append(seen.observed)
        self._by_path = {path: tuple(observed) for path, observed in found.items()}
        return self._by_path


def _same(one: str, other: str) -> bool:
    return not one or not other or one.rstrip("/\\") == other.rstrip("/\\")


def _is_run(line: str, wanted: str) -> bool:
    """Whether a line runs what was refused before: the same, or the same behind an activation."""
    return line == wanted or any(line.endswith(before + wanted) for before in _BEFORE)


# --- the server ---


def files(server: Server, cwd: str | None, folder: str | None) -> Files | None:
    """The files that a command may have run: those of the workspace folder that it ran in, else of its own folder.

    The text of an open document counts, so that places are those that are seen.
    """
    from pep668.explain import Files
    from pep668.files import reader

    root = (server.session.folder_of(cwd) if cwd else None) or cwd or folder
    if not root:
        return None
    documents = (d for d in server.protocol.documents if d.notebook is None)
    texts = {path.replace("\\", "/"): d.text for d in documents if (path := uris.to_path(d.uri)) is not None}
    on_disk = reader(root)

    def read(path: str) -> str | None:
        return texts[path] if path in texts else on_disk(path)

    def unsaved(path: str) -> bool:
        return path in texts and texts[path] != on_disk(path)

    return Files(root.replace("\\", "/"), read, unsaved)


def note(server: Server, line: str, cwd: str, exit_code: int | None, found: Explanation) -> None:
    """Remember where the installs stand that were refused, when something ran: a text that is shown tells of no run."""
    from pep668.explain import plain

    refused = [s for e, s in zip(found.errors, found.sources, strict=False) if e.kind == _REFUSED and s is not None]
    if not refused or not line.strip():
        return
    shown = plain(" ".join(line.split())).replace("`", "'")
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    seen = [
        (s.path, Observed(s.written, s.text.count(s.written, 0, s.command.start), shown))
        for s in refused
        if s.found is not None and s.written
    ]
    advice = found.advice
    actions = (*advice.actions, *advice.more) if advice is not None else ()
    offers = [(a.text.strip(), a.cwd or "") for a in actions if a.kind == "terminal"]
    if server.session.observations.note(line, cwd, exit_code, seen, offers):
        _changed(server)


def ended(server: Server, params: object) -> None:
    """`pep668/terminalExecutionEnded`: what has worked is refused no more."""
    if not isinstance(params, dict) or not server.session.observations.paths:
        return
    line, code, cwd = (params.get(name) for name in ("commandLine", "exitCode", "cwd"))
    if not isinstance(line, str) or not line.strip():
        return
    folder = (uris.local(cwd) if isinstance(cwd, str) else None) or ""
    if server.session.observations.ended(line, code if isinstance(code, int) else None, folder):
        _changed(server)


def _changed(server: Server) -> None:
    server.session.generation += 1
    server.changed()


def with_places(server: Server, advice: Advice) -> Advice:
    """The advice, with the places that its actions open as the client counts positions."""
    return replace(
        advice,
        actions=tuple(_placed(server, action) for action in advice.actions),
        more=tuple(_placed(server, action) for action in advice.more),
    )


def _placed(server: Server, action: Any) -> Any:
    source = action.source
    if source is None:
        return action
    from . import convert
    from .documents import Document

    documents = server.protocol.documents
    uri = next((d.uri for d in documents if (uris.to_path(d.uri) or "").replace("\\", "/") == source.path), None)
    document = Document(uri or uris.from_path(source.path), "", 0, source.text, encoding=documents.encoding)
    found = convert.to_range(document, source.span)
    place = {
        name: {"line": at.line, "character": at.character} for name, at in (("start", found.start), ("end", found.end))
    }
    return replace(action, uri=document.uri, range=place)
