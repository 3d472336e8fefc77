"""What each command does to the state: one small function a program, found by the program's name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace

from pep668.model import Assignment, Bypass, Evidence

from . import files, packages
from .creation import making, module
from .files import elsewhere
from .handover import handed
from .run import Run, replace_words, short
from .state import UNKNOWN, Change, Made, Meant, Override, Shell, Source, SourceKind, System, Variable, source_of


def apply(run: Run) -> Shell:
    """The shell after a command; what stays on the system is changed in place."""
    shell = run.shell
    exports = run.words[:1] in (["export"], ["typeset"], ["declare"], ["setenv"])
    if not run.words or run.words[0] in _DECLARATIONS:
        for assignment in run.command.assignments:
            shell = assign(run, shell, assignment, exported=assignment.exported or exports)
    run.shell = shell
    if not run.words:
        return shell
    files.written(run)
    if run.words[0] in ("echo", "printf"):
        run.system.handed += handed(run.command, run.words, shell)
    name = posixpath.basename(run.words[0])
    if run.command.region.language in ("powershell", "cmd"):
        name = name.lower().removesuffix(".exe")
        if _ACTIVATE.search(name):  # run as a command, it works on the shell itself
            return _source(replace_words(run, [".", run.words[0]]))
    if _ACTIVATE.search(run.words[0]) and "/" in run.words[0]:
        return _own_process(run, run.words[0])
    effect = _EFFECTS.get(name)
    if effect is None and name.rstrip("0123456789.") in ("python", "pypy", "virtualenv", "pip"):
        effect = _EFFECTS.get(name.rstrip("0123456789."))
    if effect is None and run.words[1:2] == ["-m"]:  # `"$PYTHON" -m venv`
        effect = _python
    return effect(run) if effect else shell


_DECLARATIONS = frozenset(("export", "declare", "typeset", "local", "readonly"))


def assign(run: Run, shell: Shell, assignment: Assignment, *, exported: bool) -> Shell:
    """A variable set; PATH moves what stands first in it."""
    text = shell.symbolic(assignment.value)
    old = shell.variables.get(assignment.name)
    if assignment.append and old:
        text = (old.text or UNKNOWN) + text
    evidence = Evidence(f"{assignment.name}={short(text)}", run.command.outer(assignment.span))
    exported = exported or bool(old and old.exported) or assignment.name == "PATH"
    if assignment.value.span == assignment.span:  # a loop's variable, whose values nobody knows
        evidence = Evidence(f"a loop sets {assignment.name}", evidence.span)
        return shell.with_variable(assignment.name, Variable(None, evidence, exported))
    if assignment.name == "PATH":
        before, shell = shell.first, with_path(shell, run.system, text, evidence)
        first = shell.first
        lasting = not run.command.words or run.command.name in _DECLARATIONS
        if lasting and first is not before and first is not None and first.kind is SourceKind.VIRTUAL:
            run.system.meant.append(Meant(first.path, evidence, run.command, activated=True))
    if exported and assignment.name in OVERRIDE_VARIABLES:
        run.log.overrides.append(Override(Bypass.VARIABLE, assignment.name, evidence, run.command))
    return shell.with_variable(assignment.name, Variable(text, evidence, exported))


OVERRIDE_VARIABLES = frozenset(("PIP_BREAK_SYSTEM_PACKAGES", "UV_BREAK_SYSTEM_PACKAGES"))


def with_path(shell: Shell, system: System, text: str, evidence: Evidence) -> Shell:
    """PATH set to a symbolic text. What was first stays so behind `$PATH`, and is lost without it."""
    kept = shell.first
    # The old value is opaque here: it may itself hold colons and what an earlier line put first.
    old = shell.value("PATH") or "${PATH}"
    front, extends, back = text.partition("${PATH}") if "${PATH}" in text else text.partition(old)
    for part in front.split(":"):
        if part.rstrip("/") in ("/usr/bin", "/bin"):
            return replace(shell, first=None)
        if part and (source := source_of(shell.absolute(part), system, evidence)):
            same = kept and kept.certain and (kept.kind, kept.path) == (source.kind, source.path)
            return shell if same else replace(shell, first=source)
    if extends:
        return _behind(shell, system, back, evidence)
    return replace(shell, first=None if kept and kept.kind is not SourceKind.OWN else kept)


def _behind(shell: Shell, system: System, back: str, evidence: Evidence) -> Shell:
    """An environment that is put into PATH behind what was there: its programs run where the system has none."""
    for part in back.split(":"):
        source = source_of(shell.absolute(part), system, evidence) if part else None
        if source is not None and source.kind is SourceKind.VIRTUAL:
            return replace(shell, behind=source)
    return shell


def _make(run: Run) -> Shell:
    made = making(run.words)
    if made is None:
        return run.shell
    seeded = made.brings_pip or (made.tool == "uv" and run.sets("UV_VENV_SEED"))
    system = run.system
    for path in [run.words[at] for at in made.places] or [".venv"]:
        where = run.shell.absolute(path)
        first = run.shell.first
        if first is not None and first.path == where and where not in system.environments:
            first = None  # PATH leads to it before it is there
        evidence = _made(run, path)
        if made.is_open or len(made.places) > 1 or run.sets("VIRTUALENV_SYSTEM_SITE_PACKAGES"):
            system.open.add(where)
        if not seeded:
            text = f"{path} has no pip: {'uv venv puts none in' if made.tool == 'uv' else 'it is made without'}"
            system.pipless[where] = Change(run.evidence(text), run.certain)
        elif run.certain:
            system.pipless.pop(where, None)
        if not elsewhere(run):
            system.meant.append(Meant(where, evidence, run.command))
            brought = None if system.more_packages else {n: b.evidence for n, b in system.packages.items()}
            others = system.other_python is not None or bool(system.built)
            run.log.made.append(Made(made.tool, run.command, evidence, first, brought, others, seeded, run.certain))
    return run.shell


def _made(run: Run, path: str) -> Evidence:
    evidence = run.evidence(f"a virtual environment is made at {path}")
    run.system.environments[run.shell.absolute(path)] = evidence
    return evidence


def _python(run: Run) -> Shell:
    if making(run.words) is not None:
        return _make(run)
    found = module(run.words)
    if found is None:
        return run.shell
    name, at = found
    if name == "pip":
        return files.pip(replace_words(run, ["pip", *run.words[at:]]))
    if name == "uv":
        return _uv(replace_words(run, ["uv", *run.words[at:]]))
    if name == "ensurepip":
        return _seeded(run)
    return run.shell


def _uv(run: Run) -> Shell:
    if making(run.words) is not None:
        return _make(run)
    if run.arguments[:1] == ["sync"]:
        where = run.shell.absolute(".venv")
        if where not in run.system.environments:
            text = "uv puts no pip into .venv unless something asks for it"
            run.system.pipless[where] = Change(run.evidence(text), certain=False)
        _made(run, ".venv")
        return run.shell
    return _seeded(run) if run.arguments[:2] == ["pip", "install"] else run.shell


def _seeded(run: Run) -> Shell:
    """Something is installed into an environment that had no pip: it may be, or bring, pip."""
    pipless = run.system.pipless
    first = run.shell.first
    where = first.path if first is not None else run.shell.absolute(".venv")
    if where in pipless:
        if "pip" in run.arguments[2:] or run.words[0] != "uv":
            pipless.pop(where)
        else:
            pipless[where] = replace(pipless[where], certain=False)
    return run.shell


_ACTIVATE = re.compile(r"(?:^|/)(activate(?:[_.]\w+)?)$", re.IGNORECASE)


def _source(run: Run) -> Shell:
    arguments = run.words[1:]
    if not arguments:
        return run.shell
    file = arguments[0]
    if _ACTIVATE.search(file):
        folder = posixpath.dirname(posixpath.dirname(file)) or "."
        if "/" not in file or re.search(r"conda|mamba|miniforge", file):
            return _activated(run, SourceKind.CONDA, arguments[1] if len(arguments) > 1 else "base")
        where = run.shell.absolute(folder)
        other = _another(run, where)
        if other:
            # The script makes one environment and activates another: a slip, or one that was there before.
            text = f"{where} is there: the environment that is made is {other}"
            source = Source(SourceKind.VIRTUAL, where, run.evidence(text), certain=False, activated=True, instead=other)
            return replace(run.shell, first=source)
        return _activated(run, SourceKind.VIRTUAL, where)
    if re.search(r"(?:^|[/_-])(?:v?env|venv|virtualenv|activate)[\w.-]*(?:\.sh|\.bash)?$", file):
        # A script of the project's that is named after the environment: it may activate one.
        source = Source(SourceKind.VIRTUAL, file, run.evidence(f"{file} may activate an environment"), certain=False)
        return replace(run.shell, first=run.shell.first or source)
    return run.shell


def _own_process(run: Run, file: str) -> Shell:
    """An activation script that is run, not read: what it activates ends with it."""
    where = run.shell.absolute(posixpath.dirname(posixpath.dirname(file)) or ".")
    if where in run.system.environments and not elsewhere(run):
        evidence = run.evidence(f"{where} is activated")
        run.system.meant.append(Meant(where, evidence, run.command, activated=True))
    return run.shell


def _by_shell(run: Run) -> Shell:
    """`sh FILE`."""
    for file in run.arguments[:1]:
        if _ACTIVATE.search(file):
            return _own_process(run, file)
    return files.EFFECTS["bash"](run)


def _another(run: Run, where: str) -> str:
    """An environment that is made beside one that nothing makes, or, in the same text, of its name in another folder.

    "" for none.
    """
    made = list(run.system.environments)
    if where in made or UNKNOWN in where:
        return ""
    found = [e for e in made if posixpath.dirname(e) == posixpath.dirname(where)]
    if not found and "${" not in where:
        here = [m.path for m in run.system.meant if not m.activated and m.command.region is run.command.region]
        found = [e for e in here if posixpath.basename(e) == posixpath.basename(where) and "${" not in e]
    return found[-1] if found else ""


def _activated(run: Run, kind: SourceKind, path: str) -> Shell:
    text = f"{path} is activated" if kind is SourceKind.VIRTUAL else f"the conda environment {path} is activated"
    first = run.shell.first
    below = first.below if first and first.activated else first  # each leaves the one before it
    source = Source(kind, path, run.evidence(text), activated=True, below=below)
    if kind is SourceKind.VIRTUAL and not elsewhere(run):
        run.system.meant.append(Meant(path, source.evidence, run.command, activated=True))
    return replace(run.shell, first=source, left=False)


def _conda(run: Run) -> Shell:
    if run.arguments[:1] == ["activate"]:
        return _activated(run, SourceKind.CONDA, (run.arguments[1:] or ["base"])[0])
    if run.arguments[:1] == ["deactivate"]:
        return replace(run.shell, first=None)
    return run.shell


def _pyenv(run: Run) -> Shell:
    if run.arguments[:1] in (["activate"], ["shell"], ["global"], ["local"]):
        return replace(run.shell, first=Source(SourceKind.OWN, "pyenv", run.evidence("pyenv's Python comes first")))
    if run.arguments[:1] == ["install"]:
        run.system.other_python = run.evidence("pyenv builds a Python of its own")
    return run.shell


def _workon(run: Run) -> Shell:
    return _activated(run, SourceKind.VIRTUAL, (run.arguments or ["an environment"])[0])


def _deactivate(run: Run) -> Shell:
    first = run.shell.first
    if first is None or not first.activated:
        return run.shell  # there is no such function: an entry of PATH stays
    return replace(run.shell, first=first.below, left=True)


def _eval(run: Run) -> Shell:
    text = run.command.region.text[run.command.span.start : run.command.span.end]
    if re.search(r"pyenv\s+(?:virtualenv-)?init", text):
        return replace(run.shell, first=Source(SourceKind.OWN, "pyenv", run.evidence("pyenv's shims come first")))
    if re.search(r"conda|mamba", text) and "activate" in text:
        return _activated(run, SourceKind.CONDA, "base")
    if re.search(r"poetry\s+env\s+activate|pdm\s+venv\s+activate", text):
        return _activated(run, SourceKind.VIRTUAL, "the project's environment")
    return run.shell


def _module_load(run: Run) -> Shell:
    if run.arguments[:1] in (["load"], ["add"]) and any(
        re.search("python|conda", a, re.IGNORECASE) for a in run.arguments[1:]
    ):
        source = Source(SourceKind.OWN, "module", run.evidence("an environment module brings its own Python"))
        return replace(run.shell, first=source)
    return run.shell


def _cd(run: Run) -> Shell:
    target = (run.arguments or ["~"])[0]
    return replace(run.shell, directory=run.shell.absolute(target) if target != "-" else UNKNOWN)


def _pushd(run: Run) -> Shell:
    moved = _cd(run)
    return replace(moved, directories=(*run.shell.directories, run.shell.directory))


def _popd(run: Run) -> Shell:
    if not run.shell.directories:
        return run.shell
    return replace(run.shell, directory=run.shell.directories[-1], directories=run.shell.directories[:-1])


def _exit(run: Run) -> Shell:
    return replace(run.shell, dead=True)


def _unset(run: Run) -> Shell:
    shell = run.shell
    for name in run.arguments:
        shell = shell.with_variable(name, None)
    return shell


_EFFECTS: dict[str, Callable[[Run], Shell]] = {
    ".": _source,
    "source": _source,
    "activate": _source,
    "python": _python,
    "pypy": _python,
    "py": _python,
    "virtualenv": _make,
    "pyvenv": _make,
    "uv": _uv,
    "conda": _conda,
    "mamba": _conda,
    "micromamba": _conda,
    "pyenv": _pyenv,
    "workon": _workon,
    "mkvirtualenv": _workon,
    "deactivate": _deactivate,
    "eval": _eval,
    "module": _module_load,
    "ml": _module_load,
    "cd": _cd,
    "pushd": _pushd,
    "popd": _popd,
    "exit": _exit,
    "return": _exit,
    "unset": _unset,
    **files.EFFECTS,
    **packages.EFFECTS,
    **dict.fromkeys(("bash", "sh", "dash", "zsh", "ksh"), _by_shell),
}
