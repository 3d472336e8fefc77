"""Reads expressions of Python from tokens; tolerant, linear, never raising."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ._python import NAME, NEWLINE, NUMBER, OP, STRING, Scanner, Token
from ._python_tree import (
    CLOSES,
    KEYWORDS,
    OPENS,
    Attribute,
    Binary,
    Call,
    Choice,
    Name,
    Node,
    Other,
    Sequence,
    Star,
    Str,
    Subscript,
    Table,
)

_DEEPEST = 40  # nested brackets and operators; what is deeper is passed over


@dataclass(slots=True, eq=False)
class Expressions:
    """Reads expressions from tokens. `calls` collects every call that is passed, wherever it stands."""

    tokens: list[Token]
    at: int = 0
    calls: list[Call] = field(default_factory=list)
    depth: int = 0

    def peek(self) -> str:
        """The text of the operator or name at the position, "" of a string or at the end."""
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def done(self) -> bool:
        return self.at >= len(self.tokens)

    def _position(self) -> int:
        if self.at < len(self.tokens):
            return self.tokens[self.at].start
        return self.tokens[-1].end if self.tokens else 0

    def _behind(self) -> int:
        return self.tokens[self.at - 1].end if self.at else 0

    def value(self) -> Node:
        """Expressions with commas between them: one, or a tuple."""
        first = self.expression()
        if self.peek() != "," or self.done():
            return first
        items = [first]
        while self._take(","):
            if self.done() or self.peek() in ("=", ":", ")", "]", "}"):
                break
            before = self.at
            items.append(self.expression())
            if self.at == before:
                break
        return Sequence(first.start, self._behind(), items, "(")

    def expression(self) -> Node:
        """One expression without commas. It may be empty: the position does not move then."""
        if self.depth >= _DEEPEST:
            return self._skip()
        self.depth += 1
        try:
            return self._ternary()
        finally:
            self.depth -= 1

    def _take(self, text: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].text == text and self.tokens[self.at].kind != STRING:
            self.at += 1
            return True
        return False

    def _skip(self) -> Node:
        """Passes over what is nested too deeply, to its end."""
        start = self._position()
        level = 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == OP:
                if token.text in OPENS:
                    level += 1
                elif token.text in CLOSES:
                    if not level:
                        break
                    level -= 1
                elif token.text == "," and not level:
                    break
            self.at += 1
        return Other(start, max(start, self._behind()))

    def _ternary(self) -> Node:
        if self.peek() == "lambda":
            return self._lambda()
        first = self._or()
        if self.peek() == "if" and self.at:
            self.at += 1
            self._or()
            if self._take("else"):
                other = self.expression()
                return Choice(first.start, other.end, [first, other])
            return first
        return first

    def _lambda(self) -> Node:
        start = self._position()
        self.at += 1
        while not self.done() and self.peek() not in (":", ")", "]", "}"):
            before = self.at
            self._take(",")
            self._take("=")
            self.expression()
            if self.at == before:
                self.at += 1
        if self._take(":"):
            self.expression()
        return Other(start, self._behind())

    def _or(self) -> Node:
        options = [self._operators()]
        while self.peek() in ("or", "and") and not self.done():
            keeps = self.peek() == "or"
            self.at += 1
            option = self._operators()
            options = [*options, option] if keeps else [option]
        return options[0] if len(options) == 1 else Choice(options[0].start, options[-1].end, options)

    def _operators(self) -> Node:
        """Operands with operators between them, all of one rank: only `+`, `%` and `/` chains of text matter."""
        left = self._unary()
        while not self.done():
            token = self.tokens[self.at]
            text = token.text
            if token.kind == OP and text in _BINARY:
                self.at += 1
            elif token.kind == NAME and text in ("in", "is", "not"):
                while self.peek() in ("in", "is", "not") and not self.done():
                    self.at += 1
                text = "in"
            else:
                break
            before = self.at
            right = self._unary()
            if self.at == before:
                break
            left = Binary(left.start, right.end, text, left, right)
        return left

    def _unary(self) -> Node:
        start = self._position()
        signed = False
        while not self.done():
            text = self.peek()
            if text in ("-", "+", "~", "not", "await", "yield", "from") and self.tokens[self.at].kind != STRING:
                signed = signed or text not in ("await", "yield", "from")
                self.at += 1
            elif text in ("*", "**"):
                self.at += 1
                value = self.expression()
                return Star(start, self._behind(), value)
            else:
                break
        operand = self.operand()
        return Other(start, operand.end) if signed else operand

    def operand(self) -> Node:
        """A name, a literal or brackets, with the attributes, calls and subscripts behind it."""
        start = self._position()
        node = self._atom()
        if node is None:
            at = self._position()
            return Other(at, at)
        while not self.done():
            token = self.tokens[self.at]
            if token.kind != OP:
                break
            if token.text == "." and self._names_next():
                self.at += 2
                node = Attribute(start, self._behind(), node, self.tokens[self.at - 1].text)
            elif token.text == "(":
                node = self._call(node, start)
            elif token.text == "[":
                self.at += 1
                index = self._bracketed("[", token.start)
                if isinstance(index, Sequence) and len(index.items) == 1:
                    index = index.items[0]
                node = Subscript(start, self._behind(), node, index)
            else:
                break
        return node

    def _names_next(self) -> bool:
        return self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind == NAME

    def _atom(self) -> Node | None:
        if self.done():
            return None
        token = self.tokens[self.at]
        if token.kind == STRING:
            literals = []
            while self.at < len(self.tokens) and (literal := self.tokens[self.at].literal) is not None:
                literals.append(literal)
                self.at += 1
            return Str(token.start, self._behind(), literals)
        if token.kind == NAME:
            if token.text in KEYWORDS:
                return self._lambda() if token.text == "lambda" else None
            self.at += 1
            return Name(token.start, token.end, token.text)
        if token.kind == NUMBER:
            self.at += 1
            return Other(token.start, token.end)
        if token.text in ("(", "["):
            self.at += 1
            return self._bracketed(token.text, token.start)
        if token.text == "{":
            self.at += 1
            return self._braced(token.start)
        if token.text == "...":
            self.at += 1
            return Other(token.start, token.end)
        return None

    def _call(self, func: Node, start: int) -> Node:
        self.at += 1
        args: list[Node] = []
        keywords: list[tuple[str | None, Node]] = []
        call = Call(start, 0, func, args, keywords)
        self.calls.append(call)
        for node, name in self._arguments():
            if name is not None:
                keywords.append((name or None, node))
            else:
                args.append(node)
        call.end = self._behind()
        return call

    def _arguments(self) -> Iterator[tuple[Node, str | None]]:
        """What stands in a call's parentheses: the name of a keyword, "" for `**`, None without one."""
        while not self.done() and not self._take(")"):
            token = self.tokens[self.at]
            before = self.at
            if token.text in ("]", "}") and token.kind == OP:
                return
            following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
            if token.kind == NAME and following is not None and following.kind == OP and following.text == "=":
                self.at += 2
                yield self.expression(), token.text
            elif token.kind == OP and token.text == "**":
                self.at += 1
                yield self.expression(), ""
            else:
                node = self.expression()
                if self.at > before:
                    yield self._comprehended(node), None
            if not self._take(",") and self.at == before:
                self.at += 1

    def _comprehended(self, node: Node) -> Node:
        """The node, or what a comprehension makes of it."""
        if self.peek() not in ("for", "async") or self.done():
            return node
        self._until_closed()
        return Other(node.start, self._behind())

    def _until_closed(self) -> None:
        """Reads what is left in a bracket, for the calls in it."""
        while not self.done() and self.peek() not in (")", "]", "}"):
            before = self.at
            if self.peek() in KEYWORDS or self.peek() in (",", ":", "=", ":="):
                self.at += 1
                continue
            self.expression()
            if self.at == before:
                self.at += 1

    def _bracketed(self, opening: str, start: int) -> Node:
        """What stands behind `(` or `[`: the only expression in parentheses, or a sequence."""
        closing = OPENS[opening]
        items: list[Node] = []
        commas = 0
        closed = False
        while not self.done():
            if self._take(closing):
                closed = True
                break
            if self.peek() in CLOSES:
                break
            before = self.at
            node = self.expression()
            if self.at > before:
                items.append(self._comprehended(node))
            if self._take(","):
                commas += 1
            elif self.at == before:
                self.at += 1
            elif self._take(":=") and not self.done():
                items[-1:] = [self.expression()]
        end = self._behind()
        if opening == "(" and len(items) == 1 and not commas:
            return items[0]
        return Sequence(start, end, items, opening, closed)

    def _braced(self, start: int) -> Node:
        entries: list[tuple[Node | None, Node]] = []
        items: list[Node] = []
        closed = False
        while not self.done():
            if self._take("}"):
                closed = True
                break
            if self.peek() in CLOSES:
                break
            before = self.at
            if self._take("**"):
                entries.append((None, self.expression()))
            else:
                key = self.expression()
                if self._take(":"):
                    entries.append((key, self._comprehended(self.expression())))
                elif self.at > before:
                    items.append(self._comprehended(key))
            if not self._take(",") and self.at == before:
                self.at += 1
        if items and not entries:
            return Sequence(start, self._behind(), items, "{", closed)
        return Table(start, self._behind(), entries)


_BINARY = frozenset("+ - * / // % @ ** & | ^ << >> == != < > <= >=".split())


def expression(text: str, start: int, end: int) -> tuple[Node | None, list[Call]]:
    """The expression that stands between two offsets (an f-string's field), and the calls in it."""
    tokens = [t for t in Scanner(text).tokens(start, end) if t.kind != NEWLINE]
    if not tokens:
        return None, []
    reader = Expressions(tokens)
    return reader.expression(), reader.calls
