"""What the readers of CI pipelines share: the shell processes of jobs, and texts that several jobs run.

A text that stands once may run in several jobs (an anchor's aliases, a template that jobs
extend, a reusable command). It is given once for each job, so that each has the state that
its own earlier commands leave; the image or runner of such a text is that of all its jobs,
joined by `|`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pep668 import shell
from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Entry, Node, Scalar, Sequence, items
from pep668.syntax.node import Mapping as Tree
from pep668.text import Notation, SourceMap, Span, verbatim

Made = tuple[str, SourceMap]

_PLACES = ("image", "runner", "platform")
_MOST_ITEMS = 10_000  # of one script: aliases of aliases may hold more than a file has characters
_MOST_CHOICES = 40
_MOST_REPEATS = 4_000  # texts that stand once and are read again for another job
_MANY_VARIABLES = 60
_WORD = re.compile(r"[A-Za-z_]\w*")
_TOOLS = re.compile(r"PIP|UV_|PATH$|VIRTUAL_ENV|CONDA|MAMBA|POETRY|PYTHON|PDM|HOME$|ENV$|BASH_ENV$")
_WINDOWS = {"powershell": "powershell", "pwsh": "powershell", "cmd": "cmd", "fish": "fish", "python": "python"}
_POSIX = {"sh", "bash", "zsh", "dash", "ksh", "ash"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that a process is given, and the language that it is in."""

    scalar: Scalar
    language: str = "shell"


@dataclass(frozen=True, slots=True)
class Process:
    """One shell of a job: `system` names the job, `name` the shell in it, `facts` what is known of both.

    `anchor` is the host's unit that holds the texts (a step), None where each text is one.
    """

    system: str
    name: str
    pieces: tuple[Piece, ...]
    facts: tuple[Fact, ...] = ()
    anchor: Span | None = None


def roots(region: Region) -> Iterator[Tree]:
    """The mappings among the YAML documents of a text."""
    from pep668.syntax import yaml

    return (document for document in yaml.documents(region.text) if isinstance(document, Tree))


def regions(
    region: Region,
    processes: Iterable[Process],
    rewrite: Callable[[Made], Made] | None = None,
    written: Notation = verbatim,
) -> Iterator[Region]:
    """The texts of all processes, in their order.

    `rewrite` hides what the host replaces before a shell sees it; `written` writes new text so that the
    host leaves it as it is, before the document's own notation does.
    """
    wanted = [p for p in dict.fromkeys(processes) if matters(p.pieces)]
    joined = _joined(wanted)
    made: dict[int, Made] = {}
    repeats = 0
    skipped: tuple[Fact, ...] = ()
    lost: tuple[Fact, ...]
    for process in wanted:
        facts, lost = _useful(process), ()
        for piece in process.pieces:
            scalar = piece.scalar
            again = id(scalar) in made
            repeats += again
            if again and repeats > _MOST_REPEATS:
                # What it does is not followed in this process, so that nothing after it is sure.
                if not skipped:
                    why = Evidence("many jobs share parts of their scripts", region.outer(scalar.span))
                    skipped = (Fact("image", "", why),)
                lost = skipped
                continue
            if not again:
                made[id(scalar)] = rewrite(scalar.made) if rewrite else scalar.made
            if not scalar.value.strip() or not piece.language:
                continue
            yield region.inside(
                piece.language,
                made[id(scalar)],
                facts=(*facts, *joined.get(id(scalar), ()), *lost),
                place=Place(region.named(process.system), region.named(f"{process.system}/{process.name}")),
                anchor=process.anchor or scalar.span,
                notation=scalar.notation if written is verbatim else _Both(written, scalar.notation),
            )


def _useful(process: Process) -> tuple[Fact, ...]:
    """The facts of a process; of very many variables those that its texts or the tools themselves read."""
    if sum(f.kind == "variable" for f in process.facts) <= _MANY_VARIABLES:
        return process.facts
    read = {word for piece in process.pieces for word in _WORD.findall(piece.scalar.value)}
    return tuple(f for f in process.facts if f.kind != "variable" or f.name in read or _TOOLS.match(f.name))


@dataclass(frozen=True, slots=True)
class _Both:
    inner: Notation
    outer: Notation

    def __call__(self, text: str) -> str | None:
        made = self.inner(text)
        return None if made is None else self.outer(made)


def matters(texts: Iterable[Piece]) -> bool:
    """Whether a process may do anything that matters: one that mentions nothing leaves nothing behind."""
    return any(piece.language != "shell" or shell.mentions(piece.scalar.value) for piece in texts)


def _joined(processes: list[Process]) -> dict[int, tuple[Fact, ...]]:
    """What several processes together say of the place of a text that they share."""
    users: dict[int, list[Process]] = {}
    for process in processes:
        for id_ in dict.fromkeys(id(piece.scalar) for piece in process.pieces):
            users.setdefault(id_, []).append(process)
    answers: dict[tuple[int, ...], tuple[Fact, ...]] = {}
    out: dict[int, tuple[Fact, ...]] = {}
    for id_, sharing in users.items():
        if len(sharing) > 1:
            key = tuple(map(id, sharing))
            if key not in answers:
                answers[key] = joined([p.facts for p in sharing])
            out[id_] = answers[key]
    return out


