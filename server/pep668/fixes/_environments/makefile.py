"""A makefile's recipe: a rule that makes the environment, as a prerequisite of the target that installs.

The new rule's target is the environment's pip rather than its folder, so that a half-made environment is made again; it
stands behind the first target that needs it, never where it would be the default goal. A rule of the file's own that
makes an environment is used under its name, a variable that names one (`VENV := env`) keeps naming it. Where the
package manager brings Python in the same recipe, the environment is made by a line of that recipe.

`$(PYTHON) -m pip` gives way as a whole word. `PIP = pip3` is changed where it is defined, if all that uses it can
be given the prerequisite; so is `PYTHON = python3` where recipes run more with it than pip.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pep668.context import Context
from pep668.environment.creation import making
from pep668.fixes._creation import MOVES, has_pip, interpreter
from pep668.fixes._directory import place_of
from pep668.fixes._edits import (
    combined,
    drop_overrides,
    drop_privileges,
    line_in_environment,
    start,
    stays_here,
    use_environment,
)
from pep668.fixes._index import index
from pep668.fixes._later import relied_on
from pep668.fixes._make import REFERENCE, WORD, Makefile, Recipe, makefile, region_of
from pep668.fixes._packages import package_of, python_installer, system_packages
from pep668.fixes._runs import runs
from pep668.fixes._way import Way
from pep668.languages._make_expand import UNKNOWN
from pep668.languages._make_nouns import Rule
from pep668.model import Command, EnvironmentKind, Install, Judged, Verdict
from pep668.text import Edit, Span, newline_of

ORDER = 30

_PIP = re.compile(r"pip3?(?:\.\d+)?|(python(?:3(?:\.\d+)?)?) -m pip")
_PYTHON = re.compile(r"(?:/usr/bin/)?python(?:3(?:\.\d+)?)?")
_LEAD = re.compile(r"[ \t@+-]*(?:\$[({]\w+[)}][ \t]*)?")
_REMOVES = re.compile(r"\brm\b|\$[({]RM\b")
_ENVIRONMENT = re.compile(r"env\b|\benv", re.IGNORECASE)
_SIMPLE_SHELLS = ("shell", "fish")


def answers(judged: Judged) -> bool:
    command = judged.install.command
    region = region_of(command)
    return region is not None and makefile(region).rule_of(command) is not None


@dataclass(frozen=True, slots=True)
class _Place:
    """An environment: as the file writes it, as the engine knows it, and the target that makes it.

    `target` is None where the recipe itself made it before; `made`: a rule for `target` is there.
    """

    spelled: str
    value: str
    target: tuple[str, str] | None  # as written, and expanded
    made: bool = False


def way(context: Context, judged: Judged) -> Way:
    install = judged.install
    region = region_of(install.command)
    assert region is not None
    file = makefile(region)
    found = file.rule_of(install.command)
    assert found is not None
    rule = found[0]
    place = _place(context, file, rule, judged)
    edits, changed = _edits(context, file, rule, install, place) if _possible(install) else (None, "")
    later = relied_on(judged) or runs(_elsewhere(file, rule, found[1], changed), install)
    return Way(f"Install into {place.value} instead", edits, _shown(context, file, rule, install, place), not later)


def _possible(install: Install) -> bool:
    return install.command.region.language in _SIMPLE_SHELLS and stays_here(install.command)


def _elsewhere(file: Makefile, rule: Rule, number: int, changed: str) -> str:
    """What the file runs behind the install's line, and in other recipes; `changed` names a variable that is served."""
    lines = [line for other in file.rules if other is not rule for line in other.recipe]
    texts = (line.made[0].lstrip("@+- \t") for line in (*rule.recipe[number + 1 :], *lines))
    served = re.compile(rf"\$[({{]{re.escape(changed)}[)}}]") if changed else None
    return "\n".join(file.values.expand(served.sub("./x", text) if served else text) for text in texts)


# --- which environment -----------------------------------------------------------------------------


