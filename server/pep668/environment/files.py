"""What commands do to files and packages: the marker, pip's configuration, Pythons besides the distribution's."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from pep668.model import Bypass, Command, Evidence, ScopeKind

from .guards import MARKER, condition
from .run import Run
from .state import UNKNOWN, Change, Shell

OVERWRITTEN = "overwritten"  # the name of an `Override` that has no effect: pip refuses with an empty marker as well
_VERSION = re.compile(r"python(3\.\d+)/[^/]*$")


_CONFIG_TRUE = re.compile(r"break[-_]system[-_]packages\s*=?\s*(?:true|1|yes|on)\b", re.IGNORECASE)


_CONFIG_FILE = re.compile(r"pip(?:\.conf|\.ini)$|/pip/pip\.conf$|PIP_CONFIG_FILE")


def _removes(run: Run) -> Shell:
    """rm, unlink, mv of the marker: named outright, by a loop's variable, by `find -exec`, or piped into `xargs`."""
    command = run.command
    named = run.words[1:] if run.words[0] != "mv" else run.words[1:-1]
    named = [w for w in named if not w.startswith("-")] + [w.pattern for x in command.wrappers for w in x.words]
    if any(wrapper.name == "xargs" for wrapper in command.wrappers):
        named.append(command.region.text[command.statement.start : command.statement.end])
    named += [looped for word in run.words[1:] if (looped := _looped(word, command))]
    found = [w for w in named if MARKER.search(w)]
    if found:
        _marker_gone(run, found)
    return run.shell


def _looped(word: str, command: Command) -> str:
    """What a loop puts into its variable: `for f in /usr/lib/python3*/EXTERNALLY-MANAGED; do rm "$f"`."""
    name = re.fullmatch(r"\$\{(\w+)\}", word)
    if not name:
        return ""
    found = re.search(rf"\bfor\s+{name[1]}\s+in\s+([^;\n]*)", command.region.text[: command.span.start])
    return found[1] if found else ""


def _marker_gone(run: Run, named: list[str]) -> None:
    versions = {v[1] if (v := _VERSION.search(w.strip("\"'"))) else "" for w in named}
    version = versions.pop() if len(versions) == 1 else ""
    evidence = run.override(Bypass.MARKER_REMOVED, "EXTERNALLY-MANAGED", "the marker is removed here", version)
    before = run.system.marker_removed
    if elsewhere(run) or (before is not None and before.certain and not before.python):
        return
    certain = run.certain or _tested(run.command)
    run.system.marker_removed = Change(evidence, certain, version)


def elsewhere(run: Run) -> bool:
    """Whether what the command changes is another system's than the document's own."""
    return bool(run.shell.elsewhere) or run.shell.image is not None


def _tested(command: Command) -> bool:
    """Whether the conditions that it hangs on ask for the marker itself, so that behind them there is none."""
    branches = [s for s in command.scope if s.kind is ScopeKind.BRANCH and s.name != "&&"]
    text = command.region.text
    written = [text[w.span.start : w.span.end].strip("\"'") for w in command.words[1:] if w.pattern[:1] != "-"]
    return bool(branches) and all(
        MARKER.search(c) or any(w in c for w in written) for c in (condition(s, command) for s in branches)
    )


def _find(run: Run) -> Shell:
    return _removes(run) if "-delete" in run.words else run.shell


def _overwrites(run: Run) -> Shell:
    """truncate, cp, ln onto the marker. A link to a device is no file, and no marker for pip."""
    target = next((w for w in reversed(run.words[1:]) if not w.startswith("-")), "")
    if MARKER.search(target) and run.words[0] != "touch":
        if run.words[0] == "ln" and "/dev/null" in run.words:
            _marker_gone(run, [target])
        else:
            run.override(Bypass.MARKER_REMOVED, OVERWRITTEN, "the marker is overwritten here")
    return run.shell


