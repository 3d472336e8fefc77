"""Reads and renders case files: Markdown in which a heading with fences is one test (docs: tests/cases/README.md)."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import partial
from pathlib import Path

from machines import MACHINES
from pep668 import fixes, languages
from pep668.analysis import Analysis, analyze
from pep668.model import Finding, Fix
from pep668.render.hover import hover
from pep668.render.inventory import inventory
from pep668.render.text import render
from pep668.settings import from_mapping
from pep668.text import apply_edits

_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Fence:
    """A fenced block. `start` and `end` are the offsets of its body in the file."""

    kind: str
    options: dict[str, str]
    body: str
    start: int
    end: int


@dataclass(frozen=True)
class Case:
    title: str
    source: Fence
    expectations: tuple[Fence, ...]
    file: Path = field(default_factory=Path)

    @property
    def text(self) -> str:
        text = self.source.body
        if self.source.options.get("final-newline") == "no":
            text = text.rstrip("\n")
        return text.replace("\n", "\r\n") if self.source.options.get("eol") == "crlf" else text

    def analyze(self, text: str | None = None) -> Analysis:
        text = self.text if text is None else text
        options = self.source.options
        path = options.get("path", "")
        language = languages.detect(path, text, self.source.kind) or self.source.kind
        assert languages.extractor(language), f"no language for {self.source.kind} {path}"
        machine = MACHINES[options["machine"]] if "machine" in options else None
        settings = from_mapping(json.loads(options.get("settings", "{}"))).for_file(path)
        return analyze(text, language, settings, machine, path)


def fences(text: str) -> Iterator[Fence]:
    for match in _FENCE.finditer(text):
        words = shlex.split(match[2])
        options = dict(w.partition("=")[::2] for w in words[1:])
        yield Fence(words[0] if words else "", options, match[3], match.start(3), match.end(3))


def cases(file: Path) -> Iterator[Case]:
    """The tests of a file. Text between the fences is for people."""
    text = file.read_text(encoding="utf-8")
    found = list(fences(text))
    inside = [range(f.start, f.end) for f in found]
    heads = [m for m in _HEADING.finditer(text) if not any(m.start() in r for r in inside)]
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        end = following.start() if following else len(text)
        mine = [f for f in found if head.end() <= f.start < end]
        if mine:
            yield Case(head[1], mine[0], tuple(mine[1:]), file)


def rendered(case: Case, analysis: Analysis, expectation: Fence) -> str:
    """What an expectation's fence should hold."""
    return RENDERERS[expectation.kind](case, analysis, expectation.options)


def _findings(case: Case, analysis: Analysis, options: dict[str, str]) -> str:
    path = case.source.options.get("path", "")
    propose = partial(fixes.propose, analysis.context)
    return render(analysis.findings, analysis.text, path, analysis.context.lines, False, propose)[:-1]


def _fixes(case: Case, analysis: Analysis, options: dict[str, str]) -> str:
    out = []
    for finding in analysis.findings:
        line, column = analysis.context.lines.position(finding.span.start)
        out.append(f"{line + 1}:{column + 1} {finding.rule}")
        out += [f"  {_headline(fix)}" for fix in fixes.propose(analysis.context, finding)]
    return "".join(f"{line}\n" for line in out)


def _headline(fix: Fix) -> str:
    preferred = ", preferred" if fix.preferred else ""
    return f"{fix.id}: {fix.title} ({fix.applicability.value}{preferred})"


def proposals(analysis: Analysis, id: str) -> Iterator[tuple[Finding, Fix]]:
    for finding in analysis.findings:
        for fix in (*fixes.propose(analysis.context, finding), *fixes.silence(analysis.context, finding)):
            if fix.id == id:
                yield finding, fix


def _diff(case: Case, analysis: Analysis, options: dict[str, str]) -> str:
    """One fix of the first (or `finding=N`th) finding that has it, or with `all=yes` of one after the other."""
    found = list(proposals(analysis, options["fix"]))
    if not found:
        return "no such fix\n"
    fix = found[int(options.get("finding", "1")) - 1][1]
    if not fix.edits:
        steps = [f"{s.command} {json.dumps(s.arguments)}" for s in fix.steps]
        return "\n".join([f"# {_headline(fix)}", *steps, *fix.explanation.splitlines()]) + "\n"
    after = apply_edits(analysis.text, fix.edits)
    if options.get("all") == "yes":
        after = converged(case, options["fix"])
    before_lines, after_lines = (t.replace("\r\n", "\n").splitlines() for t in (analysis.text, after))
    diff = list(unified_diff(before_lines, after_lines, lineterm="", n=int(options.get("context", "3"))))[2:]
    return "\n".join([f"# {_headline(fix)}", *(d for d in diff if not d.startswith("@@"))]) + "\n"


def converged(case: Case, id: str) -> str:
    """The text after this fix of every finding that has it, one after the other."""
    text = case.text
    for _ in range(20):
        fix = next((f for _, f in proposals(case.analyze(text), id) if f.edits), None)
        if fix is None:
            return text
        text = apply_edits(text, fix.edits)
    raise AssertionError(f"{id} does not come to an end:\n{text}")


def _hover(case: Case, analysis: Analysis, options: dict[str, str]) -> str:
    found = hover(analysis, case.text.index(options["at"]))
    return found[1] + "\n" if found else "nothing\n"


def _inventory(case: Case, analysis: Analysis, options: dict[str, str]) -> str:
    """The fields that vary; the whole contract is tested with the command line."""
    lines = []
    for item in inventory(analysis, ""):
        extra = [*item["packages"], *(f"-r {r}" for r in item["requirements"]), *(f"-e {e}" for e in item["editable"])]
        bypass = f" ({item['bypass']})" if item["bypass"] else ""
        lines.append(
            f"{item['line']}:{item['column']} {item['tool']} `{' '.join(item['text'].split())}` [{' '.join(extra)}] "
            f"{item['verdict']} {item['environment']}{bypass}\n"
        )
    return "".join(lines)


def _evidence(case: Case, analysis: Analysis, options: dict[str, str]) -> str:
    """Each install's reasons, with the place that is to show each."""
    out = []
    for judged in analysis.context.judged:
        place = judged.install.command.outer(judged.install.program)
        line, column = analysis.context.lines.position(place.start)
        out.append(f"{line + 1}:{column + 1} {judged.environment.verdict.value}")
        for reason in judged.environment.evidence:
            shown = " ".join(case.text[reason.span.start : reason.span.end].split()) if reason.span else reason.path
            out.append(f"  {shown or '-'} => {reason.text}")
    return "".join(f"{line}\n" for line in out)


RENDERERS: dict[str, Callable[[Case, Analysis, dict[str, str]], str]] = {
    "findings": _findings,
    "fixes": _fixes,
    "diff": _diff,
    "hover": _hover,
    "inventory": _inventory,
    "evidence": _evidence,
}


def update(file: Path, changes: list[tuple[Fence, str]]) -> None:
    """Write what was rendered into the expectations of a file."""
    text = file.read_text(encoding="utf-8")
    for fence, body in sorted(changes, key=lambda c: c[0].start, reverse=True):
        text = text[: fence.start] + body + text[fence.end :]
    file.write_text(text, encoding="utf-8")
