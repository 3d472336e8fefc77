"""Put pip into the environment that is made: `uv venv --seed`, or no `--without-pip`.

Fix safety: safe; the environment gets pip besides what it has.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.environment.creation import NO_PIP, making
from pep668.model import Applicability, Command, Finding, Fix, Judged

from ._edits import Rewrite

RULES = ("EM007",)
ORDER = 10
ID = "seed"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    meant = judged.environment.unused if isinstance(judged, Judged) else None
    if meant is None or not meant.pipless:
        return
    for command in context.commands:
        if command.outer(command.span) != meant.evidence.span:
            continue
        made = making([w.pattern for w in command.words])
        if made is not None:
            title = "Make the environment with a pip in it"
            edits = _seeded(context, command, made.tool).edits()
            if edits:
                yield Fix(ID, title, edits, applicability=Applicability.SAFE, preferred=True)
            else:
                yield Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation="uv venv --seed")
            return


def _seeded(context: Context, command: Command, tool: str) -> Rewrite:
    rewrite = Rewrite(context.text, command)
    if tool == "uv":
        venv = next(w for w in command.words if w.value == "venv")
        rewrite.insert(venv.span.end, " --seed")
    for word in command.words:
        if word.value in NO_PIP:
            rewrite.drop(word.span)
    return rewrite
