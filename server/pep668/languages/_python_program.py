"""A Python program's commands, in order, with what the program itself says of the place where they run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668 import shell
from pep668.model import Evidence, Fact, Region
from pep668.text import Notation, SourceMap, Span

from . import _python_listed, _python_nox
from ._python_calls import Calls
from ._python_found import Found
from ._python_names import Where
from ._python_scopes import Placed, Scope, read
from ._python_shell import from_text, from_words, notation, unwritable
from ._python_text import Piece, Text, Variables, Words
from ._python_tree import Attribute, Call, Node, Table, dotted

_VARIABLES = re.compile(r"(?:PIP|UV|CONDA|VIRTUAL_ENV|PYTHON)\w*|PATH", re.ASCII)
_REMOVERS = frozenset("os.remove os.unlink os.rename os.replace os.renames shutil.move shutil.rmtree".split())
_REMOVING_METHODS = frozenset("unlink rename replace remove rmtree".split())
# Context managers of fabric, invoke and of many a script.
_CONTEXTS = {"prefix": "prefix", **dict.fromkeys(("cd", "lcd", "chdir", "pushd", "working_directory"), "directory")}
_UV = re.compile(r"\buv[\"'}]* pip\b")
_MARKER = re.compile(r"EXTERNALLY[-*?]|EXTERNALLY\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """Something that holds for what follows in a scope: a variable (`name`) or, without one, the directory."""

    at: int
    scope: Scope
    span: Span
    name: str
    value: Text | None


@dataclass(frozen=True, slots=True)
class Run:
    """One command. `at` tells the runs of a program apart; `elsewhere` is not "" for another machine."""

    made: tuple[str, SourceMap]
    at: str
    span: Span
    said: tuple[Said, ...] = ()
    notation: Notation = unwritable
    shell: str = ""
    remote: str = ""
    nox: Span | None = None

    @property
    def elsewhere(self) -> str:
        return f"remote@{self.span.start}" if self.remote else ""

    def facts(self, region: Region) -> tuple[Fact, ...]:
        out: list[Fact] = []
        for said in self.said:
            known = said.value.symbolic if said.value is not None else None
            span = region.outer(said.span)
            if said.name:
                out.append(Fact("variable", known, Evidence(f"{said.name}={_short(known)}", span), said.name))
            elif known is not None:
                out.append(Fact("directory", known, Evidence(f"it runs in {_short(known)}", span)))
        here = region.outer(self.span)
        if self.shell:
            out.append(Fact("shell", self.shell, Evidence(f"{self.shell} reads it", here)))
        if self.remote:
            out.append(Fact("remote", f"what {self.remote} has", Evidence(f"it runs on {self.remote}", here)))
        if self.nox is not None:
            text = "nox makes a virtual environment for each session"
            out.append(Fact("environment", "", Evidence(text, region.outer(self.nox))))
        return tuple(out)


class Program:
    def __init__(self, text: str) -> None:
        self.text = text
        self.module = read(text)
        self.calls = Calls(self.module)
        self._said = list(self._sayings())
        self._marker = _MARKER.search(text) is not None
        self._seen: set[tuple[str, int, int]] = set()

    def runs(self) -> Iterator[Run]:
        """The commands in the order of the calls that run them, then those of which only lists are there."""
        yield from self._called()
        yield from self._listed()

    def _called(self) -> Iterator[Run]:
        for placed in self.module.calls:
            session = list(_python_nox.commands(self.calls, placed))
            if session:
                for found in session:
                    nox = placed.node.span if found.virtual and not found.installs else None
                    yield from self._run(from_words(found.value), placed, placed.node.span, nox=nox)
                continue
            if self._marker:
                yield from self._removal(placed)
            starts: set[int] = set()
            called = (*self.calls.commands(placed), *self.calls.modules(placed))
            for run in sorted((r for c in called for r in self._command(c, placed)), key=_is_uv):
                # Of what a variable in a command may be, one is told: pip before uv.
                start = run.made[1].offset(0)
                if start not in starts:
                    yield run
                starts.add(start)

    def _command(self, found: Found, placed: Placed) -> Iterator[Run]:
        value = found.value
        around = list(self._around(placed))
        if isinstance(value, Text):
            made = from_text(_prefixed(value, [t for kind, t, _ in around if kind == "prefix"]))
            written = notation(self.text, found.node) if found.node is not None else unwritable
        else:
            made, written = from_words(value), unwritable
        own = [
            Said(found.span.end, placed.scope, found.span, n, t) for n, t in found.variables if _VARIABLES.fullmatch(n)
        ]
        own = [Said(span.end, placed.scope, span, "", t) for kind, t, span in around if kind == "directory"] + own
        if found.directory is not None:
            own.append(Said(found.span.end, placed.scope, found.span, "", found.directory))
        yield from self._run(made, placed, found.span, own, written, found.shell, found.remote)

    def _run(
        self,
        made: tuple[str, SourceMap],
        placed: Placed,
        span: Span,
        own: list[Said] | None = None,
        written: Notation = unwritable,
        program: str = "",
        remote: str = "",
        *,
        nox: Span | None = None,
    ) -> Iterator[Run]:
        text, where = made
        if not shell.mentions(text):
            return
        key = (text, where.offset(0), where.end_offset(len(text)))
        if key in self._seen:
            return
        self._seen.add(key)
        at = f"call@{span.start}.{len(self._seen)}"
        said = (*self._before(placed), *(own or ()))
        yield Run(made, at, span, said, written, program, remote, nox)

    def _listed(self) -> Iterator[Run]:
        for found, placed in _python_listed.commands(self.calls):
            yield from self._command(found, placed)

    # --- what holds around it ---

    def _around(self, placed: Placed) -> Iterator[tuple[str, Text, Span]]:
        """What `with c.prefix("...")` and `with c.cd("...")` say: the kind, the text, and the place."""
        for call in placed.contexts:
            last = call.func.name if isinstance(call.func, Attribute) else dotted(call.func)
            kind = _CONTEXTS.get(last)
            if kind is None or not call.args:
                continue
            value = self.calls.evaluator.values(call.args[0], Where(placed.scope, placed.path, call.start))[0]
            if isinstance(value, Text):
                yield kind, value, call.span

    # --- what holds for what follows ---

    def _sayings(self) -> Iterator[Said]:
        evaluate = self.calls.evaluator.values
        for key, value, placed in self.module.environment:
            where = Where(placed.scope, placed.path, placed.node.start)
            node = Table(key.start, placed.node.end, [(key, value)]) if value is not None else key
            for made in evaluate(node, where)[:1]:
                for name, text in made.entries if isinstance(made, Variables) else ():
                    if _VARIABLES.fullmatch(name):
                        yield Said(placed.node.end, placed.scope, Span(key.start, placed.node.end), name, text)
        for placed in self.module.calls:
            call = placed.node
            if not isinstance(call, Call) or not call.args or not isinstance(call.func, Attribute):
                continue
            if call.func.name not in ("chdir", "putenv"):
                continue
            where = Where(placed.scope, placed.path, call.start)
            name = self.calls.evaluator.qualified(call.func)
            first = evaluate(call.args[0], where)[0]
            if not isinstance(first, Text):
                continue
            if name == "os.chdir":
                yield Said(call.end, placed.scope, call.span, "", first)
            elif name == "os.putenv" and len(call.args) > 1 and _VARIABLES.fullmatch(first.known or ""):
                second = evaluate(call.args[1], where)[0]
                yield Said(
                    call.end, placed.scope, call.span, first.known or "", second if isinstance(second, Text) else None
                )

    def _before(self, placed: Placed) -> Iterator[Said]:
        scopes = []
        scope: Scope | None = placed.scope
        while scope is not None:
            scopes.append(scope)
            scope = scope.parent
        for said in self._said:
            if said.at <= placed.node.start and any(said.scope is s for s in scopes):
                yield said

    # --- the marker ---

    def _removal(self, placed: Placed) -> Iterator[Run]:
        call = placed.node
        if not isinstance(call, Call):
            return
        node: Node | None = None
        if self.calls.evaluator.qualified(call.func) in _REMOVERS:
            node = call.args[0] if call.args else None
        elif isinstance(call.func, Attribute) and call.func.name in _REMOVING_METHODS:
            node = call.func.value
        if node is None:
            return
        for value in self.calls.evaluator.values(node, Where(placed.scope, placed.path, call.start)):
            if isinstance(value, Text) and _MARKER.search(value.symbolic):
                here = call.span
                words = [Text((Piece(w, Span(here.start, here.start)),)) for w in ("rm", "-f")]
                target = Text(tuple(Piece(p.text, here, hole=p.hole) for p in value.pieces))
                yield from self._run(from_words(Words((*words, target))), placed, here)
                return


def _is_uv(run: Run) -> bool:
    return _UV.search(run.made[0]) is not None


def _prefixed(command: Text, prefixes: list[Text]) -> Text:
    """The command with those before it that run in its shell first; they stand elsewhere."""
    at = command.pieces[0].span.start if command.pieces else 0
    before = [
        Piece(piece.text, Span(at, at), hole=piece.hole)
        for prefix in prefixes
        for piece in (*prefix.pieces, Piece(" && ", Span(at, at)))
    ]
    return Text((*before, *command.pieces))


def _short(text: str | None) -> str:
    known = "..." if text is None else text
    return known if len(known) <= 60 else known[:57] + "..."
