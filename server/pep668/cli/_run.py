"""The documents that a command line names, analysed one after the other."""

from __future__ import annotations

import argparse
import codecs
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._shared import UsageError, complain, machine_of, settings_of

if TYPE_CHECKING:
    from pep668.analysis import Analysis
    from pep668.files import Document
    from pep668.settings import Settings


class Run:
    """The documents that a command line names, analysed one after the other; problems are told as they come."""

    def __init__(self, arguments: argparse.Namespace, *, with_packages: bool) -> None:
        self.arguments = arguments
        self.settings, self.top = settings_of(arguments)
        self.failed = False
        self.standard_input: Document | None = None
        self.machine = machine_of(arguments, with_packages=with_packages)

    def analyses(self) -> Iterator[tuple[str, Analysis]]:
        for document in self.documents():
            yield document.path, self.analyzed(document)

    def documents(self) -> Iterator[Document]:
        """Each as read, the one on standard input with the path `-` unless it is named."""
        from pep668 import files

        paths = [p for p in self.arguments.paths if p != "-"]
        if len(paths) < len(self.arguments.paths):
            self.standard_input = self._standard_input()
            yield self.standard_input
        for document in files.documents(paths, self._excluded, self.problem):
            if document.text:
                yield document

    def _excluded(self, path: str) -> bool:
        return bool(self.settings.exclude) and self.settings.excludes(self._below_top(path))

    def _settings_of(self, path: str) -> Settings:
        return self.settings.for_file(self._below_top(path)) if self.settings.per_file_ignores else self.settings

    def _below_top(self, path: str) -> str:
        """A path as the settings' patterns are to match it."""
        path = os.path.abspath(path)
        try:
            return os.path.relpath(path, self.top).replace(os.sep, "/")
        except ValueError:  # another drive
            return path.replace(os.sep, "/")

    def analyzed(self, document: Document, system: str = "") -> Analysis:
        """An analysis; with `system`, as if run there (`local`: on this machine)."""
        path, text, language = document.path, document.text, document.language
        from pep668.analysis import analyze
        from pep668.model import Evidence, Fact

        named = path if path != "-" else ""
        settings = self._settings_of(named) if named else self.settings
        if not system:
            return analyze(text, language, settings, self.machine, named)
        if system == "local":
            if self.machine is None:
                from pep668 import machine

                self.machine = machine.snapshot(os.getcwd())
            return analyze(text, language, settings, self.machine, named)
        facts = (Fact("system", system, Evidence(f"judged as on {system}")),)
        return analyze(text, language, settings, None, named, facts)

    def _standard_input(self) -> Document:
        from pep668 import files, languages

        name = self.arguments.stdin_filename
        raw = sys.stdin.buffer.read()
        encoding = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "utf-8"
        text = raw.decode(encoding, "replace")
        language = languages.detect(name, text)
        if language is None:
            raise UsageError("what standard input holds is not known; name it: --stdin-filename setup.sh")
        return files.Document(name or "-", language, text, encoding)

    def problem(self, message: str, fatal: bool) -> None:
        self.failed = self.failed or fatal
        complain(message)
