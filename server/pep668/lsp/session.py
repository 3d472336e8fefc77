"""What the server knows between requests: folders, settings, this machine, and the analyses of open documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pep668 import analysis, languages, machine
from pep668.analysis import Analysis
from pep668.model import DistributionPackage, Finding, Machine, Observed
from pep668.settings import Settings

from . import uris
from .configuration import Configuration
from .documents import Document
from .incremental import Incremental
from .observations import Observations

# What a notebook's cells are read as, by LSP language.
_CELLS = {"python": "ipython", "shellscript": "shell"}

# Documents of fewer characters are read anew at every keystroke.
_SHORT = 8000


@dataclass(frozen=True, slots=True)
class Task:
    """All that an analysis needs: it can run in any thread."""

    document: Document
    language: str
    path: str
    settings: Settings
    machine: Machine
    observed: tuple[Observed, ...] = ()

    def run(self) -> Analysis:
        return analysis.analyze(
            self.document.text, self.language, self.settings, self.machine, self.path, observed=self.observed
        )


class Session:
    """`generation` changes whenever an answer about an unchanged document may have changed."""

    def __init__(self, report: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> None:
        self.configuration = Configuration(report)
        self.observations = Observations()
        self.generation = 0
        self._environ = environ
        self._folders: dict[str, str | None] = {}
        self._machines: dict[str, Machine] = {}
        self._packages: Mapping[str, tuple[DistributionPackage, ...]] | None = None
        self._projects: dict[tuple[str, str], str] = {}
        self._analyses: dict[str, tuple[tuple[int, int, int], Analysis | None]] = {}

        self._carried: dict[str, tuple[tuple[int, int, int], Incremental]] = {}

    # --- folders ---

    def add_folder(self, uri: str) -> None:
        self._folders[uri] = uris.to_path(uri)

    def remove_folder(self, uri: str) -> None:
        self._folders.pop(uri, None)

    @property
    def folders(self) -> list[tuple[str, str]]:
        """URI and path of each workspace folder on this machine."""
        return [(uri, path) for uri, path in self._folders.items() if path is not None]

    def folder_of(self, path: str | None) -> str | None:
        """The innermost workspace folder that holds a path; for a document without one, the first folder."""
        if path is None:
            return next((folder for _, folder in self.folders), None)
        holding = [folder for _, folder in self.folders if uris.is_within(path, folder)]
        return max(holding, key=len, default=None)

    def project_of(self, path: str | None, settings: Settings) -> str:
        """The folder whose environment a document's installs would go to.

        The nearest one upward that has an environment, else the workspace folder,
        else the document's own. "" for a document that is nowhere.
        """
        folder = self.folder_of(path)
        if path is None:
            return folder or ""
        directory = uris.parent(path)
        key = (directory, settings.environment_directory)
        if key not in self._projects:
            self._projects[key] = self._project(directory, folder, settings.environment_directory)
        return self._projects[key]

    def _project(self, directory: str, folder: str | None, name: str) -> str:
        at = directory
        while folder is not None and at != folder:
            if any(os.path.isfile(file) for file in _markers(at, name)):
                return at
            above = uris.parent(at)
            if above == at:
                return directory
            at = above
        return folder or directory

    # --- what answers depend on ---

    def settings_of(self, path: str | None) -> Settings:
        folder = self.folder_of(path)
        return self.configuration.for_file(path, folder) if path else self.configuration.of(folder or "", folder)

    def machine(self, folder: str) -> Machine:
        """This machine as seen from a folder: read once, until `forget_machine`."""
        found = self._machines.get(folder)
        if found is None:
            found = self._machines[folder] = machine.snapshot(folder, environ=self._environ)
        return replace(found, packages=self._packages) if self._packages else found

    def fresh(self, folder: str) -> Machine:
        """This machine as it is now, seen from a folder. May be called from any thread."""
        found = machine.snapshot(folder, environ=self._environ)
        return replace(found, packages=self._packages) if self._packages else found

    def reads_packages(self, document: Document) -> bool:
        """Whether the distribution's packages are to be read for a document first. It takes a moment: use a thread."""
        return self._packages is None and languages.matters("", document.text)

    def read_packages(self) -> None:
        """May be called from any thread."""
        self._packages = machine.packages(environ=self._environ)

    def forget_machine(self) -> None:
        """Environments, interpreters or pip's configuration may have changed."""
        self._machines.clear()
        self._projects.clear()
        self.generation += 1

    def look_again(self) -> bool:
        """Read this machine again; whether it has changed. May be called from any thread."""
        fresh = {folder: machine.snapshot(folder, environ=self._environ) for folder in list(self._machines)}
        projects = {key: self._project(key[0], self.folder_of(key[0]), key[1]) for key in list(self._projects)}
        packages = None if self._packages is None else machine.packages(environ=self._environ)
        if (
            packages == self._packages
            and all(self._machines.get(folder) == seen for folder, seen in fresh.items())
            and all(self._projects.get(key) == project for key, project in projects.items())
        ):
            return False
        self._packages = packages
        self._machines.update(fresh)
        self._projects.update(projects)
        self.generation += 1
        return True

    def signature(self) -> frozenset[tuple[str, int]]:
        """Differs when an environment has come or gone, something was installed in one, or on the system: a few stats.

        May be called from any thread.
        """
        files: set[str] = set()
        for directory, name in list(self._projects):
            folder = self.folder_of(directory)
            while True:
                files.update(_markers(directory, name))
                above = uris.parent(directory)
                if folder is None or directory == folder or above == directory:
                    break
                directory = above
        for seen in list(self._machines.values()):
            for found in seen.environments:
                files.update(_libraries(found.path))
        databases = () if self._packages is None else machine.package_databases()
        seen_at = {(file, at) for file in files if (at := _changed(file))}
        return frozenset(seen_at.union((path, at) for path, at, _ in databases))

    def forget_settings(self) -> None:
        self.configuration.forget_files()
        self._projects.clear()
        self.generation += 1

    # --- analyses ---

    def key(self, document: Document) -> tuple[int, int, int]:
        """Equal for equal answers."""
        return document.serial, document.version, self.generation

    def task(self, document: Document) -> Task | None:
        """None for a document of no language that is known."""
        return self._task(document, document.uri, _language(document))

    def _task(self, document: Document, uri: str, language: str | None) -> Task | None:
        if language is None:
            return None
        path = uris.to_path(uri)
        settings = self.settings_of(path)
        here = self.machine(self.project_of(path, settings))
        return Task(document, language, uris.name_of(uri), settings, here, self.observations.of(path))

    def alone(self, document: Document) -> Analysis | None:
        """A cell of a notebook without the others; None for any other document."""
        language = _CELLS.get(document.language_id) if document.notebook is not None else None
        task = self._task(document, document.notebook or document.uri, language)
        return None if task is None else task.run()

    def known(self, document: Document) -> tuple[bool, Analysis | None]:
        """Whether the document has been analyzed as it is now, and the analysis."""
        key, found = self._analyses.get(document.uri, (None, None))
        return key == self.key(document), found

    def remember(self, document: Document, key: tuple[int, int, int], found: Analysis | None) -> None:
        self._analyses[document.uri] = (key, found)
        if found is not None and found.context.language == "shell" and len(document.text) > _SHORT:
            self._carried[document.uri] = (key, Incremental(document.text, found))
            document.remember(key)

    @property
    def shows_requirements(self) -> bool:
        """Whether an open document lists requirements."""
        return any(found is not None and found.context.requirements for _, found in self._analyses.values())

    def findings(self, document: Document) -> tuple[Finding, ...] | None:
        """The findings, where they can be known without an analysis: nothing of consequence has been edited."""
        before, carried = self._carried.get(document.uri, (None, None))
        key = self.key(document)
        if (
            carried is None
            or before is None
            or document.edits is None
            or document.since != before
            or before[2] != key[2]
        ):
            return None
        if not all(carried.keeps(edit.span, edit.new_text) for edit in document.edits):
            del self._carried[document.uri]
            return None
        self._carried[document.uri] = (key, carried)
        document.remember(key)
        return carried.findings

    def forget(self, uri: str) -> None:
        self._analyses.pop(uri, None)
        self._carried.pop(uri, None)


def _language(document: Document) -> str | None:
    """The id of the language to read a document as, None where that is not known."""
    if document.cells is not None:  # made here, whatever its name is
        return languages.detect("", "", document.language_id)
    name = uris.name_of(document.uri)
    if languages.ambiguous(name) and not languages.matters("", document.text):
        return languages.by_name(name)  # which of several it is takes reading all of it
    return languages.detect(name, document.text, document.language_id)


def _markers(directory: str, name: str) -> list[str]:
    """What is there where a folder has an environment, whose usual name is `name`."""
    return [os.path.join(directory, n, "pyvenv.cfg") for n in {name, ".venv", "venv"}]


def _libraries(environment: str) -> list[str]:
    """The folders that an environment's packages are in."""
    if os.name == "nt":
        return [os.path.join(environment, "Lib", "site-packages")]
    above = os.path.join(environment, "lib")
    try:
        return [os.path.join(above, name, "site-packages") for name in os.listdir(above)]
    except OSError:
        return []


def _changed(path: str) -> int:
    """When a file or folder was changed, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
