"""Commands that stand in output: traces, prompts, recipes, failed command lines.

What they ask for is not decided here: a command's text is handed on and parsed by the same engine as any other.
"""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from . import _prefix
from ._refusal import Block
from ._terminal import Screen

_LIMIT = 2000  # characters of a line that are looked at: command lines are shorter

# A cheap test, so that most lines are never looked at any closer.
_INSTALLER = re.compile(r"pip|\buv\b|poetry|conda|mamba|\bpdm\b", re.IGNORECASE)

# Runners that put their own words before the command that they run.
_LEAD = re.compile(
    r"(?P<trace>\++[ (\[]*(?:[^\s+]{0,200}[:>)\]]\s+)?)"
    r"|(?:#\d+\s+)?(?:[\d.]+\s+)?(?:>\s+)?\[[^\]\n]{1,80}\]\s+RUN\s+"
    r"|(?:Step \d+/\d+ : |STEP \d+(?:/\d+)?: |INFO\[\d+\]\s+)RUN\s+"
    r"|(?:##\[group\]|::group::)?Run\s+"
    r"|\[command\]"
    r"|(?:[\w.-]{1,64}:\s+)?(?:exit \d+ \([\d.]+ seconds?\) \S{1,200}|commands(?:_pre|_post)?\[\d+\]|\w{1,40})>\s+"
    r"|npm (?:ERR!|error|verb\w*)\s+command\s+"
    r"|(?P<prompt>(?:[\w.-]{1,64}@[\w.-]{1,64}[:\s][^$#%>\n]{0,200}|\([\w.-]{1,64}\)\s*|[\w.-]{1,64}\s)?[$#%>❯➜]\s+)"
    r"|(?i:running(?: command)?|executing|exec|cmd|command|subprocess|\$ command)\s*:\s+",
)
# A command behind words that nobody knows (a trace with another PS4, a tool's own mark) or that announce it.
_PROGRAM = r"(?:(?:sudo|env|exec|time)\s+)?(?:/\S{1,200}/)?(?:pip[\d.]*|python[\d.]*|uv|pipenv|poetry)\s.{1,1500}"
_MARKED = re.compile(rf"(?:[^\w\s\"'`,.:]|[\d)\]]:)\s+(?P<text>{_PROGRAM})")
_ANNOUNCED = re.compile(
    r"\b(?:(?i:ran|running|commands?|cmd|execut(?:ing|ed)|failed|name|output of):?|(?i:run):|Run Main|RUN)\s+"
    rf"(?P<q>['\"`(\[]?)(?P<text>{_PROGRAM})"
)
_PUT_BEHIND = re.compile(r"\s+(?:exit status \d+|exited .*|failed\b.*|returned .*|did not .*|-{3,})$")
_CELL = re.compile(r"(?:In \[\d*\]: )?\"?[!%](?P<text>[\w./].{1,1500}?)(?:\\n)?\"?,?$")
_SHELL = re.compile(r"(?:/bin/)?(?:ba|da|z)?sh -(?:e|o pipefail|c| )*c ")
_CLOSED = (
    re.compile(r"(?P<q>['\"])(?P<text>(?:/bin/)?(?:ba|da|z)?sh -\w*c .{1,1500}?)(?P=q) (?:returned|did not complete)"),
    re.compile(r"[Cc]ommand (?P<q>['\"])(?P<text>(?!\[).{1,1500}?)(?P=q) (?:returned|died|failed|timed)"),
    re.compile(r"(?P<q>['\"`])(?P<text>[\w./].{1,1500}?)(?P=q) (?:returned|failed|exited) "),
    re.compile(r"\w: `(?P<text>[\w./][^`]{1,1500})`$"),
    re.compile(r"Command (?P<text>\S.{1,1500}?) (?:failed with exit|returned non-zero|exited with)"),
)
_CMD_STRING = re.compile(r"[\"']cmd[\"']: (?P<string>\"(?:[^\"\\]|\\.){1,1500}\"|'(?:[^'\\]|\\.){1,1500}')")
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_ITEM = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
_LIST = re.compile(rf"(?P<list>\[\s*(?:{_QUOTED})(?:(?:,\s*|\s+)(?:{_QUOTED})){{1,200}}\s*\])")
_OSC_COMMAND = re.compile(r"\x1b\]633;E;([^;\x07\x1b]{1,2000})")
_OSC_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\\\")


@dataclass(frozen=True, slots=True)
class Echo:
    """A command as output shows it.

    `typed`: by a prompt or a trace, so that what follows is its output. `afterwards`: it may stand
    behind its output (a failed command line, a notebook's source). `plain`: the line is the command.
    """

    text: str
    typed: bool = False
    afterwards: bool = False
    plain: bool = False


