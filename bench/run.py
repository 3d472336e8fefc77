"""`make bench`: what pep668 takes, as a ratio of something plain beside it, in one run.

    python bench/run.py [--rounds N] [--json FILE] [start] [keystroke] [scan] [output] [terminal]

Both sides of a comparison are driven in the same way, take turns, and are warmed up alike; of each the
median counts. Times differ from machine to machine, the ratios less so: compare those of one machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import stream
import tree

HERE = Path(__file__).resolve().parent
SERVER = [sys.executable, "-m", "pep668", "server"]
BARE = [sys.executable, str(HERE / "bare_server.py")]
ENVIRON = {**os.environ, "PYTHONPATH": str(HERE.parent / "server")}
GOALS = {"start": 1.1, "keystroke": 5.0, "scan": 10.0, "terminal": 5.0}

LINES = 2000
PATIENCE = 60.0  # seconds that an answer may take
URI = "file:///bench/install.sh"


class Client:
    """As much of a client as a measurement needs: it pushes bytes and waits for one message."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRON)
        self._id = 0

    def send(self, method: str, params: object, **more: object) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            if not line:
                raise SystemExit(f"{self.process.args!r} ended")
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        patience = threading.Timer(PATIENCE, self.process.kill)
        patience.start()
        try:
            while not wanted(message := self.receive()):
                if message.get("method") == "window/logMessage":
                    print(message["params"]["message"], file=sys.stderr)
            return message
        finally:
            patience.cancel()

    def request(self, method: str, params: object) -> dict[str, Any]:
        self._id += 1
        self.send(method, params, id=self._id)
        return self.wait(lambda m: m.get("id") == self._id and "method" not in m)

    def diagnostics(self, version: int) -> list[Any]:
        def wanted(message: dict[str, Any]) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics":
                return False
            return bool(message["params"].get("version") == version)

        found: list[Any] = self.wait(wanted)["params"]["diagnostics"]
        return found

    def initialize(self) -> None:
        publish = {"relatedInformation": True, "versionSupport": True, "codeDescriptionSupport": True}
        capabilities = {"textDocument": {"publishDiagnostics": publish}}
        self.request("initialize", {"processId": None, "rootUri": "file:///bench", "capabilities": capabilities})
        self.send("initialized", {})

    def open(self, text: str) -> None:
        item = {"uri": URI, "languageId": "shellscript", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})

    def insert(self, line: int, text: str, version: int) -> None:
        at = {"line": line, "character": 0}
        change = {"range": {"start": at, "end": at}, "text": text}
        self.send(
            "textDocument/didChange",
            {"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]},
        )

    def end(self) -> None:
        self.request("shutdown", None)
        self.send("exit", None)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


def start(rounds: int) -> dict[str, Any]:
    """From the start of the process to the answer to `initialize`, and to the first diagnostics."""

    def once(command: list[str]) -> tuple[float, float]:
        began = time.perf_counter()
        client = Client(command)
        client.initialize()
        answered = time.perf_counter() - began
        client.open("#!/bin/sh\npip3 install six\n")
        client.diagnostics(1)
        first = time.perf_counter() - began
        client.end()
        return answered, first

    samples = _interleaved(rounds, lambda: once(SERVER), lambda: once(BARE))
    return {
        "start": _ratio("process start to `initialize` answered", *([s[0] for s in side] for side in samples)),
        "first": _ratio("process start to first diagnostics", *([s[1] for s in side] for side in samples)),
    }


def keystroke(rounds: int) -> dict[str, Any]:
    """One character typed in a script of 2,000 lines, to the diagnostics of that version."""
    text = tree.script(LINES, commands=20)
    lines = text.split("\n")
    install = next(n for n in range(LINES // 2, LINES) if "pip3 install" in lines[n])
    return {
        "keystroke": _typed(
            text, LINES // 2, ("x", "# "), rounds * 10, f"one keystroke in a script of {LINES:,} lines"
        ),
        "install": _typed(text, install, ("x", " "), rounds * 3, "the same in the line of an install command"),
    }


def _typed(text: str, line: int, pieces: tuple[str, str], rounds: int, name: str) -> dict[str, Any]:
    sides = [Client(command) for command in (SERVER, BARE)]
    versions = [1, 1]
    for client in sides:
        client.initialize()
        client.open(text)
        client.diagnostics(1)

    def once(side: int) -> float:
        versions[side] += 1
        began = time.perf_counter()
        sides[side].insert(line, pieces[versions[side] % 2], versions[side])
        sides[side].diagnostics(versions[side])
        return time.perf_counter() - began

    for _ in range(10):
        once(0)
        once(1)
    samples = _interleaved(rounds, lambda: once(0), lambda: once(1))
    for client in sides:
        client.end()
    return _ratio(name, *samples)


def scan(rounds: int) -> dict[str, Any]:
    """`pep668 check` over a tree of 10,000 files, 2 % of them with a needle, against ripgrep."""
    grep = shutil.which("rg")
    if grep is None:
        raise SystemExit("the scan is compared with ripgrep: install it (apt install ripgrep)")
    with tempfile.TemporaryDirectory() as folder:
        tree.write(Path(folder), files=10_000)

        def ours() -> float:
            return _timed([sys.executable, "-m", "pep668", "check", folder], (0, 1))

        def theirs() -> float:
            return _timed([grep, "-j2", "pip3? install", folder], (0, 1))

        ours(), theirs()
        samples = _interleaved(rounds, ours, theirs)
    return {"scan": _ratio("`pep668 check` over 10,000 files, against rg -j2", *samples)}


def output(rounds: int) -> dict[str, Any]:
    """100 MB of output in pieces through the recognizer, against one regular expression; 10 MB where needles abound."""
    results: dict[str, Any] = {}
    for shape in stream.SHAPES:
        megabytes = 10 if shape in ("many needles", "alternate screen") else 100
        command = [sys.executable, stream.__file__, shape, str(megabytes)]
        sides = (partial(_streamed, [*command, side]) for side in ("pep668", "plain"))
        samples = _interleaved(max(1, rounds // 4), *sides)
        grown = max(kilobytes for _, kilobytes in samples[0])
        name = f"{megabytes} MB, {shape}: {grown / 1024:.1f} MB more"
        results[f"output {shape}"] = _ratio(name, *([took for took, _ in side] for side in samples))
    return results


def _streamed(command: list[str]) -> tuple[float, int]:
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, env=ENVIRON, check=True)
    took = time.perf_counter() - began
    found, kilobytes = map(int, done.stdout.split())
    if found != 1:
        raise SystemExit(f"{' '.join(command)}: {found} refusals found of 1")
    return took, kilobytes


def terminal(rounds: int) -> dict[str, Any]:
    """100 MB of a terminal's output through the client's watcher, none of them a refusal."""
    node = shutil.which("node")
    if node is None:
        raise SystemExit("the terminal's part runs in Node: install it")
    command = [node, str(HERE / "tail.mjs"), str(rounds), *_needles()]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    samples = json.loads(done.stdout)
    return {"terminal": _ratio("100 MB of terminal output, against looking for one word", *samples.values())}


def _needles() -> list[str]:
    """What the server asks the client to look for."""
    client = Client(SERVER)
    answer = client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    client.end()
    found: list[str] = answer["result"]["capabilities"]["experimental"]["pep668"]["terminal"]["needles"]
    return found


def _timed(command: list[str], codes: tuple[int, ...]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRON, check=False)
    took = time.perf_counter() - began
    if done.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()}")
    return took


def _interleaved(rounds: int, *sides: Callable[[], Any]) -> list[list[Any]]:
    """The samples of each side; they take turns, so that what slows the machine slows both."""
    samples: list[list[Any]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, taken in zip(sides, samples, strict=True):
            taken.append(side())
    return samples


def _ratio(name: str, ours: list[float], theirs: list[float]) -> dict[str, Any]:
    mine, other = statistics.median(ours), statistics.median(theirs)
    return {"name": name, "ours": mine, "theirs": other, "ratio": mine / other, "samples": len(ours)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="start|keystroke|scan|output|terminal", help="all by default")
    parser.add_argument("--rounds", type=int, default=11, help="samples of each side (keystrokes: ten times as many)")
    parser.add_argument("--json", metavar="FILE", help="write the numbers there as well")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    print(f"{'':56} {'pep668':>10} {'beside it':>10} {'ratio':>7}  goal")
    for measure in (start, keystroke, scan, output, terminal):
        if arguments.what and measure.__name__ not in arguments.what:
            continue
        for key, result in measure(arguments.rounds).items():
            results[key] = result
            goal = GOALS.get(key)
            verdict = "" if goal is None else f"<= {goal:g}x {'ok' if result['ratio'] <= goal else 'MISSED'}"
            times = f"{result['ours'] * 1000:8.1f}ms {result['theirs'] * 1000:8.1f}ms"
            print(f"{result['name']:56} {times} {result['ratio']:6.2f}x  {verdict}", flush=True)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
