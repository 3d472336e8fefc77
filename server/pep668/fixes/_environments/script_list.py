"""CI systems that run a list of commands in one shell: the environment is made and activated in it.

So what follows in the list, and the install itself, keep their names. Two items (or lines, or links of a chain) stand
before the first install, behind what brings Python. Cirrus CI, each of whose scripts is a shell of its own, is told of
PATH besides; a Jenkins pipeline cannot be, so that what follows in other steps needs a look.
"""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.fixes._scripts import host_of
from pep668.fixes._scripts import way as way_of_a_script
from pep668.fixes._way import Way
from pep668.model import Judged

ORDER = 30

# Sources: "before_script and script are concatenated and executed together in a single shell" (GitLab), each phase's
# commands run in the job's one shell (Travis), a step's commands are one script (Drone, Woodpecker, Bitbucket,
# Buildkite), "version 0.2 runs all build commands in the same instance of the default shell" (CodeBuild), a script's
# lines are one script (Cirrus, Jenkins).
_HOSTS = ("gitlab-ci", "travis", "drone", "bitbucket", "buildkite", "codebuild", "cirrus", "appveyor", "jenkinsfile")
_LATER_STEP = re.compile(r"\bsh\b")


def answers(judged: Judged) -> bool:
    return host_of(judged).language in _HOSTS


def way(context: Context, judged: Judged) -> Way | None:
    host = host_of(judged)
    if host.language == "cirrus":
        return way_of_a_script(context, judged, hand=_hand)
    if host.language == "jenkinsfile":
        end = judged.install.command.outer(judged.install.command.span).end
        return way_of_a_script(context, judged, lasts=_LATER_STEP.search(context.text, end) is None)
    return way_of_a_script(context, judged)


def _hand(place: str) -> str:
    """Source: Cirrus CI's "Writing tasks": what is written to CIRRUS_ENV are variables of the whole task."""
    return f'echo "PATH={place}/bin:$PATH" >> "$CIRRUS_ENV"'
