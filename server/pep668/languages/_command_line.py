"""Command lines that no shell reads: split into arguments, `{...}` put in by the tool that runs them (tox, pdm, poe).

Sources: tox's "Configuration" (substitutions), `tox.config.loader.ini`, pdm "PDM Scripts", pipenv "Scripts".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pep668.text import MappedText, Notation, Span

from ._templates import Made, variable

_PARTS = re.compile(r"\\.|\{\[[^\]{}\n]*\][^{}\n]*\}|\{(?:[^{}\n]|\{[^{}\n]*\})*\}|['\"]|[^\\{'\"]+|.", re.DOTALL)
_UNQUOTED = re.compile(r"[;&|<>()$`*?#!~\[\]\n]")
_IN_DOUBLE = re.compile(r"[$`]")
_ENVIRONMENT = ".tox/environment"
_KNOWN = {
    "envdir": _ENVIRONMENT,
    "env_dir": _ENVIRONMENT,
    "envbindir": f"{_ENVIRONMENT}/bin",
    "env_bin_dir": f"{_ENVIRONMENT}/bin",
    "envpython": f"{_ENVIRONMENT}/bin/python",
    "env_python": f"{_ENVIRONMENT}/bin/python",
    "toxworkdir": ".tox",
    "tox_root": ".",
    "toxinidir": ".",
    "work_dir": ".tox",
    "/": "/",
    ":": ":",
}
_SHELL_ONLY = re.compile(r"[;&|<>$`{}\n#]|^\s*[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Unread:
    """How new text is written where no shell reads it; None for what only a shell understands."""

    outer: Notation

    def __call__(self, text: str) -> str | None:
        return None if _SHELL_ONLY.search(text) else self.outer(text)


def argument_line(made: Made) -> Made:
    """A line that is split into arguments with quotes and backslashes alone, as shell text of the same arguments."""
    text, within = made
    out = MappedText()
    quote = ""
    for part in _PARTS.finditer(text):
        piece, start = part[0], part.start()
        if piece in ("'", '"') and quote in ("", piece):
            quote = "" if quote else piece
            out.verbatim(piece, start)
        elif piece.startswith("{") and len(piece) > 1:
            out.opaque(value_of(piece, quote), Span(start, part.end()))
        elif quote == '"' and piece in ("\\$", "\\`"):  # both stay, where a shell would take the backslash
            for at in (start, start + 1):
                out.opaque("\\", Span(at, at))
                out.verbatim(text[at], at)
        elif quote == "'" or piece.startswith("\\"):
            out.verbatim(piece, start)
        else:
            _escaped(out, piece, start, _IN_DOUBLE if quote else _UNQUOTED)
    inner, mapped = out.finish()
    return inner, within.compose(mapped)


def _escaped(out: MappedText, piece: str, start: int, special: re.Pattern[str]) -> None:
    """The text with a backslash before what a shell would not take literally; a line's end is a blank."""
    at = 0
    for found in special.finditer(piece):
        out.verbatim(piece[at : found.start()], start + at)
        if found[0] == "\n":
            at = found.end()
            out.opaque(" ", Span(start + found.start(), start + at))
            continue
        out.opaque("\\", Span(start + found.start(), start + found.start()))
        at = found.start()
    out.verbatim(piece[at:], start + at)


def value_of(substitution: str, quote: str = "") -> str:
    """What stands for `{...}`: a known path, a default, or an unknown part."""
    inner = substitution[1:-1]
    if inner in _KNOWN:
        return _KNOWN[inner]
    name, colon, default = inner.partition(":")
    if name == "env":
        name, colon, default = default.partition(":")
    if colon and not set(default) & set("{}'\"\\$`;&|<>()"):
        return default
    hole = "${" + variable(inner) + "}"
    return f"'\"{hole}\"'" if quote == "'" else hole
