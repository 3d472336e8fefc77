"""What reads a step's text: the values of `shell:`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pep668.data._files import load_json

_POSIX = ("bash", "sh", "zsh", "dash", "ksh", "ash")
_OTHERS = {"pwsh": "powershell", "powershell": "powershell", "cmd": "cmd", "fish": "fish", "python": "python"}
_CONTAINERS = ("docker", "podman", "nerdctl", "kubectl", "singularity", "apptainer", "distrobox", "ssh", "lxc")
_PYTHON = re.compile(r"\$\{\{\s*steps\.[\w-]+\.outputs\.python[_-]?(?:path|exe(?:cutable)?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Shell:
    """What reads a step's text: `language` is "" for what is no shell; `elsewhere` says where it is, if not here."""

    language: str
    program: str = ""
    login: bool = False
    conda: bool = False
    image: str = ""
    elsewhere: str = ""
    user: str = ""


def unknown(written: str) -> Shell:
    """A step's `shell:` that holds an expression: Python where it is named as setup-python names its output."""
    return Shell("python", "python") if _PYTHON.match(written.strip("'\" ")) else shell("")


def shell(written: str) -> Shell:
    """A step's `shell:`: a name, or a command line with `{0}` for the file (`bash -el {0}`, `sudo bash {0}`)."""
    words = written.replace("\\", "/").replace("'", " ").replace('"', " ").split()
    names = [w.rpartition("/")[2].lower().removesuffix(".exe") for w in words]
    if not names:
        return Shell("shell")
    for pattern, known in load_json("actions.json")["shells"].items():
        if fnmatchcase(names[0], pattern):
            return Shell("shell", "", False, "conda" in known, known.get("image", ""), known.get("elsewhere", ""))
    where = f"it runs in {names[0]}" if names[0] in _CONTAINERS else ""
    for index, name in enumerate(names):
        base = name.rstrip("0123456789.")
        options = words[index + 1 :]
        if base in _POSIX:
            login = any(re.fullmatch(r"--login|-[a-z]*[li][a-z]*", o) for o in options)
            user = "root" if "sudo" in names[:index] else ""
            return Shell("shell", base, login, elsewhere=where, user=user)
        if base in _OTHERS and not (base == "python" and options[:1] == ["-m"]):
            return Shell(_OTHERS[base], base, elsewhere=where)
    # An expression, or a program that a table does not know: only the usual ones are no shells.
    other = bool(re.fullmatch(r"perl|ruby|node|deno|bun|r|rscript|julia|lua|php|nu|elvish|sqlite3|awk|make", names[0]))
    return Shell("" if other else "shell", elsewhere=where)
