"""The command that installs a distribution's packages without asking, where an install stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pep668.context import Context
from pep668.data import DistributionData
from pep668.model import Command, Edit, Judged

from ._image import anchor
from ._packages import added, before, managers_before

_SUDO = ("sudo", "doas")
_QUIET = "DEBIAN_FRONTEND"
# The first word of a row's `install`, to what runs to its end without a question: on a machine, in an image.
_COMMANDS = {
    "apt": ("apt-get install -y", "apt-get install -y --no-install-recommends"),
    "apk": ("apk add", "apk add --no-cache"),
    "brew": ("brew install", "brew install"),
    "dnf": ("dnf install -y", "dnf install -y"),
    "pacman": ("pacman -S --needed --noconfirm", "pacman -Syu --needed --noconfirm"),
    "zypper": ("zypper --non-interactive install", "zypper --non-interactive install"),
}
KNOWN = frozenset(_COMMANDS)
_UPDATES = {"apt": "apt-get update"}


@dataclass(frozen=True, slots=True)
class Bringing:
    """How packages come to where a command stands: by edits elsewhere, or by commands in front of it.

    `possible` is False where neither can be said; `shown` are the commands for people to read.
    """

    edits: tuple[Edit, ...] = ()
    commands: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    possible: bool = True


def bringing(context: Context, judged: Judged, row: DistributionData, packages: Sequence[str]) -> Bringing:
    """Packages beside an install that stays: in the line that installs Python, else by a command of their own."""
    commands = tuple(installing(context, judged, row, packages))
    edits = added(context, judged.install.command, packages) if _manager(row) == "apt" else None
    shown = commands or (row.install_command(packages, root=judged.environment.as_root),)
    if edits is not None:
        return Bringing(edits, shown=shown)
    return Bringing(commands=commands, shown=shown, possible=bool(commands))


def installing(context: Context, judged: Judged, row: DistributionData, packages: Sequence[str]) -> list[str]:
    """The commands, for a list joined by `&&`; none where nobody may install there, or no manager is known.

    In a container or on a fresh machine the lists of packages are fetched first.
    """
    command, name = judged.install.command, _manager(row)
    if name not in _COMMANDS or not packages:
        return []
    region = command.region
    image, runner = region.fact("image"), region.fact("runner")
    sudo = _sudo(context, judged, row)
    if sudo is None:
        return []
    line = f"{_COMMANDS[name][image is not None]} {' '.join(packages)}"
    if image is not None and name == "apt" and row.id != "debian" and region.fact("variable", _QUIET) is None:
        line = f"{_QUIET}=noninteractive {line}"  # tzdata asks, where the image does not have it already
    update = _UPDATES.get(name, "")
    needed = update and (image is not None or runner is not None) and not _updated(context, command)
    return [f"{sudo}{c}" for c in ([update] if needed else []) + [line]]


def is_root(judged: Judged) -> bool:
    """Whether the command surely runs as root."""
    user = judged.install.command.region.fact("user")
    return judged.environment.as_root and (user is None or user.value is not None)


def _sudo(context: Context, judged: Judged, row: DistributionData) -> str | None:
    """`sudo ` where the command needs it: as the command has it, else as the file's own package commands have it.

    None in an image as another user, where sudo is rarely there.
    """
    command = judged.install.command
    wrapper = next((w.name for w in command.all_wrappers if w.name in _SUDO), "")
    if wrapper:
        return f"{wrapper} "
    if is_root(judged) or not row.sudo:
        return ""
    for other in before(context, command):
        if other.region.place.process == command.region.place.process and other.name != "brew":  # never root's
            return next((f"{w.name} " for w in other.all_wrappers if w.name in _SUDO), "")
    return "sudo " if command.region.fact("image") is None else None


def _updated(context: Context, command: Command) -> bool:
    """Whether the lists are fetched before; in an image by the same text, since its other layers often drop them."""
    image = anchor(command) is not None
    return any(
        (c.region is command.region or not image) and any(w.value in ("update", "-U", "--update") for w in c.words)
        for c in managers_before(context, command)
    )


def _manager(row: DistributionData) -> str:
    return row.install.partition(" ")[0]
