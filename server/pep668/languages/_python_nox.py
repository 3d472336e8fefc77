"""What a noxfile's sessions install and run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pep668.text import Span

from ._python_calls import Calls
from ._python_names import Where
from ._python_scopes import Placed, Scope
from ._python_text import Piece, Text, Words
from ._python_tree import Attribute, Call, Name, Sequence, Str, dotted

_INSTALLS = frozenset(("install", "conda_install"))
_RUNS = frozenset(("run", "run_always", "run_install"))


@dataclass(frozen=True, slots=True)
class SessionCommand:
    """`virtual`: it runs in the session's own environment. `decorator` is the place that says so."""

    value: Words
    virtual: bool
    installs: bool


def imports_nox(calls: Calls) -> bool:
    return any(o.partition(".")[0] in ("nox", "nox_poetry", "nox_uv") for o in calls.module.imports.values())


def commands(calls: Calls, placed: Placed) -> Iterator[SessionCommand]:
    """What a call of a session's method does; nothing for any other call."""
    call = placed.node
    if not isinstance(call, Call) or not isinstance(call.func, Attribute) or not isinstance(call.func.value, Name):
        return
    method, receiver = call.func.name, call.func.value
    if method not in _INSTALLS and method not in _RUNS:
        return
    session = _session(calls, placed.scope, receiver.id)
    if session is None:
        return
    where = Where(placed.scope, placed.path, call.start)
    listed = Sequence(call.start, call.end, call.args, "(")
    virtual = _virtual(calls, session)
    for value in calls.evaluator.values(listed, where):
        if not isinstance(value, Words) or not value.items:
            continue
        if method in _RUNS:
            yield SessionCommand(value, virtual, installs=False)
        elif virtual or method == "conda_install":
            yield SessionCommand(Words((_program(call.func), *value.items)), virtual=True, installs=True)
        else:
            # Without an environment of its own the session's pip is the one that nox itself runs with.
            end = call.func.end - len(method)
            words = (
                Text((Piece("pip", Span(call.func.start, end)),)),
                Text((Piece(method, Span(end, call.func.end), exact=True),)),
            )
            yield SessionCommand(Words((*words, *value.items)), virtual=False, installs=True)
        return


def _program(func: Attribute) -> Text:
    """`session.install`, whatever the session's name is."""
    receiver = func.value
    written = isinstance(receiver, Name) and receiver.id == "session" and func.end - func.start == 8 + len(func.name)
    if written:
        return Text((Piece(f"session.{func.name}", func.span, exact=True),))
    start = func.end - len(func.name)
    return Text((Piece("session.", Span(func.start, start)), Piece(func.name, Span(start, func.end), exact=True)))


def _session(calls: Calls, scope: Scope | None, name: str) -> Scope | None:
    """The function whose parameter of that name is a nox session."""
    while scope is not None:
        for index, parameter in enumerate(scope.parameters):
            if parameter.name != name:
                continue
            decorated = index == 0 and any(_is_session(calls, d) for d in scope.decorators)
            annotated = parameter.annotation.rpartition(".")[2].strip("\"'") == "Session"
            return scope if decorated or annotated or (name == "session" and imports_nox(calls)) else None
        scope = scope.parent
    return None


def _is_session(calls: Calls, decorator: object) -> bool:
    if isinstance(decorator, Call):
        decorator = decorator.func
    if not isinstance(decorator, Name | Attribute):
        return False
    head, _, last = calls.evaluator.qualified(decorator).rpartition(".")
    return last == "session" and head.partition(".")[0] in ("nox", "nox_poetry", "nox_uv")


def _virtual(calls: Calls, session: Scope) -> bool:
    for decorator in session.decorators:
        if not isinstance(decorator, Call) or not _is_session(calls, decorator):
            continue
        backend = decorator.keyword("venv_backend")
        if backend is not None:
            return _text(calls, backend) != "none"
        python = decorator.keyword("python") or decorator.keyword("py")
        if python is not None and dotted(python) == "False":
            return False
    for binding in calls.module.top.bindings.get("nox.options.default_venv_backend", ()):
        if isinstance(binding.value, Str):
            return _text(calls, binding.value) != "none"
    return True


def _text(calls: Calls, node: object) -> str | None:
    if not isinstance(node, Str):
        return None
    value = calls.evaluator.values(node, Where(calls.module.top, (), node.start))[0]
    return value.known if isinstance(value, Text) else None
