"""A part of the documents that `make prove` runs, on each release: what the engine calls safe has to work."""

from __future__ import annotations

from types import ModuleType

import pytest

from roots.make import RELEASES, Release, unavailable

from .proof import Proof
from .run import chosen, hosts, prove
from .table import table

REASON = unavailable()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.suite)
@pytest.mark.parametrize("host", hosts(), ids=lambda h: h.__name__.rpartition(".")[2])
def test_what_is_called_safe_works(host: ModuleType, release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    found: list[Proof] = list(prove(host, release, chosen(list(host.cases()), release, part=True)))
    with capsys.disabled():
        print(f"\n{table(found)}")
    assert found
    wrong = [p.shown for p in found if not p.proven and (p.safe or p.refused is False)]
    assert not wrong, "\n".join(wrong)
