"""CI systems and machine setups that run a list of commands in one shell: the environment is made and activated in it.

So what follows in the list, and the install itself, keep their names. Two items (or lines, or links of a chain) stand
before the first install, behind what brings Python.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._edits import combined
from pep668.fixes._session import entered, goes_round, members_of, root_of, session
from pep668.fixes._way import Way
from pep668.model import Judged

ORDER = 30

# Sources: "before_script and script are concatenated and executed together in a single shell" (GitLab), each phase's
# commands run in the job's one shell (Travis), a step's commands are one script (Drone, Woodpecker, Bitbucket,
# Buildkite), "version 0.2 runs all build commands in the same instance of the default shell" (CodeBuild), a script's
# lines are one script (Cirrus), runcmd's items are one script (cloud-init).
_HOSTS = frozenset(
    ("gitlab-ci", "travis", "drone", "bitbucket", "buildkite", "codebuild", "cirrus", "appveyor", "cloud-init")
)
_MACHINES = {"cloud-init": "/opt"}  # hosts whose working directory is no project's


def answers(judged: Judged) -> bool:
    return _host(judged) in _HOSTS


def way(context: Context, judged: Judged) -> Way | None:
    root = root_of(judged.install.command)
    if "/command:" in root.place.process:
        return None  # the first version of a buildspec: each command is a shell of its own
    installs = members_of(context, judged, lambda region: region.place == root.place)
    found = session(context, installs, _MACHINES.get(_host(judged), ""))
    if found is None:
        return None
    lines = (*found.create, found.activate)
    added = entered(context, found.first, lines, items=True)
    edits = combined(added, found.edits)
    if edits is None:
        return None
    document = root.parent.text if root.parent is not None else ""
    title = f"Install into {found.place} instead, activated for the commands that follow"
    return Way(title, edits, "\n".join(lines), serves_later=not goes_round(document, found.members))


def _host(judged: Judged) -> str:
    host = root_of(judged.install.command).parent
    return host.language if host is not None else ""
