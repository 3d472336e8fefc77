"""Edits of one command in the document, made only where its words stand there as written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from pep668.model import Command, Install, Option, Wrapper
from pep668.text import Edit, Span

from ._parts import Part

# Between two words of a shell command: blanks, continuations, and Dockerfile's comment lines inside them.
_GAP = re.compile(r"[ \t]*(?:\\[ \t]*\r?\n(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*[ \t]*)*")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_BLANKS = " \t"
BYPASS_VARIABLES = ("PIP_BREAK_SYSTEM_PACKAGES", "UV_BREAK_SYSTEM_PACKAGES")
_OVERRIDES = ("user", "break-system-packages")
ROOT = ("sudo", "doas")
# Wrappers that run the rest of the line on this machine, in this shell's directory.
_TRANSPARENT = (
    *ROOT,
    "env",
    "time",
    "nohup",
    "nice",
    "ionice",
    "timeout",
    "command",
    "exec",
    "xargs",
    "stdbuf",
    "builtin",
)


def tokens(command: Command) -> list[Span]:
    """The spans of all words of a command in its region: wrappers, assignments and words.

    Words that one `$VARIABLE` expanded to have the same span.
    """
    spans = []
    parts: tuple[Command | Wrapper, ...] = (command, *command.wrappers)
    for part in parts:
        words = [w.span for w in part.words]
        spans += words + [a.span for a in part.assignments if a.span not in words]  # those of sudo are words too
    return sorted(spans)


def start(command: Command) -> int:
    """Where a command begins in its region, wrappers and assignments included."""
    spans = tokens(command)
    return spans[0].start if spans else command.span.start


def is_plain(text: str, command: Command, *, expanded: bool = False) -> bool:
    """Whether the words stand in the document as the shell reads them, with nothing but blanks between.

    Escapes of the host's are no matter where it would write the word again just as it stands there. `expanded`: one
    `$VARIABLE` may stand for several words.
    """
    spans = tokens(command)
    if not spans or (not expanded and len(spans) > len(set(spans))):
        return False
    spans = sorted(set(spans))
    if not all(command.region.map.is_verbatim(s) or _as_written(text, command, s) for s in spans):
        return False
    outer = [command.outer(s) for s in spans]
    return all(
        before.end <= after.start and _GAP.fullmatch(text, before.end, after.start) is not None
        for before, after in pairwise(outer)
    )


def _as_written(text: str, command: Command, span: Span) -> bool:
    region, outer = command.region, command.outer(span)
    return region.written(region.text[span.start : span.end]) == text[outer.start : outer.end]


class Rewrite:
    """Collects changes to the words of one command; `edits` joins them.

    `plain` is False where the command is not to be edited: its words are not there as written, or its host
    cannot hold the new ones.
    """

    def __init__(self, text: str, command: Command) -> None:
        self.text = text
        self.command = command
        self.plain = is_plain(text, command, expanded=True)
        self._dropped: list[Span] = []
        self._edits: list[Edit] = []
        self._refused = False

    @property
    def touched(self) -> bool:
        return bool(self._dropped or self._edits or self._refused)

    def replace(self, span: Span, new: str) -> None:
        written = self.command.region.written(new)
        if written is None:
            self.plain = False
            self._refused = True
        else:
            self._edits.append(Edit(self.command.outer(span), written))

    def insert(self, offset: int, new: str) -> None:
        self.replace(Span(offset, offset), new)

    def drop(self, span: Span) -> None:
        """Remove a word with the blanks behind it, or its whole line where it stands alone on a continued one."""
        outer = self.command.outer(span)
        end = outer.end
        while end < len(self.text) and self.text[end] in _BLANKS:
            end += 1
        begin = outer.start
        while begin > 0 and self.text[begin - 1] in _BLANKS:
            begin -= 1
        continued = _CONTINUED.match(self.text, end)
        if continued and (begin == 0 or self.text[begin - 1] == "\n"):
            self._dropped.append(Span(begin, continued.end()))
        else:
            self._dropped.append(Span(outer.start, end))

    def drop_before(self, span: Span) -> None:
        """Remove a word that stands before the program, up to the next word."""
        following = next((t.start for t in tokens(self.command) if t.start >= span.end), span.end)
        self._dropped.append(self.command.outer(span).to(self.command.outer(Span(following, following))))

    def edits(self) -> tuple[Edit, ...] | None:
        """All changes in the document's order; None where the command cannot be edited."""
        if not self.touched:
            return ()
        if not self.plain:
            return None
        merged: list[Span] = []
        for span in sorted(self._dropped):
            if merged and merged[-1].end >= span.start:
                merged[-1] = merged[-1].to(span)
            else:
                merged.append(span)
        edits = sorted([*self._edits, *(Edit(self._trimmed(s), "") for s in merged)])
        return None if self._parts_variable(edits) else tuple(edits)

    def _parts_variable(self, edits: Iterable[Edit]) -> bool:
        """Whether an edit is about one of several words that one `$VARIABLE` stands for."""
        spans = tokens(self.command)
        shared = [self.command.outer(a) for a, b in pairwise(spans) if a == b]
        return any(edit.span.start < s.end and s.start < edit.span.end for edit in edits for s in shared)

    def _trimmed(self, span: Span) -> Span:
        """At the end of a command the blanks before a removed word go as well."""
        if span.end < len(self.text) and self.text[span.end] not in "\r\n;&|)\"'":
            return span
        if self.text[span.end : span.end + 1] in ("'", '"') and self.text[span.end - 1] in _BLANKS:
            return span  # the quote begins the next word
        begin = span.start
        while begin > 0 and self.text[begin - 1] in _BLANKS:
            begin -= 1
        return Span(begin, span.end)


