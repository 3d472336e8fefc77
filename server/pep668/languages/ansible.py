"""Ansible playbooks, roles' tasks and handlers: the `pip` module, and the commands that other modules run.

A task runs on the hosts of its play, which no file tells, unless it runs on localhost. The `pip` module
becomes a command of the program `ansible.builtin.pip` (see `installers/ansible_pip.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax import yaml
from pep668.syntax.node import Node, Scalar, Sequence, items, text
from pep668.text import MappedText, Span, unwritable

from . import Language
from ._ansible import Task, is_playbook, part, tasks
from ._templates import Made, filled, variable

_TEMPLATE = re.compile(r"\{\{((?:[^{}]|\{(?!\{)|\}(?!\})){0,1000})\}\}|\{%[^%\n]{0,500}%\}")
_MARKER = re.compile(r"EXTERNALLY[-_*?]?", re.IGNORECASE)
_PIP_CONFIG = re.compile(r"pip\.(?:conf|ini)$")
# Modules with a command among their arguments; those of a container's run in it.
_RUNNERS = {
    "expect": "command",
    "cron": "job",
    "docker_container": "command",
    "docker_container_exec": "command",
    "docker_compose_v2_exec": "command",
    "docker_compose_v2_run": "command",
    "podman_container": "command",
    "podman_container_exec": "command",
    "k8s_exec": "command",
}
_SAFE = re.compile(r"[\w./:@%+,=-]+")


# A list at the top, which few YAML files are; a dozen of its items tell what it is a list of.
_LIST = re.compile(r"\ufeff?(?:[ \t\r]*(?:#[^\n]*|---[^\n]*|%[^\n]*)?\n)*[ \t]*(?:---[ \t]+)?-[ \t\r\n]")
_ENOUGH = 20_000


def _sniff(text: str) -> bool:
    return _LIST.match(text) is not None and any(map(is_playbook, yaml.documents(text[:_ENOUGH])))


LANGUAGE = Language("ansible", ids=("ansible",), candidates=("*.yml", "*.yaml"), sniff=_sniff)


def extract(region: Region) -> Iterator[Region]:
    """One region a task that runs something, in the order of the file."""
    found: list[Region] = []
    for number, document in enumerate(yaml.documents(region.text)):
        registered: set[str] = set()
        for play, task in tasks(document):
            host = _Host(region, task, region.named(f"play:{number}.{play}"))
            found += host.regions(registered)
    yield from sorted(found, key=lambda r: r.map.offset(0))


class _Host:
    """One task as a place where something runs."""

    def __init__(self, region: Region, task: Task, system: str) -> None:
        self.region = region
        self.task = task
        self.known = {e.key.value: text(e.value) for e in task.around.variables}
        self.place = Place(system, f"{system}/task:{region.map.offset(task.key.span.start)}")

    def regions(self, registered: set[str]) -> Iterator[Region]:
        task = self.task
        if task.module == "pip":
            yield self._inside("shell", self._pip(), notation_of=None)
        elif task.module in ("command", "shell", "raw"):
            yield from self._command("shell")
        elif task.module in ("win_shell", "win_command"):
            yield from self._command("powershell" if task.module == "win_shell" else "cmd")
        elif task.module in _RUNNERS:
            yield from self._run(task.argument(_RUNNERS[task.module]))
        elif task.module == "find" and _MARKER.search(" ".join(_texts(task.argument("patterns", "pattern")))):
            registered.update(filter(None, [task.node.text("register")]))
        else:
            made = _effect(task, registered)
            if made is not None:
                yield self._inside("shell", made, notation_of=None)

    def _command(self, language: str) -> Iterator[Region]:
        argv = self.task.argument("argv")
        if isinstance(argv, Sequence):
            words = [w for w in argv.items if isinstance(w, Scalar)]
            yield self._inside(language, _joined([self._word(w) for w in words], self.task.key.span), notation_of=None)
        elif self.task.free is not None and self.task.free.value.strip():
            yield self._inside(language, self._filled(self.task.free.made), notation_of=self.task.free)

    def _run(self, given: Node | None) -> Iterator[Region]:
        """A module's argument that is run, a text or a list of words."""
        if isinstance(given, Sequence):
            words = [self._word(w) for w in given.items if isinstance(w, Scalar)]
            yield self._inside("shell", _joined(words, self.task.key.span), notation_of=None)
        elif isinstance(given, Scalar) and not given.missing and given.value.strip():
            yield self._inside("shell", self._filled(given.made), notation_of=given)

    def _container(self) -> Iterator[Fact]:
        """The image of the container that a module's command runs in."""
        module = self.task.module
        if module in _RUNNERS and module not in ("expect", "cron"):
            image = self.task.text("image") if module.endswith("_container") else None
            value = image if image and "{{" not in image else ""
            yield self._fact(
                "image", value, self.task.key.span, f"image: {image}" if image else f"{module}: a container"
            )

    def _inside(self, language: str, made: Made, *, notation_of: Scalar | None) -> Region:
        notation = notation_of.notation if notation_of is not None else unwritable
        return self.region.inside(
            language, made, facts=tuple(self._facts()), place=self.place, anchor=self.task.node.span, notation=notation
        )

    def _facts(self) -> Iterator[Fact]:
        around = self.task.around
        container = tuple(self._container())
        yield from container
        if not around.local and not container:
            span = self.region.outer(around.hosts or self.task.key.span)
            evidence = Evidence("Ansible runs it on the hosts of the play", span)
            yield Fact("remote", "which system the hosts of the play have", evidence)
        for entry in around.environment:
            value = text(entry.value)
            if value is not None:
                value = None if "{{" in value else value
                yield self._fact("variable", value, entry.span, f"environment: {entry.key.value}", entry.key.value)
        if around.root is not None and around.root.value.lower() in ("true", "yes"):
            user = around.user.value if around.user is not None else "root"
            yield self._fact("user", user, around.root.span, f"become {user}")
        folder = self.task.text("chdir")
        if folder is not None:
            where = _TEMPLATE.sub(lambda m: "${" + variable(m[0]) + "}", folder)
            yield self._fact("directory", where, self.task.key.span, f"chdir {folder}")
        program = self.task.text("executable")
        if program is not None and self.task.module == "shell":
            yield self._fact("shell", program.rpartition("/")[2], self.task.key.span, f"executable: {program}")

    def _pip(self) -> Made:
        """`ansible.builtin.pip --executable E --virtualenv V install ...`, each value where it stands."""
        task = self.task
        state = (task.text("state") or "present").lower()
        pieces: list[Made] = [_opaque("ansible.builtin.pip", task.key.span)]
        for name in ("executable", "virtualenv"):
            value = task.argument(name)
            if isinstance(value, Scalar) and not value.missing:
                option = (
                    f"--maybe-{name}" if re.search(r"\bomit\b|\bdefault\(\s*(?:''|\"\")", value.value) else f"--{name}"
                )
                pieces += [_opaque(option, value.span), self._word(value)]
        pieces.append(_opaque("uninstall" if state == "absent" else "install", task.key.span))
        if task.true("break_system_packages"):
            pieces.append(_opaque("--break-system-packages", task.arguments["break_system_packages"].span))
        extra = task.argument("extra_args")
        if isinstance(extra, Scalar) and not extra.missing:
            pieces.append(self._filled(extra.made))
        for file in _leaves(task.argument("requirements")):
            pieces += [_opaque("-r", file.span), self._word(file)]
        version = task.argument("version")
        editable = task.true("editable")
        for name_node in _leaves(task.argument("name", "pkg")):
            for one in _split(name_node):
                if editable:
                    pieces.append(_opaque("-e", one.span))
                made = self._word(one)
                if isinstance(version, Scalar) and not version.missing and "omit" not in version.value:
                    made = _together(made, _opaque("==", version.span), self._word(version))
                pieces.append(made)
        return _joined(pieces, task.key.span)

    def _word(self, node: Scalar) -> Made:
        """A scalar as one word of shell text."""
        if _SAFE.fullmatch(node.value):
            return node.made
        out = MappedText()
        out.opaque("'", Span(0, 1))
        for found in re.finditer(r"[^']+|'", node.value):
            if found[0] == "'":
                out.opaque("'\\''", Span(found.start(), found.end()))
            else:
                out.verbatim(found[0], found.start())
        out.opaque("'", Span(max(0, len(node.value) - 1), len(node.value)))
        quoted, within = out.finish()
        return self._filled((quoted, node.map.compose(within)))

    def _filled(self, made: Made) -> Made:
        """Shell text with the templates that the play's own `vars` tell, the others unknown."""
        return filled(made, _TEMPLATE, lambda found: self._value((found[1] or "").strip()))

    def _value(self, name: str) -> str | None:
        value = self.known.get(name)
        return None if value is None or "{{" in value else value

    def _fact(self, kind: str, value: str | None, span: Span, why: str, name: str = "") -> Fact:
        return Fact(kind, value, Evidence(why, self.region.outer(span)), name)


