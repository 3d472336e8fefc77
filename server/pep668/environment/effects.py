"""What each command does to the state: one small function a program, found by the program's name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace

from pep668.model import Assignment, Bypass, Evidence

from . import files, packages
from .files import elsewhere
from .handover import handed
from .run import Run, replace_words, short
from .state import UNKNOWN, Made, Override, Shell, Source, SourceKind, System, Variable, source_of


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
        shell = with_path(shell, run.system, text, evidence)
    if exported and assignment.name in OVERRIDE_VARIABLES:
        run.log.overrides.append(Override(Bypass.VARIABLE, assignment.name, evidence, run.command))
    return shell.with_variable(assignment.name, Variable(text, evidence, exported))


OVERRIDE_VARIABLES = frozenset(("PIP_BREAK_SYSTEM_PACKAGES", "UV_BREAK_SYSTEM_PACKAGES"))


def with_path(shell: Shell, system: System, text: str, evidence: Evidence) -> Shell:
    """PATH set to a symbolic text. What was first stays so behind `$PATH`, and is lost without it."""
    kept = shell.first
    # The old value is opaque here: it may itself hold colons and what an earlier line put first.
    old = shell.value("PATH") or "${PATH}"
    front, extends, _ = text.partition("${PATH}") if "${PATH}" in text else text.partition(old)
    for part in front.split(":"):
        if part.rstrip("/") in ("/usr/bin", "/bin"):
            return replace(shell, first=None)
        if part and (source := source_of(shell.absolute(part), system, evidence)):
            same = kept and kept.certain and (kept.kind, kept.path) == (source.kind, source.path)
            return shell if same else replace(shell, first=source)
    if extends:
        return shell
    return replace(shell, first=None if kept and kept.kind is not SourceKind.OWN else kept)


def _made(run: Run, path: str, maker: str, *, seeded: bool = True) -> Shell:
    where = run.shell.absolute(path)
    system = run.system
    evidence = system.environments[where] = run.evidence(f"a virtual environment is made at {path}")
    if not seeded:
        system.without_pip.add(where)
    if not elsewhere(run):
        brought = None if system.more_packages else {n: b.evidence for n, b in system.packages.items()}
        others = system.other_python is not None or bool(system.built)
        run.log.made.append(Made(maker, run.command, evidence, run.shell.first, brought, others, seeded))
    return run.shell


def _python(run: Run) -> Shell:
    module = _module(run.words)
    if module is None:
        return run.shell
    name, arguments = module
    if name in ("venv", "virtualenv"):
        paths = _operands(arguments, {"--prompt", "-p", "--python", "--upgrade-deps"})
        return _made(run, paths[0], name, seeded="--without-pip" not in arguments) if paths else run.shell
    if name == "pip":
        return files.pip(replace_words(run, ["pip", *arguments]))
    if name == "uv":
        return _uv(replace_words(run, ["uv", *arguments]))
    return run.shell


def _module(words: list[str]) -> tuple[str, list[str]] | None:
    """`-m name` of a Python command line and what follows it."""
    index = 1
    while index < len(words):
        word = words[index]
        if not word.startswith("-") or word.startswith("--"):
            return None
        if word.endswith("m") and index + 1 < len(words):
            return words[index + 1], words[index + 2 :]
        if "m" in word[1:] and not word[1:].startswith(("W", "X", "c")):
            return word[word.index("m") + 1 :], words[index + 1 :]
        index += 2 if word in ("-W", "-X") else 1
    return None


def _operands(arguments: list[str], with_value: set[str]) -> list[str]:
    out: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument.startswith("-"):
            skip = argument in with_value
        else:
            out.append(argument)
    return out


def _virtualenv(run: Run) -> Shell:
    paths = _operands(run.words[1:], {"-p", "--python", "--prompt", "--app-data", "--extra-search-dir", "--pip"})
    return _made(run, paths[0], "virtualenv", seeded="--no-pip" not in run.words) if paths else run.shell


def _uv(run: Run) -> Shell:
    if run.arguments[:1] == ["venv"]:
        rest = run.words[run.words.index("venv") + 1 :]
        paths = _operands(rest, {"-p", "--python", "--prompt", "--index-url", "--cache-dir"})
        return _made(run, paths[0] if paths else ".venv", "uv", seeded="--seed" in rest)
    if run.arguments[:2] == ["sync"]:
        return _made(run, ".venv", "uv")
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
        made = [e for e in run.system.environments if posixpath.dirname(e) == posixpath.dirname(where)]
        if made and where not in made:
            # The script makes one environment and activates another: a slip, or one that was there before.
            text = f"{where} is there: the environment that is made is {made[-1]}"
            return replace(run.shell, first=Source(SourceKind.VIRTUAL, where, run.evidence(text), certain=False))
        return _activated(run, SourceKind.VIRTUAL, where)
    if re.search(r"(?:^|[/_-])(?:v?env|venv|virtualenv|activate)[\w.-]*(?:\.sh|\.bash)?$", file):
        # A script of the project's that is named after the environment: it may activate one.
        source = Source(SourceKind.VIRTUAL, file, run.evidence(f"{file} may activate an environment"), certain=False)
        return replace(run.shell, first=run.shell.first or source)
    return run.shell


def _activated(run: Run, kind: SourceKind, path: str) -> Shell:
    text = f"{path} is activated" if kind is SourceKind.VIRTUAL else f"the conda environment {path} is activated"
    if kind is SourceKind.VIRTUAL and not elsewhere(run):
        run.system.activated[path] = run.evidence(text)
    return replace(run.shell, first=Source(kind, path, run.evidence(text)))


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
    run.system.activated.clear()  # what follows is meant for another Python
    return replace(run.shell, first=None)


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
    "virtualenv": _virtualenv,
    "pyvenv": _virtualenv,
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
}
