"""Ansible's plays as fixes see them: whose task a command is, what else its play does, and where lines can be put.

Sources: the documentation of `ansible.builtin.pip`, `command` and `apt`, and their sources in ansible-core 2.19.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pep668.languages._ansible import Task, tasks
from pep668.model import Command, Region
from pep668.syntax import yaml
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence, items, text, walk
from pep668.text import Edit, Span, newline_of

# Modules that change the system, so that a task without `become` of its own runs as root by what holds around it.
_ROOT_MODULES = frozenset(
    """
    apk apt apt_key apt_repository dnf dnf5 group package pacman service systemd systemd_service user yum zypper
    """.split()
)
_NAMES = re.compile(r"(?:\w+_)?(?:virtual|v)_?env(?:_?(?:dir|directory|path|root|home|folder))?", re.IGNORECASE)
_PATH = re.compile(r"(?:/|~/|\{\{ *\w+ *\}\}/?)[\w./-]*(?:\{\{ *\w+ *\}\}[\w./-]*)*")
_BLANK_BEHIND = re.compile(r"[^\n]*\n[ \t]*\r?\n[ \t]*-")
_TRUE = ("true", "yes", "on")
_KEPT = ("become", "become_user", "become_method", "delegate_to", "remote_user", "tags", "when")


@dataclass(frozen=True, eq=False)
class Site:
    """A task: `play` is None in a file of tasks alone; `tasks` are those of its play, in the order of the file."""

    region: Region
    task: Task
    play: Mapping | None
    tasks: tuple[Task, ...]

    # --- what holds for it --------------------------------------------------------------------------

    @property
    def root(self) -> bool:
        """Whether it surely runs as root."""
        around = self.task.around
        becomes = around.root is not None and around.root.value.lower() in _TRUE
        if becomes:
            return around.user is None or around.user.value == "root"
        if self.play is not None and self.play.text("remote_user") == "root":
            return True
        if around.root is not None:
            return False
        return any(t.module in _ROOT_MODULES and t.around.root is None and not t.around.local for t in self.tasks)

    @property
    def facts(self) -> bool:
        """Whether the play gathers facts; so do plays that use a file of tasks, unless they say otherwise."""
        return self.play is None or (self.play.text("gather_facts") or "yes").lower() in _TRUE

    def handler(self, path: str) -> bool:
        """Whether it is a handler, which runs only when notified."""
        if self.play is None:
            return "handlers" in path.replace("\\", "/").split("/")[:-1]
        given = self.play.get("handlers")
        return given is not None and given.span.covers(self.task.node.span)

    def before(self) -> Iterator[Task]:
        return (t for t in self.tasks if t.node.span.start < self.task.node.span.start)

    def after(self) -> Iterator[Task]:
        return (t for t in self.tasks if t.node.span.start > self.task.node.span.start)

    def runs_alike(self, task: Task) -> bool:
        """Whether another task runs as the same user of the same machine."""
        return _user(task) == _user(self.task) and task.around.local == self.task.around.local

    def named(self) -> tuple[str, str] | None:
        """The environment that another `pip` task of the play uses, and what makes it, or one that a variable names."""
        for task in self.tasks:
            used = task.text("virtualenv") if task.module == "pip" and self.runs_alike(task) else None
            if used and _PATH.fullmatch(used) and not set(_variables(used)) & _variables_of(task):
                command = task.text("virtualenv_command") or ""
                return used, command if command.endswith(" -m venv") and "{{" not in command else ""
        for entry in self.task.around.variables:
            value = text(entry.value)
            if value and _NAMES.fullmatch(entry.key.value) and _PATH.fullmatch(value):
                return "{{ " + entry.key.value + " }}", ""
        return None

    # --- edits --------------------------------------------------------------------------------------

    def edit(self, document: str, span: Span, new: str) -> Edit | None:
        written = self.region.written(new)
        return None if written is None else Edit(self.region.outer(span), written.replace("\n", newline_of(document)))

    def task_before(self, document: str, lines: list[str]) -> tuple[Edit, ...] | None:
        """The edit that puts a task before this one; `lines` are its keys."""
        source = self.region.text
        at = self.task.node.span.start
        begin = source.rfind("\n", 0, at) + 1
        lead = source[begin:at]
        if not re.fullmatch(r" *- +", lead) or source[at] == "{":
            return None
        new = f"{lead}{lines[0]}\n" + "".join(f"{' ' * len(lead)}{line}\n" for line in lines[1:])
        if self._spaced(begin):
            new += "\n"
        edit = self.edit(document, Span(begin, begin), new)
        return None if edit is None else (edit,)

    def _spaced(self, begin: int) -> bool:
        """Whether blank lines stand between the tasks."""
        source, end = self.region.text, self.task.node.span.end
        return source[:begin].endswith(("\n\n", "\n\r\n")) or _BLANK_BEHIND.match(source, end) is not None

    def kept(self) -> list[str]:
        """The task's own keywords that a task made for it needs as well, as lines."""
        lines: list[str] = []
        for entry in self.task.node.entries:
            source = self.region.text[entry.span.start : entry.span.end]
            if entry.key.value in _KEPT and not re.search(r"\bitem\b", source):
                column = entry.span.start - (self.region.text.rfind("\n", 0, entry.span.start) + 1)
                lines += [line.rstrip("\r")[column * bool(n) :] for n, line in enumerate(source.split("\n"))]
        return lines


def _user(task: Task) -> list[str]:
    """What tells as whom a task runs."""
    return [node.value if node is not None else "" for node in (task.around.root, task.around.user)]


def _variables(used: str) -> list[str]:
    return re.findall(r"\{\{ *(\w+) *\}\}", used)


def _variables_of(task: Task) -> set[str]:
    """What a task's own `vars`, and its loop, set."""
    return {"item", *(e.key.value for e in task.node.mapping("vars").entries)}


def region_of(command: Command) -> Region | None:
    region: Region | None = command.region
    while region is not None and region.language != "ansible":
        region = region.parent
    return region


@lru_cache(maxsize=4)
def _sites(region: Region) -> dict[Span, list[Site]]:
    found: dict[Span, list[Site]] = {}
    for document in yaml.documents(region.text):
        plays: dict[int, list[Task]] = {}
        for number, task in tasks(document):
            plays.setdefault(number, []).append(task)
        listed = items(document)
        for number, group in plays.items():
            ordered = tuple(sorted(group, key=lambda t: t.node.span.start))
            play = listed[number] if number >= 0 else None
            for task in group:
                site = Site(region, task, play if isinstance(play, Mapping) else None, ordered)
                found.setdefault(region.outer(task.node.span), []).append(site)
    return found


def site(command: Command) -> Site | None:
    """The task that a command is of."""
    region = region_of(command)
    anchor = command.region.anchor
    found = _sites(region).get(anchor, []) if region is not None and anchor is not None else []
    return found[0] if found else None


# --- packages --------------------------------------------------------------------------------------


def packages(task: Task) -> list[Scalar]:
    """The names that a task of `apt` installs."""
    if task.module not in ("apt", "package") or (task.text("state") or "present") == "absent":
        return []
    given = task.argument("name", "pkg", "package")
    loop: Node | None = task.loop if isinstance(given, Scalar) and "item" in given.value else given
    return [n for n in walk(loop) if isinstance(n, Scalar) and not n.missing] if loop is not None else []


__all__ = ["Entry", "Mapping", "Scalar", "Sequence", "Site", "Task", "packages", "region_of", "site"]
