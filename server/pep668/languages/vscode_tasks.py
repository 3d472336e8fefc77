"""VS Code's tasks.json and the tasks of a .code-workspace: shell and process tasks, on the developer's machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax import json
from pep668.syntax.node import Entry, Mapping, Scalar, items

from . import Language, _arguments
from ._hidden import hiding

LANGUAGE = Language("vscode-tasks", patterns=(".vscode/tasks.json", "*.code-workspace"), comments=("//", "/* */"))

# `${workspaceFolder}`, `${config:python.defaultInterpreterPath}`: VS Code puts them in.
_TEMPLATE = re.compile(r"\$\{(?:\w+:[^{}\n]*|[a-z]\w*)\}")


def extract(region: Region) -> Iterator[Region]:
    """Each task's command; the variants for one system count as tasks of their own."""
    root = json.parse(region.text)
    if not isinstance(root, Mapping):
        return
    lists = [*root.items("tasks"), *root.mapping("tasks").items("tasks")]
    for task in lists:
        if isinstance(task, Mapping):
            yield from _task(region, task, "")
            for system in ("linux", "osx", "windows"):
                yield from _task(region, task.mapping(system), system)


def _task(region: Region, task: Mapping, system: str) -> Iterator[Region]:
    command = task.get("command")
    if not isinstance(command, Scalar) or not command.value.strip():
        return
    arguments = [a.get("value") if isinstance(a, Mapping) else a for a in items(task.get("args"))]
    leaves = [a for a in arguments if isinstance(a, Scalar)]
    made, notation = command.made, command.notation
    if leaves:
        nodes = [command, *leaves]
        made, notation = _arguments.as_shell(nodes), _arguments.notation(nodes)
    evidence = Evidence("a task of the editor", region.outer(task.span))
    facts = [_variable(region, entry) for entry in task.mapping("options", "env").entries]
    folder = task.text("options", "cwd")
    if folder is not None:
        facts.append(Fact("directory", folder.replace("${workspaceFolder}", ".") if folder else None, evidence))
    if system == "windows":
        facts.append(Fact("platform", "windows", evidence))
    elif system == "osx":
        facts.append(Fact("platform", "macos", evidence))
    place = Place(region.named("tasks"), f"{region.named('task')}:{command.span.start}")
    language = "powershell" if system == "windows" else "shell"
    hidden = hiding(_TEMPLATE)(made)
    yield region.inside(language, hidden, facts=tuple(facts), place=place, anchor=task.span, notation=notation)


def _variable(region: Region, entry: Entry) -> Fact:
    value = entry.value.value if isinstance(entry.value, Scalar) and "${" not in entry.value.value else None
    return Fact("variable", value, Evidence(f"env: {entry.key.value}", region.outer(entry.span)), entry.key.value)
