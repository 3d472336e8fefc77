"""Statements and expressions of Python, as far as they tell what a program runs; tolerant, linear, never raising.

Not a grammar's tree: what cannot be read is `Other`, and reading goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pep668.text import Span

from ._python import NAME, NEWLINE, NUMBER, OP, STRING, Literal, Scanner, Token

_DEEPEST = 40  # nested brackets and operators; what is deeper is passed over

KEYWORDS = frozenset(
    """and as assert async await break class continue def del elif else except finally for from global if import in
    is lambda nonlocal not or pass raise return try while with yield""".split()
)
_OPENS = {"(": ")", "[": "]", "{": "}"}
_CLOSES = frozenset(_OPENS.values())
_HEADERS = frozenset("if elif else for while try except finally with def class async match case".split())
_ONLY_STATEMENTS = frozenset(
    """def class import return raise while try except finally with pass del assert global nonlocal elif break
    continue""".split()
)
# Words that may stand behind an operand inside brackets.
_BEHIND_OPERAND = frozenset("and or not in is if else for async as from".split())


@dataclass(slots=True, eq=False)
class Node:
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(slots=True, eq=False)
class Str(Node):
    """String literals that stand one behind the other."""

    literals: list[Literal]


@dataclass(slots=True, eq=False)
class Name(Node):
    id: str


@dataclass(slots=True, eq=False)
class Attribute(Node):
    value: Node
    name: str


@dataclass(slots=True, eq=False)
class Call(Node):
    """`keywords` are by name; `None` stands for `**mapping`."""

    func: Node
    args: list[Node]
    keywords: list[tuple[str | None, Node]]

    def keyword(self, name: str) -> Node | None:
        return next((node for known, node in self.keywords if known == name), None)


@dataclass(slots=True, eq=False)
class Subscript(Node):
    value: Node
    index: Node


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """A list, a tuple or a set; `closed` is False for one that is half typed."""

    items: list[Node]
    opening: str
    closed: bool = True


@dataclass(slots=True, eq=False)
class Table(Node):
    """A dictionary display; a `**mapping` in it has the key None."""

    entries: list[tuple[Node | None, Node]]


@dataclass(slots=True, eq=False)
class Star(Node):
    value: Node


@dataclass(slots=True, eq=False)
class Binary(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Choice(Node):
    """`a if c else b`, `a or b`: one of the two."""

    options: list[Node]


@dataclass(slots=True, eq=False)
class Other(Node):
    """What has no value that can be known: numbers, lambdas, comprehensions, comparisons."""


def dotted(node: Node) -> str:
    """`a.b.c` of names and attributes, "" of everything else."""
    names: list[str] = []
    while isinstance(node, Attribute):
        names.append(node.name)
        node = node.value
    if not isinstance(node, Name):
        return ""
    names.append(node.id)
    return ".".join(reversed(names))


@dataclass(slots=True, eq=False)
class Statement:
    """A logical line, or the part of one up to `;` or behind a header's colon.

    `indent` is the column of the line's first character; `tokens` has no line ends.
    """

    indent: int
    tokens: list[Token]
    inline: bool = False  # stands behind a header's colon on the same line

    @property
    def first(self) -> str:
        return self.tokens[0].text if self.tokens[0].kind == NAME else ""


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text; a bracket that stays open ends where what follows can be no part of it."""
    line: list[Token] = []
    indent = 0
    line_start = 0
    open_: list[str] = []
    fresh = True  # at the start of a physical line
    for token in Scanner(text).tokens():
        if token.kind == NEWLINE:
            line_start = token.end
            fresh = True
            if line and (not open_ or (line[-1].text == ":" and line[0].text in ("def", "class"))):
                yield from _split(indent, line)
                line, open_ = [], []
            continue
        if not line:
            indent = token.start - line_start
        elif fresh and open_ and _breaks(line[-1], token, token.start - line_start, indent):
            yield from _split(indent, line)
            line, open_ = [], []
            indent = token.start - line_start
        fresh = False
        if token.kind == OP:
            if token.text in _OPENS:
                open_.append(_OPENS[token.text])
            elif token.text in _CLOSES and token.text in open_[-3:]:
                while open_.pop() != token.text:
                    pass
        line.append(token)
    if line:
        yield from _split(indent, line)


def _breaks(before: Token, token: Token, column: int, indent: int) -> bool:
    """Whether a token at the start of a line cannot belong to the brackets that are open."""
    if token.kind == OP:
        return token.text == "@" and column <= indent
    if token.kind != NAME:
        return False
    if token.text in _ONLY_STATEMENTS:
        return column <= indent or not _is_operand(before)
    if token.text in _BEHIND_OPERAND:
        return False
    return _is_operand(before)


def _is_operand(token: Token) -> bool:
    if token.kind == OP:
        return token.text in (")", "]", "}")
    return token.kind != NAME or token.text not in KEYWORDS


def _split(indent: int, line: list[Token]) -> Iterator[Statement]:
    """A logical line at its semicolons and behind the colon of a header."""
    start = 0
    depth = 0
    lambdas = 0
    header = line[0].kind == NAME and line[0].text in _HEADERS
    inline = False
    for index, token in enumerate(line):
        if token.kind == NAME and token.text == "lambda":
            lambdas += 1
        if token.kind != OP:
            continue
        text = token.text
        if text in _OPENS:
            depth += 1
        elif text in _CLOSES:
            depth -= depth > 0
        elif text == ":" and not depth and header:
            if lambdas:
                lambdas -= 1
                continue
            yield Statement(indent, line[start : index + 1], inline)
            start, inline, header = index + 1, True, False
        elif text == ";" and not depth:
            if index > start:
                yield Statement(indent, line[start:index], inline)
            start = index + 1
    if start < len(line):
        yield Statement(indent, line[start:], inline)


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
                if token.text in _OPENS:
                    level += 1
                elif token.text in _CLOSES:
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
        closing = _OPENS[opening]
        items: list[Node] = []
        commas = 0
        closed = False
        while not self.done():
            if self._take(closing):
                closed = True
                break
            if self.peek() in _CLOSES:
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
            if self.peek() in _CLOSES:
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