def joined(contexts: Iterable[tuple[Fact, ...]]) -> tuple[Fact, ...]:
    """The place of a text that runs in several contexts, where they differ; nothing where they agree."""
    found: dict[tuple[str, str], Fact] = {}
    for facts in contexts:
        place = next((f for kind in _PLACES for f in reversed(facts) if f.kind == kind), None)
        if place is None:
            place = Fact("image", "", Evidence("nothing tells where one of the jobs that run it runs"))
        found.setdefault((place.kind, place.value or ""), place)
    if len(found) <= 1:
        return ()
    first = next(iter(found.values()))
    values = [value for _, value in found]
    text = "runs in several jobs: " + ", ".join(dict.fromkeys(f.evidence.text for f in found.values()))
    evidence = Evidence(text if len(text) <= 300 else text[:299] + "…", first.evidence.span)
    kinds = {kind for kind, _ in found}
    if len(kinds) > 1:
        return (Fact("image", "", evidence),)
    return (Fact(kinds.pop(), "" if "" in values else "|".join(values), evidence),)


# --- texts of a tree ---


def values(tree: Tree, name: str) -> tuple[Node, ...]:
    """The values of a key: the last one, or all that stand here where a template leaves several of them."""
    found = [e for e in tree.entries if e.key.value == name]
    here = [e.value for e in found if tree.span.covers(e.key.span)]
    return tuple(here) if here else tuple(e.value for e in found[-1:])


def entries(tree: Tree) -> tuple[Entry, ...]:
    """The entries that hold: all that stand here, and those that come from elsewhere (`<<`) and are not overridden."""
    last = {e.key.value: e for e in tree.entries}
    return tuple(e for e in tree.entries if last[e.key.value] is e or tree.span.covers(e.key.span))


def texts(*nodes: Node | None) -> tuple[Scalar, ...]:
    """The scalars of nodes and of the sequences in them, however deep, in their order."""
    out: list[Scalar] = []
    pending = [n for n in reversed(nodes) if n is not None]
    steps = 0
    while pending and steps < _MOST_ITEMS:
        steps += 1
        node = pending.pop()
        if isinstance(node, Scalar):
            if not node.missing:
                out.append(node)
        elif isinstance(node, Sequence):
            pending += reversed(node.items)
    return tuple(out)


def pieces(*nodes: Node | None, language: str = "shell") -> tuple[Piece, ...]:
    return tuple(Piece(scalar, language) for scalar in texts(*nodes))


# --- facts ---


def fact(region: Region, kind: str, value: str | None, node: Node | Span, text: str = "", name: str = "") -> Fact:
    """A fact that a node shows; `text` is how to say it, "" for the first line of the node itself."""
    span = node if isinstance(node, Span) else node.span
    if not text:
        text = region.text[span.start : span.end].partition("\n")[0].strip()
    return Fact(kind, value, Evidence(text, region.outer(span)), name)


def variables(region: Region, node: Node | None, text: Callable[[Node], str | None]) -> tuple[Fact, ...]:
    """Facts of a mapping of variables, or of a list of `NAME=value`; `text` gives a value, None where it is unknown."""
    out: dict[str, Fact] = {}
    for item in items(node):
        if isinstance(item, Tree):
            for entry in item.entries:
                name = entry.key.value
                if _NAME.fullmatch(name):
                    out[name] = fact(region, "variable", text(entry.value), entry.span, name=name)
        elif isinstance(item, Scalar):
            for found in _ASSIGNMENT.finditer(item.value):
                value = found[2].strip("\"'")
                out[found[1]] = fact(region, "variable", value, item, name=found[1])
    return tuple(out.values())


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNMENT = re.compile(r"(?<!\S)([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|[^\s\"']*)")


def plain(node: Node) -> str | None:
    """The text of a scalar; None for what is no text (a secret's description)."""
    return node.value if isinstance(node, Scalar) and node.tag in ("", "!!str") else None


_REFERENCE = re.compile(r"\$\$|\$\{(\w+)\}|\$(\w+)")


def resolved(text: str, known: Mapping[str, str | None]) -> str:
    """`text` with the variables that are known put in; the others stay as `${NAME}`."""

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if not name:
            return "$$"
        value = known.get(name)
        return "${" + name + "}" if value is None else value

    for _ in range(5):  # a variable may name another
        after = _REFERENCE.sub(put, text)
        if after == text or len(after) > 2000:
            break
        text = after
    return text[:2000].replace("$$", "$")


def alternatives(text: str, choices: Mapping[str, tuple[str, ...]], known: Mapping[str, str | None]) -> str:
    """`text` for every choice of a matrix that it names, joined by `|`, with what else is known put in."""
    out = [text]
    for name, values in choices.items():
        pattern = re.compile(r"\$\{" + re.escape(name) + r"\}|\$" + re.escape(name) + r"\b")
        if values and pattern.search(text):
            out = [value.join(pattern.split(t)) for t in out for value in values][:_MOST_CHOICES]
    return "|".join(dict.fromkeys(resolved(t, known) for t in out))


def known_values(facts: Iterable[Fact]) -> dict[str, str | None]:
    return {f.name: f.value for f in facts if f.kind == "variable"}


def shell_of(written: str) -> tuple[str, str]:
    """Language and program of a shell as pipelines name it: `/bin/bash -eo pipefail`, `pwsh`, `cmd.exe /c`."""
    words = written.replace("\\", "/").split()
    if words and words[0].rpartition("/")[2] == "env":
        words = [w for w in words[1:] if not w.startswith("-")]
    program = words[0].rpartition("/")[2].lower().removesuffix(".exe") if words else ""
    base = program.rstrip("0123456789.")
    if base in _WINDOWS:
        return _WINDOWS[base], program
    return ("shell" if base in _POSIX or not program or "<<" in written or "$" in written else ""), program


def in_language(process: Process, language: str) -> Process:
    return replace(process, pieces=tuple(Piece(p.scalar, language) for p in process.pieces))
