"""The steps of jobs and composite actions: which text which shell reads, in which folder and with which variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Region
from pep668.syntax.node import Mapping as Tree
from pep668.syntax.node import Node, Scalar, Sequence
from pep668.text import Span

from . import _actions, _containers, _run_places, _runs, _step_shells
from ._actions import CommandInput, Effect
from ._expressions import Template, certain, templates
from ._github_around import Around, default_shell
from ._pipeline import Piece, Process, fact, values
from ._runs import Job, Run

_USER = re.compile(r"(?:^|\s)(?:--user|-u)[= ](\S+)")
_MATRIX = re.compile(r"\s*matrix((?:\.[\w-]+)+)\s*")


class Steps:
    """Reads steps of one document. `read` has the ids of the scalars that were given."""

    def __init__(self, region: Region, root: Tree) -> None:
        self.region = region
        self.root = root
        self.read: set[int] = set()
        self.around = Around(region, root)

    def job(self, job: Job, tree: Tree) -> Iterator[Process]:
        """The processes of a job, in the order of its steps."""
        self.around.tree = tree
        self.around.environment(job, self.root.get("env"), tree.get("env"))
        yield from self.variables(job, tree.get("env"))
        if tree.get("uses") is not None:  # a reusable workflow
            yield from self._inputs(job, tree, job.runs)
        for steps in values(tree, "steps"):
            for step in steps.items if isinstance(steps, Sequence) else ():
                # `- *steps` of an older runner's template: a list in the list
                for one in step.items if isinstance(step, Sequence) else (step,):
                    if isinstance(one, Tree):
                        yield from self.step(job, one)
        self.around.tree = self.root

    def step(self, job: Job, step: Tree) -> Iterator[Process]:
        condition = step.text("if") or ""
        runs = _runs.selected(job, condition)
        for run in values(step, "run"):
            if isinstance(run, Scalar) and not run.missing:
                yield from self._run(job, step, run, runs, condition)
        uses = step.text("uses")
        if uses:
            evidence = Evidence(f"uses: {uses}", self.region.outer(_span(step)))
            yield from self._inputs(job, step, runs)
            _runs.apply(job, lambda run: self._effects(step, uses, run), condition, evidence)
        yield from self.variables(job, step.get("env"))

    @staticmethod
    def _effects(step: Tree, uses: str, run: Run) -> Iterator[Effect]:
        yield from _actions.effects(uses, lambda name: _given(step, name, run))
        name = step.text("id")
        if name and _actions.row(uses).get("python") is True:
            # The output `python-path`: it is there whatever comes first in PATH.
            output = Template(Span(0, 0), f"steps.{name}.outputs.python-path").name
            yield Effect("variable", "${pythonLocation}/bin/python", output)

    def _run(self, job: Job, step: Tree, run: Scalar, runs: list[Run], condition: str) -> Iterator[Process]:
        shell = self.around.shell(step, runs)
        self.read.add(id(run))
        if not shell.language:
            return
        facts = self.around.facts(job, step, runs, condition, shell)
        name = f"step:{run.span.start}"
        for given in self._from_matrix(run):
            made = (Piece(given, shell.language),)
            yield Process(job.name, f"{name}/{given.span.start}", made, facts, given.span)
        yield Process(job.name, name, (Piece(run, shell.language),), facts, step.span)

    def _from_matrix(self, run: Scalar) -> Iterator[Scalar]:
        """Commands that the matrix holds, where a line of `run` is nothing else: `${{ matrix.install }}`."""
        for found in templates(run.value):
            path = _MATRIX.fullmatch(found.text)
            before = run.value[: found.span.start].rpartition("\n")[2].strip()
            after = run.value[found.span.end :].partition("\n")[0].strip()
            if path and not before and not after:
                yield from _at(self.around.tree.get("strategy", "matrix"), path[1].strip(".").split("."))

    def _inputs(self, job: Job, step: Tree, runs: list[Run]) -> Iterator[Process]:
        """Inputs of actions that are commands."""
        uses = step.text("uses") or ""
        given = step.mapping("with")
        if uses.startswith(_actions.IMAGE):
            yield from self._image(job, step, uses.removeprefix(_actions.IMAGE), runs)
            return
        for wanted in _actions.commands(uses):
            for scalar in values(given, wanted.input):
                if isinstance(scalar, Scalar) and not scalar.missing:
                    yield from self._input(job, step, runs, wanted, scalar)

    def _image(self, job: Job, step: Tree, image: str, runs: list[Run]) -> Iterator[Process]:
        """`uses: docker://image`: the runner starts it with `entrypoint` and `args`, split into words."""
        given = step.mapping("with")
        made = _containers.Commands().run(given.get("entrypoint"), given.get("args"))
        known = dict.fromkeys(certain(image, run.lookup) or "" for run in runs)
        value = "" if "" in known else "|".join(known)
        where = fact(self.region, "image", value, _span(step))
        system = f"{job.name}/step:{step.span.start}"
        yield Process(system, "image", made, (where, *self.around.variables(job, step, runs)), step.span)

    def _input(self, job: Job, step: Tree, runs: list[Run], wanted: CommandInput, scalar: Scalar) -> Iterator[Process]:
        uses = step.text("uses") or ""
        given = step.mapping("with")
        named = given.text(wanted.shell) if wanted.shell else None
        shell = _step_shells.shell(named) if named and "${{" not in named else default_shell(runs)
        if wanted.windows and not named and all(r.platform == "windows" for r in runs):
            shell = _step_shells.shell(wanted.windows)
        if not shell.language:
            return
        name = f"step:{scalar.span.start}"
        piece = (Piece(scalar, "shell" if wanted.place else shell.language),)
        if not wanted.place:
            folder = given.get(wanted.directory) if wanted.directory else None
            facts = self.around.facts(job, step, runs, step.text("if") or "", shell, folder)
            yield Process(job.name, name, piece, facts, step.span)
            return
        at = _span(step)

        def inputs(key: str) -> str | None:
            found = {_given(step, key, run) for run in runs}
            return found.pop() if len(found) == 1 else None

        if wanted.place == "image":
            image = _actions.image(uses, inputs)
            shown = f"uses: {uses}" + (f" ({image})" if image else "")
            where = fact(self.region, "image", image, at, shown)
        else:
            where = fact(self.region, "runner", "", at, _actions.elsewhere(uses, inputs))
        # Steps that run elsewhere share that machine among the inputs of one step.
        yield Process(f"{job.name}/step:{step.span.start}", name, piece, (where,), step.span)

    def variables(self, job: Job, node: Node | None) -> Iterator[Process]:
        """Variables that hold cibuildwheel's commands."""
        for entry in node.entries if isinstance(node, Tree) else ():
            known = _actions.cibuildwheel(entry.key.value)
            scalar = entry.value
            if not known or not isinstance(scalar, Scalar) or scalar.missing or id(scalar) in self.read:
                continue
            self.read.add(id(scalar))
            kind, system = known
            facts: list[Fact] = []
            if kind == "build":
                shown = "cibuildwheel runs it in the environment of the wheel that it builds"
                facts.append(fact(self.region, "environment", "", entry.span, shown))
            else:
                facts += self._before_all(job, entry.span, system.lower())
            language = "cmd" if system == "WINDOWS" else "shell"
            name = f"{job.name}/cibuildwheel/{entry.key.value}:{scalar.span.start}"
            for text_of in (*self._from_matrix(scalar), scalar):
                process = f"commands:{text_of.span.start}"
                yield Process(name, process, (Piece(text_of, language),), tuple(facts), entry.span)

    def _before_all(self, job: Job, span: Span, system: str) -> Iterator[Fact]:
        """On Linux it runs in a container in which cibuildwheel's Python comes first, else on the runner itself."""
        runs = [r for r in job.runs if not system or r.platform in (system, "")] or job.runs
        linux = [r for r in runs if r.platform == "linux"] if not system else runs if system == "linux" else []
        outside = [r for r in runs if r not in linux]
        yield from _run_places.place(self.region, job, outside)
        if linux:
            shown = "cibuildwheel runs it in a container, where a Python of its own comes first"
            yield fact(self.region, "python", None if outside else "cibuildwheel", span, shown)


def _span(step: Tree) -> Span:
    entry = step.entry("uses")
    return entry.span if entry else step.span


def _given(step: Tree, name: str, run: Run) -> str | None:
    """An input of an action: "" where it is not given, None where it is not known."""
    value = step.get("with", name) if name else None
    if value is None:
        return ""
    return certain(value.value, run.lookup) if isinstance(value, Scalar) else None


def _at(matrix: Node | None, path: list[str]) -> Iterator[Scalar]:
    """The scalars of a matrix at `matrix.a.b`, those of `include` too."""
    if not isinstance(matrix, Tree):
        return
    rows: list[Node] = list(matrix.items(path[0]))
    for row in matrix.items("include"):
        found = row.get(path[0]) if isinstance(row, Tree) else None
        if found is not None:
            rows.append(found)
    for row in rows:
        found = row.get(*path[1:]) if len(path) > 1 and isinstance(row, Tree) else row if len(path) == 1 else None
        if isinstance(found, Scalar) and not found.missing:
            yield found
