"""What the engine makes of a document: the text after each fix, and after all preferred ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pep668 import fixes, languages
from pep668.analysis import analyze
from pep668.model import Applicability, Finding, Fix, Machine, Severity
from pep668.text import apply_edits

ALL = "all preferred"
_ROUNDS = 20


@dataclass(frozen=True)
class Fixed:
    """A document after a fix, applied until nothing is left for it. `ids` are all fixes that took part;
    `safe`: each application was called safe."""

    id: str
    text: str
    safe: bool
    ids: tuple[str, ...]
    titles: tuple[str, ...]


def fixed(text: str, path: str, machine: Machine | None) -> list[Fixed]:
    """A document after each alternative of its findings, then after all preferred ones, where that is another text.

    Where an alternative leaves something refused that it does not answer, the preferred fixes of that follow.
    """
    ids = dict.fromkeys(fix.id for _, fix in _proposed(text, path, machine) if fix.edits)
    found = [_converged(text, path, machine, id) for id in ids]
    together = _converged(text, path, machine, "")
    if together.ids and all(together.text != other.text for other in found):
        found.append(together)
    return found


def _converged(text: str, path: str, machine: Machine | None, wanted: str) -> Fixed:
    safe, ids, titles = True, list[str](), list[str]()
    for _ in range(_ROUNDS):
        proposed = [(finding, fix) for finding, fix in _proposed(text, path, machine) if fix.edits]
        chosen = next((fix for _, fix in proposed if fix.id == wanted), None) or next(
            (fix for finding, fix in proposed if fix.preferred and (not wanted or finding.severity is Severity.ERROR)),
            None,
        )
        if chosen is None:
            return Fixed(wanted or ALL, text, safe, tuple(dict.fromkeys(ids)), tuple(titles))
        text = apply_edits(text, chosen.edits)
        safe = safe and chosen.applicability is Applicability.SAFE
        ids.append(chosen.id)
        titles.append(chosen.title)
    raise AssertionError(f"{wanted or ALL} does not come to an end:\n{text}")


def _proposed(text: str, path: str, machine: Machine | None) -> Iterator[tuple[Finding, Fix]]:
    language = languages.detect(path, text, "")
    assert language, path
    context_of = analyze(text, language, machine=machine, path=path)
    for finding in context_of.findings:
        for fix in fixes.propose(context_of.context, finding):
            yield finding, fix
