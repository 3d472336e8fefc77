"""TOML with places: what `tomllib` reads, and of a half-typed file what stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pep668.text import Escaped, Notation, Span, one_line

from ._written import WrittenMap, written
from .node import Entry, Mapping, Node, Scalar, Sequence

# Deeper values and longer paths are left out, so that whoever walks the tree may recurse.
DEPTH = 100

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n\ufeff]+|#[^\r\n]*)*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_BARE = re.compile(r"[\w-]+")
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d[ ]\d\d:[\d:.]+(?:Z|[+-]\d\d:\d\d)?|[^\s,\[\]{}#=\"']+")
_STRINGS = (
    ('"""', re.compile(r'"""(?:\r?\n)?([^"\\]*(?:(?:\\[\s\S]|""?(?!"))[^"\\]*)*(?:"{2}(?="{3})|"(?="{3}))?)"""')),
    ("'''", re.compile(r"'''(?:\r?\n)?([^']*(?:''?(?!')[^']*)*(?:'{2}(?='{3})|'(?='{3}))?)'''")),
    ('"', re.compile(r'"([^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*\\?)"?')),
    ("'", re.compile(r"'([^'\r\n]*)'?")),
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([ \t]*\r?\n\s*)|([\s\S]))")
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "e": "\x1b"}
# What cannot be an item of an array: the next table or key, so that an array before it was not closed.
_NEXT = re.compile(
    r"""\[\[?[ \t]*(?!(?:true|false|inf|nan)\b)[A-Za-z_][\w-]*[ \t]*
        (?:\.[ \t]*(?:[\w-]+|"[^"\r\n]*"|'[^'\r\n]*')[ \t]*)*\]\]?[ \t]*(?:[\r\n#]|\Z)
      | [\w.-]+[ \t]*=""",
    re.VERBOSE,
)


def _unescape(found: re.Match[str]) -> str:
    four, eight, two, gap, other = found.groups()
    if gap is not None:
        return ""
    if other is not None:
        return _NAMED.get(other, other)
    code = int(four or eight or two, 16)
    return "\ufffd" if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def _escaped(*, lines: bool) -> Escaped:
    named = {v: f"\\{k}" for k, v in _NAMED.items() if k != "e"}
    controls = {chr(i): named.get(chr(i), f"\\u{i:04x}") for i in (*range(0x20), 0x7F)}
    if lines:
        controls["\n"] = "\n"
    return Escaped((*controls.items(), ("\\", "\\\\"), ('"', '\\"')))


@dataclass(frozen=True, slots=True)
class _Raw:
    """The notation of a string without escapes: only what its quotes can hold."""

    quotes: str

    def __call__(self, text: str) -> str | None:
        if self.quotes in text or text.endswith("'") or any((c < " " and c not in "\t\n") or c == "\x7f" for c in text):
            return None
        return None if "\n" in text and len(self.quotes) == 1 else text


_NOTATIONS: dict[str, Notation] = {
    '"': _escaped(lines=False),
    '"""': _escaped(lines=True),
    "'": _Raw("'"),
    "'''": _Raw("'''"),
}
_STYLES = {'"': "double", "'": "single", '"""': "literal", "'''": "literal"}


@dataclass(slots=True)
class _Table:
    """A table or an array of tables that further lines may add to; `start` and `end` of what was read for it."""

    start: int
    end: int
    entries: list[tuple[Scalar, _Table | _Tables | Node]] = field(default_factory=list)
    open: dict[str, _Table | _Tables] = field(default_factory=dict)

    def table(self, key: Scalar) -> _Table:
        """The table of that name, the last of an array of tables; made where there is none."""
        found = self.open.get(key.value)
        if isinstance(found, _Tables):
            return found.items[-1]
        if found is None:
            found = _Table(key.span.start, key.span.end)
            self.add(key, found)
        return found

    def add(self, key: Scalar, value: _Table | _Tables | Node) -> None:
        self.entries.append((key, value))
        if isinstance(value, _Table | _Tables):
            self.open[key.value] = value
        else:
            self.open.pop(key.value, None)

    def finish(self) -> Mapping:
        entries = []
        start, end = self.start, self.end
        for key, value in self.entries:
            node = value.finish() if isinstance(value, _Table | _Tables) else value
            entries.append(Entry(key, node, key.span.to(node.span)))
            start, end = min(start, key.span.start, node.span.start), max(end, node.span.end)
        return Mapping(tuple(entries), Span(start, end))


@dataclass(slots=True)
class _Tables:
    items: list[_Table]

    def finish(self) -> Sequence:
        items = tuple(item.finish() for item in self.items)
        return Sequence(items, items[0].span.to(items[-1].span))


