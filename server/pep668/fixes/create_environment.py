"""Create the environment on this machine now, and install there what the command asked for.

Offered where the verdict is about this machine, and for a refusal found in output. Nothing of the document is edited.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import ErrorReport, Finding, Fix, Judged, RequestKind, Verdict

from ._steps import create

RULES = ("EM001", "EM002", "EM006", "EM007", "EM020")
ORDER = 15
ID = "create-environment"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    subject = finding.subject
    packages: list[str] = []
    requirements: list[str] = []
    editable: list[str] = []
    if isinstance(subject, Judged):
        environment, install = subject.environment, subject.install
        if not environment.local or environment.verdict is not Verdict.REFUSED or install.operation != "install":
            return
        if any("\0" in r.text for r in install.requests):
            return
        packages = [
            r.text for r in install.requests if r.kind in (RequestKind.PROJECT, RequestKind.URL, RequestKind.PATH)
        ]
        requirements, editable = install.requirement_files, install.editable
    elif isinstance(subject, ErrorReport) and subject.operation in ("", "install"):
        packages, requirements = list(subject.packages), list(subject.requirements)
    else:
        return
    step = create(context, packages, requirements, editable)
    if step is not None:
        what = f" and install {_listed(packages + requirements)} there" if packages or requirements else ""
        yield Fix(ID, f"Create {context.settings.environment_directory} now{what}", steps=(step,))


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{', '.join(names[:2])} and {len(names) - 2} more"