def drop_privileges(rewrite: Rewrite) -> bool:
    """Drop sudo with its options; False where it does more than becoming root."""
    command = rewrite.command
    for index, wrapper in enumerate(command.wrappers):
        if wrapper.name not in ROOT:
            continue
        if _other_user(wrapper):
            return False
        kept = [a.span for a in wrapper.assignments if a.name not in BYPASS_VARIABLES]
        if kept and index:
            return False
        for word in wrapper.words:
            if word.span in kept:
                continue  # it becomes one of the command's own
            rewrite.drop_before(word.span)
    return True


def is_override(option: Option) -> bool:
    """Whether an option is a way round the check, or meant as one: nothing that an environment needs."""
    return option.name.lstrip("-") in _OVERRIDES


def drop_overrides(rewrite: Rewrite, install: Install) -> None:
    """Drop `--user`, `--break-system-packages`, the variables given for this command, and what others take of it."""
    for span in _superfluous(install):
        rewrite.drop(span)
    command = install.command
    for assignment in (*command.assignments, *(a for w in command.wrappers for a in w.assignments)):
        if assignment.name in BYPASS_VARIABLES:
            rewrite.drop_before(assignment.span)


def _superfluous(install: Install) -> list[Span]:
    moved = install.moved if isinstance(install, Part) else ()
    return [*(o.span for o in install.options if is_override(o)), *(r.span for r in moved)]


def command_line(install: Install, program: str = "") -> str:
    """The command for people to type: without wrappers and overrides, with `program` for its first word."""
    dropped = _superfluous(install)
    text = install.command.region.text
    kept = [w for w in install.command.words if not any(d.covers(w.span) for d in dropped)]
    written = [shlex.quote(w.value) if w.value is not None else text[w.span.start : w.span.end] for w in kept]
    return " ".join([program or written[0], *written[1:]])


def line_in_environment(install: Install, place: str) -> str:
    """The command for people to type: by the program of the environment at `place` (quoted), uv by `--python`."""
    if install.tool != "uv":
        return command_line(install, f"{place}/bin/{'python' if install.python.is_interpreter else 'pip'}")
    named = [o.span for o in install.options if o.name.lstrip("-") in ("system", "python")]
    given = [w for w in install.command.words if not any(span.covers(w.span) for span in named)]
    line = command_line(replace(install, command=replace(install.command, words=tuple(given))))
    program = " ".join(w.value or "" for w in given if w.span.end <= install.program.end)
    return f"{program} --python {place}/bin/python{line.removeprefix(program)}"


def use_environment(rewrite: Rewrite, install: Install, place: str) -> None:
    """Let the command reach the environment at `place` (quoted): by its own program, uv by `--python`."""
    if install.tool != "uv":
        program = "python" if install.python.is_interpreter else "pip"
        rewrite.replace(install.command.words[0].span, f"{place}/bin/{program}")
        return
    system = install.option("--system", "system") or install.option("--python", "python")
    if system is not None:
        rewrite.replace(system.span, f"--python {place}/bin/python")
    else:
        rewrite.insert(install.program.end, f" --python {place}/bin/python")


def stays_here(command: Command) -> bool:
    """Whether the command runs on this machine and in this shell, so that a line before it serves it."""
    if command.region.origin is not None and not stays_here_nested(command.region.origin):
        return False
    return all(w.name in _TRANSPARENT or _is_function(command.region.text, w.name) for w in command.wrappers)


def _is_function(text: str, name: str) -> bool:
    """Whether the text defines a function of that name (`retry() { "$@"; }`), which runs in the same shell."""
    return (
        re.search(rf"(?:^|[;\s]){re.escape(name)}[ \t]*\([ \t]*\)|\bfunction[ \t]+{re.escape(name)}\b", text)
        is not None
    )


def stays_here_nested(origin: Command) -> bool:
    """Whether a command that runs a string (`bash -c`) only does that."""
    return not origin.wrappers and origin.name in ("sh", "bash", "dash", "zsh", "ksh", "eval", "ash")


def _other_user(wrapper: Wrapper) -> bool:
    return wrapper.has("-u", "--user", "-g", "--group", "-h", "--host", "-R", "-D") or any(
        w.pattern.startswith(("--user=", "--group=", "--chdir=", "--chroot=")) for w in wrapper.words
    )


def combined(*parts: Iterable[Edit] | None) -> tuple[Edit, ...] | None:
    """All edits together, each once; None where one part cannot be made."""
    out: dict[Edit, None] = {}
    for part in parts:
        if part is None:
            return None
        out.update(dict.fromkeys(part))
    return tuple(sorted(out))
