"""Move the activation of an environment to where it reaches the command.

In a Dockerfile `ENV PATH` takes its place, in a GitHub workflow an entry of `GITHUB_PATH`; elsewhere it is activated in
the shell that runs the command. An activation that then has no effect goes. `--user` is dropped: an environment has no
place for it.

Fix safety: safe where the command is refused, and the same user makes the environment and installs into it, or it is
given to that user; otherwise what runs between needs a look.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

from pep668.context import Context
from pep668.model import (
    Applicability,
    Command,
    EnvironmentKind,
    Finding,
    Fix,
    Judged,
    Managed,
    Missed,
    Unused,
    Verdict,
)
from pep668.text import Edit, Span, newline_of

from ._creation import activation, inserted, quoted
from ._draft import Draft, affordable
from ._edits import Rewrite, combined, stays_here
from ._image import region_of
from ._index import index
from ._lines import lines_of
from ._removal import removed, removes_whole
from ._users import given

RULES = ("EM006", "EM007")
ORDER = 5
ID = "move-activation"

_MOVED = (Missed.OTHER_NAME, Missed.HANDED, Missed.BEHIND, Missed.VARIABLE, Missed.ELSEWHERE, Missed.INACTIVE)
_READERS = (".", "source")
_ACTIVATE = re.compile(r"(?:^|/)activate(?:\.\w+)?$")
_PLAIN = re.compile(r"/[\w./+-]*")  # a path that stands for itself in a Dockerfile, quoted
_STEPS = ("github-actions", "forgejo-actions")
_WRITABLE = re.compile(r"[\w./~$\"{}+-]+")


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    unused = judged.environment.unused if isinstance(judged, Judged) else None
    if not isinstance(judged, Judged) or unused is None or unused.reason not in _MOVED:
        return
    if not stays_here(judged.install.command) or (unused.reason is Missed.INACTIVE and not _wanted(context, judged)):
        return
    if not affordable(context, 3 * sum(j.environment.unused is not None for j in context.judged)):
        return
    earlier = _at(context, unused.evidence.span)
    for title, edits in _ways(context, judged, unused, earlier):
        draft = _worked(context, judged, unused, edits)
        if draft is None:
            continue
        refused = judged.environment.verdict is Verdict.REFUSED
        same = _same_user(judged, earlier) or bool(_given(context, judged, unused))
        safe = refused and same and unused.reason is not Missed.OTHER_NAME
        safe = safe and not _between(context, judged, earlier)
        kind = Applicability.SAFE if safe else Applicability.UNSAFE
        yield Fix(ID, title, draft.edits, applicability=kind, preferred=True)
        return


def _wanted(context: Context, judged: Judged) -> bool:
    """Whether an image that makes an environment, and never activates it, names none of its programs by its path."""
    unused = judged.environment.unused
    if unused is None or region_of(judged.install.command) is None:
        return False
    return f"{unused.path}/bin/" not in context.text


def _at(context: Context, span: Span | None) -> Command | None:
    """The command that a place in the document is about."""
    return None if span is None else _commands(context).get(span)


@lru_cache(maxsize=4)
def _commands(context: Context) -> dict[Span, Command]:
    """Commands by the places of them and of what they assign."""
    about = ((c, s) for c in reversed(context.commands) for s in (c.span, *(a.span for a in c.assignments)))
    return {c.outer(s): c for c, s in about}


def _same_user(judged: Judged, earlier: Command | None) -> bool:
    users = [c.region.fact("user") for c in (judged.install.command, earlier or judged.install.command)]
    return len({u.value if u else None for u in users}) == 1


def _worked(context: Context, judged: Judged, unused: Unused, edits: tuple[Edit, ...] | None) -> Draft | None:
    """The document with the edits, where the install reaches its environment by them; else None."""
    if not edits:
        return None
    draft = Draft(context)
    draft.apply(edits)
    if not draft.drop_user() or draft.worse():
        return None
    found = next((j for j in draft.context.judged if draft.original(_start(j)) == _start(judged)), None)
    if found is None or found.environment.usage_error or found.environment.kind is not EnvironmentKind.VIRTUAL:
        return None
    environment = found.environment
    reached = environment.managed is Managed.NO and environment.virtual_environment == _target(unused, found)
    return draft if reached else None


def _target(unused: Unused, found: Judged) -> str | None:
    return found.environment.virtual_environment if unused.reason is Missed.OTHER_NAME else unused.path


def _start(judged: Judged) -> int:
    return judged.install.command.outer(judged.install.program).start


def _ways(
    context: Context, judged: Judged, unused: Unused, earlier: Command | None
) -> Iterator[tuple[str, tuple[Edit, ...] | None]]:
    """Titles with the edits to try, the best first."""
    install = judged.install.command
    shown = unused.path.removeprefix("${CURDIR}/")
    if unused.reason is Missed.OTHER_NAME:
        if earlier is not None:
            yield f"Activate {_made_instead(context, judged)} instead of {shown}", _renamed(context, judged, earlier)
        return
    title = f"Activate {shown} where it reaches the command"
    if earlier is not None and unused.reason is Missed.ELSEWHERE and earlier.region is install.region:
        yield title, _read_in_place(context, earlier)
    if region_of(install) is not None:
        by_env = combined(_by_env(context, judged, unused, earlier), _given(context, judged, unused) or ())
        yield f"Put {shown} first in PATH by ENV, which reaches the command", by_env
    if earlier is not None and unused.reason is Missed.ELSEWHERE and context.language in _STEPS:
        yield f"Hand {shown} to the next steps by GITHUB_PATH", _by_handing(context, install, earlier)
    place = _place(unused, earlier)
    if place is not None and region_of(install) is None:
        line = activation(install, place)
        before = inserted(context, install, line, joint=" && ")
        yield title, None if before is None else (*before, *_gone(context, unused, earlier))


def _made_instead(context: Context, judged: Judged) -> str:
    """The environment that is made where another is activated."""
    return next((c for c in _made_before(context, judged)), "the environment that is made")


def _made_before(context: Context, judged: Judged) -> list[str]:
    here = judged.install.command
    return [
        place
        for command, place in reversed(index(context).makers)
        if command.outer(command.span).start < here.outer(here.span).start
    ]


def _renamed(context: Context, judged: Judged, earlier: Command) -> tuple[Edit, ...] | None:
    """The activation script's path with the name of the environment that is made."""
    word = next((w for w in earlier.words[1:] if _ACTIVATE.search(w.pattern)), None)
    made = _made_before(context, judged)
    if word is None or not made or not earlier.region.map.is_verbatim(word.span):
        return None
    written = earlier.region.written(f"{made[0]}/bin/{(word.value or 'activate').rpartition('/')[2]}")
    return None if written is None else (Edit(earlier.outer(word.span), written),)


