"""What a Jenkinsfile says of the places where its steps run: agents, containers, environments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pep668.model import Evidence, Fact, Region
from pep668.text import Span

from ._groovy import Block, Mark, Statement, String, Token, span_of, text_of

STEPS = {"sh": "shell", "bat": "cmd", "powershell": "powershell", "pwsh": "powershell"}
_PYTHONS = re.compile(r"(?:with|in|use)_?\w*(?:venv|virtualenv|pyenv|conda|python|poetry)", re.IGNORECASE)
MOST = 400  # tokens of a call, and before a block


class Reader:
    """Reads facts from the statements of one region. `known` are Groovy variables with one constant value."""

    def __init__(self, region: Region, root: Block) -> None:
        self.region = region
        self.known: dict[str, str] = {}
        self.images: dict[str, Statement] = {}
        self.pods: dict[str, tuple[str, Span]] = {}
        self._collect(root)

    def _collect(self, root: Block) -> None:
        """Variables that are given one string only, and the containers of pod templates."""
        given: dict[str, set[str | None]] = {}
        pending = [root]
        while pending:
            for statement in pending.pop().statements:
                pending += [t for t in statement if isinstance(t, Block)]
                for at, token in enumerate(statement[:-2]):
                    if isinstance(token, Mark) and token.name and text_of(statement[at + 1]) == "=":
                        value = self.value(statement[at + 2 : at + 3]) if len(statement) == at + 3 else None
                        given.setdefault(token.text.removeprefix("env."), set()).add(value)
                        if text_of(statement[at + 2]) == "docker.image":
                            self.images[token.text] = statement[at + 3 : at + 6]
                for at, token in enumerate(statement):
                    if text_of(token) == "containerTemplate":
                        self._container(dict(named(statement[at + 1 : at + 1 + MOST])))
                    elif text_of(token) == "yaml":
                        self._pod(statement[at + 1 : at + 4])
        for name, values in given.items():
            value = values.pop() if len(values) == 1 else None
            if value is not None:
                self.known[name] = value

    def _container(self, arguments: dict[str, Statement]) -> None:
        name, image = self.value(arguments.get("name", [])), arguments.get("image", [])
        if name and image:
            self.pods[name] = (self.value(image) or "", span_of(image))

    def _pod(self, tokens: Statement) -> None:
        string = next((t for t in tokens if isinstance(t, String)), None)
        if string is None:
            return
        from pep668.syntax import yaml
        from pep668.syntax.node import Mapping, walk

        tree = yaml.parse("".join(p.text if not p.hole else "_" for p in string.parts))
        for node in walk(tree):
            if isinstance(node, Mapping) and node.text("name") and node.text("image"):
                holed = "_" in (node.text("image") or "") and string.value is None
                self.pods[node.text("name") or ""] = ("" if holed else node.text("image") or "", string.span)

    # --- values ---

    def value(self, tokens: Sequence[Token]) -> str | None:
        """The text of one string, or of a name that is known; None for anything else."""
        if len(tokens) != 1:
            return None
        token = tokens[0]
        if isinstance(token, String):
            out = [self.known.get(p.text.removeprefix("env.")) if p.hole else p.text for p in token.parts]
            return None if None in out else "".join(p or "" for p in out)
        return self.known.get(token.text.removeprefix("env.")) if isinstance(token, Mark) else None

    def symbolic(self, string: String) -> str:
        """Its text, in which what is not known stays as `${NAME}`."""
        out = []
        for part in string.parts:
            name = part.text.removeprefix("env.")
            out.append(self.known.get(name, "${" + (name or "_") + "}") if part.hole else part.text)
        return "".join(out)

    def fact(self, kind: str, value: str | None, span: Span, text: str, name: str = "") -> Fact:
        return Fact(kind, value, Evidence(text, self.region.outer(span)), name)

    def image(self, tokens: Sequence[Token], text: str = "") -> Fact:
        value = self.value(tokens) or ""
        return self.fact("image", value, span_of(tokens), text or f"it runs in {value or 'a container'}")

    # --- directives and wrappers ---

    def agent(self, statement: Statement) -> Fact | None:
        """What `agent` says: an image, or a machine that the file does not describe."""
        block = next((t for t in statement if isinstance(t, Block)), None)
        span = span_of(statement)
        if block is None:
            return None if text_of(statement[-1]) == "none" else self.fact("runner", "", span, "a Jenkins agent")
        for inner in block.statements:
            kind, nested = text_of(inner[0]), next((t for t in inner if isinstance(t, Block)), None)
            if kind == "docker":
                found = (
                    next((s[1:] for s in nested.statements if text_of(s[0]) == "image"), []) if nested else inner[1:]
                )
                return self.image([t for t in found if not isinstance(t, Mark) or t.name] or inner[:1])
            if kind == "dockerfile":
                return self.fact("image", "", span_of(inner), "an image built from the project's Dockerfile")
            if kind == "kubernetes":
                return self.container(_directive(nested, "defaultContainer") if nested else [], span_of(inner))
        return self.fact("runner", "", span, "a Jenkins agent")

    def container(self, tokens: Sequence[Token], span: Span) -> Fact:
        name = self.value([t for t in tokens if isinstance(t, String)][:1])
        image, where = self.pods.get(name or "", ("", span))
        return self.fact("image", image, where, f"the container {name or 'of the pod'} is {image or 'not known'}")

    def variables(self, block: Block) -> Iterator[Fact]:
        """The variables of an `environment` block."""
        for statement in block.statements:
            if len(statement) >= 3 and text_of(statement[1]) == "=":
                name = text_of(statement[0])
                token = statement[2]
                value = self.symbolic(token) if isinstance(token, String) and len(statement) == 3 else None
                yield self.fact("variable", value, span_of(statement), f"environment {{ {name} }}", name)

    def wrapped(self, statement: Statement, at: int) -> Iterator[Fact]:
        """The facts that the call before a block brings (`withEnv([...]) { }`); `at` is the block's index."""
        start = max(0, at - MOST)
        head = statement[start:at]
        for back in range(len(head) - 1, -1, -1):
            if isinstance(head[back], Block):  # of another call, `parallel(a: { }, b: { })`
                head = head[back + 1 :]
                break
        for index, token in enumerate(head):
            name, arguments = text_of(token), head[index + 1 :]
            if name == "withEnv":
                yield from self._with_env(arguments)
            elif name == "withPythonEnv":
                text = "withPythonEnv makes a virtual environment"
                yield self.fact("environment", "", span_of(head), text)
            elif _PYTHONS.match(name):  # of a shared library
                text = f"{name} may activate an environment"
                yield self.fact("environment", None, span_of(head), text)
            elif name == "dir":
                value = self.value([t for t in arguments if isinstance(t, String)][:1])
                if value:
                    yield self.fact("directory", value, span_of(arguments), f"dir('{value}')")
            elif name == "container":
                yield self.container(arguments, span_of(head))
            elif name == "node":
                yield self.fact("runner", "", span_of(head), "a Jenkins agent")
            elif name == "inside" or name.endswith(".inside"):
                yield self._inside(head, index)

    def _inside(self, head: Statement, index: int) -> Fact:
        """The image of `docker.image('x').inside { }` or of `x = docker.image('y')` ... `x.inside { }`."""
        given: Statement = self.images.get(text_of(head[index]).removesuffix(".inside"), [])
        for at in range(index - 1, -1, -1):
            if text_of(head[at]) == "docker.image":
                given = head[at + 1 : index]
                break
        named_image = [t for t in given if isinstance(t, String) or text_of(t).isidentifier()][:1]
        if not named_image:
            return self.fact("image", "", span_of(head), "an image that the file does not name here")
        return self.image(named_image)

    def _with_env(self, tokens: Statement) -> Iterator[Fact]:
        for token in tokens:
            if not isinstance(token, String):
                continue
            name, _, value = self.symbolic(token).partition("=")
            if name.startswith("PATH+"):
                name, value = "PATH", f"{value}:$PATH"
            if name.isidentifier():
                yield self.fact("variable", value, token.span, f"withEnv {name}", name)


