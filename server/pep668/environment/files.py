"""What commands do to files and packages: the marker, pip's configuration, Pythons besides the distribution's."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from pep668.model import Bypass

from .run import Run
from .state import UNKNOWN, Shell

MARKER = re.compile(r"EXTERNALLY[-*?]|EXTERNALLY\b|/EXTERN\*", re.IGNORECASE)


_CONFIG_TRUE = re.compile(r"break[-_]system[-_]packages\s*=?\s*(?:true|1|yes|on)\b", re.IGNORECASE)


_CONFIG_FILE = re.compile(r"pip(?:\.conf|\.ini)$|/pip/pip\.conf$|PIP_CONFIG_FILE")


def _removes(run: Run) -> Shell:
    """rm, mv, unlink of the marker: named outright, by `find ... -exec rm`, or piped into `xargs rm`."""
    command = run.command
    named = run.words[1:] + [w.pattern for wrapper in command.wrappers for w in wrapper.words]
    if any(wrapper.name == "xargs" for wrapper in command.wrappers):
        named.append(command.region.text[command.statement.start : command.statement.end])
    if any(MARKER.search(w) for w in named):
        text = "the marker is removed here"
        run.system.marker_removed = run.override(Bypass.MARKER_REMOVED, "EXTERNALLY-MANAGED", text)
    return run.shell


def _find(run: Run) -> Shell:
    return _removes(run) if "-delete" in run.words else run.shell


def switches_off(config: str) -> bool:
    """Whether the text of a pip.conf switches the check off."""
    return bool(_CONFIG_TRUE.search(config))


def written(run: Run) -> None:
    """pip.conf written by a redirect, tee or a heredoc."""
    targets = [
        run.shell.symbolic(r.target) for r in run.command.redirects if r.operator.lstrip("0123456789&")[:1] == ">"
    ]
    if run.words[:1] == ["tee"]:
        targets += run.arguments
    if not any(_CONFIG_FILE.search(t) for t in targets):
        return
    text = " ".join(run.words)
    for redirect in run.command.redirects:
        if redirect.body:
            text += "\n" + run.command.region.text[redirect.body.start : redirect.body.end]
    # `echo ... | tee pip.conf`: the text stands in the statement, left of the pipe.
    statement = run.command.statement
    text += "\n" + run.command.region.text[statement.start : statement.end]
    if _CONFIG_TRUE.search(text):
        section = "install" if "[install]" in text and "[global]" not in text else "global"
        run.system.pip_config[section] = run.override(Bypass.PIP_CONFIG, section, "pip.conf switches the check off")


def pip(run: Run) -> Shell:
    arguments = run.arguments
    if arguments[:2] == ["config", "set"] and len(arguments) >= 4:
        section, _, key = arguments[2].partition(".")
        if key.replace("_", "-") == "break-system-packages" and arguments[3].lower() in TRUE:
            text = "pip's configuration switches the check off"
            run.system.pip_config[section] = run.override(Bypass.PIP_CONFIG, section, text)
    if arguments[:2] == ["config", "unset"] and len(arguments) >= 3:
        run.system.pip_config.pop(arguments[2].partition(".")[0], None)
    return run.shell


TRUE = frozenset(("y", "yes", "t", "true", "on", "1"))


FALSE = frozenset(("n", "no", "f", "false", "off", "0", ""))


def _packages(run: Run) -> Shell:
    if any(a in ("install", "add", "-S", "in", "emerge") for a in run.words[1:3]) or _installs(run.words):
        evidence = run.evidence(f"{run.words[0]} installs packages")
        for word in run.arguments:
            run.system.packages.setdefault(word.partition("=")[0], evidence)
    return run.shell


def _installs(words: list[str]) -> bool:
    return any(w in ("install", "add", "in", "full-upgrade") or re.fullmatch(r"-S[a-z]*", w) for w in words[1:])


def _other_python(run: Run) -> Shell:
    text = " ".join(run.words)
    if re.search(r"deadsnakes", text):
        run.system.other_python = run.evidence("deadsnakes brings Pythons of its own")
    elif re.search(r"(?:Miniconda|Anaconda|Miniforge|Mambaforge|Micromamba)", text, re.IGNORECASE):
        run.system.other_python = run.evidence("a conda distribution is installed")
    elif re.search(r"\bPython-(?:3[\d.]+|\$\{)|python\.org/ftp/python/|python-build-standalone", text):
        run.system.other_python = run.evidence("a Python is built from source")
    elif re.search(r"(?:ln|update-alternatives)\s.*/(?:python|pip)3?(?:\s|$)", text):
        run.system.other_python = run.evidence("another Python is linked as python")
    return run.shell


_SOURCE = re.compile(r"[Pp]ython-?(3\.\d+)|[cC]?[Pp]ython")


_DISTRIBUTIONS_OWN = ("/", "/usr", "")


def _configure(run: Run) -> Shell:
    """Python's source set up to be built for a prefix."""
    folder = _source_folder(run, posixpath.dirname(run.words[0]))
    if folder:
        given = [w.partition("=")[2] for w in run.words if w.startswith("--prefix=")]
        given += [b for a, b in zip(run.words, run.words[1:], strict=False) if a == "--prefix"]
        run.system.configured[folder] = run.shell.absolute(given[-1]) if given else "/usr/local"
    return run.shell


def _source_folder(run: Run, inside: str) -> str:
    folder = run.shell.absolute(inside or ".")
    return folder if _SOURCE.search(folder) else ""


def _make(run: Run) -> Shell:
    given = [b for a, b in zip(run.words, run.words[1:], strict=False) if a == "-C"]
    folder = _source_folder(run, given[-1] if given else "")
    targets = [a for a in run.arguments if a in ("install", "altinstall")]
    if not folder or not targets:
        return run.shell
    evidence = run.system.other_python = run.evidence("a Python is built from source")
    prefix = run.system.configured.get(folder)
    if not run.certain or prefix is None or any(a.startswith("DESTDIR=") for a in run.arguments):
        return run.shell
    if prefix == "/usr/local":  # which stands before the distribution's folders in PATH
        version = _SOURCE.search(folder)
        names = [version[1]] if version and version[1] else []
        names += ["3"] if "install" in targets else []
        run.system.built.update({f"{program}{name}": evidence for name in names for program in ("python", "pip")})
    elif prefix not in _DISTRIBUTIONS_OWN and prefix != UNKNOWN:
        run.system.built[prefix] = evidence
    return run.shell


EFFECTS: dict[str, Callable[[Run], Shell]] = {
    "pip": pip,
    "rm": _removes,
    "unlink": _removes,
    "mv": _removes,
    "find": _find,
    **dict.fromkeys(
        ("apt", "apt-get", "aptitude", "apk", "dnf", "yum", "microdnf", "zypper", "pacman", "brew"), _packages
    ),
    **dict.fromkeys(
        ("add-apt-repository", "wget", "curl", "bash", "sh", "tar", "ln", "update-alternatives"), _other_python
    ),
    "make": _make,
    "configure": _configure,
}
