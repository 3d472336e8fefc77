"""Reads one word of a shell text: quotes, escapes, expansions and the commands inside substitutions."""

from __future__ import annotations

import re

from pep668.model import Expansion, Scope, ScopeKind

from ._ansi import decode_ansi
from ._raw import RawWord, join_parts

MAX_DEPTH = 36  # of nesting; what is deeper is read flat, so that no text can exhaust the stack
_MAX_RECOVERIES = 3  # rereads after a quote without end; keeps the time linear
_ARITHMETIC_LIMIT = 400

ENDS_WORD = frozenset(" \t\r\n;|&()<>")
_UNKNOWN = Expansion()
_FOLDER = Expansion("PWD")  # what `$(pwd)` is as well
_PWD = re.compile(r"[ \t]*pwd[ \t]*\)")
_PARENTHESIS = frozenset((")",))

_CHUNK = re.compile(r"[^ \t\r\n'\"`\\$*?\[|&;()<>]+")
_DOUBLE = re.compile(r'[^"\\$`]+')
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-])")
_PARAMETER = re.compile(
    r"\$\{[=~^]?([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?!$-])(\[[@*]\])?(?::?[-=]([^\[\]{}\"'`$\\*?~\n]*))?\}"
)
_QUOTED_DEFAULT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=](?:\"([^\"`$\\\n]*)\"|'([^'\n]*)'))\}")
_IN_BRACES = re.compile(r"[^}\"'`$\\\n]+")
_BRACKETS = re.compile(
    r"\[(?:[!^][^\[\]\s'\"$`\\]{0,40}|(?:\d-\d|a-z|A-Z|a-f|A-F|[A-Za-z]-[A-Za-z](?=\]))[\w.-]{0,40}|\d{1,9}|\[:\w{1,12}:\])\]",
    re.ASCII,
)
_ANSI_END = re.compile(r"['\\]")
_TICK = re.compile(r"[`\\]")
_PARENTHESES = re.compile(r"[()]")
_SUBSTITUTION = re.compile(r"\$\(|`|\$\{")