# --- other modules and pieces of arguments ---------------------------------------------------------------------------


def _split(node: Scalar) -> Iterator[Scalar]:
    """`flask, requests>=2,<3`: names are separated by commas that a name follows."""
    start = 0
    for found in re.finditer(r",\s*(?=[A-Za-z])|$", _TEMPLATE.sub(lambda m: "x" * len(m[0]), node.value)):
        if found.start() > start:
            yield part(node, start, found.start())
        start = found.end()


def _effect(task: Task, registered: set[str]) -> Made | None:
    """What a module does to the marker or to pip's configuration, as a command that does the same."""
    span = task.key.span
    path = task.text("path", "dest", "name") or ""
    if task.module == "file" and task.text("state") == "absent":
        over = " ".join(_texts(task.loop))
        named = [t for t in (path, *_texts(task.loop)) if _MARKER.search(t) and "{{" not in t.replace("{{ item", "")]
        if named or ("item" in path and any(re.search(rf"\b{re.escape(r)}\b", over) for r in registered)):
            target = named[0] if named else "EXTERNALLY-MANAGED"
            return _opaque(f"rm -f '{_plain(target)}'", span)
    if task.module == "ini_file" and _PIP_CONFIG.search(path):
        key = f"{task.text('section') or 'global'}.{task.text('option') or ''}"
        return _opaque(f"pip config set '{_plain(key)}' '{_plain(task.text('value') or '')}'", span)
    if task.module in ("copy", "lineinfile", "blockinfile", "template") and _PIP_CONFIG.search(path):
        content = task.text("content", "line", "block") or ""
        return _opaque(f"printf '{_plain(content)}' > '{_plain(path)}'", span)
    return None


def _plain(value: str) -> str:
    return value.replace("'", "").replace("\n", " ")


# --- pieces of shell text ----------------------------------------------------------------------


def _leaves(node: Node | None) -> list[Scalar]:
    return [item for item in items(node) if isinstance(item, Scalar)]


def _texts(node: Node | None) -> list[str]:
    return [leaf.value for leaf in _leaves(node)]


def _opaque(value: str, span: Span) -> Made:
    out = MappedText()
    out.opaque(value, span)
    return out.finish(span.start)


def _together(*pieces: Made, between: str = "", at: Span | None = None) -> Made:
    out = MappedText()
    for index, (piece, where) in enumerate(pieces):
        if index and between:
            out.opaque(between, at or where.span(Span(0, 0)))
        for segment in where.segments:
            chunk = piece[segment.inner.start : segment.inner.end]
            if segment.verbatim:
                out.verbatim(chunk, segment.outer.start)
            else:
                out.opaque(chunk, segment.outer)
    return out.finish(at.start if at else 0)


def _joined(pieces: list[Made], at: Span) -> Made:
    return _together(*pieces, between=" ", at=Span(at.start, at.start))
