"""What the rules about output say."""

from __future__ import annotations

import pytest

from pep668.languages._failures import PATTERNS
from pep668.model import ErrorReport
from pep668.rules import em020_externally_managed_error as em020
from pep668.rules import em021_provisioning_error as em021
from pep668.text import Span


def test_every_known_failure_has_a_message() -> None:
    assert {p.kind for p in PATTERNS} <= set(em021.MESSAGES)


@pytest.mark.parametrize("kind", sorted(em021.MESSAGES))
@pytest.mark.parametrize("detail", ["", "{detail}", "x"])
def test_a_message_is_one_filled_sentence(kind: str, detail: str) -> None:
    said = em021.message(ErrorReport(kind, "pip", "", Span(0, 1), detail=detail, command="pip3"))
    assert "{tool}" not in said
    assert said.count("{detail}") == ("{detail}" in em021.MESSAGES[kind] and detail == "{detail}")
    assert "``" not in said
    assert not said.endswith((" ", ":", "."))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (
            ErrorReport("externally-managed", "pip", "install", Span(0, 1), packages=("six",), prefix="/usr"),
            "pip refused to install `six`: the Python under /usr is externally managed",
        ),
        (
            ErrorReport("externally-managed", "uv", "uninstall", Span(0, 1), packages=("a", "b", "c", "d", "e")),
            "uv refused to uninstall `a`, `b`, `c`, 2 more: the Python that it reached is externally managed",
        ),
        (
            ErrorReport("externally-managed", "pip", "install", Span(0, 1), requirements=("dev.txt",)),
            "pip refused to install `dev.txt`: the Python that it reached is externally managed",
        ),
    ],
)
def test_a_refusal_names_what_was_asked_for(report: ErrorReport, expected: str) -> None:
    assert em020.message(report) == expected
