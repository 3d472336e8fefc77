"""What a step of GitHub Actions knows: where it runs, its variables, its folder and its shell."""

from __future__ import annotations

import re

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping as Tree
from pep668.syntax.node import Node, Scalar, text

from . import _runs, _step_shells
from ._expressions import certain, environment_value, symbolic
from ._pipeline import fact, variables
from ._runs import Job, Run
from ._step_shells import Shell

_USER = re.compile(r"(?:^|\s)(?:--user|-u)[= ](\S+)")


class Around:
    """The scopes of a step: workflow, job (`tree`) and the step itself."""

    def __init__(self, region: Region, root: Tree) -> None:
        self.region = region
        self.root = root
        self.tree = root

    def facts(
        self, job: Job, step: Tree, runs: list[Run], condition: str, shell: Shell, folder: Node | None = None
    ) -> tuple[Fact, ...]:
        region = self.region
        windows = shell.language in ("powershell", "cmd")
        out = [*_runs.facts(region, job, runs, condition, login=shell.login or windows or shell.conda)]
        active = any(f.kind == "conda" and f.value is not None for f in out)
        named = step.get("shell") or self.default("shell")
        given = named or step
        if shell.elsewhere:
            out = [fact(region, "runner", "", given, shell.elsewhere)]
        elif shell.image:
            out = [fact(region, "image", shell.image, given)]
        elif shell.conda and not active:
            out.append(fact(region, "conda", "", given))
        if isinstance(job.container, Tree):
            user = _USER.search(job.container.text("options") or "")
            if user:
                name = {"0": "root"}.get(user[1].partition(":")[0], user[1].partition(":")[0])
                out.append(fact(region, "user", name, job.container.get("options") or job.container))
        out += self.variables(job, step, runs)
        folder = folder or step.get("working-directory") or self.default("working-directory")
        if isinstance(folder, Scalar) and not folder.missing:
            out.append(fact(region, "directory", symbolic(folder.value), folder, f"working-directory: {folder.value}"))
        if shell.program and shell.language == "shell":
            shown = f"shell: {shell.program}" if named else f"{shell.program} is the default shell there"
            out.append(fact(region, "shell", shell.program, given, shown))
        # What a login shell activates comes after what it sets anew.
        if shell.login and not active:
            out.append(fact(region, "login", "yes", given, "a login shell"))
        if shell.user:
            out.append(fact(region, "user", shell.user, given))
        return tuple(out)

    def variables(self, job: Job, step: Tree, runs: list[Run]) -> tuple[Fact, ...]:
        """The variables of a step, the innermost last."""
        scopes = [scope.get("env") for scope in dict.fromkeys((self.root, self.tree, step))]
        if isinstance(job.container, Tree):
            scopes.insert(0, job.container.get("env"))
        return tuple(f for scope in scopes for f in variables(self.region, scope, lambda node: _one(node, runs)))

    def default(self, key: str) -> Node | None:
        for scope in (self.tree, self.root):
            found = scope.get("defaults", "run", key)
            if found is not None:
                return found
        return None

    def shell(self, step: Tree, runs: list[Run]) -> Shell:
        written = text(step.get("shell") or self.default("shell"))
        if written:
            known = _one_of(written, runs)
            return _step_shells.shell(known) if known is not None else _step_shells.unknown(written)
        return default_shell(runs)

    def environment(self, job: Job, *nodes: Node | None) -> None:
        """Variables that conditions and templates of the job may name."""
        for node in nodes:
            for entry in node.entries if isinstance(node, Tree) else ():
                for run in job.runs:
                    value = entry.value
                    run.environment[entry.key.value] = (
                        certain(value.value, run.lookup) if isinstance(value, Scalar) else None
                    )


def default_shell(runs: list[Run]) -> Shell:
    """The shell without `shell:`: bash, PowerShell on Windows, sh in a container."""
    if runs and all(r.image is not None for r in runs):
        return Shell("shell", "sh")
    systems = {r.platform for r in runs}
    if systems == {"windows"}:
        return Shell("powershell", "pwsh")
    return Shell("shell", "bash" if systems <= {"linux", "macos"} else "")


def _one_of(written: str, runs: list[Run]) -> str | None:
    if "${{" not in written:
        return written
    found = {certain(written, run.lookup) for run in runs}
    return found.pop() if len(found) == 1 else None


def _one(node: Node, runs: list[Run]) -> str | None:
    """A variable's value where it is the same in all runs."""
    return environment_value(node.value, [r.lookup for r in runs]) if isinstance(node, Scalar) else None
