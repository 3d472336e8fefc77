"""Long output: what is remembered of it is bounded. `make bench` streams 100 MB of each shape."""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path

import pytest

from pep668.languages._recognizer import Recognizer, recognize

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
