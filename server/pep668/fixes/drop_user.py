"""Drop `--user` where the command runs in a virtual environment: pip stops at it there.

Where the command is refused instead, it would be refused without `--user` as well: an environment is the way out.

Fix safety: safe, since the command fails today and installs into its environment without the option. In documentation,
whose blocks may be alternatives, it needs a look.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, Finding, Fix, Judged, Verdict

from ._edits import Rewrite

RULES = ("EM006",)
ORDER = 5
ID = "drop-user"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged) or judged.environment.verdict is not Verdict.ALLOWED:
        return
    rewrite = Rewrite(context.text, judged.install.command)
    for option in judged.install.options:
        if option.name.lstrip("-") == "user":
            rewrite.drop(option.span)
    edits = rewrite.edits()
    title = f"Drop --user: {judged.environment.virtual_environment} takes the packages"
    explanation = "Leave `--user` out."
    if not edits:
        yield Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation=explanation)
        return
    document = judged.install.command.region.fact("document") is not None
    kind = Applicability.UNSAFE if document else Applicability.SAFE
    yield Fix(ID, title, edits, applicability=kind, preferred=True, explanation=explanation)
