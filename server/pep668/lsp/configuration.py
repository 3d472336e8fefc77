"""Settings of a document: what the editor sent, and above it the project's own file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from pep668 import rules, settings
from pep668.settings import Settings, SettingsError

from . import uris

FILES = ("pep668.toml", "pyproject.toml")
_EDITOR = "editor settings"


class Configuration:
    """`report` is called with one clear sentence, once, for each thing that cannot be used."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._reported: dict[str, str] = {}
        self._editor: dict[str | None, Mapping[str, Any]] = {}
        self._files: dict[str, Mapping[str, Any] | None] = {}
        self._settings: dict[tuple[str, str | None], Settings] = {}

    def set_editor(self, folder: str | None, values: object) -> bool:
        """What the editor says for a workspace folder (by path), or for everything; whether that is new."""
        table = _known(values)
        if self._editor.get(folder) == table:
            return False
        self._editor[folder] = table
        self._settings.clear()
        return True

    def forget_files(self) -> None:
        """Read the settings files again when they are next needed."""
        self._files.clear()
        self._settings.clear()

    def of(self, directory: str, folder: str | None) -> Settings:
        """The settings for documents in `directory`, which lies in the workspace folder `folder`, if any."""
        found = self._settings.get((directory, folder))
        if found is None:
            found = self._settings[directory, folder] = self._read(directory, folder)
        return found

    def for_file(self, path: str, folder: str | None) -> Settings:
        """The settings for one document; the patterns of a settings file are about the folder that it lies in."""
        directory = uris.parent(path)
        found = self.of(directory, folder)
        if not found.per_file_ignores:
            return found
        table, own = self._project(directory, folder)
        top = own if table and "per-file-ignores" in table else folder or directory
        return found.for_file(path[len(top.rstrip("/\\")) + 1 :].replace("\\", "/"))

    def _read(self, directory: str, folder: str | None) -> Settings:
        editor = {**self._editor.get(None, {}), **(self._editor.get(folder, {}) if folder else {})}
        if not self._usable(editor, _EDITOR):
            editor = {}
        return settings.from_mapping({**editor, **(self._project(directory, folder)[0] or {})})

    def _usable(self, table: Mapping[str, Any], source: str) -> bool:
        try:
            rules.usable(settings.from_mapping(table, source), source)
        except SettingsError as error:
            self._problem(source, str(error))
            return False
        self._reported.pop(source, None)
        return True

    def _project(self, directory: str, folder: str | None) -> tuple[Mapping[str, Any] | None, str]:
        """The table of the nearest settings file, upward to the workspace folder, and the folder that has it."""
        while directory:
            if directory not in self._files:
                self._files[directory] = self._in(directory)
            table = self._files[directory]
            above = uris.parent(directory)
            if table is not None or directory == folder or above == directory:
                return table, directory if table is not None else ""
            directory = above
        return None, ""

    def _in(self, directory: str) -> Mapping[str, Any] | None:
        for name in FILES:
            path = os.path.join(directory, name)
            try:
                with open(path, encoding="utf-8") as file:
                    text = file.read()
            except FileNotFoundError:
                self._reported.pop(path, None)
                continue
            except (OSError, ValueError) as error:
                reason = "not valid UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
                if os.path.isfile(path):
                    self._problem(path, f"{path}: cannot be read: {reason}")
                continue
            if name == "pyproject.toml" and "pep668" not in text:
                continue  # somebody else's, broken or not
            try:
                table = settings.table(text, path)
            except SettingsError as error:
                self._problem(path, str(error))
                return {}
            if table is not None:
                return table if self._usable(table, path) else {}
        return None

    def _problem(self, source: str, message: str) -> None:
        if self._reported.get(source) != message:
            self._reported[source] = message
            self._report(f"{message}. Defaults are used instead.")


def _known(values: object) -> Mapping[str, Any]:
    """The keys that are this server's, with dashes.

    An editor's section holds keys of its client as well (`trace.server`), and names
    in camelCase; null stands for a value that is not set.
    """
    if not isinstance(values, Mapping):
        return {}
    named = {_dashed(str(key)): value for key, value in values.items() if value is not None}
    return {key: value for key, value in named.items() if key in settings.KEYS}


def _dashed(key: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in key).replace("_", "-")
