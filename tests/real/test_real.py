"""Verdicts against reality: each sequence is run in a root made by debootstrap, and judged as a Dockerfile."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pep668.analysis import analyze
from pep668.model import Verdict
from roots.layers import Store
from roots.make import RELEASES, Release, made, unavailable

from .replay import REFUSAL, Step, outcome
from .sequences import sequences

REASON = unavailable()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)


def dockerfile(image: str, steps: tuple[Step, ...]) -> str:
    return "\n".join([f"FROM {image}", *map(str, steps), ""])


def verdict(image: str, steps: tuple[Step, ...]) -> Verdict:
    """What the engine says of the last install; of what installs nothing, that it is not refused."""
    text = dockerfile(image, steps)
    last_line = text.rindex("RUN ")
    behind = [
        j
        for j in analyze(text, "dockerfile").context.judged
        if j.install.command.outer(j.install.program).start > last_line
    ]
    return behind[-1].environment.verdict if behind else Verdict.ALLOWED


def happened(store: Store, root: Path, steps: tuple[Step, ...]) -> tuple[Verdict | None, str]:
    printed, failed = outcome(store, root, steps)
    if failed:
        return None, failed
    return (Verdict.REFUSED if REFUSAL in printed else Verdict.ALLOWED), printed


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.suite)
def test_the_marker_is_where_the_facts_say(release: Release) -> None:
    assert (made(release, "venv") / f"usr/lib/python{release.python}/EXTERNALLY-MANAGED").is_file()


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.suite)
def test_each_sequence_ends_as_the_verdict_says(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    root = made(release, "venv")
    listed = sequences(release.python)
    with Store() as store, ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda steps: happened(store, root, steps), listed))
    wrong = []
    counted: Counter[str] = Counter()
    for steps, (real, printed) in zip(listed, outcomes, strict=True):
        said = verdict(release.image, steps)
        counted[f"{real.value if real else 'failed before'}, said {said.value}"] += 1
        if real is not said:
            wrong.append(
                f"--- {real and real.value}, said {said.value}\n{dockerfile(release.image, steps)}{printed[-300:]}"
            )
    with capsys.disabled():
        print(f"\n{release.suite}: {len(listed)} sequences run: {dict(counted)}")
    assert counted["refused, said refused"] > 50
    assert counted["allowed, said allowed"] > 50
    assert not wrong, "\n".join([f"{len(wrong)} of {len(listed)}", *wrong])
