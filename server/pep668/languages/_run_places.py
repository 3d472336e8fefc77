"""Where the runs of a job are, as facts: runner, platform, container."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pep668.model import Evidence, Fact, Region
from pep668.syntax.node import Mapping, Node
from pep668.text import Span

from ._pipeline import fact

if TYPE_CHECKING:
    from ._runs import Job, Run


def platform(label: str) -> str:
    """`linux`, `macos`, `windows` of a runner's label, "" where it does not say."""
    name = label.lower()
    for known, words in (("windows", ("windows", "win-", "vs20")), ("macos", ("macos", "mac-", "osx"))):
        if any(name.startswith(w) or f"-{w}" in name for w in words):
            return known
    return "linux" if re.search(r"ubuntu|linux|debian|alpine|fedora|centos", name) else ""


def place(region: Region, job: Job, runs: list[Run]) -> list[Fact]:
    """The runner, its platform and the container of some of a job's runs."""
    if not runs:
        return []
    out: list[Fact] = []
    names = list(dict.fromkeys(r.runner for r in runs))
    systems = {r.platform for r in runs}
    span = job.runner.span if job.runner else None
    text = f"{job.key}: {_written(region, job.runner)}" if job.runner else "nothing says what it runs on"
    written = {"self-hosted", ""} & set(names)
    if systems & {"windows", "macos"} and len(systems) == 1:
        out.append(_fact(region, "platform", systems.pop(), text, span))
        # A self-hosted machine of which nothing but its system is known.
        if not written:
            out.append(_fact(region, "runner", "|".join(names), _with(text, names), span))
    else:
        out.append(_fact(region, "runner", "|".join(names), _with(text, names), span))
    images = list(dict.fromkeys(r.image for r in runs))
    if images != [None] and job.container is not None:
        node = job.container.get("image") if isinstance(job.container, Mapping) else job.container
        shown = f"container: {_written(region, node)}"
        if None in images:
            out.append(fact(region, "image", "", node or job.container, f"{shown}, in some of its runs"))
        else:
            known = [i or "" for i in images]
            out.append(fact(region, "image", "|".join(known), node or job.container, _with(shown, known)))
    return out


def _fact(region: Region, kind: str, value: str, text: str, span: Span | None) -> Fact:
    return Fact(kind, value, Evidence(text, region.outer(span) if span else None))


def _written(region: Region, node: Node | None) -> str:
    if node is None:
        return ""
    text = " ".join(region.text[node.span.start : node.span.end].split())
    return text if len(text) <= 80 else text[:79] + "…"


def _with(text: str, names: Sequence[str]) -> str:
    known = ", ".join(n for n in names if n)
    if not known or known in text:
        return text
    return f"{text} ({known if len(known) <= 80 else known[:79] + '…'})"
