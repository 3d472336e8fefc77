"""Let uv do it, where uv is there: `uv venv` and `uv pip install`, or `uv add` in a project that uv manages.

uv has most of pip's options; those that mean nothing to it are dropped. The environment gets a pip as well (`--seed`),
since a plain `pip` that follows would find none. A command with `--system` loses it where uv finds `.venv` by itself.
uv is there where this machine has it, or an earlier command or action brings it.

Fix safety: unsafe. uv resolves and builds in its own way, and `uv add` writes to pyproject.toml and uv.lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from pep668.context import Context
from pep668.installers.uv import takes
from pep668.model import Applicability, Edit, Finding, Fix, Install, Judged, PythonReference, RequestKind

from ._creation import MOVES
from ._draft import with_later
from ._edits import Rewrite, combined, is_plain, start
from ._environments import way
from ._programs import available
from ._replace import is_request, meaningless, replaced, written

RULES = ("EM001", "EM002", "EM003", "EM006", "EM007")
ORDER = 40
ID = "uv-environment"
_VARIABLE = "UV_SYSTEM_PYTHON"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged) or judged.install.operation != "install":
        return
    install, meant = judged.install, judged.environment.unused
    about = install.command.outer(install.command.span).touches(finding.span)
    if not about or (meant is not None and meant.pipless) or not available(context, judged, "uv"):
        return
    yield from _in_the_project(context, judged)
    if install.tool == "pip":
        yield from _instead_of_pip(context, judged)
    elif install.tool == "uv":
        yield from _found_by_itself(context, judged)


def _instead_of_pip(context: Context, judged: Judged) -> Iterator[Fix]:
    install = judged.install
    if install.python.version or install.option("--python", "python") is not None:
        return  # an environment of another Python than uv would take
    unknown = [o for o in install.options if not takes(o.name)]
    if any(not meaningless(option) for option in unknown):
        return
    known = {f.name: getattr(install, f.name) for f in fields(Install)}
    here = Install(**{**known, "tool": "uv", "python": PythonReference("uv", False)})
    moved = Judged(here, judged.environment)
    others = tuple(moved if other is judged else other for other in context.judged)
    found = way(replace(context, judged=others), moved)
    title = found.title.replace(" instead", " with uv instead", 1)
    command = install.command
    named = [w for w in command.words if install.program.covers(w.span)]
    plain = is_plain(context.text, command) and all(w.value for w in named) and found.edits is not None
    rewrite = Rewrite(context.text, command)
    for option in unknown:
        if option.name.lstrip("-") not in ("user", "break-system-packages"):  # these are dropped already
            rewrite.drop(option.span)
    new = command.region.written("uv pip install")
    inside = any(install.program.covers(option.span) for option in install.options)  # `pip --quiet install`
    edits = None
    if plain and new is not None and not inside:
        edits = combined(found.edits, [Edit(command.outer(install.program), new)], rewrite.edits())
    yield _fix(title, with_later(context, judged, edits), found.explanation.replace(install.text, "uv pip install"))


def _found_by_itself(context: Context, judged: Judged) -> Iterator[Fix]:
    """`uv pip install` without `--system`, right behind the line that makes `.venv`."""
    install = judged.install
    system = install.option("--system", "system")
    region = install.command.region
    if system is None or region.fact("variable", _VARIABLE) or _VARIABLE in context.text or len(install.options) > 1:
        return
    found = way(context, judged)
    kept = [edit for edit in found.edits or () if edit.new_text != "--python .venv/bin/python"]
    if len(kept) == len(found.edits or ()) or MOVES.search(region.text, 0, start(install.command)):
        return
    rewrite = Rewrite(context.text, install.command)
    rewrite.drop(system.span)
    edits = with_later(context, judged, combined(kept, rewrite.edits()))
    yield _fix("Drop --system, so that uv finds .venv by itself", edits, found.explanation)


def _in_the_project(context: Context, judged: Judged) -> Iterator[Fix]:
    """`uv add` or `uv sync` where the folder's project is uv's and the text is about that folder."""
    machine, install = context.machine, judged.install
    region = install.command.region
    if machine is None or machine.project_tool != "uv" or region.fact("image") or region.fact("runner"):
        return
    if MOVES.search(region.text, 0, start(install.command)) or region.fact("directory"):
        return
    requests = install.requests
    if not all(meaningless(option) or is_request(option) for option in install.options):
        return
    if [r.text for r in requests] == ["."] and requests[0].kind in (RequestKind.EDITABLE, RequestKind.PATH):
        yield _fix("Install the project with `uv sync` instead", replaced(context, install, ["uv sync"]), "uv sync")
    elif requests and all(r.kind in (RequestKind.PROJECT, RequestKind.FILE) for r in requests):
        words = [("-r " if r.kind is RequestKind.FILE else "") + written(context, install, r) for r in requests]
        line = f"uv add {' '.join(words)}"
        what = ", ".join(r.name or r.text for r in requests[:3]) + (" ..." if len(requests) > 3 else "")
        yield _fix(f"Add {what} to the project with `uv add` instead", replaced(context, install, [line]), line)


def _fix(title: str, edits: tuple[Edit, ...] | None, explanation: str) -> Fix:
    kind = Applicability.UNSAFE if edits else Applicability.DISPLAY_ONLY
    return Fix(ID, title, edits or (), applicability=kind, explanation=explanation)
