"""What well-known actions do to later steps, and which of their inputs are commands (data/actions.json)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any

from pep668.data._files import load_json

# What an action is given: an input's text, None where it is not known, "" where it is not given.
Inputs = Callable[[str], "str | None"]
_FALSE = ("", "false", "False", "no", "off")
IMAGE = "docker://"  # before an image's name, where `uses` has no action


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that comes first in PATH of later steps, or a variable of theirs.

    `kind`, `value` and `name` as in a `Fact`; not `certain`: it may not be so. `login`: only where the step's
    shell reads its start-up files.
    """

    kind: str
    value: str
    name: str = ""
    certain: bool = True
    login: bool = False


@dataclass(frozen=True, slots=True)
class CommandInput:
    """An input that holds commands. `place` is "" (the job's), `image` or `elsewhere`, then with `text` for where."""

    input: str
    shell: str
    windows: str
    directory: str
    place: str


def action(uses: str) -> str:
    """An action's name: no version, small letters, `./` for those of the repository."""
    return uses.partition("@")[0].strip().lower()


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = load_json("actions.json")
    return table


@lru_cache(maxsize=1024)
def _row(name: str) -> Mapping[str, Any] | None:
    table = _table()["actions"]
    found: Mapping[str, Any] | None = table.get(name)
    if found is None:
        found = next((r for p, r in table.items() if "*" in p and fnmatchcase(name, p)), None)
    return found


def known(uses: str) -> bool:
    """Whether a row tells what the action does."""
    name = action(uses)
    return name.startswith(IMAGE) or _row(name) is not None


@lru_cache(maxsize=1024)
def row(uses: str) -> Mapping[str, Any]:
    """What is known of an action; of an unknown one whether it may bring a Python."""
    table = _table()
    name = action(uses)
    if name.startswith(IMAGE):
        return {}  # what it sets up stays in its container
    found = _row(name)
    if found is not None:
        return dict(found)
    if name.startswith(("./", "../")):
        return dict(table["local"])
    return {"python": "maybe"} if re.search(table["suspicious"], name) else {}


def effects(uses: str, inputs: Inputs) -> Iterator[Effect]:
    """What an action does for the steps that follow it."""
    found = row(uses)
    name = uses.partition("@")[0].strip()
    certain = _applies(found, inputs)
    if certain is not False:
        for kind in ("python", "conda"):
            wanted = found.get(kind)
            if wanted:
                sure = certain is True and (wanted != "maybe" or _contains(found, inputs))
                value = (inputs(found.get("name", "")) or found.get("default", "")) if kind == "conda" else name
                yield Effect(kind, value, certain=sure, login=wanted == "login")
    environment = found.get("environment")
    if environment:
        switch = inputs(environment["if"])
        if switch not in _FALSE:
            path = inputs(environment["path"])
            path = environment["default"] if path in ("", "true") else path or ""
            yield Effect("environment", path, certain=switch is not None)
    for program in found.get("brings", ()):
        yield Effect("program", program, program, certain=certain is True)
    for variable, source in found.get("variables", {}).items():
        if inputs(source) != "":
            yield Effect("variable", inputs(source) or "", variable, certain=inputs(source) is not None)


def _applies(found: Mapping[str, Any], inputs: Inputs) -> bool | None:
    """Whether the inputs leave the effect on; None where they may not."""
    for name, value in found.get("not_if", {}).items():
        given = inputs(name)
        if given is None:
            return None
        if given.lower() == value:
            return False
    wanted = found.get("only_if", ())
    if wanted:
        given_any = [inputs(name) for name in wanted]
        if all(g is not None and g in _FALSE for g in given_any):
            return None if found.get("else") == "maybe" else False
        if all(g is None or g in _FALSE for g in given_any):
            return None
    return True


def _contains(found: Mapping[str, Any], inputs: Inputs) -> bool:
    return any(text in (inputs(name) or "") for name, text in found.get("contains", {}).items())


def commands(uses: str) -> tuple[CommandInput, ...]:
    if not known(uses):
        return _usual(action(uses))
    return tuple(
        CommandInput(c["input"], c.get("shell", ""), c.get("windows", ""), c.get("directory", ""), c.get("place", ""))
        for c in row(uses).get("commands", ())
    )


def _usual(name: str) -> tuple[CommandInput, ...]:
    """Inputs of an unknown action that are commands by their names."""
    table = _table()["unknown"]
    place = "elsewhere" if re.search(table["elsewhere"], name) else ""
    inputs = (i for i in table["inputs"] if i != "script" or not re.search(table["others"], name))
    return tuple(CommandInput(i, "", "", "working-directory", place) for i in inputs)


def image(uses: str, inputs: Inputs) -> str:
    """The image that an action runs its commands in, "" where it is not known."""
    found = row(uses)
    distribution = inputs(found.get("distribution", "")) if "distribution" in found else ""
    if distribution not in ("", "none"):
        known = _table()["distributions"].get(distribution)
        numbered = re.fullmatch(r"(ubuntu|alpine|debian|fedora)_?(\d[\d.]*)", distribution or "")
        return known or (f"{numbered[1]}:{numbered[2]}" if numbered else "")
    return inputs(found.get("image", "")) or ""


def elsewhere(uses: str, inputs: Inputs) -> str:
    """Where an action runs its commands, in words."""
    text = row(uses).get("elsewhere", "elsewhere")
    return f"{action(uses)} runs it " + re.sub(r"%(\w+)%", lambda m: inputs(m[1]) or "", text)


@lru_cache(maxsize=1024)
def cibuildwheel(variable: str) -> tuple[str, str] | None:
    """`all` or `build`, and the platform (`LINUX`, ""), of a variable that holds commands for cibuildwheel."""
    table = _table()["cibuildwheel"]
    if not variable.startswith("CIBW_"):
        return None
    for kind in ("all", "build"):
        for name in table[kind]:
            if variable == name:
                return kind, ""
            for platform in table["platforms"]:
                if variable == f"{name}_{platform}":
                    return kind, platform
    return None
