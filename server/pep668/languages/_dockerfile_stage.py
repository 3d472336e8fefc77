"""What the instructions of a Dockerfile make known about its stages."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from pep668.model import Evidence, Fact, Region

from . import _arguments
from ._dockerfile import Heredoc, Instruction, content, flags, substitute, words

# Facts kept for a stage. Images have at most 127 layers; a hostile file may not cost more than its length.
_MOST_FACTS = 500
_LONGEST_EVIDENCE = 120
_VARIABLE = re.compile(r"\\\$|\$(?:\{(\w+)\}|(\w+))")
_ASSIGNMENT = re.compile(r"([^\s=\"']+)=(.*)", re.DOTALL)


@dataclass(slots=True)
class Stage:
    """One `FROM` as far as it has been read. `system` and `base` are names for `Place`."""

    system: str
    base: str | None = None
    environment: dict[str, str | None] = field(default_factory=dict)
    arguments: dict[str, str | None] = field(default_factory=dict)
    known: dict[tuple[str, str], Fact] = field(default_factory=dict)
    _facts: tuple[Fact, ...] | None = None

    def lookup(self, name: str) -> str | None:
        value = self.environment.get(name)
        return self.arguments.get(name) if name not in self.environment else value

    def learn(self, fact: Fact, key: str | None = None) -> None:
        """Add a fact in place of an earlier one of its kind and name (or `key`)."""
        at = (fact.kind, fact.name if key is None else key)
        self._facts = None
        self.known.pop(at, None)
        self.known[at] = fact
        if len(self.known) > _MOST_FACTS:
            del self.known[next(k for k in self.known if k[0] != "image")]

    def facts(self) -> tuple[Fact, ...]:
        """What is known now, while the image is built."""
        if self._facts is None:
            self._facts = tuple(self.known.values())
        return self._facts

    def runtime_facts(self) -> tuple[Fact, ...]:
        """What is known in a container of the image: build arguments are gone."""
        gone = self.arguments.keys() - self.environment.keys()
        return tuple(f for f in self.facts() if f.kind != "variable" or f.name not in gone)

    def child(self, system: str) -> Stage:
        """A stage built `FROM` this one: it inherits all of it, build arguments too."""
        return Stage(system, self.system, dict(self.environment), dict(self.arguments), dict(self.known))


class Reader:
    """Follows the instructions of one Dockerfile region; `stage` is where it is."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.text = region.text
        # Two Dockerfiles in one document are different systems.
        self.prefix = "" if region.parent is None else f"{region.place.system}@{region.map.offset(0)}/"
        self.outer = tuple(f for f in region.facts if f.kind in ("document", "host"))
        self.globals: dict[str, str | None] = {}
        self.stages: list[Stage] = []
        self.aliases: dict[str, Stage] = {}
        self.stage = Stage(f"{self.prefix}stage:none")
        self.stage.learn(Fact("image", "", Evidence("no FROM stands above")))

    def evidence(self, found: Instruction, note: str = "", text: str = "") -> Evidence:
        """The instruction as the reason for something, with what was made of it."""
        if not text:
            line, _ = found.joined(self.text)
            text = " ".join([found.keyword, *line[: 4 * _LONGEST_EVIDENCE].split()])
        if len(text) > _LONGEST_EVIDENCE:
            text = text[: _LONGEST_EVIDENCE - 3] + "..."
        return Evidence(f"{text} ({note})" if note else text, self.region.outer(found.span))

    def read(self, found: Instruction) -> None:
        """Take in what an instruction says that runs nothing itself."""
        if found.onbuild:  # happens in other builds
            return
        read = getattr(self, f"_{found.keyword.lower()}", None)
        if read is not None:
            read(found)

    def _words(self, found: Instruction) -> list[str]:
        return words(found.joined(self.text)[0], found.escape)

    def _resolve(self, word: str, found: Instruction) -> str | None:
        return substitute(word, self.stage.lookup, found.escape)

    # --- instructions ---

    def _from(self, found: Instruction) -> None:
        _, found_image = flags(self.text, found)
        wanted = self._words(found_image)
        written = wanted[0] if wanted else ""
        image = substitute(written, self.globals.get, found.escape) or ""
        system = f"{self.prefix}stage:{len(self.stages)}"
        base = self.aliases.get(image.lower())
        if base is not None:
            self.stage = base.child(system)
        else:
            unknown = re.findall(r"\$\{?(\w+)", image)
            note = f"{image} by default" if image != written else ""
            if unknown:
                note = f"the value of {unknown[0]} is not known here"
            self.stage = Stage(system)
            self.stage.learn(Fact("image", image, self.evidence(found, note)))
        if len(wanted) > 2 and wanted[1].lower() == "as":
            self.aliases[wanted[2].lower()] = self.stage
        self.stages.append(self.stage)

    def _arg(self, found: Instruction) -> None:
        for word in self._words(found):
            assigned = _ASSIGNMENT.fullmatch(word)
            name = assigned[1] if assigned else word
            if not self.stages:
                self.globals[name] = substitute(assigned[2], self.globals.get, found.escape) if assigned else None
                continue
            value = self._resolve(assigned[2], found) if assigned else self.globals.get(name)
            self.stage.arguments[name] = value
            if name not in self.stage.environment:  # ENV wins, wherever it stands
                self.stage.learn(Fact("variable", value, self.evidence(found, text=f"ARG {word}"), name))

    def _env(self, found: Instruction) -> None:
        pairs: list[tuple[str, str, str]] = []
        written = self._words(found)
        if written and _ASSIGNMENT.fullmatch(written[0]):
            for word in written:
                assigned = _ASSIGNMENT.fullmatch(word)
                if assigned:
                    pairs.append((assigned[1], assigned[2], f"ENV {word}"))
        elif written:
            line, _ = found.joined(self.text)
            pairs.append((written[0], line.strip()[len(written[0]) :].strip(), ""))
        # All values of one instruction see the variables as they were before it: `ENV D=/venv PATH=$D/bin:$PATH`
        # puts `/bin` first, unless the base image has a D already.
        values: list[tuple[str, str | None, str]] = []
        new: set[str] = set()
        for name, written_value, text in pairs:
            values.append((name, substitute(written_value, lambda n: self._before(n, new), found.escape), text))
            new.add(name)
        for name, value, text in values:
            self.stage.environment[name] = value
            before = self.stage.known.get(("variable", name))
            # `PATH=$PATH:/more`: what comes first in it still does because of the earlier line
            extends = before and before.value and value and value.startswith(f"{before.value}:")
            evidence = before.evidence if before and extends else self.evidence(found, text=text)
            self.stage.learn(Fact("variable", value, evidence, name))

    def _before(self, name: str, new: set[str]) -> str | None:
        return "" if name in new and name not in self.stage.environment else self.stage.lookup(name)

    def _user(self, found: Instruction) -> None:
        user = self._resolve("".join(self._words(found)[:1]), found)
        if user is not None:
            user = user.partition(":")[0]
            known = None if "$" in user else "root" if user == "0" else user
            self.stage.learn(Fact("user", known, self.evidence(found)))

    def _workdir(self, found: Instruction) -> None:
        line, _ = found.joined(self.text)
        directory = self._resolve(line.strip(), found)
        if directory:
            self.stage.learn(Fact("directory", self._absolute(directory.rstrip("/") or "/"), self.evidence(found)))

    def _absolute(self, path: str) -> str:
        before = self.stage.known.get(("directory", ""))
        if path.startswith("$") or re.match(r"[A-Za-z]:", path):
            return path
        joined = posixpath.join("/", (before.value if before else None) or "/", path)
        return posixpath.normpath(joined) + ("/" if path.endswith("/") and joined.strip("/") else "")

    def _shell(self, found: Instruction) -> None:
        line, _ = found.joined(self.text)
        argv = _arguments.strings(line)
        if argv:
            program = argv[0].value.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
            self.stage.learn(Fact("shell", program, self.evidence(found)))
            if program in ("cmd", "powershell"):
                self.stage.learn(Fact("platform", "windows", self.evidence(found)))
            login = any(a.value == "--login" or re.match(r"-\w*l", a.value) for a in argv[1:])
            self.stage.learn(Fact("login", "yes" if login and program.endswith("sh") else None, self.evidence(found)))

    def _copy(self, found: Instruction) -> None:
        options, rest = flags(self.text, found)
        line, _ = rest.joined(self.text)
        argv = _arguments.strings(line)
        paths = [a.value for a in argv] if argv else words(line, found.escape)
        resolved = [self._resolve(p, found) for p in paths]
        if len(resolved) < 2 or resolved[-1] is None:
            return
        destination = self._absolute(resolved[-1])
        evidence = self.evidence(found)
        if "from" in options:
            origin = self._origin(options["from"])
            self.stage.learn(Fact("copy", origin, evidence, destination), f"{destination}\0{found.span.start}")
            return
        heredocs = {h.name: h for h in found.heredocs}
        for written, source in zip(paths[:-1], resolved[:-1], strict=True):
            opened = heredocs.get(re.sub(r"^\d*<<-?|[\"']", "", written)) if "<<" in written else None
            base = opened.name if opened else posixpath.basename((source or "").rstrip("/"))
            if base in ("", ".", "..") or (source or "").endswith("/"):
                continue
            name = destination + base if destination.endswith("/") else destination
            self.stage.learn(Fact("file", self._written(opened) if opened else None, evidence, name))

    _add = _copy

    def _written(self, heredoc: Heredoc) -> str | None:
        body, _ = content(self.text, heredoc)
        if not heredoc.expand or "$" not in body:
            return body
        return _VARIABLE.sub(self._put_in, body)

    def _put_in(self, found: re.Match[str]) -> str:
        value = self.stage.lookup(found[1] or found[2]) if found[1] or found[2] else found[0][1:]
        return found[0] if value is None or len(value) > _LONGEST_EVIDENCE else value

    def _origin(self, name: str) -> str | None:
        """`--from`: the system of a stage, else the image as written; None where a variable says it."""
        if "$" in name:
            return None
        stage = self.aliases.get(name.lower())
        if stage is not None and stage is not self.stage:
            return stage.system
        if name.isdigit() and int(name) < len(self.stages) - 1:
            return self.stages[int(name)].system
        return name
