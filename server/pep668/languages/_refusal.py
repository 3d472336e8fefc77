"""The shape of a refusal: which lines belong to it, and how sure its shape makes us.

pip prints an anchor, a message, the marker's free text, a note and a hint; uv one sentence and the marker's text.
Any of it may be cut off, prefixed by whatever passed it on, or stand in a string literal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from . import _prefix
from ._terminal import Line

# Either ends its line (rich puts a border or a place behind it), or the string of a record that holds one line.
_END = r"(?:\s*(?:\s[│┃║|]\s*|\s\s[\w.-]{1,80}\.py:\d+\s*)?$|(?=\"(?:\s*[,}\]]|\s[\w.]+=|\s*$)))"
ANCHOR = re.compile(rf"error: externally-managed-environment{_END}")
MESSAGE = re.compile(rf"This environment is externally managed{_END}")
NOTE = re.compile(r"note: If you believe this is a mistake, please contact")
HINT = re.compile(r"hint: See PEP 668 for the detailed specification\.")
EXCEPTION = re.compile(r"<ExternallyManagedEnvironment: externally-managed-environment>\s*$")
UV = re.compile(
    r"error\s?:\s{1,40}The\s{1,40}interpreter\s{1,40}at\s{1,40}`?(?P<prefix>[^`\n]{1,1000}?)`?\s{1,40}is\s{1,40}externally\s{1,40}managed"
    r"(?P<rest>,?\s{1,40}and\s{1,40}(?:indicates\s{1,40}the\s{1,40}following:|cannot\s{1,40}be\s{1,40}modified))?"
)
UV_START = re.compile(r"error\s?:\s{1,40}The\b(?!.*error\s?:\s{1,40}The\b)")
DEFAULT_TEXT = re.compile(r"The Python environment under (?P<prefix>\S.{0,500}?) is managed externally")
README = re.compile(r"/usr/share/doc/python(?P<version>3\.\d+)/README\.venv")
UV_USING = re.compile(r"Using (?:C?Python|PyPy) (?P<version>3\.\d+)\S* (?:environment at|interpreter at)")
_TRACE_FILE = re.compile(r"/commands/(?P<operation>install|uninstall)\.py\"")
_GLYPH = re.compile(r"(?:×|Ã.?|[^\w\s\"'|>:#$%)\]-]{1,3})\s+$")  # also where its encoding was lost


class Strength(IntEnum):
    """How much of a refusal's shape is there."""

    BARE = 1  # one line
    PART = 2  # two or more of its lines, or one that nothing else prints
    FULL = 3


# --- a refusal as it comes in -------------------------------------------------------------------

_MESSAGE_WITHIN = 8  # raw lines between anchor and message
_BODY = 400  # raw lines of free text
_TRACE = 120  # raw lines of a traceback
_LOOK = 1200  # characters of a line in which uv's sentence stands


