"""Which functions run a program and how they take it: the standard library's, pip's own entry points, and those
whose names say that they run a command."""

from __future__ import annotations

import re
from dataclasses import dataclass

EITHER, SHELL, ARGUMENTS, LISTED, PREFIXED = "either", "shell", "arguments", "listed", "prefixed"


@dataclass(frozen=True, slots=True)
class Runner:
    """How a function takes its command.

    EITHER: the first argument, a text or a list; SHELL: a text for a shell; ARGUMENTS: each argument a word;
    LISTED: the list in the argument at `at`; PREFIXED: a list whose program is `program`. `at` is the
    index of the first argument that belongs to the command, `keyword` its name. `skips`: the first item
    is argv[0], the program stands before it.
    """

    how: str
    at: int = 0
    keyword: str = ""
    program: str = ""
    skips: bool = False
    remote: str = ""


_SUBPROCESS = Runner(EITHER, keyword="args")

_TEXT = Runner(SHELL, keyword="cmd")

_PIP = Runner(PREFIXED, keyword="args", program="pip")

RUNNERS: dict[str, Runner] = {
    **{
        f"{module}.{name}": _SUBPROCESS
        for module in ("subprocess", "subprocess32", "gevent.subprocess", "eventlet.green.subprocess", "psutil")
        for name in ("run", "call", "check_call", "check_output", "Popen")
    },
    "subprocess.getoutput": _TEXT,
    "subprocess.getstatusoutput": _TEXT,
    "commands.getoutput": _TEXT,
    "commands.getstatusoutput": _TEXT,
    "os.system": Runner(SHELL, keyword="command"),
    "os.popen": _TEXT,
    "fabric.api.local": _TEXT,
    "fabric.operations.local": _TEXT,
    "os.popen2": _TEXT,
    "os.popen3": _TEXT,
    "pty.spawn": Runner(EITHER, keyword="argv"),
    "asyncio.create_subprocess_shell": _TEXT,
    "asyncio.subprocess.create_subprocess_shell": _TEXT,
    "asyncio.create_subprocess_exec": Runner(ARGUMENTS),
    "asyncio.subprocess.create_subprocess_exec": Runner(ARGUMENTS),
    "anyio.run_process": Runner(EITHER, keyword="command"),
    "anyio.open_process": Runner(EITHER, keyword="command"),
    "trio.run_process": Runner(EITHER, keyword="command"),
    "pexpect.spawn": Runner(EITHER, keyword="command"),
    "pexpect.spawnu": Runner(EITHER, keyword="command"),
    "pexpect.run": Runner(EITHER, keyword="command"),
    "pexpect.popen_spawn.PopenSpawn": Runner(EITHER, keyword="cmd"),
    **{
        f"os.{name}": Runner(LISTED, 1, skips=True)
        for name in ("execv", "execvp", "execve", "execvpe", "posix_spawn", "posix_spawnp")
    },
    **{f"os.{name}": Runner(ARGUMENTS, 0, skips=True) for name in ("execl", "execlp", "execle", "execlpe")},
    **{f"os.{name}": Runner(LISTED, 2, skips=True) for name in ("spawnv", "spawnvp", "spawnve", "spawnvpe")},
    **{f"os.{name}": Runner(ARGUMENTS, 1, skips=True) for name in ("spawnl", "spawnlp", "spawnle", "spawnlpe")},
    "pip.main": _PIP,
    "pip._internal.main": _PIP,
    "pip._internal.main.main": _PIP,
    "pip._internal.cli.main.main": _PIP,
    "pip._internal.main._main": _PIP,
    "pipmain": _PIP,
    "virtualenv.cli_run": Runner(PREFIXED, keyword="args", program="virtualenv"),
    "venv.main": Runner(PREFIXED, keyword="args", program="venv"),
    "conda.cli.main": Runner(ARGUMENTS, program="conda"),
    "conda.cli.python_api.run_command": Runner(ARGUMENTS, program="conda"),
}

# A function's name that says it runs a command: one of these verbs, and else nothing but words of `_COMPANY`.
_VERBS = frozenset(
    """run runs execute exec shell sh bash system popen spawn sudo launch cmd subprocess
    getoutput getstatusoutput""".split()
)