def echoes(line: str) -> list[Echo]:
    """The commands that a visible line may show, the surest reading first."""
    line = line[:_LIMIT].strip()
    found: list[Echo] = []
    lead = _LEAD.match(line)
    if lead:
        text = line[lead.end() :].strip()
        shell = _SHELL.match(text)
        if shell and not text[shell.end() :].startswith(("'", '"')):
            text = text[shell.end() :]
        text = re.sub(r" pid=\d+$|:$", "", text)
        typed = lead["trace"] is not None or lead["prompt"] is not None
        found.append(Echo(text, typed=typed, afterwards=lead.group().startswith("npm")))
    if not _INSTALLER.search(line):
        return [e for e in found if e.text]
    for pattern in (_LIST, _CMD_STRING):
        match = pattern.search(line)
        if match:
            items = [_literal(m[1] if m[1] is not None else m[2]) for m in _ITEM.finditer(match[match.lastindex or 0])]
            text = items[0] if pattern is _CMD_STRING else shlex.join(items)
            found.insert(0, Echo(text, afterwards=True))
    for closed in _CLOSED:
        match = closed.search(line)
        if match:
            shell = _SHELL.match(match["text"])
            found.append(Echo(match["text"][shell.end() if shell else 0 :], afterwards=True))
            break
    cell = _CELL.match(line)
    if cell:
        found.append(Echo(cell["text"], afterwards=True))
    elif not lead:
        found.append(Echo(line, plain=True))
    announced = _ANNOUNCED.search(line)
    if announced:
        end = {"": "", "(": ")", "[": "]"}.get(announced["q"], announced["q"])
        text = announced["text"].partition(end)[0] if end else _PUT_BEHIND.sub("", announced["text"])
        found.append(Echo(text, afterwards=True))
    marked = _MARKED.search(line)
    if marked and (lead is None or marked.start("text") > lead.end()):
        found.append(Echo(marked["text"]))
    return [e for e in found if e.text]


_LIST_START = re.compile(r"\s*[\"']?cmd[\"']?:\s*(\[)?\s*$")
_LIST_ITEM = re.compile(r"\s*(?:- |\")(?P<item>[^\"]{0,500}?)\"?,?\s*$")


def listed(lines: Sequence[str]) -> Iterator[Echo]:
    """Commands whose words stand one a line, as Ansible prints them (JSON or YAML)."""
    for at, line in enumerate(lines):
        if not _LIST_START.match(line[:80]):
            continue
        items: list[str] = []
        for follower in lines[at + 1 : at + 60]:
            item = _LIST_ITEM.match(follower[:600])
            if not item:
                break
            items.append(_literal(item["item"]).strip("'"))
        if items:
            yield Echo(shlex.join(items), afterwards=True)


_GROUP = re.compile(r"(?:##\[group\]|::group::)Run\s+(?P<first>.*)$")
_GROUP_ENDS = re.compile(r"(?:shell|env|with):|##\[endgroup\]|::endgroup::")


def scripts(lines: Sequence[str]) -> Iterator[tuple[int, Echo]]:
    """The scripts that a GitHub step is announced with, each with the index of its last line."""
    for at, line in enumerate(lines):
        group = _GROUP.match(line[:_LIMIT])
        if not group:
            continue
        script: list[str] = []
        for follower in lines[at + 1 : at + 40]:
            if _GROUP_ENDS.match(follower):
                break
            script.append(follower[:_LIMIT])
        yield at + len(script), Echo("\n".join(script or [group["first"]]), typed=True)


def osc_command(raw: str) -> Echo | None:
    """The command line that shell integration announces (OSC 633 E)."""
    match = _OSC_COMMAND.search(raw)
    if not match:
        return None
    text = _OSC_ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else "\\", match[1])
    return Echo(text, typed=True)


def _literal(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text) if "\\" in text else text


_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_TIME = re.compile(rf"\ufeff?(?:\[?\d{{4}}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\]?|\[?{_CLOCK}\]?)\s")


def without_time(text: str) -> str:
    found = _TIME.match(text)
    return text[found.end() :] if found else text


@functools.lru_cache(maxsize=256)  # refusals stand close to each other at times, and all look at the lines before
def _shown(raw: str, escaped: bool, prefix: str) -> list[tuple[list[str], list[Echo]]]:
    """The visible lines of a raw line, each with its commands, the last first, with and without a prefix."""
    announced = osc_command(raw)
    found: list[tuple[list[str], list[Echo]]] = [([], [announced])] if announced else []
    for line in Screen().lines(raw, 0, unescape=escaped):
        inner = _prefix.inner(line.text, prefix) if prefix else None
        text = without_time(line.text if inner is None else inner)
        whole = echoes(without_time(line.text)) if inner is not None else []
        found.append(([text], (echoes(text) + whole)[::-1]))
    return found


def before(raws: Sequence[str], block: Block, is_install: Callable[[str], bool]) -> list[Echo]:
    """The commands that the lines before a refusal show, the last first."""
    found: list[tuple[int, Echo]] = []
    texts: list[str] = []
    for raw in raws:
        for text, shown in _shown(raw, block.escaped, block.prefix if block.prefix.strip() else ""):
            found += ((len(texts), e) for e in shown)
            texts += text
    found += scripts(texts)
    found.sort(key=lambda f: f[0])  # stable: a script after its last line
    found += ((len(texts), e) for e in listed(texts))
    return [_listing(found, at, is_install) for at in range(len(found) - 1, -1, -1)]


def _listing(found: list[tuple[int, Echo]], at: int, is_install: Callable[[str], bool]) -> Echo:
    """A plain command line with those right above it: had the first of them run well, it would have said so."""
    index, echo = found[at]
    lines = [echo.text]
    while echo.plain and at and found[at - 1][0] == index - 1 and found[at - 1][1].plain:
        at, index = at - 1, index - 1
        if not is_install(found[at][1].text):
            break
        lines.append(found[at][1].text)
    return replace(echo, text="\n".join(reversed(lines)))