@dataclass(slots=True)
class Block:
    """A refusal while its lines arrive."""

    tool: str
    start: int
    end: int
    prefix: str
    escaped: bool
    line: int
    lead: str = ""  # what stands before the string literal that holds it
    repeated: bool = False  # other lines have the prefix as well, with any numbers
    steady: bool = False  # with the same numbers: they count no lines
    concatenated: bool = False  # a string of a program: nothing but its end follows it in its line
    anchor: bool = False
    message: bool = False
    glyph: bool = False
    note: bool = False
    hint: bool = False
    exception: bool = False
    traced: bool = False
    uv_whole: bool = False  # uv's sentence in the form that has no body
    uv_body: bool = False
    stated: str | None = None
    python: str | None = None
    operation: str = ""
    closed: bool = False
    text: list[str] = field(default_factory=list)

    @property
    def strength(self) -> Strength:
        if self.tool == "uv":
            return Strength.FULL if self.uv_body else Strength.PART if self.uv_whole else Strength.BARE
        if (self.anchor and self.message) or self.traced:
            return Strength.FULL
        if (self.message and (self.glyph or self.hint)) or self.exception or (self.note and self.hint):
            return Strength.PART
        return Strength.BARE

    @property
    def form(self) -> str:
        if self.tool == "uv":
            return "uv"
        if self.exception and not (self.anchor or self.message):
            return "pip-log-file"
        if not (self.anchor and self.message and (self.note or self.hint)):
            return "pip-truncated"
        if self.escaped:
            return "pip-escaped"
        return "pip-unicode" if self.glyph else "pip-ascii"

    @property
    def drawn(self) -> bool:
        """Whether a progress display drew it, which draws it again and shows it all in the end."""
        return bool(_prefix.DRAWN.match(self.prefix[-_prefix.LONGEST :]))

    def restates(self, last: Block, between: Sequence[str]) -> bool:
        """Whether this is another form of the refusal before it, with these lines between the two."""
        if self.tool != last.tool:
            return False
        if last.drawn:
            return self.drawn
        if self.exception and not self.anchor and last.anchor:  # pip's log, and what it adds at -vvv
            return True
        mine, theirs = (b.anchor or b.message for b in (self, last))
        if theirs and not (mine or last.note or last.hint):  # its end, behind something that came between
            return True
        if self.escaped != last.escaped:  # a program that shows it and then the record of what it ran
            return self.escaped
        if not self.escaped:
            # the same in Ansible's YAML, and the steps' log in BuildKit's summary
            step = _prefix.shape(last.prefix)
            summary = any("> [" in raw or raw.startswith("------") for raw in between)
            return any(_prefix.RESULT.search(raw) for raw in between) or (
                summary and step.startswith("#0") and _prefix.shape(self.prefix) in (step[2:].strip(), "")
            )
        if self.line == last.line:
            return True
        members = [_prefix.MEMBER.match(b.prefix) for b in (self, last)]
        depth = min(len(m["indent"]) if m else 0 for m in members)
        if not depth:
            return False
        return all(len(raw) - len(raw.lstrip()) >= depth for raw in between)

    @property
    def shown(self) -> bool:
        """Whether its text is displayed: what passes lines on writes its prefix before each, a quotation opens once."""
        prefix = self.prefix[-_prefix.LONGEST :]
        if (
            _prefix.LISTED.match(prefix)
            or self.concatenated
            or (_prefix.NUMBERED.match(prefix) and not (self.steady and _prefix.TAG.match(prefix)))
        ):
            return True
        if self.escaped and any(p.match(self.lead) for p in (_prefix.NUMBERED, _prefix.LISTED, _prefix.CODE)):
            return True
        if self.escaped or not _prefix.QUOTED.match(prefix):
            return False
        return not self.repeated or prefix.rstrip().endswith(("'", '"', "`"))

    # --- lines

    def take(self, line: Line, number: int) -> bool:
        """Whether a line belongs to this refusal, which it is added to; `number` counts raw lines."""
        if (
            self.escaped
            and number == self.line
            and not self.message
            and self.prefix.strip() == line.text.strip() in ('"', "'")
        ):
            self.concatenated = True
        distance = number - self.line
        if self.tool == "uv":
            return self._take_uv(line, distance)
        if self.exception:
            return self._take_trace(line, distance)
        return self._take_pip(line, distance)

    def _add(self, line: Line, end: int | None = None) -> bool:
        self.end = max(self.end, line.end if end is None else line.end_offset(end))
        return True

    def _same(self, prefix: str, *, glyph: bool = False) -> bool:
        mine = _prefix.shape(self.prefix)
        if glyph:
            prefix = _GLYPH.sub("", prefix)
        theirs = _prefix.shape(prefix)
        if theirs == mine and mine.strip():
            self.repeated = True
            self.steady = self.steady or prefix.rstrip() == self.prefix.rstrip()
        if self.escaped and theirs.strip() in ("'", '"'):  # a string that goes on in another
            return True
        if theirs:
            return theirs == mine
        # Where only the first line has it, the others stand at its margin, at its end, or at the left.
        margin = len(self.prefix) - len(self.prefix.lstrip())
        return self.escaped or len(prefix) in (0, margin, len(self.prefix))

    def _rest(self, text: str) -> str:
        """A line without the prefix, where it has it."""
        if _prefix.RECORD.match(self.prefix):
            inner = self.inner(text)
            self.repeated = self.repeated or inner is not None
            return text if inner is None else inner
        return text[len(self.prefix) :] if self._same(text[: len(self.prefix)]) else text

    def inner(self, text: str) -> str | None:
        """What a line says behind the prefix, and within the string of a record; None where it has another."""
        return _prefix.inner(text, self.prefix)

    def _take_pip(self, line: Line, distance: int) -> bool:
        text = line.text
        if ANCHOR.search(text):
            self.closed = True
            return False
        found = MESSAGE.search(text)
        if found and not self.message and distance <= _MESSAGE_WITHIN:
            before = text[: found.start()]
            if self._same(before) or self._same(before, glyph=True):
                self.message = True
                self.glyph = not self._same(before) or before.rstrip().endswith("×")
                self.escaped = self.escaped or line.escaped
                return self._add(line)
        found = NOTE.search(text) or HINT.search(text)
        if found and distance <= _BODY:
            if found.group().startswith("hint"):
                self.hint = True
                return self._add(line, found.end())
            self.note = True
            return self._add(line)
        if self.hint:
            rest = self._rest(text)
            self.exception = rest.startswith("Exception information:")  # pip -vvv adds its traceback
            self.closed = bool(rest.strip()) and not self.exception
            return not self.closed
        if distance > _BODY or (not self.message and distance > _MESSAGE_WITHIN):
            self.closed = True
            return False
        if self.message:
            self._body(line)
        return self.message or not text.strip()

    def _body(self, line: Line) -> None:
        text = line.text
        indented = text[len(self.prefix.rstrip()) :].startswith(("    ", "╰", "│", "\\")) or "╰─>" in text
        if text.strip() and (indented or not self.glyph) and not self.note:
            self._add(line)
        if "README.venv" in text and self.python is None:
            found = README.search(text[:2000])
            self.python = found["version"] if found else None
        if self.stated is None and len(self.text) < 12:
            self.text.append(self._rest(text).strip()[:300])
            found = DEFAULT_TEXT.search(" ".join(self.text))
            self.stated = found["prefix"] if found else None

    def _take_trace(self, line: Line, distance: int) -> bool:
        """The traceback that pip writes to its log and, at -vvv, behind the message."""
        text = line.text
        if distance > _TRACE or (EXCEPTION.search(text) and "ERROR: " in text):
            self.closed = True
            return False
        found = _TRACE_FILE.search(text[:1000])
        if found:
            self.operation = found["operation"]
        if EXCEPTION.search(text):
            return self._add(line)
        rest = self._rest(text)
        if self.exception and (
            rest.startswith((" ", "Traceback (most", "Exception information:"))
            or " Traceback (most" in text
            or '  File "' in text
        ):
            self.traced = True
            return self._add(line)
        return False

    def _take_uv(self, line: Line, distance: int) -> bool:
        rest = self._rest(line.text)
        if self.escaped and line.text.startswith(('"', "'")):  # the end of a literal that held a line
            return distance <= _BODY
        if not rest.strip():
            return distance <= _BODY and not self.closed
        hint = rest.startswith(("hint:", "Consider creating a virtual environment"))
        if distance > _BODY or not (rest.startswith("  ") or hint):
            self.closed = True
            return False
        self.uv_body = True
        self._body_uv(rest)
        self._add(line)
        self.closed = hint
        return True

    def _body_uv(self, rest: str) -> None:
        found = README.search(rest[:2000])
        if found:
            self.python = found["version"]


