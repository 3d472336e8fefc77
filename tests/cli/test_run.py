"""`pep668 run`: the program cannot tell that it does not run alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from running import line, piped, program
from terminals import PATIENCE, Terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals and signals are POSIX")


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
        f"import signal, sys, time; signal.signal({int(number)}, lambda *_: sys.exit('interrupted') or None)\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.05)\n"
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
        f"import signal, sys, time; signal.signal({int(number)}, lambda n, _: sys.exit(40 + n))\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.05)\n"
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
        "import signal, sys, time, pathlib\n"
        "def told(*_): pathlib.Path('told').write_text('hangup'); sys.exit()\n"
        "signal.signal(signal.SIGHUP, told)\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.05)\n"
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
        f"import signal, sys, time; signal.signal({int(number)}, lambda n, _: sys.exit(40 + n))\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.05)\n"
    )
    with subprocess.Popen(
        line("--", *program(code)), stdout=subprocess.PIPE, cwd=tmp_path, env=environ, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        try:
            assert process.wait(PATIENCE) == 40 + number
        finally:
            process.kill()  # or it would be waited for without an end


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