def _place(context: Context, file: Makefile, rule: Rule, judged: Judged) -> _Place:
    install = judged.install
    uv = install.tool == "uv"
    own: _Place | None = None
    for maker, _ in index(context).makers:
        if region_of(maker) is not file.region or not (uv or has_pip(maker)):
            continue
        made = _made(context, file, rule, maker)
        where = file.rule_of(maker)
        if made is None or where is None:
            continue
        if where[0] is rule:
            if maker.outer(maker.span).start < install.command.outer(install.command.span).start:
                return _Place(*made, None, True)
            continue
        own = own or _Place(*made, _pip_of(made, uv))
        target = _target_of(context, file, where[0], made[1])
        if target is not None and not set(file.targets(rule)) & file.reached([target[1]]):
            return _Place(*made, target, True)
    if own is None:
        named = file.environment(rule.start) or _meant(judged)
        literal = place_of(context, install.command)[0] if named is None else ""
        place = named or (literal, literal)
        own = _Place(*place, _pip_of(place, uv))
    assert own.target is not None
    return _Place(own.spelled, own.value, own.target, bool(file.making(own.target[1])))


def _pip_of(place: tuple[str, str], uv: bool) -> tuple[str, str]:
    name = "bin/python" if uv else "bin/pip"
    return f"{place[0]}/{name}", f"{place[1]}/{name}"


def _meant(judged: Judged) -> tuple[str, str] | None:
    """The environment that was meant for the install and misses it."""
    unused = judged.environment.unused
    if unused is None or not WORD.fullmatch(unused.path):
        return None
    return unused.path, unused.path


def _made(context: Context, file: Makefile, rule: Rule, maker: Command) -> tuple[str, str] | None:
    """The place that a command makes an environment at, as another recipe writes it, and its value."""
    found = making([w.pattern for w in maker.words])
    if found is None:
        return None
    if not found.places:
        return ".venv", ".venv"
    word = maker.words[found.places[0]]
    if word.value is not None:
        value = word.value.rstrip("/").removeprefix("./")
        return (file.spelled(value, rule.start), value) if WORD.fullmatch(value) else None
    outer = maker.outer(word.span)
    source = context.text[outer.start : outer.end].strip("\"'").rstrip("/")
    if "$$" in source or not WORD.fullmatch(REFERENCE.sub("x", source)):
        return None
    value = file.values.expand(source)
    return None if UNKNOWN in value else (source, value)


def _target_of(context: Context, file: Makefile, rule: Rule, place: str) -> tuple[str, str] | None:
    """The target by which another rule can ask for an environment: a file of it, or one of such a name.

    None where that does more (`setup`), where it removes the environment first, and where it fails itself as it is.
    """
    if any(_REMOVES.search(line.made[0]) for line in rule.recipe):
        return None
    for judged in context.judged:
        found = file.rule_of(judged.install.command) if _is_open(judged, file) else None
        if found is not None and found[0] is rule:
            return None
    written, values = rule.targets.split(), file.targets(rule)
    if len(written) != len(values):
        return None
    for spelled, value in zip(written, values, strict=True):
        if (
            "%" not in value
            and UNKNOWN not in value
            and (_ENVIRONMENT.search(value) or f"{value}/".startswith(f"{place}/"))
        ):
            return spelled, value
    return None


# --- edits -----------------------------------------------------------------------------------------


def _edits(
    context: Context, file: Makefile, rule: Rule, install: Install, place: _Place
) -> tuple[tuple[Edit, ...] | None, str]:
    """The edits (None: cannot be made), and the variable that they change."""
    if not WORD.fullmatch(REFERENCE.sub("x", place.spelled)):
        return None, ""
    package = package_of(context, install)
    own = _command(context, file, install, place)
    if place.target is not None and _brings_python(context, file, rule, install):
        return combined(_line_before(context, file, install, place), own, package), ""
    name = _reference(context, install.command)
    defined = _defined(context, file, name, install, place)
    if defined is not None:
        return combined(defined, package), name
    asked = _asked(context, file, rule, install, place)
    if asked is None:
        asked = _line_before(context, file, install, place)
    return combined(asked, own, package), ""