def _directive(block: Block, name: str) -> Statement:
    return next((s[1:] for s in block.statements if text_of(s[0]) == name), [])


def named(tokens: Statement) -> Iterator[tuple[str, Statement]]:
    """The arguments of a call, `name: value`; those without a name have "". Ends where the call does.

    A call that is still being typed ends before what cannot belong to it: two values with nothing between them.
    """
    depth, top, current, name = 0, 1, list[Token](), ""
    for at, token in enumerate(tokens):
        mark = text_of(token)
        if mark == "[" and at == 1 and text_of(tokens[0]) == "(":
            top = 2  # `sh([script: ...])`
        if at and isinstance(tokens[at - 1], String) and (not mark or mark[0].isalpha()):
            break
        if mark in STEPS and current:
            break
        if mark in (")", "]"):
            depth -= 1
            if depth < 0 or (depth == 0 and mark == ")"):
                break
        elif mark in ("(", "[") and depth < top:
            depth += 1
        elif mark == "," and depth <= top:
            yield name, current
            current, name = [], ""
        elif mark == ":" and depth <= top and len(current) == 1 and not name:
            name = text_of(current[0]) or (current[0].value or "" if isinstance(current[0], String) else "")
            current = []
        elif mark != "\n":
            depth += mark in ("(", "[")
            current.append(token)
        if depth > _DEEPEST:
            break
    if current:
        yield name, current


_DEEPEST = 8  # brackets in the arguments of a call
