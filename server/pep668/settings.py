"""Settings: one parser for `[tool.pep668]`, `pep668.toml` and what an editor sends.

Every key exists under the same name in all three; docs/settings.md is generated from here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .model import Severity
from .patterns import matches


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
    per_file_ignores: Mapping[str, tuple[str, ...]] = _setting(
        dict, 'Rule codes or prefixes not to report in files that a path pattern names: `{ "tests/**" = ["EM001"] }`.'
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
        """Of a path relative to the folder that the settings are about, with slashes."""
        return any(matches(pattern, path) for pattern in self.exclude)

    def for_file(self, path: str) -> Settings:
        """The settings as they are for one file; its path is relative to the folder that the settings are about."""
        found = [codes for pattern, codes in self.per_file_ignores.items() if matches(pattern, path)]
        return replace(self, ignore=(*self.ignore, *(code for codes in found for code in codes))) if found else self

    def codes(self) -> Iterator[tuple[str, str]]:
        """Every rule code that is named, with the key that names it."""
        for key, codes in (("select", self.select), ("ignore", self.ignore), ("severity", tuple(self.severity))):
            yield from ((key, code) for code in codes)
        for codes in self.per_file_ignores.values():
            yield from (("per-file-ignores", code) for code in codes)


_FIELDS = {f.name.replace("_", "-"): f for f in fields(Settings)}
KEYS = frozenset(_FIELDS)
_CODES = ("select", "ignore")


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
            return {code.upper(): Severity(level) for code, level in value.items()}
        except ValueError as error:
            raise SettingsError(f"{source}: {error}; use error, warning, information or hint") from None
    if key == "per-file-ignores":
        if not isinstance(value, dict) or not all(_are_strings(codes) for codes in value.values()):
            raise SettingsError(
                f"{source}: '{key}' must be a table of path patterns and lists of rule codes, "
                'such as "tests/**" = ["EM001"]'
            )
        return {pattern: tuple(code.upper() for code in codes) for pattern, codes in value.items()}
    default: Any = _FIELDS[key].default
    if isinstance(default, tuple):
        if not _are_strings(value):
            raise SettingsError(f"{source}: '{key}' must be a list of strings")
        return tuple(v.upper() for v in value) if key in _CODES else tuple(value)
    if not isinstance(value, type(default)):
        kind = "true or false" if isinstance(default, bool) else "a string"
        raise SettingsError(f"{source}: '{key}' must be {kind}")
    if key == "environment-directory" and (not value or "/" in value or "\\" in value or value in (".", "..")):
        raise SettingsError(f"{source}: '{key}' must be a folder's name such as \".venv\", not a path")
    return value


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


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
