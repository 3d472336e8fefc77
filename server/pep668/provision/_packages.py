"""Asking this machine's package manager which packages it has: from its own lists, nothing is fetched or changed."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ._process import Cancelled, environment, run
from ._programs import found

LIMIT = 10.0  # seconds that one question may take
LIFE = 600.0  # seconds that an answer is believed
_AGAIN = 60.0  # seconds until a question that was not answered is asked again
_MOST = 40  # packages in one question
_KEPT = 2000  # answers

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,127}")
_VERSION = re.compile(r"[0-9A-Za-z][\w.+~:^-]*", re.ASCII)
# Locale, and for Homebrew no look into the network.
_SET = {"LC_ALL": "C", "LANGUAGE": "C", "HOMEBREW_NO_AUTO_UPDATE": "1", "HOMEBREW_NO_ANALYTICS": "1"}

Found = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Manager:
    """`command` comes before the names, `read` reads pairs of package and version off its output.

    `together`: one run answers for all names, and what it does not mention is not there. That says something only where
    the lists of packages were fetched once: `listed` is then found in what it says of `always`, a package that is
    always there, and `unlisted` is not found.
    """

    command: tuple[str, ...]
    read: Callable[[str], Found]
    together: bool = True
    always: tuple[str, ...] = ()
    listed: str = ""
    unlisted: str = r"(?!)"


def _policy(output: str) -> Found:
    """`apt-cache policy`: the candidate is what `apt-get install` takes."""
    for match in re.finditer(r"^(\S+):\n(?:^ .*\n)*?^ {2}Candidate: (\S+)$", output, re.MULTILINE):
        if match[2] != "(none)":
            yield match[1].partition(":")[0], match[2]


def _apk(output: str) -> Found:
    """`apk policy`: versions from the oldest to the newest, each with where it comes from."""
    name = ""
    for line in output.splitlines():
        if line.endswith(" policy:"):
            name = line.removesuffix(" policy:")
        elif name and re.fullmatch(r" {2}\S+:", line):
            yield name, line.strip()[:-1]


def _fields(output: str) -> Found:
    """`Name : requests`, `Version : 2.32.3-1`: pacman, zypper."""
    name = ""
    for match in re.finditer(r"^(Name|Version)\s*: (\S+)\s*$", output, re.MULTILINE):
        if match[1] == "Name":
            name = match[2]
        elif name:
            yield name, match[2]


def _pairs(output: str) -> Found:
    for line in output.splitlines():
        name, _, version = line.strip().partition(" ")
        yield name, version


def _brew(output: str) -> Found:
    try:
        formulae = json.loads(output)["formulae"]
        for formula in formulae:
            yield formula["name"], formula["versions"]["stable"] or ""
    except (ValueError, LookupError, TypeError):
        return


_MANAGERS = {
    "apt": _Manager(
        ("apt-cache", "policy", "--"),
        _policy,
        always=("apt",),
        listed=r"^ +-?\d+ (?!/var/lib/dpkg/status)\S+[:/]",
    ),
    "apk": _Manager(
        ("apk", "policy", "--"),
        _apk,
        always=("apk-tools",),
        listed=r"^ {4}(?!lib/apk/db/installed)\S",
    ),
    "brew": _Manager(("brew", "info", "--json=v2", "--formula", "--"), _brew, together=False),
    "dnf": _Manager(("dnf", "-q", "-C", "repoquery", "--latest-limit=1", "--qf", "%{name} %{version}\n", "--"), _pairs),
    "pacman": _Manager(("pacman", "-Si", "--"), _fields, unlisted="database file for"),
    "zypper": _Manager(
        ("zypper", "--non-interactive", "--no-refresh", "info", "--"),
        _fields,
        unlisted="No repositories defined|is outdated|not cached",
    ),
}


class Packages:
    """What package managers have said, remembered for ten minutes. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: dict[tuple[str, str], tuple[float, str]] = {}
        self._silent: dict[str, float] = {}  # managers that gave no answer, and when
        self._asking = threading.Lock()

    def known(self, manager: str = "") -> dict[str, str]:
        """The versions of packages that one manager, or any, was asked about lately; "" for one that is not there."""
        now = self._clock()
        answers = list(self._answers.items())
        return {name: said for (of, name), (at, said) in answers if now - at < LIFE and manager in ("", of)}

    def ask(
        self,
        manager: str,
        names: Iterable[str],
        folder: str,
        *,
        environ: Mapping[str, str] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        limit: float = LIMIT,
    ) -> bool:
        """Asks about those that are not known; whether all are known afterwards. Blocks, for `limit` seconds at most.

        Only names that look like packages' are given to the program, which is none of the workspace `folder`'s.
        """
        wanted = list(dict.fromkeys(names))
        if manager not in _MANAGERS or len(wanted) > _MOST or not all(map(_NAME.fullmatch, wanted)):
            return False
        deadline = self._clock() + limit
        if not self._asking.acquire(timeout=limit):
            return False
        try:
            missing = [name for name in wanted if name not in self.known(manager)]
            if not missing:
                return True
            if self._clock() - self._silent.get(manager, -_AGAIN) < _AGAIN:
                return False
            found = _asked(
                _MANAGERS[manager],
                missing,
                folder,
                {**environment(os.environ if environ is None else environ), **_SET},
                lambda: cancelled() or self._clock() > deadline,
            )
            self._remember(manager, missing, found)
            return found is not None
        finally:
            self._asking.release()

    def _remember(self, manager: str, names: Sequence[str], found: Mapping[str, str] | None) -> None:
        now = self._clock()
        if found is None:
            self._silent[manager] = now
            return
        fresh = {key: answer for key, answer in self._answers.items() if now - answer[0] < LIFE}
        fresh |= {(manager, name): (now, found.get(name, "")) for name in names}
        self._answers = dict(list(fresh.items())[-_KEPT:])


def _asked(
    manager: _Manager, names: Sequence[str], folder: str, environ: Mapping[str, str], stop: Callable[[], bool]
) -> dict[str, str] | None:
    """The versions of those that are there; None where the manager could not be asked or gave no answer in time."""
    program = found(manager.command[0], folder, environ)
    if program is None:
        return None
    answers: dict[str, str] = {}
    for some in [names] if manager.together else [[name] for name in names]:
        lines: list[str] = []
        asked = [program, *manager.command[1:], *some, *manager.always]
        try:
            outcome = run(asked, os.path.abspath(os.sep), environ, lines.append, stop)
        except Cancelled:
            return None
        output = "\n".join(lines)
        read = {name: version for name, version in manager.read(output) if _VERSION.fullmatch(version)}
        listed = re.search(manager.listed, output, re.MULTILINE) and not re.search(manager.unlisted, output)
        failed = outcome.code and not read and not any(name in output for name in some)
        if not listed or failed or outcome.code == 127:
            return None
        answers |= {name: version for name, version in read.items() if name in some}
    return answers


__all__ = ["Packages"]
