"""Plays, blocks and tasks of Ansible files, and their modules' arguments in all spellings.

Sources: Ansible's documentation of playbook keywords, of `ansible.builtin` and of free-form arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence, items, text
from pep668.text import SourceMap, Span

# Keywords of tasks and blocks; whatever else a task has is its module.
_KEYWORDS = frozenset(
    """
    any_errors_fatal args async async_val become become_exe become_flags become_method become_user changed_when
    check_mode collections connection debugger delay delegate_facts delegate_to diff environment failed_when
    gather_facts ignore_errors ignore_unreachable listen local_action action loop loop_control module_defaults
    name no_log notify poll port register remote_user retries run_once tags throttle timeout until vars when
    block rescue always
    """.split()
)
_BLOCKS = ("block", "rescue", "always")
_TASK_LISTS = ("pre_tasks", "tasks", "post_tasks", "handlers")
_PARAMETER = re.compile(r"(?:(?<=\s)|^)([a-z_]\w*)=((?:\{\{.*?\}\}|\"[^\"]*\"|'[^']*'|[^\s\"'{]|\{)+)")
_QUALIFIED = re.compile(r"[a-z]\w*\.[a-z]\w*\.\w+")
# Modules that are in nearly every playbook: a list of tasks is known by one of them.
_COMMON = frozenset(
    """
    apt apt_key apt_repository assert block blockinfile command copy cron debug dnf docker_container fail file
    find get_url git group import_role import_tasks include include_role include_tasks include_vars ini_file
    lineinfile meta mount package package_facts pause pip raw replace script service set_fact setup shell slurp
    stat synchronize systemd sysctl template unarchive uri user wait_for yum homebrew pacman apk zypper npm gem
    composer add_host
    """.split()
)
_MOST_DEEP = 20


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds for a task from its play and blocks: the innermost last. `local`: it runs on this machine."""

    environment: tuple[Entry, ...] = ()
    variables: tuple[Entry, ...] = ()
    user: Scalar | None = None
    root: Scalar | None = None
    local: bool = False
    hosts: Span | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """One call of a module: `module` without its collection, `key` as written, `free` its free-form text."""

    module: str
    key: Scalar
    arguments: dict[str, Node]
    free: Scalar | None
    node: Mapping
    around: Surroundings
    loop: Node | None = None

    def argument(self, *names: str) -> Node | None:
        return next((self.arguments[n] for n in names if n in self.arguments), None)

    def text(self, *names: str) -> str | None:
        return text(self.argument(*names))

    def true(self, name: str) -> bool:
        return (self.text(name) or "").lower() in ("true", "yes", "on", "1", "y", "t")


def is_playbook(node: Node) -> bool:
    """Whether a document is a list of plays or of tasks."""
    if not isinstance(node, Sequence):
        return False
    for item in node.items:
        if not isinstance(item, Mapping):
            continue
        keys = {e.key.value for e in item.entries}
        if "hosts" in keys and keys & {"tasks", "roles", "become", "vars", "gather_facts", "handlers", "pre_tasks"}:
            return True
        if any(_QUALIFIED.fullmatch(k) for k in keys) or keys & {"block", "include_tasks", "import_playbook"}:
            return True
        modules = [k for k in keys if k in _COMMON]
        if modules and (keys & (_KEYWORDS - {"name", "environment", "args", "timeout"}) or len(keys) <= 3):
            values = (item.get(k) for k in modules)
            if any(isinstance(v, (Mapping, Scalar)) for v in values) and not keys & {"runs-on", "uses", "run", "image"}:
                return True
    return False


def tasks(root: Node) -> Iterator[tuple[int, Task]]:
    """All tasks with the number of their play (files of tasks alone are one play)."""
    for number, item in enumerate(items(root)):
        if isinstance(item, Mapping) and ("hosts" in {e.key.value for e in item.entries}):
            hosts = item.text("hosts") or ""
            local = hosts in ("localhost", "127.0.0.1") or item.text("connection") == "local"
            entry = item.entry("hosts")
            play = _inside(Surroundings(local=local, hosts=entry.span if entry else None), item)
            for name in _TASK_LISTS:
                for task in _tasks(item.get(name), play, 0):
                    yield number, task
        else:
            for task in _task(item, Surroundings(), 0):
                yield -1, task


