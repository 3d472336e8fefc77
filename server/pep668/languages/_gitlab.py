"""How GitLab puts jobs together: `extends`, `!reference`, `default:` and the keys at the top."""

from __future__ import annotations

from dataclasses import dataclass, field

from pep668.model import Fact
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, items, text

from ._pipeline import entries, texts, values

KEYWORDS = frozenset(
    "after_script before_script cache default image include services spec stages types variables workflow".split()
)
_INHERITED = ("image", "before_script", "after_script", "hooks", "tags")
_DEEPEST = 11  # of `extends`, as GitLab allows; `!reference` may be nested ten times
_MOST = 100_000  # nodes of all scripts of a file, those that `!reference` and aliases name counted each time


@dataclass(frozen=True)
class Configuration:
    """The jobs of a file, the hidden ones too, and what holds for all of them."""

    root: Mapping
    jobs: tuple[tuple[str, Mapping], ...]
    default: Mapping
    facts: dict[tuple[int, ...], list[Fact]] = field(default_factory=dict)
    top: dict[str, Node] = field(default_factory=dict)
    _inherited: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    _chains: dict[int, tuple[Mapping, ...]] = field(default_factory=dict)
    _read: list[int] = field(default_factory=lambda: [0])

    @classmethod
    def of(cls, documents: tuple[Node, ...]) -> Configuration | None:
        """Of the documents of a file; the one with `spec:` says only what includes it may set."""
        found = [d for d in documents if isinstance(d, Mapping)]
        if not found:
            return None
        root = Mapping(tuple(e for d in found for e in entries(d)), found[0].span)
        jobs = [(e.key.value, e.value) for e in root.entries if e.key.value not in KEYWORDS]
        default = root.mapping("default")
        file = cls(root, tuple((n, j) for n, j in jobs if isinstance(j, Mapping)), default)
        file.top.update((e.key.value, e.value) for e in root.entries)
        file._inherited.update((key, values(default, key) or values(root, key)) for key in _INHERITED)
        return file

    def chain(self, job: Mapping, depth: int = 0) -> tuple[Mapping, ...]:
        """The mappings that a job is merged from, its own last."""
        if id(job) not in self._chains:
            self._chains[id(job)] = (job,)  # what extends itself ends here
            out: list[Mapping] = []
            for name in items(job.get("extends")) if depth < _DEEPEST else ():
                base = self.top.get(text(name) or "")
                if isinstance(base, Mapping):
                    out += self.chain(base, depth + 1)
            self._chains[id(job)] = tuple(dict.fromkeys([*out, job]))[-50:]
        return self._chains[id(job)]

    def own(self, job: Mapping, key: str) -> tuple[Node, ...]:
        """The values of a key in the job or what it extends."""
        for mapping in reversed(self.chain(job)):
            found = tuple(v for v in values(mapping, key) if not (isinstance(v, Scalar) and v.missing))
            if found:
                return found
        return ()

    def get(self, job: Mapping, key: str) -> tuple[Node, ...]:
        """As `own`, else that of `default:` or of the top, where the job takes those over."""
        found = self.own(job, key)
        if found or key not in _INHERITED or not self._inherits(job, "default", key):
            return found
        return self._inherited[key]

    def _inherits(self, job: Mapping, what: str, key: str) -> bool:
        for mapping in reversed(self.chain(job)):
            node = mapping.get("inherit", what)
            if isinstance(node, Sequence):
                return key in [text(n) for n in node.items]
            if node is not None:
                return text(node) != "false"
        return True

    def image(self, job: Mapping, *, inherited: bool = True) -> tuple[Node, Mapping | None] | None:
        """The node that names the image, and the mapping that it stands in (`name:`, `docker:`)."""
        chain = [*self.chain(job)][::-1]
        nodes = [mapping.get("image") for mapping in chain]
        if inherited and self._inherits(job, "default", "image"):
            nodes += [self.default.get("image"), self.top.get("image")]
        for node in nodes:
            if isinstance(node, Sequence):
                node = next(iter(self._follow(node, 0)), None)
            if isinstance(node, Mapping):
                named = node.get("name")
                if named is not None:
                    return named, node
            elif isinstance(node, Scalar) and not node.missing:
                return node, None
        return None

    def variables(self, job: Mapping) -> dict[str, Node]:
        """Names to the nodes of their values, those of the job last."""
        out: dict[str, Node] = {}
        common = self.top.get("variables")
        for mapping in (common, *(m.get("variables") for m in self.chain(job))):
            for entry in mapping.entries if isinstance(mapping, Mapping) else ():
                if mapping is common and not self._inherits(job, "variables", entry.key.value):
                    continue
                value = entry.value.get("value") if isinstance(entry.value, Mapping) else entry.value
                if value is not None:
                    out[entry.key.value] = value
        return out

    def script(self, nodes: tuple[Node, ...]) -> tuple[Scalar, ...]:
        """The lines of scripts, with what they refer to."""
        out: list[Scalar] = []
        pending = [(n, 0) for n in reversed(nodes)]
        for _ in range(_MOST // 10):
            if not pending:
                break
            node, depth = pending.pop()
            self._read[0] += 1
            if not isinstance(node, Sequence):
                out += texts(node)
            elif self._read[0] > _MOST:
                out += [n for n in node.items if isinstance(n, Scalar) and not node.tag]
            elif node.tag == "!reference":
                pending += [(n, depth + 1) for n in reversed(self._follow(node, depth))]
            else:
                pending += [(n, depth) for n in reversed(node.items)]
        return tuple(out)

    def elsewhere(self, job: Mapping, used: tuple[Node, ...]) -> Node | None:
        """What names a template that does not stand in this file, and may have run before a script that it feeds."""
        bases = [name for mapping in self.chain(job) for name in items(mapping.get("extends"))]
        for name in bases if not self.own(job, "before_script") else ():
            if text(name) and not isinstance(self.top.get(text(name) or ""), Mapping):
                return name
        for node in (n for u in used for n in (u, *items(u))):
            if isinstance(node, Sequence) and node.tag == "!reference" and not self._follow(node, 0):
                return node
        return None

    def _follow(self, reference: Sequence, depth: int) -> tuple[Node, ...]:
        path = [text(n) or "" for n in reference.items]
        target = self.top.get(path[0]) if path and depth < _DEEPEST else None
        if isinstance(target, Mapping) and len(path) > 1:
            found = self.own(target, path[1])
            for name in path[2:]:
                found = tuple(n for f in found if isinstance(f, Mapping) for n in values(f, name))
            return found
        return (target,) if target is not None and len(path) == 1 else ()