def open_block(line: Line, number: int) -> Block | None:
    """The refusal of pip that begins at a line, wherever its head was cut off."""
    text = line.text
    for pattern, name in (
        (ANCHOR, "anchor"),
        (EXCEPTION, "exception"),
        (MESSAGE, "message"),
        (NOTE, "note"),
        (HINT, "hint"),
    ):
        found = pattern.search(text)
        if not found:
            continue
        start = found.start()
        prefix = text[:start]
        block = Block("pip", 0, 0, prefix, line.escaped or bool(_prefix.RECORD.match(prefix)), number)
        if name == "message":
            bare = _GLYPH.sub("", prefix)
            block.glyph, block.prefix, start = bare != prefix, bare, len(bare)
        elif name == "exception":
            start = max(prefix.rfind("ERROR: "), prefix.rfind("pip._internal.exceptions."), 0)
            block.prefix = prefix[:start]
        setattr(block, name, True)
        block.start = line.offset(start) if start < len(text) else line.offset(0)
        block.end = line.end_offset(found.end() if name == "hint" else len(text.rstrip()))
        return block
    return None


def open_uv(lines: list[tuple[Line, int]]) -> Block | None:
    """uv's refusal, which may be wrapped over the last lines; the last of them holds the word `externally`."""
    at = len(lines) - 1
    while (start := UV_START.search(lines[at][0].text[:_LOOK])) is None:
        at -= 1
        if at < 0:
            return None
    first, number = lines[at]
    begin = start.start()
    prefix = first.text[:begin]
    block = Block("uv", 0, 0, prefix, first.escaped or bool(_prefix.RECORD.match(prefix)), number)
    texts = [_prefix.BORDER.sub("", line.text[:_LOOK]).rstrip() for line, _ in lines[at:]]
    inner = [block.inner(t) for t in texts]
    if prefix.strip() and len(texts) > 1 and inner[-1] is not None:  # each line has it; others came between
        texts = [t for t in inner if t is not None]
    else:
        texts[0] = texts[0][begin:]
    text = " ".join(texts)
    match = UV.match(text)
    if match is None:
        return None
    block.start = first.offset(begin)
    block.end = lines[-1][0].end
    block.stated = re.sub(r"\s+", " ", match["prefix"]).strip()
    block.uv_whole = (match["rest"] or "").endswith("modified")
    return block
