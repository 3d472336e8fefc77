"""Bad input: what is torn, endless, or made to take long."""

from __future__ import annotations

import sys
import time
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages import BODY, COLOURED, NOTE, PIP, UV
from pep668.explain import explain
from pep668.languages._recognizer import Recognizer, recognize
from pep668.languages._source import Source

MESSAGES = (PIP, UV, COLOURED, BODY, NOTE, "error: ", "externally", " managed", "× ")
MARKS = ("\n", "\r", "\r\n", "\x1b[", "\x1b]633;E;", "\x1b[?1049h", "\x1b[?1049l", "\\n", "\\u001b", '"', "\\xc3\\x97")
OTHERS = ("+ pip install x\n", "No module named pip", "'ensurepip'")
PIECES = st.sampled_from([*MESSAGES, *MARKS, *OTHERS])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=20), max_size=12), st.integers(1, 7))
def test_never_raises_and_chunks_do_not_matter(pieces: list[str], size: int) -> None:
    output = "".join(pieces)
    whole = recognize(output)
    recognizer = Recognizer()
    for at in range(0, len(output), size):
        recognizer.feed(output[at : at + size])
    assert recognizer.finish() == whole
    assert all(0 <= e.span.start <= e.span.end <= len(output) for e in whole)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80), st.integers(-1, 300))
def test_explain_never_raises(output: str, command: str, code: int) -> None:
    explain(output + PIP, command=command, exit_code=code)
    explain(output, command=f"pip install {command}", exit_code=code, shell=output)


def test_long_lines_are_read_in_pieces() -> None:
    assert recognize("x" * 700_000 + "\n" + PIP)
    assert recognize("\r".join(["x" * 70] * 9_000) + "\n" + PIP)


def size_of(value: object, seen: set[int]) -> int:
    if id(value) in seen or isinstance(value, type) or callable(value):
        return 0
    seen.add(id(value))
    total = sys.getsizeof(value)
    if isinstance(value, dict):
        total += sum(size_of(v, seen) for pair in value.items() for v in pair)
    elif isinstance(value, list | tuple | set | deque):
        total += sum(size_of(v, seen) for v in value)
    else:
        total += sum(size_of(getattr(value, s, None), seen) for s in getattr(value, "__slots__", ()))
        total += size_of(getattr(value, "__dict__", None), seen)
    return total


def test_memory_does_not_grow_with_the_output() -> None:
    recognizer = Recognizer(Source())
    chunk = ("a line of a build that goes on, without an end and without a needle\n" * 900) + "x" * 300
    long_line = "y" * 200_000
    sizes = []
    for round_ in range(20):
        for _ in range(16):
            recognizer.feed(chunk)
        recognizer.feed(long_line)
        recognizer.feed("\n" + PIP if round_ < 2 else "\n")
        sizes.append(size_of(recognizer, set()))
    assert len(recognizer.finish()) == 2
    assert max(sizes) < 4_000_000
    assert sizes[-1] <= max(sizes[:5]) * 1.2


HOSTILE = [
    "a/" * 300_000 + ": not found",
    "\x1b[" * 300_000 + "command not found",
    "[" * 300_000 + "'ensurepip'",
    "+" * 300_000 + " pip install x",
    "\\n externally" * 50_000,
    "error: The interpreter at " * 20_000 + "externally managed",
    "'" * 200_000 + "pip install",
]


@pytest.mark.parametrize("line", HOSTILE, ids=[h[:12] for h in HOSTILE])
def test_hostile_lines_end(line: str) -> None:
    # What is quadratic takes minutes here: a guard, not a measure.
    begun = time.process_time()
    recognize(f"{line}\n{line}\n{PIP}")
    assert time.process_time() - begun < 60