def _tasks(node: Node | None, around: Surroundings, depth: int) -> Iterator[Task]:
    for item in items(node):
        yield from _task(item, around, depth)


def _task(node: Node, around: Surroundings, depth: int) -> Iterator[Task]:
    if not isinstance(node, Mapping) or depth > _MOST_DEEP:
        return
    around = _inside(around, node)
    for name in _BLOCKS:
        yield from _tasks(node.get(name), around, depth + 1)
    delegated = node.text("delegate_to")
    if delegated is not None or node.entry("local_action"):
        local = delegated in ("localhost", "127.0.0.1") or node.entry("local_action") is not None
        around = replace(around, local=local)
    loops = [e.value for e in node.entries if e.key.value == "loop" or e.key.value.startswith("with_")]
    for entry in node.entries:
        name = entry.key.value
        if name in ("action", "local_action"):
            found = _by_action(entry)
        elif name in _KEYWORDS or name.startswith("with_"):
            continue
        else:
            found = (name, entry.key, entry.value)
        if found is not None:
            name, key, value = found
            arguments, free = _arguments(value, name.rpartition(".")[2])
            arguments.update({e.key.value: e.value for e in node.mapping("args").entries})
            yield Task(name.rpartition(".")[2], key, arguments, free, node, around, loops[0] if loops else None)


def _inside(around: Surroundings, node: Mapping) -> Surroundings:
    """What a play, block or task adds."""
    environment = list(around.environment)
    for item in node.items("environment"):
        if isinstance(item, Mapping):
            environment += item.entries
    become = node.get("become")
    user = node.get("become_user")
    return replace(
        around,
        environment=tuple(environment),
        variables=(*around.variables, *node.mapping("vars").entries),
        root=become if isinstance(become, Scalar) else around.root,
        user=user if isinstance(user, Scalar) else around.user,
    )


def _by_action(entry: Entry) -> tuple[str, Scalar, Node] | None:
    """`action: pip name=x`; `local_action: {module: pip, name: x}`."""
    value = entry.value
    if isinstance(value, Mapping):
        module = value.get("module")
        return (module.value, module, value) if isinstance(module, Scalar) else None
    if not isinstance(value, Scalar):
        return None
    found = re.match(r"\s*([\w.]+)[ \t]*", value.value)
    if not found:
        return None
    key = part(value, found.start(1), found.end(1))
    return found[1], key, part(value, found.end(), len(value.value))


def part(node: Scalar, start: int, end: int) -> Scalar:
    """A piece of a scalar's value as a scalar of its own."""
    within = node.map.compose(SourceMap.identity(end - start, start))
    return Scalar(node.value[start:end], within.span(Span(0, end - start)), within, node.style, node.notation)


_FREE = frozenset(("command", "shell", "raw", "script", "win_shell", "win_command"))
_FREE_PARAMETERS = frozenset(("chdir", "creates", "removes", "executable", "warn", "stdin", "strip_empty_ends"))


def _arguments(value: Node, module: str) -> tuple[dict[str, Node], Scalar | None]:
    if isinstance(value, Mapping):
        found: dict[str, Node] = {e.key.value: e.value for e in value.entries}
        free = found.get("_raw_params") or (found.get("cmd") if module in _FREE else None)
        return found, free if isinstance(free, Scalar) else None
    if not isinstance(value, Scalar):
        return {}, None
    found = {}
    spans: list[tuple[int, int]] = []
    for match in _PARAMETER.finditer(value.value):
        if module in _FREE and match[1] not in _FREE_PARAMETERS:
            continue
        start, end = match.span(2)
        if value.value[start] in "\"'" and value.value[end - 1] == value.value[start] and end - start > 1:
            start, end = start + 1, end - 1
        found[match[1]] = part(value, start, end)
        spans.append(match.span())
    if module not in _FREE:
        return found, None
    end = len(value.value.rstrip())
    while spans and spans[-1][1] == end:  # parameters behind the command
        end = len(value.value[: spans.pop()[0]].rstrip())
    start = 0
    for span in spans:  # and before it
        if value.value[start : span[0]].strip():
            break
        start = span[1]
    return found, part(value, start, end)
