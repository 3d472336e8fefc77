"""`pep668 run`: the program cannot tell that it does not run alone, and the advice comes afterwards."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from terminals import PATIENCE, Terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals and signals are POSIX")

SERVER = Path(__file__).resolve().parents[2] / "server"
REFUSAL = """\
error: externally-managed-environment

× This environment is externally managed
╰─> To install Python packages system-wide, try apt install
    python3-xyz, where xyz is the package you are trying to
    install.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider.
hint: See PEP 668 for the detailed specification.
"""

Start = Callable[..., Terminal]
Piped = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SERVER),
        "SHELL": "/bin/bash",
        "TERM": "xterm-256color",
        "PEP668_TRACEBACK": "1",
    }


def program(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def line(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pep668", "run", *arguments]


def piped(
    arguments: list[str], cwd: Path, environ: dict[str, str], stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        line("--", *arguments), input=stdin, capture_output=True, cwd=cwd, env=environ, check=False, timeout=PATIENCE
    )


# --- on a terminal


def test_the_program_has_a_terminal_of_the_same_size(tmp_path: Path, environ: dict[str, str]) -> None:
    code = (
        "import os, sys; print([os.isatty(n) for n in range(3)], os.get_terminal_size(), "
        "os.tcgetpgrp(0) == os.getpgrp(), '\\x1b[31mred\\x1b[0m')"
    )
    with Terminal(line("--", *program(code)), tmp_path, environ, size=(31, 97)) as terminal:
        ended, seen = terminal.finish()
        assert terminal.modes == terminal.before
    assert ended == 0
    assert seen == b"[True, True, True] os.terminal_size(columns=97, lines=31) True \x1b[31mred\x1b[0m\r\n"


def test_a_new_size_reaches_the_program(tmp_path: Path, environ: dict[str, str]) -> None:
    code = (
        "import os, signal\n"
        "def told(*_):\n"
        "    size = os.get_terminal_size()\n"
        "    os.write(1, b'size %d %d\\n' % size)\n"
        "signal.signal(signal.SIGWINCH, told)\n"
        "print('ready', flush=True)\n"
        "input()\n"
    )
    with Terminal(line("--", *program(code)), tmp_path, environ) as terminal:
        terminal.read_until("ready")
        terminal.resize((40, 132))
        terminal.read_until("size 132 40")
        terminal.type("\n")
        assert terminal.finish()[0] == 0


def test_what_is_typed_reaches_the_program(tmp_path: Path, environ: dict[str, str]) -> None:
    code = (
        "import getpass, sys\n"
        "print('got', getpass.getpass('Password: '))\n"
        "print('and', input('Name: '))\n"
        "print('rest', sys.stdin.read().split())\n"
    )
    with Terminal(line("--", *program(code)), tmp_path, environ) as terminal:
        terminal.read_until("Password: ")
        terminal.type("s3cret\n")
        assert b"s3cret" not in terminal.read_until("got ")[0]
        terminal.read_until("s3cret")
        terminal.read_until("Name: ")
        terminal.type("Ex\x7fve\n")  # the line discipline rubs out
        terminal.read_until("and Eve")
        terminal.type("one two\n\x04")
        terminal.read_until(r"rest \['one', 'two'\]")
        assert terminal.finish()[0] == 0


def test_a_large_paste_is_not_lost(tmp_path: Path, environ: dict[str, str]) -> None:
    # 300 KB, while the program writes as much and does not read yet
    code = (
        "import sys, tty\n"
        "tty.setraw(0)\n"
        "print('ready', flush=True)\n"
        "sys.stdout.write('y' * 300_000); sys.stdout.flush()\n"
        "import os\n"
        "count = 0\n"
        "while count < 300_000: count += len(os.read(0, 65536))\n"
        "print('read', count)\n"
    )
    with Terminal(line("--", *program(code)), tmp_path, environ) as terminal:
        terminal.read_until("ready")
        typing = threading.Thread(target=terminal.type, args=("x" * 300_000,), daemon=True)
        typing.start()
        terminal.read_until("read 300000")
        typing.join(PATIENCE)
        assert terminal.finish()[0] == 0


@pytest.mark.parametrize(("key", "number"), [("\x03", signal.SIGINT), ("\x1c", signal.SIGQUIT)])
def test_keys_interrupt_the_program(tmp_path: Path, environ: dict[str, str], key: str, number: int) -> None:
    code = (
        f"import signal, sys; signal.signal({int(number)}, lambda *_: sys.exit('interrupted') or None)\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    with Terminal(line("--", *program(code)), tmp_path, environ) as terminal:
        terminal.read_until("ready")
        assert terminal.raw
        terminal.type(key)
        ended, seen = terminal.finish()
        assert (ended, terminal.modes) == (1, terminal.before)
    assert b"interrupted" in seen


def test_a_program_that_a_key_kills(tmp_path: Path, environ: dict[str, str]) -> None:
    with Terminal(line("--", "sh", "-c", "echo ready; exec cat"), tmp_path, environ) as terminal:
        terminal.read_until("ready")
        terminal.type("\x03")
        ended, _ = terminal.finish()
        assert (ended, terminal.modes) == (128 + signal.SIGINT, terminal.before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_are_passed_on(tmp_path: Path, environ: dict[str, str], number: int) -> None:
    code = (
        f"import signal, sys; signal.signal({int(number)}, lambda n, _: sys.exit(40 + n))\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    with Terminal(line("--", *program(code)), tmp_path, environ) as terminal:
        terminal.read_until("ready")
        terminal.process.send_signal(number)
        ended, _ = terminal.finish()
        assert (ended, terminal.modes) == (40 + number, terminal.before)


@pytest.mark.parametrize(("code", "ended"), [("exit 3", 3), ("kill -9 $$", 137), ("kill -15 $$", 143), ("true", 0)])
def test_the_exit_code_is_the_programs(tmp_path: Path, environ: dict[str, str], code: str, ended: int) -> None:
    with Terminal(line("--", "sh", "-c", code), tmp_path, environ) as terminal:
        assert terminal.finish() == (ended, b"")
    done = piped(["sh", "-c", code], tmp_path, environ)
    assert (done.returncode, done.stdout, done.stderr) == (ended, b"", b"")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no shell with job control")
def test_it_can_be_stopped_and_goes_on(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "program.py").write_text(
        "print('rea' + 'dy', flush=True)\nwhile (text := input()) != 'end': print('got ' + text[::-1], flush=True)\n"
    )
    run = f"{sys.executable} -m pep668 run -- {sys.executable} program.py"
    with Terminal(["bash", "--norc", "--noprofile", "-i"], tmp_path, {**environ, "PS1": "$ "}) as terminal:
        terminal.type(f"{run}; echo ended=$?\n")
        terminal.read_until("ready")
        terminal.type("\x1a")
        terminal.read_until("Stopped")
        terminal.read_until(r"\$ ")
        terminal.type("echo $((6*7)); jobs; fg\n")
        terminal.read_until("42")
        terminal.read_until("Stopped")
        terminal.read_until("program.py")
        terminal.type("abc\n")
        terminal.read_until("got cba")
        terminal.type("end\n")
        terminal.read_until(r"\$ ")
        terminal.type("echo code $? over\n")
        terminal.read_until("code 0 over")
        terminal.type("stty -a | grep -c ' icanon'; exit\n")
        terminal.read_until(r"[\r\n]1\r")
        terminal.finish()


def test_without_a_shell_above_it_a_stop_is_none(tmp_path: Path, environ: dict[str, str]) -> None:
    code = "print('ready', flush=True); print('got', input())"
    with Terminal(line("--", *program(code)), tmp_path, environ) as terminal:
        terminal.read_until("ready")
        terminal.type("\x1a")
        terminal.type("abc\n")
        terminal.read_until("got abc")
        assert terminal.finish()[0] == 0


def test_a_redirected_error_stream_stays_apart(tmp_path: Path, environ: dict[str, str]) -> None:
    log = tmp_path / "log"
    code = "import os, sys; print(os.isatty(1), os.isatty(2)); sys.stderr.write('to the log\\n')"
    with log.open("wb") as file, Terminal(line("--", *program(code)), tmp_path, environ, stderr=file.fileno()) as seen:
        assert seen.finish() == (0, b"True False\r\n")
    assert log.read_bytes() == b"to the log\n"


def test_a_terminal_that_goes_away_ends_the_program(tmp_path: Path, environ: dict[str, str]) -> None:
    code = (
        "import signal, sys, pathlib\n"
        "def told(*_): pathlib.Path('told').write_text('hangup'); sys.exit()\n"
        "signal.signal(signal.SIGHUP, told)\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    terminal = Terminal(line("--", *program(code)), tmp_path, environ)
    terminal.read_until("ready")
    os.close(terminal.inner)
    os.close(terminal.outer)
    terminal.process.wait(PATIENCE)
    assert (tmp_path / "told").read_text() == "hangup"


def test_the_modes_come_back_whatever_goes_wrong(tmp_path: Path, environ: dict[str, str]) -> None:
    code = (
        "import sys\n"
        "from pep668 import provision\n"
        "def heard(stream, chunk): raise RuntimeError('lost')\n"
        f"provision.pass_through([{sys.executable!r}, '-c', 'print(1); input()'], heard)\n"
    )
    with Terminal(program(code), tmp_path, environ) as terminal:
        ended, seen = terminal.finish()
        assert (ended, terminal.modes) == (1, terminal.before)
    assert b"RuntimeError: lost" in seen


# --- in pipes


def test_streams_stay_apart_and_as_they_are(tmp_path: Path, environ: dict[str, str]) -> None:
    code = (
        "import os, sys\n"
        "data = sys.stdin.buffer.read()\n"
        "os.write(1, bytes(range(256)) + data); os.write(2, b'\\xff\\r\\n\\x1b[0m')\n"
        "print(os.isatty(1), os.isatty(2))\n"
    )
    done = piped(program(code), tmp_path, environ, stdin=b"\x00in\x04put")
    assert done.returncode == 0
    assert done.stdout == bytes(range(256)) + b"\x00in\x04putFalse False\n"
    assert done.stderr == b"\xff\r\n\x1b[0m"


def test_one_place_for_both_streams_keeps_their_order(tmp_path: Path, environ: dict[str, str]) -> None:
    code = "import os\nfor n in range(500): os.write(1 + n % 2, b'%d\\n' % n)"
    done = subprocess.run(
        line("--", *program(code)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=tmp_path,
        env=environ,
        check=False,
    )
    assert done.stdout.split() == [b"%d" % n for n in range(500)]


def test_output_comes_at_once(tmp_path: Path, environ: dict[str, str]) -> None:
    code = "import sys; print('first', flush=True); print('then', sys.stdin.readline())"
    with subprocess.Popen(
        line("--", *program(code)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=environ
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"first\n"  # the program waits for us now
        process.stdin.write(b"next\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"then next\n"


def test_who_stops_reading_stops_the_program(tmp_path: Path, environ: dict[str, str]) -> None:
    with subprocess.Popen(line("--", "yes"), stdout=subprocess.PIPE, cwd=tmp_path, env=environ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert process.wait(PATIENCE) == 128 + signal.SIGPIPE


def test_what_runs_on_is_not_waited_for(tmp_path: Path, environ: dict[str, str]) -> None:
    done = piped(["sh", "-c", "sleep 1000 & echo $!"], tmp_path, environ)
    os.kill(int(done.stdout), signal.SIGKILL)  # it was still there
    assert done.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_are_passed_on_without_a_terminal(tmp_path: Path, environ: dict[str, str], number: int) -> None:
    code = (
        f"import signal, sys; signal.signal({int(number)}, lambda n, _: sys.exit(40 + n))\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    with subprocess.Popen(
        line("--", *program(code)), stdout=subprocess.PIPE, cwd=tmp_path, env=environ, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(PATIENCE) == 40 + number


# --- what cannot be run


def test_a_program_that_is_not_there(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "data.txt").write_text("nothing to run\n")
    (tmp_path / "broken").write_text("#!/no/such/interpreter\n")
    (tmp_path / "broken").chmod(0o755)
    for arguments, code, says in (
        (["no-such-program"], 127, "there is no program no-such-program on PATH (aliases"),
        (["./missing"], 127, "there is no program ./missing\n"),
        (["./broken"], 127, "its first line names an interpreter that is not there"),
        (["./data.txt"], 126, "./data.txt cannot be run: permission denied"),
    ):
        done = piped(arguments, tmp_path, environ)
        assert (done.returncode, done.stdout) == (code, b"")
        assert says in done.stderr.decode()
        with Terminal(line("--", *arguments), tmp_path, environ) as terminal:
            ended, seen = terminal.finish()
            assert ended == code
            assert says.rstrip() in seen.decode().replace("\r\n", "\n")
            assert terminal.modes == terminal.before


def test_without_a_command_it_says_how(tmp_path: Path, environ: dict[str, str]) -> None:
    for arguments in ((), ("--",), ("--shell", "fish", "--")):
        done = subprocess.run(line(*arguments), capture_output=True, text=True, env=environ, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert "pep668 run -- pip install requests" in done.stderr


def test_options_after_the_command_are_its_own(tmp_path: Path, environ: dict[str, str]) -> None:
    code = "import sys; print(sys.argv[1:])"
    wanted = ["--shell", "x", "--", "-h", "--", "$(touch gone)", "a b"]
    for before in (["--"], ["--color", "never", "--"], []):
        done = subprocess.run(
            line(*before, *program(code), *wanted), capture_output=True, cwd=tmp_path, env=environ, check=False
        )
        assert done.stdout.decode() == f"{wanted}\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home"]


# --- the advice


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


def test_memory_on_a_terminal_does_not_grow_either(tmp_path: Path, environ: dict[str, str]) -> None:
    code = (
        "import resource, sys\n"
        "from pep668.cli import main\n"
        "ended = main(['run', '--', 'sh', '-c', sys.argv[1]])\n"
        "print(ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=open('told', 'w'))\n"
    )
    used = {}
    for megabytes in (1, 20):
        shell = f"yes 'a line of output that nobody reads' | head -c {megabytes}000000; echo; exit 5"
        with Terminal([*program(code), shell], tmp_path, environ) as terminal:
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
    code = (
        "import resource, sys\n"
        "from pep668.cli import main\n"
        "ended = main(['run', '--', 'sh', '-c', sys.argv[1]])\n"
        "print(ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=open('told', 'w'))\n"
    )
    (tmp_path / "refusal").write_text(REFUSAL, encoding="utf-8")
    used = {}
    for megabytes in (1, 100):
        noise = f"yes 'a line of output that nobody reads' | head -c {megabytes}000000"
        shell = f"cat refusal >&2; {noise}; {noise} | tr -d '\\n' >&2; exit 1"
        with subprocess.Popen(
            [*program(code), shell], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path, env=environ
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
