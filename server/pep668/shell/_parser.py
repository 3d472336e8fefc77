"""Reads the structure of a shell text: statements, compound commands, redirects, heredocs.

What it yields are `Raw`s, cheap and free of the place where they stand; `_build`
makes `Command`s of those that are wanted. A statement that was read once is
remembered by its text (see `Unit`), so that reading a text again after an edit
costs little more than a walk over its lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Expansion, Scope, ScopeKind
from . import _memory
from ._words import ENDS_WORD, RawRedirect, RawWord, WordReader, join_parts

# name, value, start, end, exported, append
RawAssignment = tuple[str, RawWord, int, int, bool, bool]

_PLAIN = re.compile(r"([\w./+:@%,\-]+)(?:[ \t][^\r\n'\"`\\$*?\[|&;()<>#{}]*)?")
_BLANK = re.compile(r"(?:[ \t]|\\\r?\n|\r(?=\n|\Z))+")
_EMPTY_LINE = re.compile(r"[ \t\r]*(?:#[^\n]*)?")
_COMMENT = re.compile(r"#[^\n]*")
_CLOSER = re.compile(r"(?:then|done|do|fi|elif|else|esac|\})(?![^ \t\r\n;|&()<>])|;;&|;;|;&|\)")
_CLOSER_STARTS = frozenset("tdfe};)")
_ESAC = re.compile(r"esac(?![^ \t\r\n;|&()<>])")
_IN = re.compile(r"in(?![^ \t\r\n;|&()<>])")
_DO = re.compile(r"do(?![^ \t\r\n;|&()<>])")
_KEYWORDS = frozenset(("if", "while", "until", "for", "select", "case", "function", "coproc", "time"))
_DECLARE = frozenset(("export", "declare", "local", "readonly", "typeset"))
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[(?:[^\]\n\"']|\"[^\"\n]*\"|'[^'\n]*'){0,100}\])?(\+)?=")
_REDIRECT = re.compile(r"(?:\d+|\{\w+\})?(?:&>>|&>|<<<|<<-|<<|<>|<&|>&|>>|>\||<|>)|&>>|&>")
_FUNCTION = re.compile(r"function[ \t]+([^\s(){}|&;<>'\"$`]+)[ \t]*(?:\([ \t]*\))?")
_NO_ARGUMENTS = re.compile(r"[ \t]*\([ \t]*\)")
_COMPOUND = re.compile(r"[({]|\[\[|(?:if|while|until|for|select|case)(?![^ \t\r\n;|&()<>])")
_COPROC_NAME = re.compile(r"[ \t]+[A-Za-z_]\w*(?=[ \t]+(?:[({]|\[\[|(?:if|while|until|for|select|case)\s))")
_BRACE_LIST = re.compile(r"\{([^{}]*,[^{}]*|-?\d{1,4}\.\.-?\d{1,4}|[A-Za-z]\.\.[A-Za-z])\}")

_IF = frozenset(("then", "elif", "else", "fi"))
_LOOP_TEST = frozenset(("do", "done"))
_LOOP_BODY = frozenset(("done",))
_GROUP = frozenset(("}",))
_SUBSHELL = frozenset((")",))
_ARM = frozenset((";;", ";&", ";;&", "esac"))


class Core:
    """A simple command as read, in the coordinates of the text in which it was first read."""

    __slots__ = ("assigns", "built", "end", "operator", "redirects", "source", "start", "statement", "traits", "words")

    def __init__(self, words: list[RawWord] | None, start: int, end: int, source: str, operator: str) -> None:
        self.words = words  # None: a plain line, whose words are what stands between the blanks of `source`
        self.assigns: Sequence[RawAssignment] = ()
        self.redirects: Sequence[RawRedirect] = ()
        self.start = start
        self.end = end
        self.source = source
        self.operator = operator
        self.statement: list[int] = [start, end]
        self.built: object = None  # filled by _build
        self.traits: object = None  # filled by _relevance


class Raw:
    """A `Core` in its place: `delta` leads to the coordinates of the unit that holds it, in which `scope` is."""

    __slots__ = ("core", "delta", "scope")

    def __init__(self, core: Core, delta: int, scope: tuple[Scope, ...]) -> None:
        self.core = core
        self.delta = delta
        self.scope = scope


class Unit:
    """A statement with the line ends behind it, which means the same wherever it stands.

    `base` is the offset, `last` the end of its last command and `depth` the number of scopes under which it was read.
    """

    __slots__ = ("base", "depth", "last", "raws", "text", "traits")

    def __init__(self, text: str, base: int, last: int, depth: int, raws: list[Raw]) -> None:
        self.text = text
        self.base = base
        self.last = last
        self.depth = depth
        self.raws = raws
        self.traits: object = None  # filled by _relevance


def shifted(scope: tuple[Scope, ...], by: int) -> tuple[Scope, ...]:
    if not by or not scope:
        return scope
    return tuple(Scope(s.kind, s.key + by, s.name, s.owner + by) for s in scope)


class _Heredoc:
    __slots__ = ("delimiter", "index", "redirects", "tabs")

    def __init__(self, redirects: list[RawRedirect], index: int, delimiter: str, tabs: bool) -> None:
        self.redirects = redirects
        self.index = index
        self.delimiter = delimiter
        self.tabs = tabs


class Parser(WordReader):
    """Reads a whole text; `units` is what stands at its top level, with the way each has moved."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.out: list[Raw] = []
        self.units: list[tuple[Unit, int]] = []
        self.expected: list[frozenset[str]] = []  # closers of the constructs around the position
        self.heredocs: list[_Heredoc] = []
        self.operator = ""
        self.last = 0  # behind the last character that belongs to a command
        self.statement = [0, 0]

    def read(self) -> list[tuple[Unit, int]]:
        while self.pos < self.end:
            self.commands(frozenset())
        return self.units

    def mark(self) -> object:
        return len(self.out), len(self.heredocs)

    def reset(self, mark: object) -> None:
        assert isinstance(mark, tuple)
        del self.out[mark[0] :]
        del self.heredocs[mark[1] :]

    # --- lists ---

    def commands(self, closers: frozenset[str]) -> str:
        """Reads statements up to a closer, which stays unread; "" at the end or at an outer construct's closer."""
        text = self.text
        self.expected.append(closers)
        result = ""
        while True:
            fresh = self._skip()
            pos = self.pos
            if pos >= self.end:
                break
            if text[pos] in _CLOSER_STARTS:
                found = _CLOSER.match(text, pos, self.end)
                if found:
                    if found[0] in closers:
                        result = found[0]
                        break
                    self.taint += 1
                    if self._closes_outer(found[0]):
                        break
                    self.pos = self.last = found.end()
                    continue
            self._unit(fresh)
            if self.pos == pos:
                self.pos += 1
        self.expected.pop()
        return result

    def _closes_outer(self, closer: str) -> bool:
        for expected in reversed(self.expected[:-1]):
            if closer in expected:
                return True
            if expected == _SUBSHELL and closer != ")":
                return False
        return False

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
            elif text[pos] == "\\" and (found := _BLANK.match(text, pos, end)):
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
        found = _BLANK.match(self.text, self.pos, self.end)
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

    # --- statements ---

    def _unit(self, fresh: bool) -> None:
        """Reads what stands on this line and the lines that continue it."""
        text, start = self.text, self.pos
        top = fresh and len(self.expected) == 1 and not self.depth
        lasting = fresh and not self.heredocs and not self.ticks
        if lasting and self._remembered(top):
            return
        at, taint, outer = len(self.out), self.taint, self.statement
        if fresh:
            self.statement = [start, start]
        self.operator = ""
        while True:
            before = self.pos
            self._and_or()
            char = self._blanks()
            if char == ";" and text[self.pos + 1 : self.pos + 2] not in (";", "&"):
                self.operator = ";"
            elif char == "&":
                self.operator = "&"
            else:
                break
            self.pos += 1
            char = self._blanks()
            if not char or char in "\n#" or (char in _CLOSER_STARTS and _CLOSER.match(text, self.pos, self.end)):
                break
            if self.pos == before:
                self.pos += 1
        if fresh:
            self.statement[1] = max(self.last, start)
        self.statement = outer
        if char == "#" and (comment := _COMMENT.match(text, self.pos, self.end)):
            self.pos = comment.end()
        raws = self.out[at:]
        if self.pos < self.end and text[self.pos] == "\n":
            self._newline()
            if lasting and taint == self.taint and self.pos - start <= _memory.LONGEST:
                unit = Unit(text[start : self.pos], start, self.last, len(self.scope), raws)
                _memory.keep(text[start : text.find("\n", start) + 1], unit)
        if len(self.expected) == 1 and not self.depth:
            self.units.append((Unit("", start, 0, 0, raws), 0))
            self.out.clear()

    def _remembered(self, top: bool) -> bool:
        """Takes the statement at the position from memory, where it is known."""
        text, pos = self.text, self.pos
        line_end = text.find("\n", pos, self.end)
        if line_end < 0 or line_end - pos > _memory.LONGEST:
            return False
        for unit in _memory.find(text[pos : line_end + 1]):
            size = len(unit.text)
            if pos + size <= self.end and (size == line_end + 1 - pos or text.startswith(unit.text, pos)):
                by = pos - unit.base
                if top:
                    self.units.append((unit, by))
                else:
                    scope, depth = self.scope, unit.depth
                    self.out += [
                        Raw(raw.core, raw.delta + by, scope + shifted(raw.scope[depth:], by)) for raw in unit.raws
                    ]
                self.pos = pos + size
                self.last = unit.last + by
                return True
        return False

    def _and_or(self) -> None:
        text, start, at, level = self.text, self.pos, len(self.out), len(self.scope)
        outer = self.scope
        self._pipeline()
        while self._blanks() in ("&", "|"):
            operator = text[self.pos : min(self.pos + 2, self.end)]
            if operator not in ("&&", "||"):
                break
            self.pos += 2
            self._skip()
            self.operator = operator
            self.scope = (*outer, Scope(ScopeKind.BRANCH, self.pos, operator, start))
            self._pipeline()
            self.scope = outer
        if self.pos < self.end and text[self.pos] == "&":
            self._surround(at, level, Scope(ScopeKind.SUBSHELL, start, "", start))

    def _surround(self, at: int, level: int, scope: Scope) -> None:
        """Puts what was read since `at` into `scope` at that level."""
        out = self.out
        for i in range(at, len(out)):
            raw = out[i]
            out[i] = Raw(raw.core, raw.delta, (*raw.scope[:level], scope, *raw.scope[level:]))

    def _pipeline(self) -> None:
        text, start, at, outer = self.text, self.pos, len(self.out), self.scope
        self._command()
        first = True
        while self._blanks() == "|" and text[self.pos + 1 : min(self.pos + 2, self.end)] != "|":
            if first:
                self._surround(at, len(outer), Scope(ScopeKind.SUBSHELL, start, "", start))
                first = False
            self.pos += 2 if text[self.pos + 1 : min(self.pos + 2, self.end)] == "&" else 1
            self._skip()
            self.operator = "|"
            self.scope = (*outer, Scope(ScopeKind.SUBSHELL, self.pos, "", self.pos))
            self._command()
            self.scope = outer

    # --- commands ---

    def _command(self) -> None:
        text, end = self.text, self.end
        char = self._blanks()
        while char == "!" and (self.pos + 1 >= end or text[self.pos + 1] in " \t\r\n"):
            self.pos += 1
            self.last = self.pos
            char = self._blanks()
        pos = self.pos
        found = _PLAIN.match(text, pos, end)
        if found:
            first, after = found[1], found.end()
            whole = found.end(1) == end or text[found.end(1)] in ENDS_WORD
            if whole and first in _KEYWORDS and self._keyword(first):
                return
            if after == end or text[after] in "\n;|)&\r#":
                char = text[after] if after < end else "\n"
                following = text[after + 1 : after + 2]
                if (
                    char in "\n;|)"
                    or (char == "&" and following != ">")
                    or (char == "\r" and following in ("\n", ""))
                    or (char == "#" and text[after - 1] in " \t")
                ) and not (first in _DECLARE and "=" in found[0]):
                    source = found[0].rstrip(" \t")
                    self._emit(Core(None, pos, pos + len(source), source, self.operator), len(self.out))
                    self.pos = after
                    return
        elif char == "(":
            if not self._too_deep() and text.startswith("((", pos) and self.arithmetic(pos):
                self._trailing()
            else:
                self.pos += 1
                self._inside((Scope(ScopeKind.SUBSHELL, pos, "", pos),), _SUBSHELL)
                self._trailing()
            return
        elif char == "{" and (pos + 1 >= end or text[pos + 1] in " \t\r\n"):
            self.pos += 1
            self._inside((), _GROUP)
            self._trailing()
            return
        elif char == "[" and text.startswith("[[", pos) and (pos + 2 >= end or text[pos + 2] in " \t\r\n"):
            self._test()
            self._trailing()
            return
        self._simple()

    def _emit(self, core: Core, at: int) -> None:
        core.statement = self.statement
        raw = Raw(core, 0, self.scope)
        if at == len(self.out):
            self.out.append(raw)
        else:
            self.out.insert(at, raw)
        self.last = core.end

    def _inside(self, scope: tuple[Scope, ...], closers: frozenset[str]) -> str:
        """Reads the inside of a construct and its closer, which is returned."""
        if self._too_deep():
            return ""
        outer = self.scope
        self.scope = outer + scope
        self.depth += 1
        closer = self.commands(closers)
        self.depth -= 1
        self.scope = outer
        self.pos += len(closer)
        if closer:
            self.last = self.pos
        return closer

    def _trailing(self) -> None:
        """Reads the redirects behind a compound command."""
        self.last = max(self.last, self.pos)
        while self._blanks() and (found := _REDIRECT.match(self.text, self.pos, self.end)):
            self._redirect(found, [])
            self.last = self.pos

    def _keyword(self, word: str) -> bool:
        """Reads the compound command that `word` begins; False where it begins none."""
        owner = self.pos
        if word == "function":
            return self._function_keyword()
        if word == "time":
            after = self.pos + len(word)
            blank = _BLANK.match(self.text, after, self.end)
            if not blank or not _COMPOUND.match(self.text, blank.end(), self.end):
                return False
            self.pos = blank.end()
            self._command()
            return True
        self.pos = self.last = owner + len(word)
        if word == "coproc":
            self._coproc(owner)
            return True
        if word == "if":
            self._if(owner)
        elif word == "case":
            self._case(owner)
        elif word in ("for", "select"):
            self._for(owner)
        else:
            closer = self._inside((Scope(ScopeKind.CONDITION, owner, "", owner),), _LOOP_TEST)
            if closer == "do":
                self._inside((Scope(ScopeKind.LOOP, owner, "", owner),), _LOOP_BODY)
        self._trailing()
        return True

    def _if(self, owner: int) -> None:
        kind, name, closers, key = ScopeKind.CONDITION, "", _IF, owner
        while True:
            closer = self._inside((Scope(kind, key, name, owner),), closers)
            if closer in ("", "fi"):
                return
            key = self.pos - len(closer)
            kind, name = (ScopeKind.CONDITION, "") if closer == "elif" else (ScopeKind.BRANCH, closer)

    def _for(self, owner: int) -> None:
        text = self.text
        if self._blanks() == "(" and text.startswith("((", self.pos):
            if not self.arithmetic(self.pos):
                self.taint += 1
                return
        else:
            self.word()
            self._skip()
            if _IN.match(text, self.pos, self.end):
                self.pos += 2
                while (char := self._blanks()) and char not in "\n;#":
                    before = self.pos
                    self.word()
                    if self.pos == before:
                        break
        if self._blanks() == ";":
            self.pos += 1
        self._skip()
        loop = (Scope(ScopeKind.LOOP, owner, "", owner),)
        if _DO.match(text, self.pos, self.end):
            self.pos += 2
            self._inside(loop, _LOOP_BODY)
        elif self.pos < self.end and text[self.pos] == "{":
            self.pos += 1
            self._inside(loop, _GROUP)
        else:
            self.taint += 1

    def _case(self, owner: int) -> None:
        text = self.text
        self._blanks()
        self.word()
        self._skip()
        if not _IN.match(text, self.pos, self.end):
            self.taint += 1
            return
        self.pos += 2
        while True:
            self._skip()
            if self.pos >= self.end:
                self.taint += 1
                return
            esac = _ESAC.match(text, self.pos, self.end)
            if esac:
                self.pos = self.last = esac.end()
                return
            key = self.pos
            if not self._pattern():
                # Half-typed: what follows are commands again.
                self.pos = key
                self.taint += 1
                return
            closer = self._inside((Scope(ScopeKind.BRANCH, key, "case", owner),), _ARM)
            if closer in ("", "esac"):
                return

    def _pattern(self) -> bool:
        """Reads `(a | b)` before an arm's commands; False where the line ends before the parenthesis."""
        if self.text[self.pos] == "(":
            self.pos += 1
        while (char := self._blanks()) and char not in "\n;":
            if char == ")":
                self.pos += 1
                return True
            before = self.pos
            self.word()
            if self.pos == before:
                self.pos += 1
        return False

    def _coproc(self, owner: int) -> None:
        named = _COPROC_NAME.match(self.text, self.pos, self.end)
        if named:
            self.pos = named.end()
        outer = self.scope
        self.scope = (*outer, Scope(ScopeKind.SUBSHELL, owner, "", owner))
        self._command()
        self.scope = outer

    def _function_keyword(self) -> bool:
        found = _FUNCTION.match(self.text, self.pos, self.end)
        if not found:
            return False
        key, self.pos = self.pos, found.end()
        self._function(found[1], key)
        return True

    def _function(self, name: str, key: int) -> None:
        """Reads a function's body."""
        self.last = self.pos
        self._skip()
        if not _COMPOUND.match(self.text, self.pos, self.end) or self._too_deep():
            self.taint += 1
            return
        outer = self.scope
        self.scope = (*outer, Scope(ScopeKind.FUNCTION, key, name, key))
        self.depth += 1
        self._command()
        self.depth -= 1
        self.scope = outer

    def _test(self) -> None:
        """Reads `[[ ... ]]`, in which `<`, `|` and parentheses are none of the shell's."""
        text, end = self.text, self.end
        self.pos += 2
        joined = False
        while self.pos < end:
            char = self._blanks()
            if not char:
                break
            if char == "\n":
                if not joined:
                    self.taint += 1
                    break
                self._newline()
                continue
            before = self.pos
            if text.startswith("]]", before) and (before + 2 >= end or text[before + 2] in ENDS_WORD):
                self.pos = before + 2
                break
            if char in "&|(" and text[before : before + 2] in ("&&", "||"):
                self.pos += 2
                joined = True
                continue
            joined = char == "("
            self.word()
            if self.pos == before:
                self.pos += 1
        self.pos = min(self.pos, end)

    # --- simple commands ---

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
            redirect = _REDIRECT.match(text, pos, end) if char in "<>&0123456789{" else None
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
            if not words and len(word[0]) == 1 and word[0][0] in _DECLARE:
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