def _asked(context: Context, file: Makefile, rule: Rule, install: Install, place: _Place) -> tuple[Edit, ...] | None:
    """The prerequisite, and the rule that makes it where there is none."""
    if place.target is None:
        return ()
    needed = file.with_prerequisite(context.text, rule, *place.target)
    if place.made or needed is None:
        return needed
    first, asks = _first(context, file) or (rule, install)
    return combined(needed, file.with_rule(context.text, first, place.target[0], _maker(context, file, asks, place)))


def _first(context: Context, file: Makefile) -> tuple[Rule, Install] | None:
    """The first rule whose install may need the environment, so that all fixes put its rule at the same place."""
    for judged in context.judged:
        found = file.rule_of(judged.install.command) if _is_open(judged, file) else None
        if found:
            return found[0], judged.install
    return None


def _is_open(judged: Judged, file: Makefile) -> bool:
    """Whether an install of the makefile may still go into the system."""
    environment = judged.environment
    if region_of(judged.install.command) is not file.region or judged.install.operation == "uninstall":
        return False
    passes = environment.verdict is Verdict.ALLOWED and environment.bypass is None
    return not passes and environment.kind is not EnvironmentKind.VIRTUAL


def _maker(context: Context, file: Makefile, install: Install, place: _Place) -> str:
    options = system_packages(context, install)
    if install.tool == "uv":
        return f"uv venv --seed{options} {place.spelled}"
    python = interpreter(install)
    spelled = file.spelled(python, len(file.region.text))
    held = REFERENCE.fullmatch(spelled)
    if held and _command_of(context, file, held[1]):
        spelled = python  # a fix may let the variable name the environment's
    return f"{spelled} -m venv{options} {place.spelled}"


def _brings_python(context: Context, file: Makefile, rule: Rule, install: Install) -> bool:
    """Whether the package manager brings Python in the same recipe, before the install."""
    python = python_installer(context, install.command)
    found = file.rule_of(python) if python is not None and region_of(python) is file.region else None
    return found is not None and found[0] is rule


def _line_before(context: Context, file: Makefile, install: Install, place: _Place) -> tuple[Edit, ...] | None:
    """A line of the recipe that makes the environment unless it works already, before the first install there."""
    if place.target is None:
        return ()
    mine = file.rule_of(install.command)
    for other in (*(j.install for j in context.judged if _is_open(j, file)), install):
        found = file.rule_of(other.command)
        if (
            found is None
            or mine is None
            or found[0] is not mine[0]
            or _brings_python(context, file, found[0], other) != (_brings_python(context, file, found[0], install))
        ):
            continue
        lead = _lead(context, file, other.command)
        if lead is not None:
            new = f"{lead[1]}test -x {place.target[0]} || {_maker(context, file, other, place)}"
            return (Edit(Span(lead[0], lead[0]), new + newline_of(context.text)),)
        if other is install:
            return None
    return None


def _lead(context: Context, file: Makefile, command: Command) -> tuple[int, str] | None:
    """Where a command's line begins, and what stands before it; None where no line can be put there."""
    at = command.outer(Span(command.statement.start, command.statement.start)).start
    begin = max(context.text.rfind("\n", 0, at), context.text.rfind("\r", 0, at)) + 1
    lead = context.text[begin:at]
    prefix = file.prefix(at)
    nested = file.region.parent is not None or command.region.origin is not None
    if nested or not lead.startswith(prefix) or not _LEAD.fullmatch(lead[len(prefix) :]):
        return None
    if file.one_shell and MOVES.search(command.region.text, 0, start(command)):
        return None
    return begin, lead


