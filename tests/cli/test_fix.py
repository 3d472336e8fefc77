"""`pep668 fix` as a user meets it: what is changed, what is left alone, and what it says."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pep668 import cli

Run = Callable[..., "subprocess.CompletedProcess[str]"]

REFUSED = "FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install six\n"
FIXED = """\
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip python3-venv
ENV VIRTUAL_ENV=/opt/venv
RUN python3 -m venv "$VIRTUAL_ENV"
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN pip3 install six
"""
SCRIPT = "#!/bin/sh\nsudo pip3 install six\npip3 install --user rich\n"
SCRIPT_FIXED = """\
#!/bin/sh
test -x .venv/bin/pip || python3 -m venv .venv
.venv/bin/pip install six
.venv/bin/pip install rich
"""


def git(folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run([*command, *arguments], cwd=folder, check=True, capture_output=True)


def test_safe_fixes_are_applied(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(REFUSED)
    done = run("fix", "Dockerfile")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "Dockerfile").read_text() == FIXED
    assert done.stdout == (
        "Dockerfile:3: EM001: Install into a virtual environment in the image instead\nFixed 1 finding in 1 file.\n"
    )
    again = run("fix", "Dockerfile")
    assert (again.returncode, again.stdout) == (0, "Nothing was fixed.\n")
    assert (tmp_path / "Dockerfile").read_text() == FIXED


def test_unsafe_fixes_are_applied_when_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "setup.sh").write_text(SCRIPT)
    done = run("fix", ".")
    assert done.returncode == 1  # sudo pip is left
    assert "--unsafe has fixes for 2 findings" in done.stdout
    assert (tmp_path / "setup.sh").read_text() == SCRIPT
    done = run("fix", ".", "--unsafe")
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "setup.sh").read_text() == SCRIPT_FIXED
    # Places are those of the file as it was.
    assert "setup.sh:2: EM002" in done.stdout
    assert "setup.sh:3: EM006" in done.stdout


def test_the_override_is_never_applied(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("ssh host pip3 install six\nbash -c \"pip3 install $X 'a b'\"\n")
    run("fix", "--unsafe", "a.sh")
    assert "break-system-packages" not in (tmp_path / "a.sh").read_text().lower()


def test_diff_changes_nothing_and_applies_with_git(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("Dockerfile", "sub/Dockerfile"):
        (tmp_path / name).write_text(REFUSED.rstrip("\n") if name == "Dockerfile" else REFUSED)
    (tmp_path / "clean.sh").write_text(".venv/bin/pip install six\n")
    done = run("fix", "--diff", "./")
    assert (done.returncode, done.stderr) == (1, "")
    assert (tmp_path / "sub/Dockerfile").read_text() == REFUSED
    assert "\\ No newline at end of file\n" in done.stdout
    git(tmp_path, "init")
    subprocess.run(["git", "apply"], input=done.stdout.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "Dockerfile").read_text() == FIXED.rstrip("\n")
    assert (tmp_path / "sub/Dockerfile").read_text() == FIXED
    assert run("fix", "--diff", ".").returncode == 0


def test_select_and_ignore_choose_what_is_fixed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "setup.sh").write_text(SCRIPT)
    run("fix", "--unsafe", "--select", "EM006", "setup.sh")
    text = (tmp_path / "setup.sh").read_text()
    assert "sudo pip3 install six\n" in text
    assert ".venv/bin/pip install rich\n" in text
    (tmp_path / "setup.sh").write_text(SCRIPT)
    run("fix", "--unsafe", "--ignore", "em006", "setup.sh")
    text = (tmp_path / "setup.sh").read_text()
    assert "sudo" not in text
    assert "--user rich\n" in text
    wrong = run("fix", "--select", "EM9", "setup.sh")
    assert wrong.returncode == 2
    assert "there is no rule EM9" in wrong.stderr


def test_standard_input_is_printed_fixed(run: Run) -> None:
    done = run("fix", "-", "--stdin-filename", "Dockerfile", stdin=REFUSED)
    assert (done.returncode, done.stdout) == (0, FIXED)
    assert "Fixed 1 finding" in done.stderr
    same = run("fix", "-", "--stdin-filename", "a.sh", stdin="\ufeffecho\r\n")
    assert (same.returncode, same.stdout) == (0, "\ufeffecho\r\n")


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"# caf\xe9\r\n", b""])
def test_bytes_outside_the_edits_stay(run: Run, tmp_path: Path, prefix: bytes) -> None:
    path = tmp_path / "setup.sh"
    path.write_bytes(prefix + b"# a\x0c\xc2\x85b\r\nsudo pip3 install six\r\necho 1\r\n\r\n  # end")
    assert run("fix", "--unsafe", "setup.sh").returncode == 0
    line = b"test -x .venv/bin/pip || python3 -m venv .venv\r\n"
    expected = prefix + b"# a\x0c\xc2\x85b\r\n" + line + b".venv/bin/pip install six\r\necho 1\r\n\r\n  # end"
    assert path.read_bytes() == expected


def test_mode_links_and_the_rest_of_the_folder_stay(run: Run, tmp_path: Path) -> None:
    real, outside = tmp_path / "real.sh", tmp_path.parent / f"{tmp_path.name}-outside.sh"
    real.write_text(SCRIPT)
    real.chmod(0o750)
    (tmp_path / "sub").mkdir()
    os.link(real, tmp_path / "sub/other.sh")
    outside.write_text(SCRIPT)
    (tmp_path / "link.sh").symlink_to(outside)
    done = run("fix", "--unsafe", "real.sh", "link.sh")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(real.stat().st_mode) == 0o750
    assert (tmp_path / "sub/other.sh").read_text() == SCRIPT_FIXED
    assert (tmp_path / "link.sh").is_symlink()
    assert outside.read_text() == SCRIPT_FIXED  # it was named
    assert not list(tmp_path.glob(".pep668-*"))
    # Below a folder a link may lead anywhere.
    outside.write_text(SCRIPT)
    done = run("fix", "--unsafe", ".")
    assert outside.read_text() == SCRIPT
    assert "link.sh: a link to" in done.stderr
    outside.unlink()


def test_a_file_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "Dockerfile").write_text(REFUSED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "replace", full)
    assert cli.main(["fix", "Dockerfile"]) == 2
    said = capsys.readouterr()
    assert said.err == "pep668: Dockerfile: cannot be written: No space left on device\n"
    assert said.out == "Nothing was fixed. Left: 1 error.\n"
    assert [p.name for p in tmp_path.iterdir()] == ["Dockerfile"]
    assert (tmp_path / "Dockerfile").read_text() == REFUSED


# --- git ---


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init")
    (folder / "Dockerfile").write_text(REFUSED)
    (folder / "other.txt").write_text("a\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return folder


def test_a_clean_tree_is_fixed(run: Run, repository: Path) -> None:
    (repository / "untracked.txt").write_text("not touched\n")
    done = run("fix", ".", cwd=repository)
    assert done.returncode == 0, done.stderr
    assert (repository / "Dockerfile").read_text() == FIXED


@pytest.mark.parametrize("staged", [False, True])
def test_a_dirty_tree_is_refused(run: Run, repository: Path, staged: bool) -> None:
    (repository / "other.txt").write_text("b\n")
    if staged:
        git(repository, "add", ".")
    done = run("fix", "repository", cwd=repository.parent)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("pep668: not committed to git: repository/other.txt; commit or stash first")
    assert (repository / "Dockerfile").read_text() == REFUSED
    assert run("fix", "--diff", ".", cwd=repository).returncode == 1  # which changes nothing
    assert run("fix", "--allow-dirty", ".", cwd=repository).returncode == 0
    assert (repository / "Dockerfile").read_text() == FIXED


def test_a_file_that_git_does_not_have_is_refused(run: Run, repository: Path) -> None:
    (repository / "new").mkdir()
    (repository / "new/Dockerfile").write_text(REFUSED)
    done = run("fix", "new/Dockerfile", cwd=repository)
    assert done.returncode == 2
    assert "not committed to git: new/Dockerfile" in done.stderr


def test_nothing_to_fix_is_no_reason_to_ask_git(run: Run, repository: Path) -> None:
    (repository / "Dockerfile").write_text(FIXED)
    assert run("fix", ".", cwd=repository).returncode == 0


def test_a_repository_runs_nothing_of_its_own(run: Run, repository: Path) -> None:
    """A repository's configuration names programs: none of them is run to find out whether it is clean."""
    witness = repository.parent / "witness"
    program = repository.parent / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch '{witness}'\ncat\n")
    program.chmod(0o755)
    hooks = repository / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "pre-commit", "fsmonitor-watchman"):
        (hooks / hook).write_text(program.read_text())
        (hooks / hook).chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "attributes")
    for key in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.editor"):
        git(repository, "config", key, str(program))
    for key in ("clean", "smudge", "process"):
        git(repository, "config", f"filter.evil.{key}", str(program))
    git(repository, "config", "filter.evil.required", "true")
    git(repository, "config", "diff.evil.textconv", str(program))
    witness.unlink(missing_ok=True)
    os.utime(repository / "other.txt", (1, 1))  # git has to compare contents
    done = run("fix", ".", cwd=repository)
    assert done.returncode == 0, done.stderr
    assert not witness.exists()
    assert (repository / "Dockerfile").read_text() == FIXED


def test_a_filter_that_cannot_be_switched_off_stops_it(run: Run, repository: Path) -> None:
    with (repository / ".git/config").open("a") as file:
        file.write('[filter "a=b"]\n\tclean = touch witness\n')
    done = run("fix", ".", cwd=repository)
    assert done.returncode == 2
    assert "cannot be told (git: " in done.stderr
    assert (repository / "Dockerfile").read_text() == REFUSED


def test_a_broken_repository_stops_it(run: Run, repository: Path) -> None:
    (repository / ".git/HEAD").write_text("nonsense\n")
    done = run("fix", ".", cwd=repository)
    assert done.returncode == 2
    assert "--allow-dirty goes on all the same" in done.stderr
    assert run("fix", "--allow-dirty", ".", cwd=repository).returncode == 0
