"""What git knows of files: whether a change to them could be taken back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

_TIMEOUT = 60  # seconds for one call
_AT_ONCE = 500  # paths on one command line
# A repository's own configuration can name programs to run; none of them is. Filters are switched off by their names.
_QUIET = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "--literal-pathspecs")
_ENVIRON = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
}
_FILTER_KEYS = ("clean", "smudge", "process")


class GitError(Exception):
    """git is there and does not answer; the message is its own last line."""


def uncommitted(paths: Iterable[str]) -> list[str]:
    """What would be lost with a change to `paths`: in the repositories that hold them, the tracked files with changes
    that are not committed, and those of `paths` that are not tracked; sorted, as absolute paths.

    Files outside of repositories are not looked at, nor are any where there is no git. Raises GitError.
    """
    program = shutil.which("git")
    if program is None:
        return []
    found: set[str] = set()
    held: dict[str, list[str]] = {}
    for path in paths:
        real = os.path.realpath(path)
        top = _top(os.path.dirname(real))
        if top is not None:
            held.setdefault(top, []).append(real)
    for top, files in held.items():
        found.update(_in_repository(program, top, files))
    return sorted(found)


def _top(folder: str) -> str | None:
    """The nearest folder at or above that holds a repository."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _in_repository(program: str, top: str, files: list[str]) -> Iterable[str]:
    listed = _output(
        program, top, [*_QUIET, "config", "--null", "--name-only", "--get-regexp", r"^filter\."], ok=(0, 1)
    )
    names = dict.fromkeys(name.rpartition(".")[0] for name in listed)
    if any("=" in name for name in names):
        raise GitError(f"{top}/.git/config names a filter with `=`, which cannot be switched off")
    quiet = [*_QUIET, *(word for name in names for key in _FILTER_KEYS for word in ("-c", f"{name}.{key}="))]
    quiet += [word for name in names for word in ("-c", f"{name}.required=false")]
    status = [
        *quiet,
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=no",
        "--ignore-submodules=all",
        "--no-renames",
    ]
    for entry in _output(program, top, status):
        yield os.path.join(top, entry[3:])
    for start in range(0, len(files), _AT_ONCE):
        some = files[start : start + _AT_ONCE]
        relative = [os.path.relpath(file, top) for file in some]
        tracked = {
            os.path.normpath(name) for name in _output(program, top, [*quiet, "ls-files", "-z", "--", *relative])
        }
        yield from (file for file, name in zip(some, relative, strict=True) if os.path.normpath(name) not in tracked)


def _output(program: str, top: str, arguments: Sequence[str], ok: Sequence[int] = (0,)) -> list[str]:
    """The entries that git prints, ended by NUL each."""
    try:
        done = subprocess.run(  # noqa: S603 - a list, never a shell
            [program, "-C", top, *arguments],
            env=os.environ | _ENVIRON,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(str(error)) from None
    if done.returncode not in ok:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(said[0] if said else f"it ended with code {done.returncode}")
    return [os.fsdecode(entry) for entry in done.stdout.split(b"\0") if entry]