def _linked(run: Run) -> Shell:
    """ln, update-alternatives: another Python as `python`, or the distribution's own under a second name."""
    words = [w for w in run.words[1:] if not w.startswith("-")]
    if run.words[0] == "ln":
        _overwrites(run)
        source, link = (words[0], words[-1]) if words else ("", "")
    else:
        option = next((o for o in ("--install", "--set") if o in run.words), "")
        names = run.words[run.words.index(option) + 1 :] if option else []
        source, link = (names[-2], names[0]) if option == "--install" and len(names) > 3 else ("", "")
        source, link = (names[1], names[0]) if option == "--set" and len(names) > 1 else (source, link)
    name = posixpath.basename(link) or posixpath.basename(source)
    if not _NAMED.fullmatch(name):
        return run.shell
    found = _NAMED.fullmatch(posixpath.basename(source))
    if run.system.environment_of(run.shell.absolute(source)):
        run.system.built[name] = run.evidence(f"{name} is linked to an environment's")
    elif found is None or posixpath.dirname(source) not in ("", ".", "/usr/bin", "/bin"):
        run.system.other_python = run.evidence(f"another Python is linked as {name}")
    elif found[1]:
        run.system.linked = (found[1], run.evidence(f"Python {found[1]} is linked as {name}"))
    return run.shell


_NAMED = re.compile(r"(?:python|pip)(?:3(?!\.)|(3\.\d+))?")


def may_switch_off(config: str | None) -> bool:
    """Whether a pip.conf switches the check off; one that is copied, and whose text is None, may do."""
    return config is None or bool(_CONFIG_TRUE.search(config))


def written(run: Run) -> None:
    """pip.conf written by a redirect, tee or a heredoc."""
    targets = [
        run.shell.symbolic(r.target) for r in run.command.redirects if r.operator.lstrip("0123456789&")[:1] == ">"
    ]
    if run.words[:1] == ["tee"]:
        targets += run.arguments
    if any(MARKER.search(t) for t in targets):
        run.override(Bypass.MARKER_REMOVED, OVERWRITTEN, "the marker is overwritten here")
    written_to = next((t for t in targets if _CONFIG_FILE.search(t)), None)
    if written_to is None:
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
        evidence = run.override(Bypass.PIP_CONFIG, section, "pip.conf switches the check off")
        own = None if written_to.startswith("/etc/") or "PIP_CONFIG_FILE" in written_to else _user(run)
        _configured(run, section, evidence, own)


def pip(run: Run) -> Shell:
    arguments = run.arguments
    if arguments[:2] == ["config", "set"] and len(arguments) >= 4:
        section, _, key = arguments[2].partition(".")
        if key.replace("_", "-") == "break-system-packages" and arguments[3].lower() in TRUE:
            text = "pip's configuration switches the check off"
            evidence = run.override(Bypass.PIP_CONFIG, section, text)
            _configured(run, section, evidence, None if {"--global", "--site"} & set(run.words) else _user(run))
    if arguments[:2] == ["config", "unset"] and len(arguments) >= 3:
        run.system.pip_config.pop(arguments[2].partition(".")[0], None)
    return run.shell


def _configured(run: Run, section: str, evidence: Evidence, user: str | None) -> None:
    before = run.system.pip_config.get(section)
    if not elsewhere(run) and not (before is not None and before.certain and before.user is None):
        run.system.pip_config[section] = Change(evidence, run.certain, user=user)


def _user(run: Run) -> str:
    return user_of(run.shell)


def user_of(shell: Shell) -> str:
    """The user that commands run as; "" for whoever starts the script."""
    return shell.user.partition(":")[0] if shell.user else ""


TRUE = frozenset(("y", "yes", "t", "true", "on", "1"))


FALSE = frozenset(("n", "no", "f", "false", "off", "0", ""))


def _other_python(run: Run) -> Shell:
    text = " ".join(run.words)
    if re.search(r"deadsnakes", text):
        run.system.other_python = run.evidence("deadsnakes brings Pythons of its own")
    elif re.search(r"(?:Miniconda|Anaconda|Miniforge|Mambaforge|Micromamba)", text, re.IGNORECASE):
        run.system.other_python = run.evidence("a conda distribution is installed")
    elif re.search(r"\bPython-(?:3[\d.]+|\$\{)|python\.org/ftp/python/|python-build-standalone", text):
        run.system.other_python = run.evidence("a Python is built from source")
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
    "truncate": _overwrites,
    "cp": _overwrites,
    "ln": _linked,
    **dict.fromkeys(("add-apt-repository", "wget", "curl", "bash", "sh", "tar"), _other_python),
    "update-alternatives": _linked,
    "make": _make,
    "configure": _configure,
}
