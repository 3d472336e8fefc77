"""The way into a virtual environment: the typed command line, edited by its spans, with the environment before it."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.fixes._edits import ROOT, Rewrite, drop_overrides, drop_privileges, start, stays_here
from pep668.model import Command, Install
from pep668.text import Edit, Span, apply_edits

from ._making import Program, Way, ways
from ._model import Action
from ._moves import runs_in
from ._place import Place, Target, maker_of
from ._typed import Typed

# What a command stands behind that is the next one to run, whatever became of those before it: `! cmd` is none.
_NEXT = re.compile(r"(?:^|&&|;|\n|\(|\{|\b(?:then|do|else|begin|and)\b)\s*\Z")
_VERSIONED = re.compile(r"(?:python|pip)(\d+\.\d+)")
_LONGEST = 2000  # characters of a line that is typed again


def into_environment(typed: Typed, install: Install, place: Place) -> list[Action]:
    """The same command line with its installs going into the environment, by each way; none where it cannot be."""
    installs = [install, *(i for i in typed.open_installs if i is not install and i.tool in ("pip", "uv"))]
    installs.sort(key=lambda i: _begin(i.command))
    if not typed.repeats(place.syntax) or len(typed.text) > _LONGEST:
        return []
    where = [runs_in(i.command, place.folder, place.look) for i in installs]
    moved = where[0].by is not None and where[0].folder != (place.folder or None)
    if any(w.folder != where[0].folder or (w.by != where[0].by and not w.folder) for w in where):
        return []
    if moved and not all(_follows(i, installs[0]) for i in installs[1:]):
        return []  # what makes the environment stands before the first one
    here = place.inside(where[0].folder)
    target = here.target(install)
    if any(here.target(i) != target for i in installs):
        return []
    found = [
        _by_way(typed, installs, here, target, way, moved=moved) for way in ways(here, target, install, _verb(install))
    ]
    return [action for action in found if action is not None]


def _verb(install: Install) -> str:
    return install.operation if install.operation in ("install", "uninstall") else "run it"


def _follows(install: Install, first: Install) -> bool:
    """Whether the first install runs wherever this one does, and before it."""
    scope = [s for s in first.command.scope if s.name != "&&"]
    return install.command.region is first.command.region and all(s in install.command.scope for s in scope)


def _by_way(
    typed: Typed, installs: list[Install], place: Place, target: Target, way: Way, *, moved: bool
) -> Action | None:
    edits: list[Edit] = []
    for each in installs:
        edited = _edited(typed, each, place, target, way.program)
        if edited is None:
            return None
        edits += edited
    text = _with_environment(typed, installs[0], place, target, way.make, edits, moved=moved)
    if text is None:
        return None
    return Action(
        way.title, text=text, step=way.step, says=way.says, environment=target.path, done=_done(target, installs, place)
    )


def _edited(typed: Typed, install: Install, place: Place, target: Target, program: Program) -> tuple[Edit, ...] | None:
    command, syntax = install.command, place.syntax
    if install.tool not in ("pip", "uv") or not stays_here(command):
        return None
    rewrite = Rewrite(typed.text, command)
    if not drop_privileges(rewrite):
        return None
    given = [a.span.start for w in command.wrappers if w.name in ROOT for a in w.assignments]
    if given and not syntax.assigns:
        rewrite.insert(min(given), "env ")
    _free(rewrite, install)
    python = target.program("python")
    if install.tool == "uv":
        if target.shown.rpartition("/")[2] != ".venv" or target.shown.removesuffix(".venv").strip("./"):
            rewrite.insert(install.program.end, f" --python {syntax.quote(python)}")
        return rewrite.edits()
    words = command.words
    pip = next((w for w in words[2:] if w.value == "pip"), None) if install.python.is_interpreter else None
    if program is Program.OWN:
        own = target.program("pip") if pip is None else python
        rewrite.replace(words[0].span, syntax.program(own))
    elif program is Program.BASE:
        into = f"--python {syntax.quote(python)}"
        if pip is not None:
            rewrite.insert(pip.span.end, f" {into}")
        else:
            rewrite.replace(words[0].span, f"{maker_of(install)} -m pip {into}")
    elif pip is None and place.machine is not None:
        wheel = syntax.quote(f"{place.machine.pip_wheel}/pip")
        rewrite.replace(words[0].span, f"{syntax.program(python)} {wheel}")
    else:
        return None
    return rewrite.edits()


def _with_environment(
    typed: Typed, install: Install, place: Place, target: Target, make: str, edits: list[Edit], *, moved: bool
) -> str | None:
    command, syntax = install.command, place.syntax
    at = _begin(command)
    sure = target.state is not target.state.UNKNOWN
    probe = target.program("python" if place.with_uv(install) else "pip")
    if not make or not moved:
        line = apply_edits(typed.text, edits).strip()
        if not make:
            return line
        if typed.splits:
            return None
        return syntax.chain(make, line) if sure else syntax.unless(probe, make, line)
    if command.region.origin is not None or not _NEXT.search(typed.text, 0, at) or not syntax.chains_inside:
        return None
    inserted = Edit(Span(at, at), f"{make} && " if sure else syntax.inside(probe, make))
    dropped = [e for e in edits if e.span.start == at]
    try:
        joined = [_joined(inserted, dropped)] if dropped else [inserted]
        return apply_edits(typed.text, sorted([*(e for e in edits if e not in dropped), *joined])).strip()
    except ValueError:
        return None


def _joined(inserted: Edit, others: list[Edit]) -> Edit:
    """An insertion and a change at the same place as one edit."""
    span = inserted.span
    for other in others:
        span = span.to(other.span)
    return Edit(span, inserted.new_text + "".join(e.new_text for e in others))


def _begin(command: Command) -> int:
    return command.outer(Span(start(command), start(command))).start


def _done(target: Target, installs: list[Install], place: Place) -> str:
    """What was done, and how to undo it."""
    names = [r.text for i in installs if i.operation == "install" for r in i.requests if r.name]
    files = [f for i in installs for f in i.requirement_files]
    asked = ", ".join([*names, *(f"what {f} asks for" for f in files)]) or "what was asked for"
    if any(i.operation != "install" for i in installs):
        return ""
    shown = target.shown
    if not target.ready and target.found is None:
        return f"Created {shown} and installed {asked} in it; to undo that, delete the folder {shown}."
    words = " ".join(map(place.syntax.quote, [n for i in installs for n in i.packages]))
    pip = place.syntax.program(target.program("pip"))
    undo = f"; `{pip} uninstall {words}` undoes it" if words and not files else ""
    return f"Installed {asked} into {shown}{undo}."


def activated(typed: Typed, place: Place, install: Install | None) -> list[Action]:
    """The whole line again in an activated environment: for scripts, make, npm, which call pip themselves."""
    syntax, target = place.syntax, place.target()
    line = _unbound(typed, place, target)
    if (
        typed.elsewhere
        or Typed(line, shell=typed.shell).leaves_environment
        or not line
        or not typed.repeats(place.syntax)
        or len(line) > _LONGEST
    ):
        return []
    script = typed.python_of_script
    if script is not None:
        line = apply_edits(typed.text, [Edit(script, syntax.program(target.program("python")))]).strip()
    elif (
        (install is not None and (install.command.wrappers or install.python.program.startswith("/")))
        or typed.splits
        or not syntax.activates
    ):
        return []  # a script that names its Python does not mind an active environment
    else:
        line = syntax.chain(syntax.activate(target.shown), line)
    actions = []
    for way in ways(place, target, None, "run it"):
        if way.program is not Program.OWN:
            pip = f"python3 -m pip --python {syntax.quote(target.program('python'))} install pip"
            if way.program is Program.WHEEL:
                continue
            way = replace(way, make=syntax.chain(way.make, pip) if way.make else pip)
        unknown = target.state is target.state.UNKNOWN
        text = syntax.chain(way.make, line) if way.make else line
        if unknown and way.make:
            text = syntax.unless(target.program("pip"), way.make, line)
        shown = target.shown
        done = (
            f"Created {shown} and ran it there; to undo that, delete the folder {shown}."
            if target.found is None
            else ""
        )
        title = (
            way.title if script is not None or not way.title.startswith("Run") else f"Activate {shown} and run it again"
        )
        actions.append(Action(title, text=text, step=way.step, says=way.says, environment=target.path, done=done))
    return actions


def _unbound(typed: Typed, place: Place, target: Target) -> str:
    """The line without what would lead its own installs out of an active environment; "" where that stays in it."""
    maker = place.maker(None)
    version = target.found.version if target.found is not None else maker.version if maker is not None else ""
    edits: list[Edit] = []
    for install in typed.open_installs:
        named = _VERSIONED.fullmatch(install.python.program)
        if install.python.program.startswith("/") or (named and version and named[1] != version):
            return ""
        rewrite = Rewrite(typed.text, install.command)
        _free(rewrite, install)
        edited = rewrite.edits() if drop_privileges(rewrite) else None
        if edited is None:
            return ""
        edits += edited
    if any(_resets_path(c) for c in typed.every):
        return ""
    return apply_edits(typed.text, sorted(set(edits))).strip()


def _free(rewrite: Rewrite, install: Install) -> None:
    """Drop what stands against an environment: the overrides, and the options that name another Python."""
    drop_overrides(rewrite, install)
    for option in install.options:
        if option.name.lstrip("-") in ("system", "python"):
            rewrite.drop(option.span)


def _resets_path(command: Command) -> bool:
    """Whether it begins a shell that reads its profile, which sets PATH anew, or a program without variables."""
    shells = ("sh", "bash", "dash", "zsh", "ksh", "fish")
    options = [w.value or "" for w in command.words[1:] if (w.value or "").startswith("-")]
    login = any(o == "--login" or (not o.startswith("--") and "l" in o) for o in options)
    bare = any(w.name == "env" and w.has("-i", "-", "--ignore-environment") for w in command.wrappers)
    return bare or (command.name in shells and login)


def create(place: Place, install: Install | None = None) -> Action | None:
    """The environment alone, where nothing can be typed again; None where it is there."""
    target = place.target(install)
    way = next(iter(ways(place, target, install, "run the command")), None)
    if way is None or not way.make:
        return None
    done = f"Created {target.shown}; to undo that, delete the folder." if target.found is None else ""
    says = f"create {target.shown} with `{{}}` and run the command in it"
    if not way.says.startswith("create"):
        says = way.says.partition(" and ")[0]
    return Action(f"Create {target.shown}", text=way.make, step="venv", says=says, environment=target.path, done=done)


def replayed(place: Place, target: Target, words: str, names: list[str]) -> Action:
    """An install of what another tool was asked for, of words that were typed; `names` are theirs."""
    way = ways(place, target, None)[0]
    line = f"{place.syntax.program(target.program('pip'))} install {words}"
    text = line if not way.make else place.prepared(target, None, line)
    if way.make and target.state is not target.state.UNKNOWN:
        text = place.syntax.chain(way.make, line)
    undo = f"delete the folder {target.shown}" if target.found is None else f"`{target.program('pip')} uninstall` them"
    done = f"Installed {', '.join(names)} into {target.shown}; to undo that, {undo}."
    return Action(way.title, text=text, step="venv", says=way.says, environment=target.path, done=done)
