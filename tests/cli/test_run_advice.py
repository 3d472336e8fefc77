"""`pep668 run`: the advice that comes after the program, and what hearing it costs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from running import SERVER, line, piped, program
from terminals import Terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals and signals are POSIX")

REFUSAL = """\
error: externally-managed-environment

× This environment is externally managed
╰─> To install Python packages system-wide, try apt install
    python3-xyz, where xyz is the package you are trying to
    install.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider.
hint: See PEP 668 for the detailed specification.
"""


def pip_that_prints(folder: Path, output: str, code: int = 1) -> Path:
    """A `pip` on PATH that says this and ends so; what it says is not this machine's affair."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "said").write_text(output, encoding="utf-8")
    pip = folder / "bin" / "pip"
    pip.write_text(f"#!/bin/sh\ncat '{folder / 'said'}' >&2\nexit {code}\n")
    pip.chmod(0o755)
    return pip.parent


def test_the_advice_comes_after_a_refusal(tmp_path: Path, environ: dict[str, str]) -> None:
    environ["PATH"] = f"{pip_that_prints(tmp_path, REFUSAL)}:{environ['PATH']}"
    done = piped(["pip", "install", "six"], tmp_path, environ)
    assert (done.returncode, done.stdout) == (1, b"")
    output, advice = done.stderr.decode().split("\n\npep668: ")
    assert f"{output}\n" == REFUSAL
    assert "refused to install six" in advice
    assert "    python3 -m venv .venv && .venv/bin/pip install six\n" in advice
    assert "\x1b" not in advice
    with Terminal(line("--", "pip", "install", "six"), tmp_path, environ) as terminal:
        ended, seen = terminal.finish()
    assert ended == 1
    shown = seen.decode().replace("\r\n", "\n")
    assert shown.startswith(f"{REFUSAL}\npep668: \x1b[1m")
    assert re.sub(r"\x1b\[[\d;]*m", "", shown).endswith(advice)


def test_the_advice_is_for_the_users_shell(tmp_path: Path, environ: dict[str, str]) -> None:
    environ["PATH"] = f"{pip_that_prints(tmp_path, REFUSAL)}:{environ['PATH']}"
    (tmp_path / "bin" / "pip").rename(tmp_path / "bin" / "make")
    environ["SHELL"] = "/usr/bin/fish"
    assert "source .venv/bin/activate.fish && make" in piped(["make"], tmp_path, environ).stderr.decode()
    done = subprocess.run(
        line("--shell", "pwsh", "--", "make"),
        capture_output=True,
        cwd=tmp_path,
        env=environ,
        check=False,
    )
    assert ". .venv/bin/Activate.ps1 && make" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "output", "code"),
    [
        (["pip", "install", "six"], "Successfully installed six-1.17.0\n", 0),
        (["pip", "install", "nosuch"], "ERROR: No matching distribution found for nosuch\n", 1),
        (["cat", "said"], REFUSAL, 0),
        (["grep", "-h", "", "said"], REFUSAL, 0),
    ],
)
def test_nothing_is_said_where_there_is_nothing_to_say(
    tmp_path: Path, environ: dict[str, str], arguments: list[str], output: str, code: int
) -> None:
    environ["PATH"] = f"{pip_that_prints(tmp_path, output, code)}:{environ['PATH']}"
    done = piped(arguments, tmp_path, environ)
    assert (done.returncode, (done.stdout + done.stderr).decode()) == (code, output)


def test_a_forged_refusal_gains_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    forged = REFUSAL.replace(
        "error: externally",
        "+ pip install \x1b]0;owned\x07$(touch gone) `touch gone` \u202e;touch gone\nerror: externally",
    ).replace("python3-xyz", "$(touch gone)\x1b[2J")
    environ["PATH"] = f"{pip_that_prints(tmp_path, forged)}:{environ['PATH']}"
    for arguments in (["pip", "install", "six"], ["pip", "install", "$(touch gone)\x1b[2J\u202e"], ["pip", "check"]):
        done = piped(arguments, tmp_path, environ)
        advice = done.stderr.decode().partition("\npep668: ")[2]
        assert "refused" in advice
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", advice)
        for shown in re.findall(r"^    (.*)", advice, re.MULTILINE):
            assert "touch" not in shown or "'$(touch gone)" in shown  # only what the user typed, and quoted
    assert not (tmp_path / "gone").exists()
    assert not (tmp_path / ".venv").exists()


def test_a_program_without_an_end_of_line(tmp_path: Path, environ: dict[str, str]) -> None:
    environ["PATH"] = f"{pip_that_prints(tmp_path, REFUSAL + 'Segmentation fault')}:{environ['PATH']}"
    assert b"Segmentation fault\n\npep668: " in piped(["pip", "install", "six"], tmp_path, environ).stderr


