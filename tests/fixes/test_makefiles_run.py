"""Makefiles are run by make before and after the fix, with programs that record what they are asked to do.

`pip` refuses as the system's does, and `python3 -m venv` makes a folder with a pip that does not; so a recipe that does
not reach its environment, or reaches it before it is made, ends with an error.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from casefiles import Case, cases, converged
from pep668.fixes._make import Makefile
from pep668.model import Region

FILE = Path(__file__).resolve().parent.parent / "cases" / "fixes_make.md"
_REFUSES = """#!/bin/sh
case "$*" in *install*|*sync*) echo "refused: $0 $*" >&2; exit 1;; esac
"""
_PYTHON = """#!/bin/sh
case "$*" in
"-m venv "*)
    for place; do :; done
    mkdir -p "$place/bin"
    : > "$place/bin/activate"
    printf '#!/bin/sh\\necho "ran: $0 $*"\\n' > "$place/bin/pip"
    chmod +x "$place/bin/pip"
    cp "$place/bin/pip" "$place/bin/python"
    ;;
*install*) echo "refused: $0 $*" >&2; exit 1;;
esac
"""
_UV = """#!/bin/sh
case "$*" in
venv*) for place; do :; done; exec python3 -m venv "$place";;
*--python\\ .venv/bin/python*) exec .venv/bin/python "$@";;
*) exit 1;;
esac
"""
_PROGRAMS = {
    **dict.fromkeys(("pip", "pip3"), _REFUSES),
    **dict.fromkeys(("python3", "python3.11"), _PYTHON),
    "uv": _UV,
    "sudo": '#!/bin/sh\nexec "$@"\n',
    **dict.fromkeys(("apt-get", "brew", "pytest"), "#!/bin/sh\n"),
}
RUN = [case for case in cases(FILE) if "Other makes" not in case.title]


def _laid_out(folder: Path, text: str) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    programs = folder / "programs"
    programs.mkdir(parents=True)
    for name, script in _PROGRAMS.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    work = folder / "a folder"
    for sub in ("sub", "a", "b", "more", "build"):
        (work / sub).mkdir(parents=True)
    for name in ("deps.txt", "base.txt", "a.txt", "b.txt", "data.csv"):
        (work / name).write_text("")
    (work / "report.py").write_text("#!/bin/sh\n")
    (work / "report.py").chmod(0o755)
    (work / "Makefile").write_text(text)
    return work


def _make(work: Path, target: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{work.parent / 'programs'}:/usr/local/bin:/usr/bin:/bin", "DEV": "1"}
    return subprocess.run(
        ["make", target], cwd=work, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def _targets(text: str) -> list[str]:
    file = Makefile(Region.document("makefile", text))
    found = dict.fromkeys(t for rule in file.rules for t in file.targets(rule) if not t.startswith("."))
    return [t.replace("%", "base") for t in found]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("case", RUN, ids=lambda c: c.title)
def test_what_was_refused_runs(case: Case, tmp_path: Path) -> None:
    text = case.text.replace("\r\n", "\n")
    fixed = converged(case, "virtual-environment").replace("\r\n", "\n")
    left = bool(case.analyze(fixed).findings)  # what is shown only
    better = 0
    for target in _targets(text):
        before = _make(_laid_out(tmp_path / "work", text), target)
        work = _laid_out(tmp_path / "work", fixed)
        after, again = _make(work, target), _make(work, target)
        if not left or before.returncode == 0:
            assert after.returncode == again.returncode == 0, f"{target}: {after.stderr}\n{fixed}"
        assert "warning" not in after.stderr, after.stderr
        better += before.returncode != 0 and after.returncode == 0
    assert better or fixed == text, fixed
