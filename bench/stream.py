"""Output of many shapes, streamed: `python bench/stream.py SHAPE MEGABYTES (pep668|plain)`.

`pep668` feeds the recognizer, `plain` one regular expression; both get the same pieces, as a terminal hands them
on. Prints the reports that were found and by how many KB the process grew.
"""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Iterator

PIECE = 1 << 14  # characters
REFUSAL = """error: externally-managed-environment

× This environment is externally managed
╰─> To install Python packages system-wide, try apt install

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider.
hint: See PEP 668 for the detailed specification.
"""
SHAPES = {
    "build log": "[ 12%] Building CXX object src/CMakeFiles/app.dir/main.cpp.o -O2 -Wall -fPIC\n",
    "coloured log": "\x1b[2m07:40:01\x1b[0m \x1b[32mINFO\x1b[0m request \x1b[1mGET /index\x1b[0m took 12 ms\r\n",
    "line without end": "x" * 80,
    "progress bar": "\r 42%|####2     | 42/100 [00:01<00:02, 31.4it/s]",
    "escape sequences": "\x1b[38;5;12m\x1b[0m",
    "title without end": "y" * 80,
    "JSON log": '{"level": "info", "message": "GET /index\\n", "took": 12}\n',
    "alternate screen": "\x1b[12;1H~ the text of an editor externally\x1b[K",
    "many needles": "the cluster is externally managed by another team\n",
}
HEADS = {"title without end": "\x1b]0;", "alternate screen": "\x1b[?1049h"}
TAILS = {"alternate screen": "\x1b[?1049l"}


def pieces(shape: str, megabytes: float) -> Iterator[str]:
    yield HEADS.get(shape, "")
    piece = SHAPES[shape] * (PIECE // len(SHAPES[shape]))
    for _ in range(int(megabytes * 1_000_000 / len(piece))):
        yield piece
    yield TAILS.get(shape, "") + "\n" + REFUSAL


def recognized(shape: str, megabytes: float) -> int:
    from pep668.languages._recognizer import Recognizer

    recognizer = Recognizer()
    for piece in pieces(shape, megabytes):
        recognizer.feed(piece)
    return len(recognizer.finish())


def matched(shape: str, megabytes: float) -> int:
    words = r"^error: externally-managed-environment|No module named pip|pip: command not found"
    pattern = re.compile(words, re.MULTILINE)
    return sum(len(pattern.findall(piece)) for piece in pieces(shape, megabytes))


def main() -> int:
    shape, megabytes, side = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    run = recognized if side == "pep668" else matched
    run(shape, 0.1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = run(shape, megabytes)
    print(found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    return 0


if __name__ == "__main__":
    sys.exit(main())