def _command_of(context: Context, file: Makefile, name: str) -> str:
    """What of the environment takes the place of a variable that holds a command; "" where it has to stay as it is."""
    assigned = file.assigned(name) if name else []
    if len(assigned) != 1 or file.depth(assigned[0].span.start) or assigned[0].modifiers or assigned[0].body:
        return ""
    value = file.value(name)
    pip = _PIP.fullmatch(value)
    if pip:
        return "python -m pip" if pip[1] else "pip"
    users = file.users(name) if _PYTHON.fullmatch(value) else None
    if users is None or not any(_reference(context, j.install.command) == name for j in context.judged):
        return ""
    other = re.compile(rf"\$[({{]{re.escape(name)}[)}}](?![ \t]+-m[ \t]+pip\b)")
    if any(re.search(r"-m[ \t]+(?:venv|virtualenv)\b", line.made[0]) for user in users for line in user.recipe):
        return ""
    return "python" if any(other.search(line.made[0]) for user in users for line in user.recipe) else ""


def _defined(context: Context, file: Makefile, name: str, install: Install, place: _Place) -> tuple[Edit, ...] | None:
    """The edit of the variable that holds the command (`PIP = pip3`), with what all recipes that use it need."""
    program = _command_of(context, file, name)
    users = file.users(name) if program else None
    if users is None or (place.target is None and len(users) > 1):
        return None
    assigned = file.assigned(name)[0]
    value, within = assigned.value
    written = value.rstrip()
    if not written or not within.is_verbatim(Span(0, len(written))):
        return None
    edits = [_asked(context, file, user, install, place) for user in users]
    for other in context.judged:
        mine = other.install
        if region_of(mine.command) is file.region and _reference(context, mine.command) == name:
            found = file.rule_of(mine.command)
            if not _possible(mine) or found is None or _brings_python(context, file, found[0], mine):
                return None
            edits.append(_own_words(context, file, mine, None))
    spelled = place.spelled if file.known(place.spelled, assigned) else place.value
    if UNKNOWN in spelled or "${" in spelled:
        return None
    lines = [line.made[0] for user in users for line in user.recipe if name in line.made[0]]
    if any(MOVES.search(line) or "$(MAKE)" in line for line in lines) and not place.value.startswith(("/", "${")):
        spelled = f'"$(CURDIR)"/{spelled}'
    new = file.region.written(f"{spelled}/bin/{program}")
    if new is None:
        return None
    return combined([Edit(file.region.outer(within.span(Span(0, len(written)))), new)], *edits)


def _reference(context: Context, command: Command) -> str:
    """The variable that a command begins with, "" where its first word is no reference alone."""
    outer = command.outer(command.words[0].span)
    found = REFERENCE.fullmatch(context.text[outer.start : outer.end])
    return found[1] or found[2] if found else ""


def _command(context: Context, file: Makefile, install: Install, place: _Place) -> tuple[Edit, ...] | None:
    """The edits of the install's own words."""
    moved = MOVES.search(install.command.region.text, 0, start(install.command))
    absolute = place.value.startswith(("/", "${"))
    from_elsewhere = f'"$(CURDIR)"/{place.spelled}'
    return _own_words(context, file, install, from_elsewhere if moved and not absolute else place.spelled)


def _own_words(context: Context, file: Makefile, install: Install, place: str | None) -> tuple[Edit, ...] | None:
    rewrite = Recipe(context.text, install.command, file)
    if not drop_privileges(rewrite):
        return None
    drop_overrides(rewrite, install)
    if place is not None:
        use_environment(rewrite, install, place)
    return rewrite.edits()


# --- what is shown ---------------------------------------------------------------------------------


def _shown(context: Context, file: Makefile, rule: Rule, install: Install, place: _Place) -> str:
    line = line_in_environment(install, place.value)
    if place.target is None:
        return line
    prefix = file.prefix(rule.end)
    shown = f"{rule.targets}: {place.target[0]}\n{prefix}{line}"
    if place.made:
        return shown
    return f"{shown}\n\n{place.target[0]}:\n{prefix}{_maker(context, file, install, place)}"