class WordReader:
    """A position in a text, and how words are read there. `Parser` adds commands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.end = len(text)
        self.depth = 0
        self.ticks = 0  # nesting of backticks
        # Grows when what was read depends on more than its own characters: such statements are not remembered.
        self.taint = 0
        self.recoveries = 0
        self.scope: tuple[Scope, ...] = ()

    # --- what `Parser` provides ---

    def commands(self, closers: frozenset[str]) -> str:
        raise NotImplementedError

    def mark(self) -> object:
        raise NotImplementedError

    def reset(self, mark: object) -> None:
        raise NotImplementedError

    def _too_deep(self) -> bool:
        if self.depth < MAX_DEPTH:
            return False
        self.taint += 1
        return True

    # --- words ---

    def word(self) -> RawWord:
        """The word at the position; an empty span where none begins."""
        text, start, end = self.text, self.pos, self.end
        found = _CHUNK.match(text, start, end)
        if found:
            after = found.end()
            if after == end or text[after] in " \t\n;|&)":
                self.pos = after
                return (found[0],), start, after, False
        parts: list[str | Expansion] = []
        quoted = False
        while self.pos < end:
            pos = self.pos
            found = _CHUNK.match(text, pos, end)
            if found:
                parts.append(found[0])
                self.pos = pos = found.end()
                if pos == end:
                    break
            char = text[pos]
            if char == "'":
                quoted = True
                self._single(parts)
            elif char == '"':
                quoted = True
                self.double_quoted(parts)
            elif char == "\\":
                self._escape(parts)
            elif char == "$":
                following = text[pos + 1 : pos + 2]
                if following == "'" and pos + 1 < end:
                    quoted = True
                    self._ansi_quoted(parts)
                elif following == '"' and pos + 1 < end:
                    quoted = True
                    self.pos += 1
                    self.double_quoted(parts)
                else:
                    self.dollar(parts, quoted=False)
            elif char == "`":
                self.backticks(parts)
            elif char in "*?":
                parts.append(_UNKNOWN)
                self.pos += 1
            elif char == "[":
                brackets = _BRACKETS.match(text, pos, end)
                parts.append(_UNKNOWN if brackets else "[")
                self.pos = brackets.end() if brackets else pos + 1
            elif char in "<>":
                if text[pos + 1 : pos + 2] != "(" or pos + 1 >= end or self._too_deep():
                    break
                self._substitution(2)
                parts.append(_UNKNOWN)
            elif char == "(":
                if pos == start or text[pos - 1] not in "?*+@!" or not self._extended_glob():
                    break
                parts.append(_UNKNOWN)
            elif char == "\r" and pos + 1 < end and text[pos + 1] != "\n":
                parts.append(char)
                self.pos += 1
            else:
                break
        return join_parts(parts), start, self.pos, quoted

    def _line_end(self, pos: int) -> int:
        """Where the line of a quote without end stops."""
        self.taint += 1
        line_end = self.text.find("\n", pos, self.end)
        line_end = self.end if line_end < 0 else line_end
        return line_end - 1 if line_end > pos and self.text[line_end - 1] == "\r" else line_end

    def _single(self, parts: list[str | Expansion]) -> None:
        start = self.pos + 1
        close = self.text.find("'", start, self.end)
        if close < 0:
            self.pos = close = max(start, self._line_end(start))
        else:
            self.pos = close + 1
        parts.append(self.text[start:close])

    def _ansi_quoted(self, parts: list[str | Expansion]) -> None:
        start = pos = self.pos + 2
        close = -1
        while found := _ANSI_END.search(self.text, pos, self.end):
            if found[0] == "'":
                close = found.start()
                break
            pos = found.end() + 1
        if close < 0:
            self.pos = close = max(start, self._line_end(start))
        else:
            self.pos = close + 1
        parts.append(decode_ansi(self.text[start:close]))

    def _escape(self, parts: list[str | Expansion]) -> None:
        text, after = self.text, self.pos + 1
        if after >= self.end:
            self.pos = self.end
            parts.append("\\")
        elif text[after] == "\n":
            self.pos = after + 1
        elif text[after] == "\r" and text[after + 1 : after + 2] == "\n":
            self.pos = min(after + 2, self.end)
        elif text[after] == "`" and self.ticks:
            self.backticks(parts)
        else:
            parts.append(text[after])
            self.pos = after + 1

    def double_quoted(self, parts: list[str | Expansion]) -> None:
        """Reads from `"` to its end; where it has none, to the end of the line."""
        text, end = self.text, self.end
        start = self.pos = self.pos + 1
        mark = self.mark()
        mine: list[str | Expansion] = []
        while self.pos < end:
            pos = self.pos
            found = _DOUBLE.match(text, pos, end)
            if found:
                mine.append(found[0])
                self.pos = pos = found.end()
                if pos == end:
                    break
            char = text[pos]
            if char == '"':
                self.pos += 1
                parts += mine
                return
            if char == "\\":
                following = text[pos + 1 : pos + 2]
                if following == "\n":
                    self.pos += 2
                elif following == "\r" and text[pos + 2 : pos + 3] == "\n":
                    self.pos += 3
                elif following == "`" and self.ticks:
                    self.backticks(mine)
                elif following and following in '$`"\\':
                    mine.append(following)
                    self.pos += 2
                else:
                    mine.append(char)
                    self.pos += 1
            elif char == "$":
                self.dollar(mine, quoted=True)
            else:
                self.backticks(mine)
        self.pos = min(self.pos, end)
        self.taint += 1
        if self.recoveries < _MAX_RECOVERIES:
            self.recoveries += 1
            self.reset(mark)
            self.pos = max(start, self._line_end(start))
            mine = [text[start : self.pos]]
        parts += mine

    # --- expansions ---

    def dollar(self, parts: list[str | Expansion], *, quoted: bool) -> None:
        """Reads what begins with `$`."""
        text, pos, end = self.text, self.pos, self.end
        variable = _VARIABLE.match(text, pos, end)
        if variable:
            parts.append(Expansion(variable[1]))
            self.pos = variable.end()
            return
        following = text[pos + 1 : pos + 2] if pos + 1 < end else ""
        if following == "{":
            known = _PARAMETER.match(text, pos, end)
            if known:
                parts.append(Expansion(known[1] + (known[2] or ""), known[3]))
                self.pos = known.end()
                return
            known = _QUOTED_DEFAULT.match(text, pos, end)
            if known:
                parts.append(Expansion(known[1], known[2] if known[2] is not None else known[3]))
                self.pos = known.end()
                return
            self._braces(quoted=quoted)
            parts.append(_UNKNOWN)
        elif following == "(" and not self._too_deep():
            if text.startswith("$((", pos) and self.arithmetic(pos + 1):
                parts.append(_UNKNOWN)
                return
            parts.append(_FOLDER if _PWD.match(text, pos + 2, end) else _UNKNOWN)
            self._substitution(2)
        elif following == "(":
            parts.append(_UNKNOWN)
            self.pos = pos + 2
        else:
            parts.append("$")
            self.pos = pos + 1

    def _braces(self, *, quoted: bool) -> None:
        """Reads `${...}` of any form; without end, to the end of the line."""
        text, end = self.text, self.end
        self.pos += 2
        ignored: list[str | Expansion] = []
        self.depth += 1
        while self.pos < end:
            found = _IN_BRACES.match(text, self.pos, end)
            if found:
                self.pos = found.end()
                if self.pos == end:
                    break
            char = text[self.pos]
            if char == "}":
                self.pos += 1
                self.depth -= 1
                return
            if char == "\n":
                break
            if char == "\\":
                self.pos = min(self.pos + 2, end)
            elif char == "'" and quoted:
                self.pos += 1
            elif char == "'":
                self._single(ignored)
            elif char == '"':
                if self._too_deep():
                    self.pos += 1
                else:
                    self.double_quoted(ignored)
            elif char == "$":
                if self._too_deep():
                    self.pos += 1
                else:
                    self.dollar(ignored, quoted=quoted)
            else:
                self.backticks(ignored)
        self.taint += 1
        self.depth -= 1

    def arithmetic(self, pos: int) -> bool:
        """Whether `((` at `pos` is arithmetic; if so, reads it, and the commands substituted in it."""
        depth = 0
        for found in _PARENTHESES.finditer(self.text, pos, min(self.end, pos + _ARITHMETIC_LIMIT)):
            if found[0] == "(":
                depth += 1
                continue
            depth -= 1
            if depth == 1:
                close = found.end()
                if self.text[close : close + 1] != ")" or close >= self.end:
                    return False
                break
        else:
            return False
        outer_end, self.end, self.pos = self.end, close - 1, pos + 2
        ignored: list[str | Expansion] = []
        while inner := _SUBSTITUTION.search(self.text, self.pos, self.end):
            self.pos = inner.start()
            if inner[0] == "`":
                self.backticks(ignored)
            else:
                self.dollar(ignored, quoted=True)
        self.end, self.pos = outer_end, close + 1
        return True

    def _substitution(self, opening: int) -> None:
        """Reads the commands of `$(`, `<(` and their like, whose opening has `opening` characters."""
        outer = self.scope
        self.scope = (*outer, Scope(ScopeKind.SUBSHELL, self.pos, "", self.pos))
        self.pos += opening
        self.depth += 1
        if self.commands(_PARENTHESIS):
            self.pos += 1
        else:
            self.taint += 1
        self.depth -= 1
        self.scope = outer

    def backticks(self, parts: list[str | Expansion]) -> None:
        """Reads a command in backticks, or in escaped ones inside backticks."""
        text, start = self.text, self.pos
        tick = "\\`" if text[start] == "\\" else "`"
        opening = pos = start + len(tick)
        close = -1
        while found := _TICK.search(text, pos, self.end):
            if text.startswith(tick, found.start()):
                close = found.start()
                break
            pos = found.start() + (2 if found[0] == "\\" else 1)
        parts.append(_FOLDER if text[opening:close].strip() == "pwd" else _UNKNOWN)
        after = close + len(tick)
        if close < 0 or close + len(tick) > self.end:
            close = after = max(opening, self._line_end(opening))
        if self._too_deep():
            self.pos = after
            return
        outer, outer_end = self.scope, self.end
        self.scope, self.end, self.pos = (*outer, Scope(ScopeKind.SUBSHELL, start, "", start)), close, opening
        self.depth += 1
        self.ticks += 1
        self.commands(frozenset())
        self.ticks -= 1
        self.depth -= 1
        self.scope, self.end, self.pos = outer, outer_end, after

    def _extended_glob(self) -> bool:
        """Reads the parentheses of `@(a|b)`; False where they do not end on this line."""
        depth = 0
        line_end = self.text.find("\n", self.pos, min(self.end, self.pos + _ARITHMETIC_LIMIT))
        limit = line_end if line_end >= 0 else min(self.end, self.pos + _ARITHMETIC_LIMIT)
        for found in _PARENTHESES.finditer(self.text, self.pos, limit):
            depth += 1 if found[0] == "(" else -1
            if depth == 0:
                self.pos = found.end()
                return True
        return False
