"""A refusal in what a script printed: none, where all that ran is known and nothing of it can be refused."""

from __future__ import annotations

import pytest

from projects import PIP, explained

SH = "#!/bin/sh\n"
ONLY_SHOWN: list[tuple[str, dict[str, str]]] = [
    ("./show.sh", {"show.sh": f"{SH}cat log.txt\n"}),
    ("cd a && bash show.sh | tail -30", {"a/show.sh": "for f in *.log; do\n  cat $f\ndone\n"}),
    ("python3 show.py", {"show.py": "print(open('log.txt').read())\n"}),
    ("./a.sh", {"a.sh": f"{SH}./b.sh\n", "b.sh": f"{SH}bash -c 'cat log.txt'\n"}),
    ("./show.sh", {"show.sh": f"{SH}cat log.txt\n.venv/bin/pip install six\n"}),
]
MAY_BE: list[tuple[str, dict[str, str]]] = [
    ("./show.sh", {"show.sh": f"{SH}pip3 install six || true\n"}),
    ("./show.sh", {"show.sh": f'{SH}echo "$(pip3 install six 2>&1)"\n'}),
    ("./show.sh", {"show.sh": f'{SH}echo "$(./other)"\n'}),
    ("./show.sh", {"show.sh": f"{SH}tox || true\n"}),
    ("./show.sh", {"show.sh": f"{SH}$COMMAND\n"}),
    ("./show.sh", {"show.sh": f"{SH}./missing.sh\n"}),
    ("./show.sh; other", {"show.sh": f"{SH}cat log.txt\n"}),
    ("python3 show.py", {"show.py": "import subprocess\nsubprocess.run(command)\n"}),
    ("python3 show.py", {"show.py": "import helper\n"}),
    ("python3 show.py", {}),
]


@pytest.mark.parametrize("code", [0, None])
@pytest.mark.parametrize(("line", "files"), ONLY_SHOWN)
def test_what_is_only_shown_is_no_refusal(line: str, files: dict[str, str], code: int | None) -> None:
    found = explained(line, PIP, files, code)
    assert (found.errors, found.advice) == ((), None)


@pytest.mark.parametrize(("line", "files"), MAY_BE)
def test_what_may_be_refused_is(line: str, files: dict[str, str]) -> None:
    assert [e.kind for e in explained(line, PIP, files, 0).errors] == ["externally-managed"]


def test_a_failure_and_an_unsaved_file_leave_it_a_refusal() -> None:
    line, files = ONLY_SHOWN[0]
    assert explained(line, PIP, files, 1).errors
    assert explained(line, PIP, files, 0, unsaved=("show.sh",)).errors