def _read_in_place(context: Context, earlier: Command) -> tuple[Edit, ...] | None:
    """`bash v/bin/activate` and `v/bin/activate`, which run it, become `. v/bin/activate`, which reads it."""
    words = [w for w in earlier.words if w.pattern[:1] != "-"]
    at = next((i for i, w in enumerate(words[:2]) if _ACTIVATE.search(w.pattern)), None)
    if at is None or words[0].value in _READERS or earlier.wrappers:
        return None
    rewrite = Rewrite(context.text, earlier)
    if at == 0:
        rewrite.insert(words[0].span.start, ". ")
    else:
        rewrite.replace(Span(earlier.words[0].span.start, words[1].span.start), ". ")
    return rewrite.edits()


def _place(unused: Unused, earlier: Command | None) -> str | None:
    """The environment's folder as shell text: as the activation names it, else as it is known."""
    if earlier is not None:
        word = next((w for w in earlier.words if _ACTIVATE.search(w.pattern)), None)
        if word is not None:
            text = earlier.region.text[word.span.start : word.span.end]
            folder = re.sub(r"/bin/activate(?:\.\w+)?(?=[\"']?$)", "", text)
            return folder if folder != text and _WRITABLE.fullmatch(folder) and folder.count('"') % 2 == 0 else None
    path = unused.path.removeprefix("${CURDIR}/")
    return None if "${" in path else quoted(path)


def _gone(context: Context, unused: Unused, earlier: Command | None) -> tuple[Edit, ...]:
    """The removal of an activation behind which nothing stands in its own shell."""
    if earlier is None or unused.reason is not Missed.ELSEWHERE or not unused.evident:
        return ()
    return removed(context, earlier) or ()


