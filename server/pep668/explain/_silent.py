"""Commands that failed without a word: whether what they run of files surely is refused, and nothing else can be it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pep668.model import Command

from ._trace import Found, Ran, Step, Text, Trace

_HARMLESS = frozenset("echo : true".split())
_SET = re.compile(r"-[euxvo]+")
_SETS = frozenset("e u x v o errexit nounset pipefail xtrace verbose".split())
_NOUNSET = re.compile(r"\bset\s+-\w*u|\bnounset\b")
_EXPANSION = re.compile(r"\$(?:\{[#!]?)?([A-Za-z_]\w*|[0-9])(?![\w]*:?[-+=])")
_DEMANDING = re.compile(r"\$\{[^}:?]*:?\?|\$\(\(|\$\[|\(\(")  # `${X:?}`, and arithmetic, which may be wrong
_TESTS = re.compile(r"\[\[|\(\(")  # no commands of their own, and they fail
_ALWAYS = frozenset("HOME PWD PATH 0 BASH_SOURCE OLDPWD UID HOSTNAME".split())
_GIVEN = re.compile(r"[A-Za-z_]\w*(?:=|\Z)")
_CONVERTS = re.compile(r"%(?![sb%])")
_PLAIN = ("time", "command", "nice", "nohup")
# Behind these the last command does not tell how a script ends.
_ENDS = frozenset(". source exit exec return trap kill eval logout suspend wait readonly declare typeset".split())
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
        return _script(
            only.texts[0],
            stops=only.run.stops or (not only.run.language and _errexit_by_shebang(only.text)),
            depth=depth,
        )
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
    steps, expansions = text.steps, _Expansions(text.region.text)
    for at, step in enumerate(steps):
        command = step.command
        if command.name in _ENDS or not expansions.work(command) or any(w.name == "exec" for w in command.wrappers):
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
            if stops and _TESTS.search(text.region.text, 0, command.span.start):
                return None
            end = _end(step, depth, quiet=quiet)
            return None if end is None or (not quiet and (stops or alone)) else end
        if stops:
            return None
        quiet = False
    return None


class _Expansions:
    """Whether variables have values wherever their having none ends a script."""

    def __init__(self, text: str) -> None:
        first = text.partition("\n")[0]
        self._strict = _NOUNSET.search(text) is not None or bool(re.match(r"#!.*\s-\w*u", first))
        self._given: set[str] = set()

    def work(self, command: Command) -> bool:
        source = command.region.text[command.span.start : command.span.end]
        if not command.words:
            self._given.update(a.name for a in command.assignments)
        names = _EXPANSION.findall(source)
        if _DEMANDING.search(source):
            return False
        return not self._strict or all(name in _ALWAYS or name in self._given for name in names)


def _end(step: Step, depth: int, *, quiet: bool) -> _End | None:
    command = step.command
    if command.scope or not _whole(command) or any(w.name not in _PLAIN for w in command.all_wrappers):
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
    """Whether it surely ends with 0."""
    command = step.command
    if step.inner or step.ran or step.found is not None or command.wrappers or command.redirects or command.scope:
        return False
    source = command.region.text[command.span.start : command.span.end]
    if "$(" in source or "`" in source or "$[" in source:
        return False
    if not command.words:
        return "[" not in source.partition("=")[0]
    if command.name == "export":
        return all(_GIVEN.match(w.pattern) for w in command.words[1:])
    if command.name == "printf":
        return len(command.words) > 1 and not _CONVERTS.search(command.words[1].value or "%d")
    return command.name in _HARMLESS and _whole(command)


def _errexit(command: Command) -> bool | None:
    """True where `set` has the shell stop at the first failure, None where it does not; False: it may do anything."""
    options: list[str] = []
    words = [w.value or "" for w in command.words[1:]]
    while words:
        word = words.pop(0)
        if not _SET.fullmatch(word):
            return False
        options += word[1:]
        if "o" in word:
            options.append(words.pop(0) if words else "")
    if not set(options) <= _SETS:
        return False
    return True if {"e", "errexit"} & set(options) else None
