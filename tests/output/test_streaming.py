"""Long output: what is remembered of it is bounded. `make bench` streams 100 MB of each shape."""

from __future__ import annotations

import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from pep668.languages._recognizer import Recognizer, recognize
from pep668.languages._source import Source

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bench"))

import stream

BOUND = 8_000_000  # bytes: an unfinished line, read in pieces, is the largest thing that is kept


@pytest.mark.parametrize("shape", stream.SHAPES)
def test_memory_is_bounded_and_the_refusal_found(shape: str) -> None:
    recognizer = Recognizer()
    megabytes = 0.5 if shape == "many needles" else 2
    stream.recognized(shape, 0.1)  # what is loaded at first does not count
    tracemalloc.start()
    for piece in stream.pieces(shape, megabytes):
        recognizer.feed(piece)
    (error,) = recognizer.finish()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.form == "pip-unicode"
    assert peak < BOUND


@pytest.mark.parametrize("shape", stream.SHAPES)
def test_pieces_of_any_size(shape: str) -> None:
    output = "".join(stream.pieces(shape, 0.05))
    whole = recognize(output)
    assert whole
    for size in (1, 61, 5000):
        recognizer = Recognizer()
        for at in range(0, len(output), size):
            recognizer.feed(output[at : at + size])
        assert recognizer.finish() == whole


# Lines that are looked at closely, each of them; what is quadratic takes minutes here: a guard, not a measure.
CLOSE = [
    "error: externally-managed-environment\n",
    "error: The interpreter at `/usr` is externally\n",
    '{"log":"error: externally-managed-environment\\n"}\n',
    '{"log":"error: externally-managed-environment\\n"},',
    '    "error: externally-managed-environment\\n",\n',
    " => => # error: externally-managed-environment\n => => # × This environment is externally managed\n",
    "##[group]Run pip install x\nerror: externally-managed-environment\n",
    "bash: .venv/bin/pip: Permission denied\n",
    "\x1b]633;E;pip install x\x07error: externally-managed-environment\n",
    "a\b",
    "\\342\\225\\260",
]


@pytest.mark.parametrize("line", CLOSE)
def test_lines_that_are_looked_at_closely_end(line: str) -> None:
    begun = time.process_time()
    recognize(line * (300_000 // len(line)), Source(known=True, exit_code=1))
    assert time.process_time() - begun < 60
