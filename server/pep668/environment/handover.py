"""What one step of a CI job hands to the steps after it, by the files and messages that CI systems read.

Sources: GitHub's "Workflow commands" (GITHUB_PATH, GITHUB_ENV), Azure Pipelines' "Logging commands"
(task.prependpath, task.setvariable), CircleCI's "Set an environment variable" (BASH_ENV), Cirrus CI's "Writing tasks"
(CIRRUS_ENV).
"""

from __future__ import annotations

import posixpath
import re

from pep668.model import Command, Evidence

from .state import Handed, Shell

_LOGGED = re.compile(r"##vso\[task\.(prependpath|setvariable[^\]]*)\](.*)", re.DOTALL)
_NAMED = re.compile(r"variable=(\w+)")
_SOURCED = re.compile(r"(?:\.|source)\s+[\"']?([^\s\"']+/bin)/activate[\"']?;?")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)", re.DOTALL)


def handed(command: Command, words: list[str], shell: Shell) -> list[Handed]:
    """What a printing command (`words` are symbolic) leaves for later steps."""
    text = " ".join(w for w in words[1:] if not re.fullmatch(r"-[neE]+", w))
    if not shell.directory.startswith(("/", "$")):  # the step's own folder, which those after it need not have
        text = text.replace("${PWD}", posixpath.join("${GITHUB_WORKSPACE}", shell.directory).rstrip("/"))
    evidence = Evidence(
        command.region.text[command.span.start : command.span.end].partition("\n")[0][:120],
        command.outer(command.span),
    )
    logged = _LOGGED.search(text)
    if logged:
        if logged[1] == "prependpath":
            return [Handed("PATH", f"{logged[2].strip()}:${{PATH}}", evidence)]
        name = _NAMED.search(logged[1])
        return [Handed(name[1], logged[2].strip(), evidence)] if name else []
    for redirect in command.redirects:
        target = shell.symbolic(redirect.target) if redirect.operator.lstrip("0123456789&") == ">>" else ""
        if target == "${GITHUB_PATH}":
            return [Handed("PATH", f"{text.strip()}:${{PATH}}", evidence)]
        if target in ("${GITHUB_ENV}", "${BASH_ENV}", "${CIRRUS_ENV}"):
            sourced = _SOURCED.fullmatch(text.strip()) if target == "${BASH_ENV}" else None
            if sourced:
                return [Handed("PATH", f"{sourced[1]}:${{PATH}}", evidence)]
            found = _ASSIGNMENT.fullmatch(text.strip())
            if found:
                value = found[2].strip("\"'").replace("$PATH", "${PATH}")
                return [Handed(found[1], value, evidence)]
    return []