def test_a_refusal_that_is_split_over_two_streams(tmp_path: Path, environ: dict[str, str]) -> None:
    """Lines of both streams, and halves of lines: each is heard as a whole."""
    (tmp_path / "refusal").write_text(REFUSAL, encoding="utf-8")
    code = (
        "import os\n"
        "for byte in open('refusal', 'rb').read():\n"
        "    os.write(2, bytes([byte])); os.write(1, b'.')\n"
        "raise SystemExit(1)\n"
    )
    done = piped([*program(code), "pip"], tmp_path, environ)
    assert done.stdout.strip(b".") == b""
    assert "pep668: pip refused" in done.stderr.decode()


# Runs a line as `pep668 run` does, and writes down its exit code and the most memory that it took, in KiB.
PEAK = (
    "import resource, sys\n"
    "from pep668.cli import main\n"
    "ended = main(['run', '--', 'sh', '-c', sys.argv[1]])\n"
    "print(ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=open('told', 'w'))\n"
)


def test_memory_on_a_terminal_does_not_grow_either(tmp_path: Path, environ: dict[str, str]) -> None:
    used = {}
    for megabytes in (1, 20):
        shell = f"yes 'a line of output that nobody reads' | head -c {megabytes}000000; echo; exit 5"
        with Terminal([*program(PEAK), shell], tmp_path, environ) as terminal:
            size = 0
            while terminal.process.poll() is None:
                size, terminal.seen = size + len(terminal.seen), b""
                terminal.read(0.05)
            size += len(terminal.finish()[1])
        ended, used[megabytes] = map(int, (tmp_path / "told").read_text().split())
        assert ended == 5
        assert size > 1_000_000 * megabytes
    assert used[20] < used[1] * 1.25


def test_memory_does_not_grow_with_output(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "refusal").write_text(REFUSAL, encoding="utf-8")
    used = {}
    for megabytes in (1, 100):
        noise = f"yes 'a line of output that nobody reads' | head -c {megabytes}000000"
        shell = f"cat refusal >&2; {noise}; {noise} | tr -d '\\n' >&2; exit 1"
        with subprocess.Popen(
            [*program(PEAK), shell], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path, env=environ
        ) as process:
            assert process.stdout
            size, tail = 0, b""
            while chunk := process.stdout.read(1 << 16):
                size, tail = size + len(chunk), (tail + chunk)[-4000:]
        ended, used[megabytes] = map(int, (tmp_path / "told").read_text().split())
        assert ended == 1
        assert size > 1_900_000 * megabytes
        assert "pep668: pip refused" in tail.decode()
    assert used[100] < used[1] * 1.25


REAL = "/usr/bin/pip3"
MARKED = list(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED"))


@pytest.mark.skipif(
    not (MARKED and os.path.exists(REAL)), reason="this machine's own Python has no pip, or is not marked"
)
def test_the_real_refusal_of_this_machine(tmp_path: Path, environ: dict[str, str]) -> None:
    environ["PATH"] = "/usr/bin:/bin"
    del environ["PYTHONPATH"]
    environ["PYTHONDONTWRITEBYTECODE"] = "1"
    started = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(SERVER)!r}); from pep668.cli import main; sys.exit(main())",
        "run",
        "--",
    ]
    done = subprocess.run(
        [*started, "pip3", "install", "six"], capture_output=True, text=True, cwd=tmp_path, env=environ, check=False
    )
    assert done.returncode == 1
    assert "error: externally-managed-environment" in done.stderr
    advice = done.stderr.partition("\npep668: ")[2]
    steps = re.findall(r"^    (.*)", advice, re.MULTILINE)
    assert steps[0] == "python3 -m venv .venv && .venv/bin/pip install six"
    assert "--break-system-packages" in steps[-1]
    assert "Last resort" in advice.rpartition("\n\n")[2]
    active = {**environ, "VIRTUAL_ENV": str(tmp_path / ".venv"), "PATH": f"{tmp_path}/.venv/bin:{environ['PATH']}"}
    subprocess.run(["/usr/bin/python3", "-m", "venv", ".venv"], cwd=tmp_path, check=True)
    inside = subprocess.run(
        [*started, "pip", "install", "--no-index", "no-such-project"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=active,
        check=False,
    )
    assert inside.returncode == 1
    assert "No matching distribution" in inside.stderr
    assert "pep668:" not in inside.stderr


@pytest.mark.parametrize("trace", [False, True])
def test_the_exit_code_is_the_programs_whatever_becomes_of_the_advice(
    tmp_path: Path, environ: dict[str, str], trace: bool
) -> None:
    if not trace:
        del environ["PEP668_TRACEBACK"]
    folder = tmp_path / "gone"
    folder.mkdir()
    done = piped(["sh", "-c", 'rmdir "$PWD"; exit 3'], folder, environ)
    assert (done.returncode, done.stdout, b"Traceback" in done.stderr) == (3, b"", trace)
    assert trace or done.stderr == b""
