"""Path patterns, as .gitignore has them."""

from __future__ import annotations

import re
from functools import cache

_PIECE = re.compile(
    r"(?P<folders>(?:^|(?<=/))\*\*/)|(?P<below>(?<=/)\*\*$)|(?P<name>\*+)|(?P<one>\?)|\[(?P<set>[^\]/]+)\]"
)


def matches(pattern: str, path: str) -> bool:
    """Whether a path (relative, with slashes) is one that a pattern names, or lies below it.

    `*` and `?` stand for characters of a name, `**` for folders. A pattern with a slash in it
    is about paths from the top, one without about names at any depth.
    """
    return _compiled(pattern).fullmatch(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    anchored = "/" in pattern.rstrip("/")
    pattern = pattern.strip("/")
    out = ["" if anchored else "(?:.*/)?"]
    at = 0
    for piece in _PIECE.finditer(pattern):
        out.append(re.escape(pattern[at : piece.start()]))
        at = piece.end()
        if piece["folders"]:
            out.append("(?:.*/)?")
        elif piece["below"]:
            out.append(".*")
        elif piece["set"]:
            inverted = piece["set"][0] in "!^"
            members = re.sub(r"([\\\[\]^&|~])", r"\\\1", piece["set"][inverted:])
            out.append(f"[{'^/' if inverted else ''}{members}]" if members else re.escape(piece[0]))
        else:
            out.append("[^/]*" if piece["name"] else "[^/]")
    out.append(re.escape(pattern[at:]))
    try:
        return re.compile("".join(out) + "(?:/.*)?", re.DOTALL)
    except re.error:  # a range that is none: [z-a]
        return re.compile(re.escape(pattern) + "(?:/.*)?")
