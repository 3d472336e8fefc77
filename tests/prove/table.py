"""The table of what was proven: rows are fixes in hosts, columns releases."""

from __future__ import annotations

from collections.abc import Iterable

from .proof import Proof

_COLUMNS = ("documents", "refused before", "fixed runs", "imports", "system unchanged", "second run", "safe, proven")


def table(proofs: Iterable[Proof]) -> str:
    """A Markdown table. `9 + 2` refused: two more were not to be refused, as the override let them pass."""
    rows: dict[tuple[str, str, str], list[Proof]] = {}
    for proof in proofs:
        rows.setdefault((proof.host, proof.fix, proof.release), []).append(proof)
    lines = [f"| host | fix | release | {' | '.join(_COLUMNS)} |", f"| {' | '.join(['---'] * (len(_COLUMNS) + 3))} |"]
    for key, found in rows.items():
        lines.append(f"| {' | '.join([*key, *_cells(found)])} |")
    return "\n".join(lines) + "\n"


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
