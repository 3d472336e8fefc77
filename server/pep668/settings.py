"""Settings: one parser for `[tool.pep668]`, `pep668.toml` and what an editor sends.

Every key exists under the same name in all three; docs/settings.md is generated from here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from .model import Severity


class SettingsError(ValueError):
    """A settings file or value that cannot be used; the message says which key and what to write."""


def _setting(default: Any, doc: str) -> Any:
    metadata = {"doc": doc}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project or user chose. Keys are written with dashes in files (`environment-directory`)."""

    select: tuple[str, ...] = _setting((), "Rule codes or prefixes to report; empty means all of them.")
    ignore: tuple[str, ...] = _setting((), "Rule codes or prefixes not to report.")
    severity: Mapping[str, Severity] = _setting(
        dict, "Severity by rule code: `error`, `warning`, `information` or `hint`."
    )
    exclude: tuple[str, ...] = _setting((), "Path patterns that `pep668 check` does not read below a given directory.")
    environment_directory: str = _setting(".venv", "Name of the virtual environment's folder in a project.")
    prefer_uv: bool = _setting(True, "Create environments with `uv venv --seed` where uv is installed.")
    target: str = _setting(
        "", "Distribution whose packages a requirement's hover names, such as `debian:13`; empty means this machine's."
    )

    def selects(self, code: str) -> bool:
        chosen = not self.select or any(code.startswith(s) for s in self.select)
        return chosen and not any(code.startswith(s) for s in self.ignore)

    def excludes(self, path: str) -> bool:
        if not self.exclude:
            return False
        name = path.rpartition("/")[2]
        return any(fnmatchcase(name, p) or fnmatchcase(path, p) for p in self.exclude)


_FIELDS = {f.name.replace("_", "-"): f for f in fields(Settings)}
KEYS = frozenset(_FIELDS)


def from_mapping(values: Mapping[str, Any], source: str = "settings") -> Settings:
    """Settings from a parsed table.

    Raises SettingsError for an unknown key or a value of the wrong type.
    """
    known: dict[str, Any] = {}
    for key, value in values.items():
        name = key.replace("_", "-")
        if name not in _FIELDS:
            raise SettingsError(f"{source}: unknown setting '{key}'; known are {', '.join(sorted(_FIELDS))}")
        known[_FIELDS[name].name] = _value(name, value, source)
    return Settings(**known)


def _value(key: str, value: Any, source: str) -> Any:
    if key == "severity":
        if not isinstance(value, dict):
            raise SettingsError(f"{source}: '{key}' must be a table of rule codes, such as EM001 = \"warning\"")
        try:
            return {code: Severity(level) for code, level in value.items()}
        except ValueError as error:
            raise SettingsError(f"{source}: {error}; use error, warning, information or hint") from None
    default: Any = _FIELDS[key].default
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise SettingsError(f"{source}: '{key}' must be a list of strings")
        return tuple(value)
    if not isinstance(value, type(default)):
        kind = "true or false" if isinstance(default, bool) else "a string"
        raise SettingsError(f"{source}: '{key}' must be {kind}")
    if key == "environment-directory" and (not value or "/" in value or "\\" in value or value in (".", "..")):
        raise SettingsError(f"{source}: '{key}' must be a folder's name such as \".venv\", not a path")
    return value


def parse(text: str, source: str) -> Settings | None:
    """Settings from the text of `pep668.toml` or `pyproject.toml` (None where that has no `[tool.pep668]`).

    Raises SettingsError when the text is not TOML or holds what cannot be used.
    """
    found = table(text, source)
    return None if found is None else from_mapping(found, source)


def table(text: str, source: str) -> Mapping[str, Any] | None:
    """The table that `parse` reads the settings from, unchecked."""
    # Imported here: most runs have no settings file.
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        found: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{source}: not valid TOML: {error}") from None
    except RecursionError:
        raise SettingsError(f"{source}: not usable: nested too deeply") from None
    if source.replace("\\", "/").rpartition("/")[2] == "pyproject.toml":
        tool = found.get("tool")
        own = tool.get("pep668") if isinstance(tool, dict) else None
        if own is None:
            return None
        if not isinstance(own, dict):
            raise SettingsError(f"{source}: tool.pep668 must be a table")
        return own
    return found
