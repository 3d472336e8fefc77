"""Install into a virtual environment instead.

A script gets one line that makes the environment, idempotent and repairing a half-made one, and the command uses that
environment's own pip; where what follows runs Python or an installed program by its name, the environment is activated
instead. sudo, `--user` and the override are dropped. An environment that the file makes, or that the workspace has, is
used under its name. Other hosts write it in their own way:

- a Dockerfile gets `ENV VIRTUAL_ENV`, the environment and `ENV PATH` before the `RUN`, or, where that installs
  Python first, the environment inside its chain;
- a makefile's target needs `.venv/bin/pip`, which a rule makes, or the target of its own that makes an environment;
- Ansible's `pip` gets `virtualenv` and `virtualenv_command`, a command a task before that makes the environment;
- documentation gets what people type: the environment and its activation once, before the first install of a section;
- for a Python program the code is shown that makes the environment and calls its pip; for a notebook, how it comes to
  a kernel of the environment's.

Fix safety: safe where the command is refused (what it would have installed is missing today) and the environment
reaches all that follows and runs Python or an installed program; otherwise what should use the packages needs a look,
and the fix is unsafe; in documentation it always is. Commands in strings, on other machines or as other users are
shown, not edited.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, EnvironmentKind, Finding, Fix, Install, Judged, Managed, Verdict

from . import _environments, _overrides
from ._draft import with_later
from ._packages import lacks_ensurepip

RULES = ("EM001", "EM002", "EM003", "EM004", "EM006", "EM007")
ORDER = 10
ID = "virtual-environment"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    yield from _overrides.cure(context, finding)
    judged = finding.subject
    if not isinstance(judged, Judged) or not _about(finding, judged.install):
        return
    if judged.install.operation == "uninstall":
        return  # what is to go is not in a new environment
    if judged.environment.unused is not None and judged.environment.unused.pipless:
        return  # what the environment lacks is pip: `seed` answers that
    if judged.environment.kind is EnvironmentKind.VIRTUAL and judged.environment.managed is Managed.NO:
        return  # it has one
    way = _environments.way(context, judged)
    edits = with_later(context, judged, way.edits)
    if edits is None:
        yield Fix(ID, way.title, applicability=Applicability.DISPLAY_ONLY, explanation=way.explanation)
        return
    refused = judged.environment.verdict is Verdict.REFUSED
    safe = way.serves_later and refused and not lacks_ensurepip(context, judged)
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    yield Fix(ID, way.title, edits, applicability=applicability, preferred=True, explanation=way.explanation)


def _about(finding: Finding, install: Install) -> bool:
    """Whether the finding is about the command itself, not about a setting made elsewhere."""
    spans = (install.command.span, *(option.span for option in install.options))
    return any(install.command.outer(span).touches(finding.span) for span in spans)
