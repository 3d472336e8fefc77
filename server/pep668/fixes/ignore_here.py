"""A comment that silences one finding: `# pep668: ignore[EM003]`, on a line above it, or added to one that is there.

In a program it is written in the innermost text that has lines of its own; in a document for people above the code
block, where no reader sees it. JSON, and a text within a line of shell, have no room for it: then there is no such fix.

Fix safety: unsafe. It changes nothing but what is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668 import languages
from pep668.context import Context
from pep668.model import Command, Finding, Fix, Judged, Region
from pep668.text import Edit, SourceMap, Span, newline_of

RULES = ()  # those of all rules, on request: `fixes.silence`
ORDER = 100
ID = "ignore-here"

_SHELLS = ("shell", "fish", "powershell", "cmd")
_ABOVE = ("dockerfile", "makefile")  # the comment stands above what a line of shell is a part of
_PROSE = ("markdown", "restructuredtext", "asciidoc", "html")
_BLOCK = {  # what a block of code begins with
    "markdown": re.compile(r"[`~]{3}"),
    "restructuredtext": re.compile(r"\.\. [\w:-]+::"),
    "asciidoc": re.compile(r"\[|-{4}|\.{4}|`{3}|\.\w"),
    "html": re.compile(r"<"),
}


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    for directive in context.suppressions.about(finding):
        if directive.further is not None and not directive.file:
            edit = Edit(Span(directive.further, directive.further), f", {finding.rule}")
            yield _fix(finding, (edit,), ", ".join((*directive.codes, finding.rule)))
            return
    written = _written(context, finding)
    if written is not None:
        yield _fix(finding, (written,), finding.rule)


def _fix(finding: Finding, edits: tuple[Edit, ...], codes: str) -> Fix:
    return Fix(ID, f'Ignore {finding.rule} here: "pep668: ignore[{codes}]"', edits)


def _written(context: Context, finding: Finding) -> Edit | None:
    command = _command(finding)
    region = command.region if command else context.document
    unit: Span | None = command.outer(command.statement) if command else finding.span
    while region is not None and unit is not None:
        edit = None
        if region.language in _PROSE:
            if region.parent is None and region.language == context.language:
                edit = _in_prose(context, region, unit, finding.rule)
        elif not region.fact("document") and not (region.parent and region.parent.language in _ABOVE):
            edit = _above(context, region, unit, finding.rule)
        if edit is not None:
            return edit
        if region.origin is not None:
            unit = region.origin.outer(region.origin.statement)
            region = region.origin.region
        else:
            start = region.map.offset(0)
            held = region.parent is not None and region.parent.language in (*_PROSE, *_ABOVE)
            unit = region.anchor if held and region.anchor else Span(start, start)
            if len(unit) and not unit.covers(finding.span):
                return None  # it stands elsewhere: in a recipe that `define` holds
            region = region.parent
    return None


def _command(finding: Finding) -> Command | None:
    """The finding's command, where the finding is about a place in it."""
    subject = finding.subject
    command = subject.install.command if isinstance(subject, Judged) else subject
    if isinstance(command, Command) and command.outer(command.span).covers(finding.span):
        return command
    return None


def _opener(region: Region) -> str:
    """What opens a comment that ends with its line, "" in a language without one."""
    forms = (form.lstrip("^") for form in languages.comments(region.language))
    return next((form for form in forms if " " not in form), "")


def _above(context: Context, region: Region, unit: Span, code: str) -> Edit | None:
    """A line of its own before the line of a region on which the unit begins."""
    opener, at = _opener(region), _inner(region.map, unit.start)
    if not opener or at is None or (region.parent is None and context.path.endswith(".json") and opener == "#"):
        return None
    if region.language == "makefile" and region.parent is not None:
        return None  # what `define` and `eval` make is written several times
    start = region.text.rfind("\n", 0, at) + 1
    lead = region.text[start:at]
    indent = lead[: len(lead) - len(lead.lstrip(" \t"))]
    if region.text.startswith(opener, start + len(indent)) or (not len(unit) and not lead.strip()):
        return None  # what the line begins is a text of its own, which the comment would be a part of
    outer = region.map.offset(start)
    before = context.text[context.lines.starts[context.lines.line_of(outer)] : outer]
    if region.parent is not None and (not start and before.strip()) and context.language != "notebook":
        return None  # it begins within a line of its host
    if lead.strip() and region.language in _SHELLS:
        return None
    if _continued(region.text, start) or not region.map.is_verbatim(Span(start, start)):
        return None
    if region.language == "makefile":
        indent = ""  # behind a tab it would be a line of the recipe
    new = region.written(f"{indent}{opener} pep668: ignore[{code}]\n")
    if new is None:
        return None
    if new.endswith("\n") and not before.strip():
        new += before  # of a text whose indentation its host takes away
    return Edit(Span(outer, outer), _with_line_ends(context, new))


def _continued(text: str, start: int) -> bool:
    return text[:start].rstrip("\r\n").endswith(("\\", "`", "^"))


def _in_prose(context: Context, region: Region, unit: Span, code: str) -> Edit | None:
    """Above a block of code that begins its line; behind the line of a command in a sentence."""
    line = context.lines.line_of(unit.start)
    whole = context.lines.line_span(line)
    begin = unit.start + len(context.text[unit.start : whole.end]) - len(context.text[unit.start : whole.end].lstrip())
    lead = context.text[whole.start : begin]
    comment = f"pep668: ignore[{code}]"
    comment = f"{{/* {comment} */}}" if context.path.endswith(".mdx") else f"<!-- {comment} -->"
    if lead.strip():
        ticks = context.text.count("`", whole.start, whole.end)
        if region.language in ("markdown", "html") and unit.end <= whole.end and ticks % 2 == 0:
            end = whole.start + len(context.lines.line_text(line).rstrip())
            return Edit(Span(end, end), f" {comment}")
        return None
    if not _BLOCK[region.language].match(context.text, begin) or (lead and comment.startswith("{")):
        return None
    if region.language == "restructuredtext":
        comment = f".. pep668: ignore[{code}]\n"
    elif region.language == "asciidoc":
        comment, lead = f"// pep668: ignore[{code}]", ""
    return Edit(Span(whole.start, whole.start), _with_line_ends(context, f"{lead}{comment}\n"))


def _inner(map: SourceMap, outer: int) -> int | None:
    """The offset in a region of a place in the document that stands there as written."""
    for segment in map.segments:
        if segment.verbatim and segment.outer.start <= outer <= segment.outer.end:
            return segment.inner.start + outer - segment.outer.start
    return None


def _with_line_ends(context: Context, text: str) -> str:
    return text.replace("\n", newline_of(context.text))
