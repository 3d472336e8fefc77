"""The table of what was proven: rows are fixes in hosts, columns releases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from .proof import Proof

BEGIN, END = "<!-- prove -->\n", "<!-- end of prove -->"
_COLUMNS = ("documents", "refused before", "runs", "imports", "system unchanged", "second run", "safe ones proven")


def table(proofs: Iterable[Proof]) -> str:
    """A Markdown table. `9 + 2` refused: two more were not to be refused, as the override let them pass."""
    rows: dict[tuple[str, str, str], list[Proof]] = {}
    for proof in proofs:
        rows.setdefault((proof.host, proof.fix, proof.release), []).append(proof)
    lines = [f"| host | fix | release | {' | '.join(_COLUMNS)} |", f"| {' | '.join(['---'] * (len(_COLUMNS) + 3))} |"]
    for key, found in rows.items():
        lines.append(f"| {' | '.join([*key, *_cells(found)])} |")
    return "\n".join(lines) + "\n"


def written(file: Path, proofs: Sequence[Proof]) -> None:
    """Put the table and its sum between the marks of a page."""
    safe = [p for p in proofs if p.safe]
    proven = sum(p.proven for p in safe)
    summed = (
        f"{len(proofs)} fixed documents, {sum(p.proven for p in proofs)} proven; of {len(safe)} called safe {proven}.\n"
    )
    text = file.read_text(encoding="utf-8")
    marked = re.compile(f"(?s)({BEGIN}).*?({END})")
    if not marked.search(text):
        raise ValueError(f"{file} has no place for the table")
    rows = table(sorted(proofs, key=lambda p: (p.host, p.fix, p.release)))
    file.write_text(marked.sub(lambda m: f"{m[1]}\n{summed}\n{rows}\n{m[2]}", text), encoding="utf-8")


def _cells(found: list[Proof]) -> list[str]:
    passing = sum(p.refused is None for p in found)
    safe = [p for p in found if p.safe]
    return [
        str(len(found)),
        f"{sum(p.refused is True for p in found)}{f' + {passing}' if passing else ''}",
        str(sum(p.runs for p in found)),
        str(sum(p.imports for p in found)),
        str(sum(p.unchanged for p in found)),
        str(sum(p.again for p in found)),
        f"{sum(p.proven for p in safe)} of {len(safe)}",
    ]
