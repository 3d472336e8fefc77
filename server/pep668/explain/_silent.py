"""Commands that failed without a word: whether what they run of files surely is refused, and nothing else can be it."""

from __future__ import annotations

from dataclasses import dataclass

from pep668.model import Command

from ._trace import Found, Ran, Step, Text, Trace

# Their exit code is 0, as long as nothing is substituted in them.
_HARMLESS = frozenset("echo printf : true set export declare readonly shopt umask unset local alias".split())
# Behind these the last command does not tell how a script ends.
_ENDS = frozenset("exit exec return trap kill eval logout suspend wait".split())
_CODES = {"pip": 1, "uv": 2}


@dataclass(frozen=True, slots=True)
class _End:
    """How a text ends: with this exit code, since `found` is refused."""

    found: Found
    code: int


def refused(trace: Trace, exit_code: int) -> Found | None:
    """The install in a file by whose refusal, and by nothing else, the command line ended with that code.

    None where it may be something else.
    """
    if not trace.complete or any(ran.unsaved for ran in trace.files.values()):
        return None
    *moves, step = trace.typed.steps or (None,)
    if step is None or not all(m is not None and m.command.name == "cd" and _plain(m.command) for m in moves):
        return None
    if not step.folder or step.command.assignments or step.command.wrappers or step.command.redirects:
        return None
    end = _ran(step.ran, 0) if step.command.operator in ("", "&&", ";") and not _nested(step) else None
    return end.found if end is not None and end.code == exit_code else None


def _plain(command: Command) -> bool:
    return all(w.value is not None for w in command.words)


def _nested(step: Step) -> bool:
    return any(s.name != "&&" for s in step.command.scope)


def _ran(ran: tuple[Ran, ...], depth: int) -> _End | None:
    """How one file that is run ends."""
    if len(ran) != 1 or not ran[0].run.certain or depth > 8:
        return None
    [only] = ran
    if (
        only.run.parts is None
        and only.texts
        and only.texts[0].region.parent is None
        and only.texts[0].region.language == "shell"
    ):
        return _script(only.texts[0], stops=only.run.stops or _errexit_by_shebang(only.text), depth=depth)
    return _lines(only, depth) if only.run.parts is not None else None


def _errexit_by_shebang(text: str) -> bool:
    first = text.partition("\n")[0].split()
    return bool(first) and first[0].startswith("#!") and any(w.startswith("-") and "e" in w for w in first[1:])


def _lines(ran: Ran, depth: int) -> _End | None:
    """Recipes, each line a shell of its own: the first line that can fail ends it."""
    if not ran.run.stops and len(ran.texts) != 1:
        return None
    for text in ran.texts:
        if all(_harmless(s) for s in text.steps):
            continue
        if _ignored(ran, text):
            return None
        end = _script(text, stops=False, depth=depth, alone=True)
        if end is None:
            return None
        return end if ran.run.code is None else _End(end.found, ran.run.code)
    return None


def _ignored(ran: Ran, text: Text) -> bool:
    """Whether a line begins with the `-` that has its failing ignored."""
    start = text.region.map.offset(0)
    line = ran.text.rfind("\n", 0, start) + 1
    return ran.run.language in ("makefile", "justfile") and "-" in ran.text[line:start]


def _script(text: Text, *, stops: bool, depth: int, alone: bool = False) -> _End | None:
    """How a script ends. `stops`: with the first command that fails; `alone`: only what can be surely told counts."""
    quiet = True  # nothing but harmless commands so far
    steps = text.steps
    for at, step in enumerate(steps):
        command = step.command
        if command.name in _ENDS or (command.name in (".", "source") and step.ran):
            return None
        if command.name == "set":
            change = _errexit(command)
            if change is False:
                return None
            if change:
                stops, quiet = True, True  # what failed before did not end it
            continue
        if _harmless(step):
            continue
        last = at == len(steps) - 1
        if last or (stops and quiet):
            end = _end(step, depth, quiet=quiet)
            return None if end is None or (not quiet and (stops or alone)) else end
        if stops:
            return None
        quiet = False
    return None


def _end(step: Step, depth: int, *, quiet: bool) -> _End | None:
    command = step.command
    if command.scope or not _whole(command):
        return None
    if step.found is not None:
        code = _CODES.get(step.found.judged[0].install.tool)
        return _End(step.found, code) if code is not None and step.found.refused else None
    # What ran before may have changed where the installs of another file lead.
    if not quiet or command.wrappers or command.assignments:
        return None
    return _ran(step.ran, depth + 1)


def _whole(command: Command) -> bool:
    """Whether the command stands alone: not behind `!`, in a pipeline, with `&&`, `||` or `&`."""
    text, statement = command.region.text, command.statement
    before = text[statement.start : command.span.start].strip()
    behind = text[command.span.end : statement.end].strip()
    return (not before or before.endswith(";")) and (not behind or behind.startswith((";", "#")))


def _harmless(step: Step) -> bool:
    command = step.command
    if step.inner or step.ran or step.found is not None or command.wrappers or command.redirects or command.scope:
        return False
    if any("$(" in t or "`" in t for t in [command.region.text[command.span.start : command.span.end]]):
        return False
    if command.name is None and not command.words:
        return True  # an assignment
    return command.name in _HARMLESS and _whole(command)


def _errexit(command: Command) -> bool | None:
    """True where `set` has the shell stop at the first failure, False where no longer, None where it says nothing."""
    words = [w.value or "" for w in command.words[1:]]
    off = any(w.startswith("+") and "e" in w[1:] for w in words) or ("+o" in words and "errexit" in words)
    on = any(w.startswith("-") and not w.startswith("--") and "e" in w[1:] for w in words) or "errexit" in words
    return False if off else True if on else None
