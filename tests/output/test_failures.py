"""What shells say on the way to a working environment: recorded from bash 5.2, dash, BusyBox 1.35, ksh93u+m, mksh R59,
zsh 5.9, fish 3.6 and tcsh 6.24 (and, of bash, from its message catalogues)."""

from __future__ import annotations

import pytest

from pep668.explain import explain
from pep668.rules import em021_provisioning_error as em021

DOT, SOURCE = "`.` in place of `source`", "`source` in place of `.`"
RUN = "`. activate`: a shell reads it, it does not run"
PIP, PYTHON = ".venv/bin/pip", "/srv/x/.venv/bin/python"

FAILURES = {
    # no such command
    "E: mksh: pip: inaccessible or not found": ("command-not-found", "pip"),
    "zsh:1: command not found: pip": ("command-not-found", "pip"),
    "setup.sh:12: command not found: pip": ("command-not-found", "pip"),
    "zsh:1: no such file or directory: .venv/bin/pip": ("command-not-found", PIP),
    "bash: pip: Kommando nicht gefunden.": ("command-not-found", "pip"),
    "bash: pip : commande introuvable": ("command-not-found", "pip"),
    "bash: python: orden no encontrada": ("command-not-found", "python"),
    "bash: line 1: pip3: команда не найдена": ("command-not-found", "pip3"),
    "bash: pip: コマンドが見つかりません": ("command-not-found", "pip"),
    "bash: pip: 未找到命令": ("command-not-found", "pip"),
    # programs that may not be run
    "bash: line 1: .venv/bin/pip: Permission denied": ("no-exec", PIP),
    "bash: ./manage: /srv/x/.venv/bin/python: bad interpreter: Permission denied": ("no-exec", PYTHON),
    "zsh: ./manage: bad interpreter: /srv/x/.venv/bin/python: permission denied": ("no-exec", PYTHON),
    "dash: 1: .venv/bin/pip: Permission denied": ("no-exec", PIP),
    "sh: .venv/bin/pip: Permission denied": ("no-exec", PIP),
    "ksh: .venv/bin/pip: cannot execute [Permission denied]": ("no-exec", PIP),
    "E: mksh: .venv/bin/pip: can't execute: Permission denied": ("no-exec", PIP),
    "zsh:1: permission denied: .venv/bin/pip": ("no-exec", PIP),
    "fish: Unknown command. '.venv/bin/pip' exists but is not an executable file.": ("no-exec", PIP),
    ".venv/bin/pip: Permission denied.": ("no-exec", PIP),
    # another shell's script
    "dash: 1: source: not found": ("wrong-shell", DOT),
    'dash: 59: .venv/bin/activate.fish: Syntax error: "(" unexpected (expecting "then")': ("wrong-shell", "activate"),
    "dash: 11: .venv/bin/activate.csh: setenv: not found": ("wrong-shell", "activate"),
    "ksh: .: .venv/bin/activate.fish: syntax error at line 5: invalid reference list": ("wrong-shell", "activate"),
    "ksh: source: .venv/bin/activate.csh: syntax error at line 27: `if' unmatched": ("wrong-shell", "activate"),
    "E: mksh: .venv/bin/activate.fish[4]: syntax error: unexpected '-d'": ("wrong-shell", "activate"),
    "E: mksh: .venv/bin/activate.csh[11]: setenv: inaccessible or not found": ("wrong-shell", "activate"),
    ".venv/bin/Activate.ps1: line 1: syntax error near unexpected token `newline'": ("wrong-shell", "activate"),
    ".venv/bin/Activate.ps1:2: parse error near `\\n'": ("wrong-shell", "activate"),
    ".venv/bin/Activate.ps1 (line 1): Expected a string, but found a redirection": ("wrong-shell", "activate.fish"),
    "_OLD_VIRTUAL_PATH: Undefined variable.": ("wrong-shell", "activate.csh"),
    "/usr/bin/.: Permission denied.": ("wrong-shell", SOURCE),
    "ksh: .venv/bin/activate: cannot execute [Permission denied]": ("wrong-shell", RUN),
    "E: mksh: .venv/bin/activate: can't execute: Permission denied": ("wrong-shell", RUN),
    "zsh:1: permission denied: .venv/bin/activate": ("wrong-shell", RUN),
    "fish: Unknown command. '.venv/bin/activate' exists but is not an executable file.": ("wrong-shell", RUN),
    ".venv/bin/activate: Permission denied.": ("wrong-shell", RUN),
    # no such script
    "sh: source: line 0: can't open 'x/bin/activate': No such file or directory": (
        "environment-missing",
        "x/bin/activate",
    ),
    "sh: .: line 0: can't open 'x/bin/activate': No such file or directory": ("environment-missing", "x/bin/activate"),
    "ksh: .: x/bin/activate: cannot open [No such file or directory]": ("environment-missing", "x/bin/activate"),
    "source: Error encountered while sourcing file 'x/bin/activate':": ("environment-missing", "x/bin/activate"),
}


@pytest.mark.parametrize("line", FAILURES)
def test_wordings(line: str) -> None:
    (error,) = explain(f"before\n{line}\r\nafter\n", command="./build", exit_code=1).errors
    assert (error.kind, error.detail) == FAILURES[line]
    message = em021.message(error)
    assert error.kind in em021.MESSAGES
    assert "{" not in message


OTHERS = [
    "bash: /usr/bin/pip: Permission denied",
    "bash: ./build/pip-cache: Permission denied",
    "cat: .venv/bin/pip.txt: Permission denied",
    "grep: /root/.venv: Permission denied",
    "zsh:1: permission denied: ./run",
    "bash: rg: Kommando nicht gefunden.",
    "make: *** [Makefile:2: pip] Error 1",
]


@pytest.mark.parametrize("line", OTHERS)
def test_failures_of_others(line: str) -> None:
    assert explain(f"{line}\n", command="./build", exit_code=1).errors == ()
