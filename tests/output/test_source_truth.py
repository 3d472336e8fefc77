"""Made-up scripts and makefiles, run by the real bash and make with a pip that refuses: no place is wrong.

What pip was asked for is written down by the stand-in itself, so that its order is the truth.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projects import PIP, explained

pytestmark = pytest.mark.skipif(
    any(shutil.which(program) is None for program in ("bash", "make")), reason="bash or make is not installed"
)
_SCRIPTS = 100
_COMMANDS = (
    "bash s.sh",
    "bash -x s.sh",
    "./s.sh",
    "bash -e s.sh",
    "make deps",
    "make -s",
    "make -k",
    "cd . && bash s.sh",
)


class Made:
    """Statements that install something, each time something else or one of two that come again."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._count = 0

    def install(self) -> str:
        if self.random.random() < 0.2:
            return f"pip3 install same{self.random.randint(0, 1)}"
        self._count += 1
        return f"pip3 install pkg{self._count}"

    def statement(self) -> str:
        p = self.install
        forms: list[Callable[[], str]] = [
            *([p] * 6),
            *(lambda text=text: text for text in _OTHERS),
            lambda: f"{p()} || true",
            lambda: f"tool 0 && {p()}",
            lambda: f"tool 1 && {p()}",
            lambda: f"{p()} | cat",
            lambda: f"! {p()}",
            lambda: f"{p()}; tool 0",
            lambda: f"if tool 1; then {p()}; else {p()}; fi",
            lambda: f"f() {{ {p()}; }}",
            lambda: f"({p()})",
            lambda: f"for i in a b; do {p()}; done",
            lambda: f"{p()} 2>/dev/null",
            lambda: f'bash -c "{p()}; {p()}"',
            lambda: f"cat <<E\n{p()}\nE",
            lambda: f"bash <<E\n{p()}\nE",
            lambda: f'eval "{p()}"',
            lambda: f"{p()} & wait",
        ]
        return self.random.choice(forms)()

    def lines(self, most: int, *forms: str) -> str:
        chosen = (self.random.choice(forms) for _ in range(self.random.randint(1, most)))
        return "".join(f"\t{form.replace('P', self.install())}\n" for form in chosen)

    def files(self) -> dict[str, str]:
        head = self.random.choice(("", "#!/bin/bash\n", "#!/bin/bash -e\n"))
        body = "\n".join(self.statement() for _ in range(self.random.randint(1, 5)))
        inner = self.lines(3, "P", "P || true", "tool 1", "true").replace("\t", "")
        recipe = self.lines(3, "P", "@P", "-P", "true", "P || true", "./t.sh")
        rules = f"deps:{self.random.choice(('', ' other'))}\n{recipe}"
        return {
            "s.sh": f"{head}{body}\n",
            "t.sh": f"#!/bin/bash{self.random.choice(('', ' -e'))}\n{inner}",
            **self.makefiles(rules, f"other:\n{self.lines(2, 'P', '-P', 'true')}"),
        }

    def makefiles(self, *rules: str) -> dict[str, str]:
        """One, or one that includes the other."""
        first, second = rules
        included = "-include more.mk\n"
        main = self.random.choice((first + second, first + included, included + first))
        return {"Makefile": main, "more.mk": second if included in main else "\n"}


_OTHERS = (
    *("tool 1", "tool 2", "set -e", "set +e", "exit 1", "f", "./t.sh", ". ./t.sh", "make -s deps", "make other"),
    *("exec tool 1", "trap 'exit 1' EXIT", ": ${X:?no}", "[[ a = b ]]", "printf %d x", "A=1", "cd nowhere", "echo hi"),
)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[str, int, list[str]]]:
    """Runs a command line in the folder: its output, exit code and what pip was asked for."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "refusal").write_text(PIP, encoding="utf-8")
    log = tools / "log"
    pip = f'#!/bin/sh\necho "$*" | sed "s/.*install //" >> {log}\ncat {tools}/refusal >&2\nexit 1\n'
    for name, text in (("pip3", pip), ("tool", f"#!/bin/sh\necho tool >> {log}\nexit ${{1:-0}}\n")):
        (tools / name).write_text(text, encoding="utf-8")
        (tools / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:/usr/bin:/bin"}

    def in_folder(command: str, files: dict[str, str]) -> tuple[str, int, list[str]]:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        log.write_text("")
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return done.stdout.decode("utf-8"), done.returncode, log.read_text().splitlines()

    return in_folder


def asked(written: str) -> str:
    """What an install asks for, as the stand-in writes it down."""
    return re.sub(r"\s*(?:2>|[>;|&]).*", "", written.partition(" install ")[2]).strip()


def projects() -> Iterator[tuple[str, dict[str, str]]]:
    made = Made(668)
    for _ in range(_SCRIPTS):
        yield made.random.choice(_COMMANDS), made.files()


def test_no_place_is_wrong(run: Callable[..., tuple[str, int, list[str]]]) -> None:
    known = 0
    for command, files in projects():
        output, code, truth = run(command, files)
        truth = [name for name in truth if name != "tool"]
        found = explained(command, output, files, code)
        sources = [s for e, s in zip(found.errors, found.sources, strict=True) if e.kind == "externally-managed"]
        places = [None if s is None else asked(s.written) for s in sources]
        known += sum(place is not None for place in places)
        for place, real in zip(places, truth, strict=False) if len(places) == len(truth) else ():
            assert place in (None, real), (command, files, places, truth)
        assert {place for place in places if place is not None} <= set(truth), (command, files, places, truth)
    assert known > _SCRIPTS // 2


def test_what_is_said_of_silent_failures_is_true(run: Callable[..., tuple[str, int, list[str]]]) -> None:
    known = 0
    for command, files in projects():
        _, code, truth = run(command, files)
        found = explained(command, "", files, code)
        if found.errors:
            known += 1
            assert truth, (command, files)
            assert found.sources[0] is not None
            assert asked(found.sources[0].written) == truth[-1], (command, files, truth)
    assert known > _SCRIPTS // 20
