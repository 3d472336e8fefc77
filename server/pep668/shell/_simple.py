"""Reads simple commands: their words, assignments and redirects, and the heredocs behind them."""

from __future__ import annotations

import re

from pep668.model import Expansion

from ._raw import Core, Raw, RawAssignment, RawRedirect, RawWord, join_parts
from ._words import WordReader

BLANK = re.compile(r"(?:[ \t]|\\\r?\n|\r(?=\n|\Z))+")
_EMPTY_LINE = re.compile(r"[ \t\r]*(?:#[^\n]*)?")
DECLARE = frozenset(("export", "declare", "local", "readonly", "typeset"))
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[(?:[^\]\n\"']|\"[^\"\n]*\"|'[^'\n]*'){0,100}\])?(\+)?=")
REDIRECT = re.compile(r"(?:\d+|\{\w+\})?(?:&>>|&>|<<<|<<-|<<|<>|<&|>&|>>|>\||<|>)|&>>|&>")
_NO_ARGUMENTS = re.compile(r"[ \t]*\([ \t]*\)")
_BRACE_LIST = re.compile(r"\{([^{}]*,[^{}]*|-?\d{1,4}\.\.-?\d{1,4}|[A-Za-z]\.\.[A-Za-z])\}")


class _Heredoc:
    __slots__ = ("delimiter", "index", "redirects", "tabs")

    def __init__(self, redirects: list[RawRedirect], index: int, delimiter: str, tabs: bool) -> None:
        self.redirects = redirects
        self.index = index
        self.delimiter = delimiter
        self.tabs = tabs


class SimpleReader(WordReader):
    """Reads one simple command at a time into `out`."""

    def _function(self, name: str, key: int) -> None:
        raise NotImplementedError

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.out: list[Raw] = []
        self.heredocs: list[_Heredoc] = []
        self.operator = ""
        self.last = 0  # behind the last character that belongs to a command
        self.statement = [0, 0]

    def mark(self) -> object:
        return len(self.out), len(self.heredocs)

    def reset(self, mark: object) -> None:
        assert isinstance(mark, tuple)
        del self.out[mark[0] :]
        del self.heredocs[mark[1] :]

    def _skip(self) -> bool:
        """Goes over blanks, comments and line ends; whether a line begins here."""
        text, end = self.text, self.end
        fresh = self.pos == 0 or text[self.pos - 1] == "\n"
        while True:
            found = _EMPTY_LINE.match(text, self.pos, end)
            pos = found.end() if found else self.pos
            if pos >= end:
                self.pos = end
                return fresh
            if text[pos] == "\n":
                self.pos = pos
                self._newline()
                fresh = True
            elif text[pos] == "\\" and (found := BLANK.match(text, pos, end)):
                self.pos = found.end()
            else:
                self.pos = pos
                return fresh

    def _blanks(self) -> str:
        """Goes over blanks and continuations; the character there, "" at the end."""
        if self.pos >= self.end:
            return ""
        char = self.text[self.pos]
        if char not in " \t\\\r":
            return char
        found = BLANK.match(self.text, self.pos, self.end)
        if found:
            self.pos = found.end()
        return self.text[self.pos] if self.pos < self.end else ""

    def _newline(self) -> None:
        self.pos += 1
        if self.heredocs:
            pending, self.heredocs = self.heredocs, []
            for heredoc in pending:
                self._body(heredoc)

    def _body(self, heredoc: _Heredoc) -> None:
        text, start, end = self.text, self.pos, self.end
        line, stop, after = start, end, end
        while line < end:
            if heredoc.delimiter:
                at = text.find(heredoc.delimiter, line, end)
                if at < 0:
                    break
                line = text.rfind("\n", start, at) + 1 or start
            line_end = text.find("\n", line, end)
            line_end = end if line_end < 0 else line_end
            content = text[line:line_end].rstrip("\r")
            if (content.lstrip("\t") if heredoc.tabs else content) == heredoc.delimiter:
                stop, after = line, min(line_end + 1, end)
                break
            line = line_end + 1
        if after == end:
            self.taint += 1
        operator, target, at, behind, _ = heredoc.redirects[heredoc.index]
        heredoc.redirects[heredoc.index] = (operator, target, at, behind, (start, stop))
        self.pos = after

    def _emit(self, core: Core, at: int) -> None:
        core.statement = self.statement
        raw = Raw(core, 0, self.scope)
        if at == len(self.out):
            self.out.append(raw)
        else:
            self.out.insert(at, raw)
        self.last = core.end

    def _simple(self) -> None:
        text, end = self.text, self.end
        start, at, operator = self.pos, len(self.out), self.operator
        words: list[RawWord] = []
        assigns: list[RawAssignment] = []
        redirects: list[RawRedirect] = []
        declares = exports = False
        last = start
        while True:
            char = self._blanks()
            if not char or char in "\n;|)#":
                break
            pos = self.pos
            redirect = REDIRECT.match(text, pos, end) if char in "<>&0123456789{" else None
            if redirect and not (redirect[0] in "<>" and text.startswith("(", redirect.end())):
                self._redirect(redirect, redirects)
                last = self.pos
                continue
            if char == "&":
                break
            if char == "(":
                found = _NO_ARGUMENTS.match(text, pos, end)
                if found and len(words) == 1 and not assigns:
                    self.pos = found.end()
                    self._function("".join(p for p in words[0][0] if isinstance(p, str)), start)
                    return
                break
            if declares or not words:
                assignment = _ASSIGNMENT.match(text, pos, end)
                if assignment:
                    assigned = self._assignment(assignment, exports)
                    assigns.append(assigned)
                    if declares:
                        name, value = text[pos : assignment.end()], assigned[1]
                        words.append((join_parts([name, *value[0]]), pos, self.pos, value[3]))
                    last = self.pos
                    continue
            word = self.word()
            if self.pos == pos:
                break
            last = self.pos
            if not words and len(word[0]) == 1 and word[0][0] in DECLARE:
                declares, exports = True, word[0][0] == "export"
            elif declares and not exports and word[0][0] in ("-x", "-gx", "-xg", "-rx", "-xr"):
                exports = True
            literal = word[0][0]
            if not word[3] and isinstance(literal, str) and "{" in literal and len(word[0]) == 1:
                words += [((expanded,), word[1], word[2], False) for expanded in _braces(literal)]
            else:
                words.append(word)
        self.last = last
        if words or assigns or redirects:
            core = Core(words, start, last, text[start:last], operator)
            core.assigns, core.redirects = assigns, redirects
            self._emit(core, at)

    def _assignment(self, found: re.Match[str], exported: bool) -> RawAssignment:
        start = self.pos
        self.pos = found.end()
        value = self._array() if self.text.startswith("(", self.pos, self.end) else self.word()
        return found[1], value, start, self.pos, exported, bool(found[2])

    def _array(self) -> RawWord:
        """The items between parentheses as one word, separated by blanks."""
        start = self.pos
        self.pos += 1
        parts: list[str | Expansion] = []
        while True:
            self._skip()
            before = self.pos
            if before >= self.end or self.text[before] == ")":
                break
            item = self.word()
            if self.pos == before:
                self.taint += 1
                break
            if parts:
                parts.append(" ")
            if any(isinstance(p, str) and (" " in p or not p) for p in item[0]):
                parts.append(Expansion())  # one item, which would be read as several
            else:
                parts += item[0]
        if self.pos < self.end and self.text[self.pos] == ")":
            self.pos += 1
        else:
            self.taint += 1
        return join_parts(parts), start, self.pos, False

    def _redirect(self, found: re.Match[str], redirects: list[RawRedirect]) -> None:
        start, operator = self.pos, found[0].lstrip("0123456789")
        if operator.startswith("{"):
            operator = operator.partition("}")[2]
        self.pos = found.end()
        self._blanks()
        target = self.word()
        if operator in ("<<", "<<-"):
            if target[3]:
                delimiter = "".join(p for p in target[0] if isinstance(p, str))
            else:
                delimiter = self.text[target[1] : target[2]].replace("\\", "")
            if target[1] < target[2]:
                self.heredocs.append(_Heredoc(redirects, len(redirects), delimiter, operator == "<<-"))
        redirects.append((operator, target, start, self.pos, None))


def _braces(word: str) -> list[str]:
    """What `a{b,c}` expands to; the word itself where that would be very many."""
    words = [word]
    for _ in range(4):
        expanded: list[str] = []
        for each in words:
            found = _BRACE_LIST.search(each)
            expanded += [each[: found.start()] + i + each[found.end() :] for i in _items(found[1])] if found else [each]
        if len(expanded) > 64:
            return words
        if expanded == words:
            break
        words = expanded
    return words


def _items(text: str) -> list[str]:
    if "," in text:
        return text.split(",")
    first, _, last = text.partition("..")
    if first.lstrip("-").isdigit():
        low, high = int(first), int(last)
        return [str(n) for n in range(low, high + 1)] if 0 <= high - low < 64 else ["{" + text + "}"]
    return [chr(c) for c in range(ord(first), ord(last) + 1)] if first <= last else ["{" + text + "}"]