_COMPANY = frozenset(
    """run exec execute shell sh bash system cmd cmds command commands call check output process subprocess program
    local sudo remote async sync safe quiet silent silently verbose log logged logging with retry retries stream
    streaming and wait or die fail raise exit on error print in host container ssh sys os proc popen spawn
    helper simple root as user venv env virtualenv pip py python module capture captured live get result line
    lines checked raw the my do asyncio background""".split()
)

_SURE_VERBS = frozenset("run execute exec popen spawn sudo subprocess".split())

# `call(*pip, "install", "x")`, `shprint(pip, "install", "x")`: helpers of build tools.
_OPEN_VERBS = _SURE_VERBS | frozenset("call cmd command sh shprint launch".split())

# Functions that call another one with the arguments that follow.
CALLERS = frozenset("partial submit to_thread apply_async run_in_executor".split())

# A list of words that can be nothing but an installation.
EVIDENT = re.compile(
    r"(?:pip[\d.]*|(?:conda|mamba)(?:[_ ]?(?:exe|cmd|bin|executable))?|uvx?|pipx)[\"'}]*\s+"
    r"(?:-\S+\s+)*(?:un)?install(?!\w)"
    r"|-m\s*ensurepip(?!\w)",
    re.IGNORECASE,
)

# A text that is a whole installation, of something.
WHOLE = re.compile(
    r"\s*(?:sudo\s+)?(?:[\"']?(?:\S*python[\d.]*|py|\$\{\w+\})[\"']?\s+(?:-\w\s+)?-m\s+)?"
    r"(?:pip[\d.]*|conda|mamba|uv\s+pip)\s+(?:-\S+\s+)*install\s+\S"
)

_CHECKS = frozenset(
    """assert expect expected called mock fake args parse format has is was test
    should print log warn hint suggest show please message""".split()
)

KEYWORDS = ("command", "cmd", "args", "argv", "commands", "cmds")

PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

REMOTE = {
    "exec_command": "the machine that it connects to",
    "exec_run": "the container that it names",
    "exec_create": "the container that it names",
}

# Functions of such names that take something else.
OTHERS = frozenset("asyncio.run runpy.run_module runpy.run_path trio.run anyio.run typer.run uvicorn.run".split())

MAGICS = frozenset(("run_line_magic", "run_cell_magic", "magic"))

PACKAGES = frozenset("pip conda mamba micromamba uv".split())

SHELLS = frozenset("bash sh zsh ksh system sx ! shell".split())

SUDO = frozenset(("sudo", "run_sudo", "sudo_run"))


def says_it_runs(name: str) -> bool:
    """Whether a function's name says that it runs a command."""
    name = name.strip("_")
    words = [word.lower() for word in PARTS.findall(name)]
    return (
        bool(words)
        and not name[0].isupper()
        and any(w in _VERBS for w in words)
        and all(w in _VERBS or w in _COMPANY or len(w) == 1 for w in words)
    )


def may_run(qualified: str) -> bool:
    """Whether a function's name leaves it open that it runs what it is given, which then must say so itself."""
    name = qualified.rpartition(".")[2]
    words = {word.lower() for word in PARTS.findall(name)}
    return (
        not name.strip("_")[:1].isupper()
        and bool(words & _OPEN_VERBS)
        and not words & _CHECKS
        and not qualified.startswith(("unittest.mock.", "mock."))
    )


MOST_CALLS = 60  # calls in one function that are looked at

MOST_FOLLOWED = 2_000  # calls of functions of a text that are followed into them


def runs_a_text(name: str) -> bool:
    """Whether a function's name says that it runs something, which a text that is a whole installation bears out."""
    return name == "local" or runs_a_list(name)


def runs_a_list(name: str) -> bool:
    """Whether a function's name says that it runs something, which a list of words then says what it is."""
    words = {word.lower() for word in PARTS.findall(name)}
    return not name.strip("_")[:1].isupper() and bool(words & _SURE_VERBS) and not words & _CHECKS
