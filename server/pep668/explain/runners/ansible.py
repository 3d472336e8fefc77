"""ansible-playbook: the playbooks, and the roles and task files that they name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from pep668.syntax.node import Mapping, Node, items, text

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"ansible-playbook")
_VALUED = (
    "-i --inventory --inventory-file -l --limit -e --extra-vars -t --tags --skip-tags -u --user -c --connection"
    " -f --forks -M --module-path --vault-id --vault-password-file --private-key --key-file --start-at-task"
    " --become-method --become-user -T --timeout --ssh-common-args --ssh-extra-args"
)
_FILES = ("import_playbook", "import_tasks", "include_tasks", "include")
_ROLES = ("import_role", "include_role")
_LISTS = ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always")
_DEEPEST = 6


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, _VALUED)
    seen: set[str] = set()
    for word in found.words:
        path = call.join(word)
        if path is not None:
            yield from _file(call, path, posixpath.dirname(path), seen, 0)


def _file(call: Call, path: str, top: str, seen: set[str], depth: int) -> Iterator[Run]:
    content = call.read(path)
    if content is None or path in seen or depth > _DEEPEST:
        return
    seen.add(path)
    yield Run(path, "ansible", elsewhere=True)
    from pep668.syntax.yaml import parse

    for named in _named(parse(content), 0):
        kind, _, name = named.partition(":")
        if "{{" in name:
            continue
        if kind == "role":
            below = call.find(top, (f"roles/{name}/tasks/main.yml", f"roles/{name}/tasks/main.yaml"))
        else:
            below = call.path(posixpath.dirname(path), name)
        if below is not None:
            yield from _file(call, below, top, seen, depth + 1)


def _named(node: Node | None, depth: int) -> Iterator[str]:
    """`role:NAME` and `file:NAME` of all that a list of plays or tasks brings in."""
    for item in items(node) if depth < _DEEPEST else ():
        if not isinstance(item, Mapping):
            continue
        for role in items(item.get("roles")):
            name = text(role) or (role.text("role") or role.text("name") if isinstance(role, Mapping) else None)
            yield f"role:{name or '{{'}"
        for entry in item.entries:
            key = entry.key.value.rpartition(".")[2]
            inner = entry.value
            if key in _FILES:
                name = text(inner) or (inner.text("file") if isinstance(inner, Mapping) else None)
                yield f"file:{name or '{{'}"
            elif key in _ROLES and isinstance(inner, Mapping):
                yield f"role:{inner.text('name') or '{{'}"
            elif key in _LISTS:
                yield from _named(inner, depth + 1)
