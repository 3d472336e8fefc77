"""The same commands as tree-sitter-bash finds, on scripts that Debian ships and on tricky ones of our own.

tree-sitter has faults of its own (it reads the `for` behind a line that ends in `x=` as that
variable's value, and splits `$dir/$name`), so of all commands nearly all must agree, and of
those that run pip, python or apt every one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import tree_sitter
import tree_sitter_bash

from pep668 import shell
from pep668.model import Region

FOLDERS = ("/etc/init.d", "/var/lib/dpkg/info", "/usr/lib/git-core", "/usr/bin", "/usr/sbin", "/usr/share", "/etc")
SHEBANG = re.compile(rb"#! ?/(?:usr/)?bin/(?:env )?(?:ba|da)?sh\b")
ENOUGH = 1200
# tree-sitter has nodes of their own for these,
DECLARATIONS = ("[", "export", "declare", "local", "readonly", "typeset", "unset", "unsetenv")
# and these it takes for commands where a piece of a script begins with one
CLOSERS = ("then", "elif", "else", "fi", "do", "done", "esac", "}")
NOT_COMMANDS = frozenset((*DECLARATIONS, *CLOSERS))
OURS_ALONE = re.compile(r"(?:\S*/)?(?:pip|python|apt|uv|conda)[\w.-]*\Z")

Found = set[tuple[int, str]]
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def theirs(text: str) -> Found | None:
    """Offset and first word of each command, None where tree-sitter itself meets an error."""
    data = text.encode()
    root = PARSER.parse(data).root_node
    if root.has_error:
        return None
    found: Found = set()
    nodes = [root]
    while nodes:
        node = nodes.pop()
        name = node.child_by_field_name("name") if node.type == "command" else None
        if name is not None:
            start = name.start_byte if len(data) == len(text) else len(data[: name.start_byte].decode())
            found.add((start, data[name.start_byte : name.end_byte].decode()))
        if node.type != "heredoc_body":
            nodes += node.children
    return {f for f in found if f[1] not in NOT_COMMANDS}


def ours(text: str) -> Found:
    found: Found = set()
    for command in shell.parse(Region.document("shell", text)):
        words = [*(w for wrapper in command.wrappers for w in wrapper.words), *command.words]
        if words:
            span = words[0].span
            found.add((span.start, text[span.start : span.end]))
    return {f for f in found if f[1] not in NOT_COMMANDS}


def scripts() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        paths = sorted(p for p in Path(folder).glob("*" if folder != "/usr/share" else "*/*") if p.is_file())
        for path in paths:
            try:
                if path.is_symlink() or path.stat().st_size > 60_000:
                    continue
                with path.open("rb") as file:
                    head = file.read(64)
                    if SHEBANG.match(head):
                        yield str(path), (head + file.read()).decode()
            except (OSError, UnicodeDecodeError):
                continue


def test_scripts_of_this_system() -> None:
    agreed = total = 0
    differences = []
    for path, text in islice(scripts(), ENOUGH):
        expected = theirs(text)
        if expected is None:
            continue
        found = ours(text)
        total += len(expected | found)
        agreed += len(expected & found)
        differences += [(path, f) for f in expected ^ found if OURS_ALONE.match(f[1])]
    assert differences == []
    assert agreed >= 0.995 * total


def test_snippets() -> None:
    text = Path(__file__).with_name("snippets.sh").read_text()
    statements = re.split(r"\n(?=\S)", text)
    checked = 0
    whole = theirs(text)
    assert whole is None or ours(text) == whole
    for i in range(len(statements)):
        for size in (1, 2, 8):
            piece = "\n".join(statements[i : i + size]) + "\n"
            expected = theirs(piece)
            if expected is not None:
                checked += 1
                assert ours(piece) == expected, piece
    assert checked > 80
