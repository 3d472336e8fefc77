"""Keep one of two: leave a project to the distribution's package, or to pip.

What the distribution has already is dropped from pip's command; a command that asks for nothing more goes. Where pip is
to bring another version, the distribution's package is dropped from the command of the package manager instead.

Fix safety: safe where pip had nothing to do for it, since the package is there when pip runs. Otherwise unsafe: the
version is another one, or packages of the distribution need what is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.data.packages import TOOLS
from pep668.environment.conflicts import is_enough
from pep668.model import Applicability, Command, Edit, Finding, Fix, Judged, Owned
from pep668.text import Span

from ._draft import Draft, affordable
from ._edits import Rewrite
from ._removal import removed

RULES = ("EM009",)
ORDER = 5
ID = "drop-double"

_VERBS = ("install", "add", "in", "reinstall", "-S", "-Sy", "-Syu")


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged):
        return
    if not affordable(context, 2 * sum(len(j.environment.owned) for j in context.judged)):
        return
    command = judged.install.command
    owned = next((o for o in _doubles(judged) if command.outer(o.request.span) == finding.span), None)
    if owned is None:
        return
    enough = is_enough(judged.install, owned)
    kept = False
    if enough is not False and "[" not in owned.request.text:
        # What is dropped together for each of them is the same.
        same = [o for o in _doubles(judged) if is_enough(judged.install, o) is enough and "[" not in o.request.text]
        same = [o for o in same if o.earlier is owned.earlier]
        edits = _without_requests(context, judged, same)
        packages = ", ".join(dict.fromkeys(o.package.name for o in same))
        title = f"Leave {', '.join(o.project for o in same)} to {owned.package.manager} ({packages})"
        kept = edits is not None and not Draft.with_edits(context, edits).worse()
        safe = enough is True and owned.earlier
        kind = Applicability.SAFE if safe and kept else Applicability.UNSAFE if kept else Applicability.DISPLAY_ONLY
        yield Fix(ID, title, (edits or ()) if kept else (), applicability=kind, preferred=kept, explanation=_LEAVE)
    if enough is not True:
        edits = _without_package(context, owned)
        if edits and not Draft.with_edits(context, edits).worse():
            title = f"Leave {owned.project} to pip, without {owned.package.manager}'s {owned.package.name}"
            yield Fix(ID, title, edits, preferred=not kept)


_LEAVE = "Leave it out of pip's command: the distribution's package is what is used."


def _doubles(judged: Judged) -> list[Owned]:
    return [o for o in judged.environment.owned if o.project not in TOOLS and o.evidence.span is not None]


def _without_requests(context: Context, judged: Judged, owned: list[Owned]) -> tuple[Edit, ...] | None:
    """The command without some of its requests; it goes where those are all."""
    install = judged.install
    gone = {o.request.span for o in owned}
    if all(r.span in gone for r in install.requests):
        return removed(context, install.command)
    rewrite = Rewrite(context.text, install.command)
    for span in sorted(gone):
        rewrite.drop(span)
    return rewrite.edits()


def _without_package(context: Context, owned: Owned) -> tuple[Edit, ...] | None:
    """The package manager's command without the package; it goes where that is the only one."""
    command = next((c for c in context.commands if owned.evidence.span in _places(c)), None)
    if command is None:
        return None
    verb = next((i for i, w in enumerate(command.words) if w.value in _VERBS), len(command.words))
    packages = [w for w in command.words[verb + 1 :] if w.pattern[:1] != "-"]
    gone = [w for w in packages if command.outer(w.span) == owned.evidence.span]
    if len(gone) != 1:
        return None
    if len(packages) == 1:
        return removed(context, command)
    rewrite = Rewrite(context.text, command)
    rewrite.drop(gone[0].span)
    return rewrite.edits()


def _places(command: Command) -> list[Span]:
    return [command.outer(w.span) for w in command.words]
