"""Reads compound commands: tests, loops, branches, functions."""

from __future__ import annotations

import re

from pep668.model import Expansion, Scope, ScopeKind

from ._raw import Core, RawWord
from ._simple import BLANK, REDIRECT, SimpleReader
from ._words import ENDS_WORD

_ESAC = re.compile(r"esac(?![^ \t\r\n;|&()<>])")
_IN = re.compile(r"in(?![^ \t\r\n;|&()<>])")
_DO = re.compile(r"do(?![^ \t\r\n;|&()<>])")
_FUNCTION = re.compile(r"function[ \t]+([^\s(){}|&;<>'\"$`]+)[ \t]*(?:\([ \t]*\))?")
_COMPOUND = re.compile(r"[({]|\[\[|(?:if|while|until|for|select|case)(?![^ \t\r\n;|&()<>])")
_COPROC_NAME = re.compile(r"[ \t]+[A-Za-z_]\w*(?=[ \t]+(?:[({]|\[\[|(?:if|while|until|for|select|case)\s))")
_IF = frozenset(("then", "elif", "else", "fi"))
_PROGRAMS = re.compile(r"/[^/$]+/.*/bin/?(?:(?:python|pip)[\d.]*)?$")
_LOOP_TEST = frozenset(("do", "done"))
_LOOP_BODY = frozenset(("done",))
GROUP = frozenset(("}",))
_ARM = frozenset((";;", ";&", ";;&", "esac"))


class CompoundReader(SimpleReader):
    """Reads what a keyword begins, up to its end or to where the text breaks off."""

    def _command(self) -> None:
        raise NotImplementedError

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
        while self._blanks() and (found := REDIRECT.match(self.text, self.pos, self.end)):
            self._redirect(found, [])
            self.last = self.pos

    def _keyword(self, word: str) -> bool:
        """Reads the compound command that `word` begins; False where it begins none."""
        owner = self.pos
        if word == "function":
            return self._function_keyword()
        if word == "time":
            after = self.pos + len(word)
            blank = BLANK.match(self.text, after, self.end)
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
            name = self.word()
            values: list[RawWord] = []
            self._skip()
            if _IN.match(text, self.pos, self.end):
                self.pos += 2
                while (char := self._blanks()) and char not in "\n;#":
                    before = self.pos
                    values.append(self.word())
                    if self.pos == before:
                        break
            self._each(name, values)
        if self._blanks() == ";":
            self.pos += 1
        self._skip()
        loop = (Scope(ScopeKind.LOOP, owner, "", owner),)
        if _DO.match(text, self.pos, self.end):
            self.pos += 2
            self._inside(loop, _LOOP_BODY)
        elif self.pos < self.end and text[self.pos] == "{":
            self.pos += 1
            self._inside(loop, GROUP)
        else:
            self.taint += 1

    def _each(self, name: RawWord, values: list[RawWord]) -> None:
        """A loop's variable as an assignment: of a folder of programs, or a program, where all values are in one place.

        Of other lists no value stands for the rest: what it is given is the variable itself, in the same place.
        """
        text, start, end = name[0][0] if len(name[0]) == 1 else "", name[1], name[2]
        if not isinstance(text, str) or not text.isidentifier():
            return
        texts = ["".join(p if isinstance(p, str) else "$" for p in value[0]) for value in values]
        tops = {tuple(text.split("/", 3)[:3]) for text in texts}
        known = len(tops) == 1 and all(_PROGRAMS.match(text) for text in texts)
        value = values[0] if known else ((Expansion(text),), start, end, False)
        core = Core([], start, max(end, value[2]), self.text[start : max(end, value[2])], "")
        core.assigns = [(text, value, start, max(end, value[2]), False, False)]
        self._emit(core, len(self.out))

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
