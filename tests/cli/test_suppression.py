"""Comments and settings that silence findings, on the command line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]

DOCKERFILE = "FROM debian:12\nRUN pip3 install x\n"


def test_the_last_line_counts_what_is_silenced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"{DOCKERFILE}RUN pip3 install y  # pep668: ignore[EM001]\n")
    done = run("check", "Dockerfile")
    assert done.stdout.endswith("Found 1 error (1 suppressed).\n")
    (tmp_path / "Dockerfile").write_text("FROM debian:12\n# pep668: ignore\nRUN pip3 install y\n")
    done = run("check", "Dockerfile")
    assert (done.returncode, done.stdout, done.stderr) == (0, "No findings (1 suppressed).\n", "")


def test_a_comment_that_names_no_rule_is_told_and_changes_no_exit_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("pip install x\npip install y  # pep668: ignore[EM999, EM001, no-such-rule]\n")
    done = run("check", "a.sh")
    assert done.returncode == 0
    assert "a.sh:2: there is no rule EM999; rules are EM001," in done.stderr
    assert "a.sh:2: there is no rule no-such-rule;" in done.stderr
    assert "Found 1 hint (1 suppressed)." in done.stdout


def test_what_is_silenced_can_be_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("pip install y  # pep668: ignore\n# pep668: ignore[EM001]\nls\n")
    assert run("check", "a.sh").stderr == ""
    shown = run("check", "--show-suppressed", "a.sh").stderr
    assert "a.sh:1:1: suppressed EM001: `pip install` would be refused" in shown
    assert "a.sh:2: this comment silences nothing" in shown


def test_ignores_by_file_are_about_the_folder_of_the_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    for name in ("tests/deep/Dockerfile", "Dockerfile"):
        (tmp_path / name).write_text(DOCKERFILE)
    (tmp_path / "pyproject.toml").write_text('[tool.pep668.per-file-ignores]\n"tests/**" = ["EM001"]\n')
    for paths in (
        [
            ".",
        ],
        [str(tmp_path)],
        ["tests", "Dockerfile"],
    ):
        done = run("check", *paths)
        assert done.stdout.count("error[EM001]") == 1, paths
        assert "deep" not in done.stdout
    assert run("check", "tests/deep/Dockerfile").returncode == 0
    assert run("check", "--config", "pyproject.toml", "--ignore", "EM006", "tests").returncode == 0


def test_exclude_is_about_the_folder_of_the_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "pep668.toml").write_text('exclude = ["a/b"]\n')
    assert run("check", ".").returncode == 0
    assert run("check", str(tmp_path / "a")).returncode == 0
    (tmp_path / "pep668.toml").write_text('exclude = ["/b"]\n')
    assert run("check", ".").returncode == 1


def test_settings_that_name_no_rule_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("pip install x\n")
    (tmp_path / "pep668.toml").write_text('per-file-ignores = {"*.sh" = ["EM999"]}\n')
    done = run("check", "a.sh")
    assert done.returncode == 2
    assert "pep668.toml: 'per-file-ignores': there is no rule EM999; rules are EM001," in done.stderr


def test_an_ignored_rule_leaves_its_command_to_another_one_a_comment_does_not(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("pip install --user x\n")
    (tmp_path / "pep668.toml").write_text('per-file-ignores = {"*.sh" = ["EM006"]}\n')
    assert "hint[EM001]" in run("check", "a.sh").stdout
    (tmp_path / "pep668.toml").write_text("")
    (tmp_path / "a.sh").write_text("pip install --user x  # pep668: ignore[EM006]\n")
    assert run("check", "a.sh").stdout == "No findings (1 suppressed).\n"
