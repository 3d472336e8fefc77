"""The command line as a user meets it: output, exit codes, and what it says of bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pep668 import files
from terminals import Terminal

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = Path(__file__).with_name("examples.txt")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_check_renders_the_examples(run: Run, request: pytest.FixtureRequest) -> None:
    done = run("check", "examples/", cwd=ROOT)
    assert (done.returncode, done.stderr) == (1, "")
    if request.config.getoption("--update-cases"):
        EXAMPLES.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == EXAMPLES.read_text(encoding="utf-8")


def test_exit_codes_of_check(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clean.sh").write_text(".venv/bin/pip install x\n")
    (tmp_path / "hint.sh").write_text("pip install x\n")
    (tmp_path / "Dockerfile").write_text("FROM debian:12\nRUN pip install x\n")
    clean = run("check", "clean.sh")
    assert (clean.returncode, clean.stdout) == (0, "No findings.\n")
    assert run("check", "hint.sh").returncode == 0
    assert run("check", ".").returncode == 1
    assert run("check", ".", "--ignore", "em001").returncode == 0
    assert run("check", "hint.sh", "missing.sh").returncode == 2


def test_check_as_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:12\nRUN pip install x\n")
    (finding,) = json.loads(run("check", "Dockerfile", "--output-format", "json").stdout)["findings"]
    assert (finding["rule"], finding["severity"], finding["line"], finding["column"]) == ("EM001", "error", 2, 5)
    assert finding["related"][0]["line"] == 1
    assert finding["fixes"][0]["id"] == "virtual-environment"


def test_inventory_is_the_contract(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("sudo pip3 install -r r.txt -e . \\\n  'Flask_Login>=1' ./wheel.whl\n")
    done = run("inventory", "a.sh", "--output-format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "commands": [
            {
                "path": "a.sh",
                "line": 1,
                "column": 6,
                "end_line": 2,
                "end_column": 31,
                "text": "pip3 install",
                "tool": "pip",
                "packages": ["flask-login"],
                "requirements": ["r.txt"],
                "editable": ["."],
                "verdict": "depends",
                "environment": "user-machine",
                "bypass": None,
                "evidence": [
                    {
                        "text": "depends on the machine it runs on: Debian 12+, Ubuntu 23.04+, Arch, Alpine 3.19+, "
                        "Homebrew and other marked systems refuse it",
                        "line": None,
                        "column": None,
                    }
                ],
                "language": "shell",
            }
        ]
    }


def test_inventory_names_paths_as_given(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "sub" / ".hidden"
    folder.mkdir(parents=True)
    (folder / "a.sh").write_text("pip install x\n")
    for skipped in (".git", "node_modules"):
        (folder / skipped).mkdir()
        (folder / skipped / "b.sh").write_text("pip install y\n")
    (folder / "env" / "bin").mkdir(parents=True)
    (folder / "env" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (folder / "env" / "bin" / "c.sh").write_text("pip install z\n")

    def paths(*arguments: str) -> list[str]:
        return [
            c["path"] for c in json.loads(run("inventory", "--output-format", "json", *arguments).stdout)["commands"]
        ]

    assert paths("sub") == ["sub/.hidden/a.sh"]
    assert paths("./sub/") == ["./sub/.hidden/a.sh"]
    assert paths(".") == ["sub/.hidden/a.sh"]
    assert paths(str(folder / "a.sh")) == [str(folder / "a.sh")]
    assert paths("sub/.hidden/env/bin/c.sh", "sub/.hidden/.git") == [
        "sub/.hidden/env/bin/c.sh",
        "sub/.hidden/.git/b.sh",
    ]


def test_explain(run: Run) -> None:
    log = str(ROOT / "examples" / "build.log")
    done = run("explain", log, "--command", "make deps", "--exit-code", "2", "--output-format", "json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    (error,) = answer["errors"]
    assert error["kind"] == "externally-managed"
    assert (error["tool"], error["operation"], error["form"]) == ("pip", "install", "pip-unicode")
    assert (error["requirements"], error["packages"], error["prefix"]) == (["requirements.txt"], [], None)
    assert error["line"] == 2
    assert answer["advice"]["message"]
    text = run("explain", stdin=Path(log).read_bytes())
    assert text.returncode == 0
    assert ".venv" in text.stdout


def test_explain_without_an_error(run: Run) -> None:
    done = run("explain", "-", "--output-format", "json", stdin="all is well\n")
    assert (done.returncode, json.loads(done.stdout)["errors"]) == (0, [])
    missing = run("explain", "nofile.log")
    assert missing.returncode == 2
    assert "nofile.log" in missing.stderr


def test_rules_are_explained(run: Run) -> None:
    assert "EM001  externally-managed-install" in run("rule").stdout
    assert "## Why is this bad?" in run("rule", "em002").stdout
    unknown = run("rule", "EM999")
    assert unknown.returncode == 2
    assert "EM001" in unknown.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["chek"], "invalid choice"),
        (["check"], "PATH"),
        (["check", "missing.sh"], "check the spelling"),
        (["check", "--select", "XY1", "."], "there is no rule XY1"),
        (["check", "--config", "missing.toml", "."], "missing.toml"),
        (["check", "-"], "--stdin-filename"),
    ],
)
def test_wrong_usage_is_explained(run: Run, arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("pep668.toml", "select = [", "not valid TOML"),
        ("pep668.toml", 'selct = ["EM001"]', "unknown setting 'selct'"),
        ("pep668.toml", 'select = "EM001"', "must be a list"),
        ("pep668.toml", 'severity = {EM001 = "fatal"}', "use error, warning, information or hint"),
        ("pyproject.toml", "[tool.pep668]\nprefer-uv = 1", "must be true or false"),
    ],
)
def test_broken_settings_are_named(run: Run, tmp_path: Path, name: str, content: str, says: str) -> None:
    (tmp_path / name).write_text(content)
    (tmp_path / "a.sh").write_text("pip install x\n")
    done = run("check", "a.sh")
    assert done.returncode == 2
    assert name in done.stderr
    assert says in done.stderr


def test_settings_of_other_tools_are_no_concern(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\nbroken")
    (tmp_path / "a.sh").write_text("pip install x\n")
    assert run("check", "a.sh").returncode == 0


def test_text_that_is_not_utf8(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.sh").write_bytes(b"# caf\xe9\npip install x\n")
    (tmp_path / "utf16.sh").write_bytes("pip install x\n".encode("utf-16"))
    done = run("check", "latin.sh")
    assert done.returncode == 0
    assert "latin.sh:2:1: hint[EM001]" in done.stdout
    assert "latin.sh:1: not valid UTF-8 (byte 0xe9)" in done.stderr
    assert "save it as UTF-8" in done.stderr
    binary = run("check", "utf16.sh")
    assert binary.returncode == 2
    assert "save it as UTF-8" in binary.stderr


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read everything, so the refusal is played.
    (tmp_path / "closed").mkdir()
    (tmp_path / "open.sh").write_text("pip install x\n")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    problems: list[tuple[str, bool]] = []

    def read(*paths: Path) -> list[str]:
        found = files.documents([str(p) for p in paths], lambda _: False, lambda *problem: problems.append(problem))
        return [document.path for document in found]

    assert read(tmp_path) == [f"{tmp_path}/open.sh"]
    assert read(tmp_path / "closed") == []
    (below, named) = problems
    assert below == (
        f"{tmp_path}/closed: cannot be read: permission denied; check its permissions or leave it out",
        False,
    )
    assert named[1] is True


def test_a_line_of_five_megabytes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "long.sh").write_text("pip install " + "x" * 5_000_000)
    done = run("check", "long.sh")
    assert done.returncode == 0
    assert len(done.stdout) < 1000


def test_a_pipe_below_a_folder_does_not_block(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "queue.sh")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.sh").symlink_to("nowhere")
    done = run("check", ".")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_leaves_is_no_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("pip install x\n" * 2000)
    process = subprocess.Popen(
        [sys.executable, "-m", "pep668", "check", "a.sh"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "server"), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_neither_protocol_library_is_imported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:12\nRUN pip install x\n")
    code = (
        "import sys; from pep668.cli import main; main(['check', 'Dockerfile', '--machine', 'local'])\n"
        "print([m for m in ('pygls', 'lsprotocol', 'attrs', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "server"), "PATH": os.environ["PATH"]},
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


REFUSAL = ROOT / "tests" / "recordings" / "positives" / "bookworm-pip-install-tty200.raw"


def test_explain_judges_what_is_piped_in_by_this_machine_and_a_file_by_none(run: Run, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=tmp_path, check=True)
    command = ("--command", "pip install requests")
    piped = run("explain", *command, stdin=REFUSAL.read_bytes()).stdout
    named = run("explain", *command, str(REFUSAL)).stdout
    assert "test -x" not in piped
    assert "    .venv/bin/pip install requests\n" in piped
    assert "test -x .venv/bin/pip || " in named
    assert run("explain", *command, "--machine", "none", stdin=REFUSAL.read_bytes()).stdout == named
    assert run("explain", *command, "--machine", "local", str(REFUSAL)).stdout == piped


def test_explain_says_how_to_use_it_where_nothing_is_piped_in(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "server")}
    with Terminal([sys.executable, "-m", "pep668", "explain"], tmp_path, environ) as terminal:
        terminal.read_until("paste the output, then press Ctrl-D")
        terminal.type("bash: pipx: command not found\n\x04")
        terminal.read_until("pipx is not on PATH")
        assert terminal.finish()[0] == 0


def test_explain_counts_lines_of_what_it_reads_twice(run: Run, tmp_path: Path) -> None:
    noise = "ä line\n" * 200_000
    text = noise.encode() + REFUSAL.read_bytes() + noise.encode() + REFUSAL.read_bytes()
    (tmp_path / "log").write_bytes(text)
    first = 200_001
    second = first + REFUSAL.read_bytes().count(b"\n") + 200_000
    for done in (
        run("explain", "--output-format", "json", stdin=text),
        run("explain", "--output-format", "json", "log"),
    ):
        lines = [e["line"] for e in json.loads(done.stdout)["errors"]]
        assert [line - start for line, start in zip(lines, (first, second), strict=True)] == [lines[0] - first] * 2
        assert 0 <= lines[0] - first < 5


def test_explain_does_not_keep_what_it_reads(tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "from pep668.cli import main\n"
        "main(['explain', '--machine', 'none'])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "server")}
    used = []
    for megabytes in (1, 100):
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environ,
        ) as process:
            assert process.stdin
            process.stdin.write(REFUSAL.read_bytes())
            for _ in range(megabytes):
                process.stdin.write(b"a line that says nothing of all that\n" * 27_000)
            told, peak = process.communicate()
        assert b"refused" in told
        used.append(int(peak))
    assert used[1] < used[0] * 1.25