def parse(text: str) -> Mapping:
    """The tables of a TOML text; lines that are none of it are left out."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def document(self) -> Mapping:
        root = _Table(0, len(self.text))
        current, depth = root, 0
        while self._gap() < len(self.text):
            if self.text[self.at] == "[":
                current, depth = self._header(root)
            else:
                self._pair(current, depth)
            self._skip(_LINE)
        return root.finish()

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _gap(self) -> int:
        """Go behind white space, line ends and comments."""
        return self._skip(_GAP)

    def _header(self, root: _Table) -> tuple[_Table, int]:
        """The table that a header opens; a broken one opens a table that nobody sees."""
        start = self.at
        many = self.text.startswith("[[", start)
        self.at += 1 + many
        path = self._path()
        nowhere = _Table(start, start)
        if not path or len(path) > DEPTH or not self.text.startswith("]", self.at):
            return nowhere, 0
        self.at += 1 + (many and self.text.startswith("]]", self.at))
        table = root
        for key in path[:-1]:
            table = table.table(key)
        last = path[-1]
        if not many:
            opened = table.table(last)
            # A parent that a longer header named before starts where it is first written.
            opened.start, opened.end = min(opened.start, start), max(opened.end, self.at)
            return opened, len(path)
        opened = _Table(start, self.at)
        known = table.open.get(last.value)
        if isinstance(known, _Tables):
            known.items.append(opened)
        else:
            table.add(last, _Tables([opened]))
        return opened, len(path)

    def _path(self) -> list[Scalar]:
        """The keys of a dotted key, and go behind it and its blanks; empty where it breaks off."""
        path: list[Scalar] = []
        while True:
            self._skip(_BLANK)
            key = self._key()
            if key is None:
                return []
            path.append(key)
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return path
            self.at += 1

    def _key(self) -> Scalar | None:
        if self.text.startswith(('"', "'"), self.at):
            return self._string()
        found = _BARE.match(self.text, self.at)
        return self._plain(found.end()) if found else None

    def _pair(self, table: _Table, depth: int) -> bool:
        """Read `key = value` into a table; False where there is none."""
        path = self._path()
        if not path or not self.text.startswith("=", self.at) or depth + len(path) > DEPTH:
            return False
        self.at += 1
        self._skip(_BLANK)
        value = self._value(depth + len(path))
        for key in path[:-1]:
            table = table.table(key)
        table.add(path[-1], value)
        return True

    def _value(self, depth: int) -> Node:
        mark = self.text[self.at : self.at + 1]
        if mark in ("[", "{") and depth < DEPTH:
            return self._array(depth) if mark == "[" else self._inline(depth)
        if mark in ('"', "'"):
            return self._string()
        found = _PLAIN.match(self.text, self.at)
        return self._plain(found.end() if found else self.at)

    def _plain(self, end: int) -> Scalar:
        start, self.at = self.at, end
        return Scalar(self.text[start:end], Span(start, end), WrittenMap(self.text, start, end), notation=one_line)

    def _string(self) -> Scalar:
        start = self.at
        # Three quotes that nothing closes are an empty string and the start of another: that ends with its line.
        tried = ((quotes, pattern.match(self.text, start)) for quotes, pattern in _STRINGS)
        quotes, found = next((q, f) for q, f in tried if f is not None)
        self.at = found.end()
        if quotes[0] == "'":
            value, where = written(self.text, *found.span(1))
        else:
            value, where = written(self.text, *found.span(1), _ESCAPE, _unescape)
        return Scalar(value, Span(start, self.at), where, _STYLES[quotes], _NOTATIONS[quotes])

    def _array(self, depth: int) -> Node:
        start = self.at
        self.at += 1
        items: list[Node] = []
        before = end = self.at
        while self._gap() < len(self.text):
            mark = self.text[self.at]
            if mark == "]":
                self.at += 1
                return Sequence(tuple(items), Span(start, self.at))
            if mark == "=" and items and "\n" in self.text[before : items[-1].span.start]:
                end = before
                items.pop()  # the next key, in quotes
                break
            if "\n" in self.text[end : self.at] and _NEXT.match(self.text, self.at):
                break
            at = self.at
            item = self._value(depth + 1) if mark != "," else None
            if item is None or self.at == at:
                self.at = at + 1
            else:
                items.append(item)
            before, end = end, self.at
        # Not closed. What follows on other lines is read as if it had been.
        self.at = end
        return Sequence(tuple(items), Span(start, end))

    def _inline(self, depth: int) -> Node:
        start = self.at
        self.at += 1
        table = _Table(start, self.at)
        end = self.at
        while self._gap() < len(self.text):
            mark = self.text[self.at]
            if mark == "}":
                self.at += 1
                end = self.at
                break
            if mark == ",":
                self.at += 1
            elif (table.entries and self.text[end - 1] != ",") or not self._pair(table, depth):
                break
            end = self.at
        self.at = table.end = end
        return table.finish()