def _by_env(context: Context, judged: Judged, unused: Unused, earlier: Command | None) -> tuple[Edit, ...] | None:
    """`ENV PATH` before the instruction of the install."""
    here, there = region_of(judged.install.command), region_of(earlier) if earlier is not None else None
    if here is None or here.anchor is None or here is there or not _PLAIN.fullmatch(unused.path):
        return None
    if unused.reason is Missed.BEHIND and earlier is None and unused.evidence.span is not None:
        swapped = _swapped(context.text, unused.evidence.span, f"{unused.path}/bin")
        if swapped is not None:
            return (swapped,)
    begin = context.text.rfind("\n", 0, here.anchor.start) + 1
    lead = context.text[begin : here.anchor.start]
    if lead.strip():
        return None
    variable = here.fact("variable", "VIRTUAL_ENV")
    known = variable is not None and variable.value == unused.path
    lines = [*([] if known else [f"ENV VIRTUAL_ENV={unused.path}"]), 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"']
    file = here.parent
    written = [line if file is None else file.written(line) for line in lines]
    if None in written:
        return None
    newline = newline_of(context.text)
    gone = _gone(context, unused, earlier)
    if there is None or there.anchor is None or not gone:
        new = "".join(f"{line}{newline}{lead}" for line in written)
        return (Edit(Span(here.anchor.start, here.anchor.start), new),)
    # It was meant for all that follows.
    whole = lines_of(context.text, there.anchor).span
    new = "".join(f"{lead}{line}{newline}" for line in written)
    if removes_whole(earlier):
        return (Edit(whole, new),)
    return (*gone, Edit(Span(whole.end, whole.end), new))


def _between(context: Context, judged: Judged, earlier: Command | None) -> bool:
    """Whether something between the activation and the install runs Python, which may need what the system's has."""
    install = judged.install.command
    here, there = region_of(install), region_of(earlier) if earlier is not None else None
    if here is None or there is None or here.anchor is None or there.anchor is None:
        return False
    installs = {id(j.install.command) for j in context.judged}
    return any(
        id(c) not in installs and there.anchor.end < c.outer(c.span).start < here.anchor.start
        for c in context.commands
        if (c.name or "").startswith("python")
    )


def _given(context: Context, judged: Judged, unused: Unused) -> tuple[Edit, ...] | None:
    """What gives an image's environment to the user who installs into it, where another has made it."""
    command = judged.install.command
    if region_of(command) is None:
        return None
    here, systems = command.outer(command.span).start, index(context).systems(command.region.place.system)
    makers = (
        c
        for c, place in reversed(index(context).makers)
        if place == unused.path and c.region.place.system in systems and c.outer(c.span).start < here
    )
    maker = next(makers, None)
    return None if maker is None else given(context, command, maker, unused.path)


def _swapped(text: str, span: Span, folder: str) -> Edit | None:
    """`PATH=$PATH:/v/bin` of an ENV as `PATH=/v/bin:$PATH`."""
    behind = re.compile(rf"(?<=PATH=)([\"']?)(\$PATH|\$\{{PATH\}}):({re.escape(folder)})/?\1(?=\s|$)")
    found = behind.search(text[span.start : span.end])
    if found is None:
        return None
    at = Span(span.start + found.start(), span.start + found.end())
    return Edit(at, f"{found[1]}{found[3]}:{found[2]}{found[1]}")


def _by_handing(context: Context, install: Command, earlier: Command) -> tuple[Edit, ...] | None:
    """`echo ... >> "$GITHUB_PATH"` behind the activation of an earlier step, or for it where the step ends there."""
    word = next((w for w in earlier.words[1:] if _ACTIVATE.search(w.pattern)), None)
    region = earlier.region
    if word is None or word.value is None or earlier.region is install.region or region.origin is not None:
        return None
    if earlier.name not in _READERS or region.language != "shell" or earlier.scope:
        return None
    folder = posixpath.dirname(word.value)
    if not re.fullmatch(r"[\w./+-]+", folder):
        return None
    line = f'echo "{folder}" >> "$GITHUB_PATH"' if folder.startswith("/") else f'echo "$PWD/{folder}" >> "$GITHUB_PATH"'
    end = earlier.span.end
    rest = region.text[end:].partition("\n")[0]
    if not region.map.is_verbatim(earlier.span):
        return None
    if not region.text[end:].strip():
        new, span = region.written(line), earlier.outer(earlier.span)
    elif rest.strip():
        new, span = region.written(f" && {line}"), earlier.outer(Span(end, end))
    else:
        begin = region.text.rfind("\n", 0, earlier.span.start) + 1
        lead = region.text[begin : earlier.span.start]
        if lead.strip():
            return None
        new, span = region.written(f"\n{lead}{line}"), earlier.outer(Span(end, end))
    return None if new is None else (Edit(span, new.replace("\n", newline_of(context.text))),)
