"""The steps of Azure Pipelines: which text which shell reads, and what tasks set up for the steps that follow."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table
from functools import cache
from typing import Any

from pep668.data._files import load_json
from pep668.model import Evidence, Fact, Region
from pep668.syntax.node import Mapping, Node, Scalar, Sequence

from . import _runs, _step_shells
from ._actions import Effect
from ._azure_jobs import value_of, variable_nodes
from ._azure_scopes import Scope, all_entries, every, flat, get, text
from ._expressions import environment_value, symbolic
from ._pipeline import Piece, Process, fact
from ._runs import Job, Run
from ._step_shells import Shell

# Keys that make a mapping a step with commands, and the shell that reads them ("": the system's).
KEYS = {"script": "", "bash": "bash", "pwsh": "pwsh", "powershell": "powershell", "task": ""}


@cache
def _table() -> Table[str, Any]:
    table: Table[str, Any] = load_json("azure_tasks.json")
    return table


def _task(name: str) -> Table[str, Any]:
    found: Table[str, Any] = _table()["tasks"].get(name.partition("@")[0].strip().lower(), {})
    return found


class Steps:
    """Reads steps of one document; each text of one that stands in several jobs is given for each of them."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._read: set[int] = set()

    def job(self, job: Job, scope: Scope, steps: Sequence) -> Iterator[Process]:
        for step in flat(steps):
            if isinstance(step, Mapping):
                yield from self.step(job, scope, step)

    def step(self, job: Job, scope: Scope | None, step: Mapping, again: bool = True) -> Iterator[Process]:
        """The processes of a step; `again`: also those that were given before."""
        condition = text(step, "condition")
        runs = _runs.selected(job, condition)
        for key, named in KEYS.items():
            for node in every(step, key) if key != "task" else ():
                yield from self._text(job, scope, step, node, runs, named, again)
        task = text(step, "task")
        if task:
            yield from self._inline(job, scope, step, task, runs, again)
            self._apply(job, step, task, condition)
        elif get(step, "template") is not None:
            # Its steps may set up anything.
            name = f"template: {text(step, 'template')}"
            where = Evidence(name, self.region.outer(step.span))
            _runs.apply(job, lambda _: [Effect("python", name, certain=False)], condition, where)

    def _apply(self, job: Job, step: Mapping, task: str, condition: str) -> None:
        found = _task(task)
        kind = "python" if "python" in found else "conda" if "conda" in found else ""
        if not kind:
            return
        node = next((e for e in all_entries(step) if e.key.value == "task"), None)
        evidence = Evidence(f"task: {task}", self.region.outer(node.span if node else step.span))

        def effects(run: Run) -> list[Effect]:
            for name, off in found.get("not_if", {}).items():
                given = get(get(step, "inputs"), name)
                value = value_of(given, run) if given is not None else ""
                if value is not None and value.lower() == off:
                    return []
                if value is None:
                    return [Effect(kind, task, certain=False)]
            return [Effect(kind, task)]

        _runs.apply(job, effects, condition, evidence)

    # --- texts ---

    def _inline(
        self, job: Job, scope: Scope | None, step: Mapping, task: str, runs: list[Run], again: bool
    ) -> Iterator[Process]:
        inputs = get(step, "inputs")
        for command in _task(task).get("commands", ()):
            node = get(inputs, command["input"])
            inline = text(inputs, "targetType").lower() == "inline" or "inline" in text(inputs, "scriptSource").lower()
            inline = inline or "inline" in (text(inputs, "scriptLocation") or text(inputs, "ScriptType")).lower()
            if node is None or (not inline and text(inputs, command.get("unless", ""))):
                continue
            named = command.get("shell", "")
            if named == "scripttype":
                named = _table()["shells"].get(text(inputs, "scriptType").lower(), "bash")
            elif named == "powershell" and text(inputs, "pwsh").lower() == "true":
                named = "pwsh"
            yield from self._text(job, scope, step, node, runs, named, again, command.get("elsewhere", ""))

    def _text(
        self,
        job: Job,
        scope: Scope | None,
        step: Mapping,
        node: Node,
        runs: list[Run],
        named: str,
        again: bool,
        elsewhere: str = "",
    ) -> Iterator[Process]:
        if not isinstance(node, Scalar) or node.missing or (not again and id(node) in self._read):
            return
        self._read.add(id(node))
        shell = _step_shells.shell(named) if named else _default(runs)
        if elsewhere:
            facts: tuple[Fact, ...] = (fact(self.region, "runner", "", node.span, f"it runs {elsewhere}"),)
            shell = Shell("shell")
        else:
            facts = self._facts(job, scope, step, runs, shell)
        name = f"{job.name}/elsewhere:{node.span.start}" if elsewhere else job.name
        yield Process(name, f"step:{node.span.start}", (Piece(node, shell.language),), facts, step.span)

    def _facts(self, job: Job, scope: Scope | None, step: Mapping, runs: list[Run], shell: Shell) -> tuple[Fact, ...]:
        region = self.region
        out = [*_runs.facts(region, job, runs, text(step, "condition"), login=False)]
        if text(step, "target") == "host":
            out = [f for f in out if f.kind != "image"]
        for name, value, where in variable_nodes(scope.variables) if scope else ():
            out.append(fact(region, "variable", _value(value, runs), where.span, name=_exported(name)))
        for entry in all_entries(get(step, "env")):
            out.append(fact(region, "variable", _value(entry.value, runs), entry.span, name=entry.key.value))
        inputs = get(step, "inputs")
        folder = get(step, "workingDirectory") or get(inputs, "workingDirectory") or get(inputs, "cwd")
        if isinstance(folder, Scalar) and not folder.missing:
            shown = f"workingDirectory: {folder.value}"
            out.append(fact(region, "directory", symbolic(folder.value, macros=True), folder, shown))
        if shell.program and shell.language == "shell":
            out.append(fact(region, "shell", shell.program, step, f"read by {shell.program}"))
        return tuple(out)


def _default(runs: list[Run]) -> Shell:
    """`script:` is for bash, on Windows for cmd."""
    systems = {r.platform for r in runs}
    if systems == {"windows"}:
        return Shell("cmd", "cmd")
    return Shell("shell", "bash" if systems <= {"linux", "macos"} else "")


def _value(node: Node, runs: list[Run]) -> str | None:
    if not isinstance(node, Scalar) or node.value.startswith("$["):
        return None
    return environment_value(node.value, [r.lookup for r in runs], macros=True)


def _exported(name: str) -> str:
    """The environment variable that a pipeline's variable becomes."""
    return "".join(c if c.isalnum() or c == "_" else "_" for c in name).upper()
