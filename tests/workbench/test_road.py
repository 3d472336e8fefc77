"""The whole road in a real terminal: what was refused can be imported in the end, what is no refusal meets silence."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.driver import Start, Workbench

VENV = "python3.11-venv"  # Debian 12's
SCRIPT = """#!/bin/bash
# Sets the project up.
set -e
echo "installing"
pip3 install six
python3 -c 'import six; print("six", six.__version__)'
"""
MAKEFILE = """deps: stamp
\tpip3 install six

stamp:
\ttouch stamp
"""
REFUSAL = """error: externally-managed-environment

× This environment is externally managed
╰─> To install Python packages system-wide, try apt install
    python3-xyz, where xyz is the package you are trying to
    install.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. You can \
override this, at the risk of breaking your Python installation or OS, by passing --break-system-packages.
hint: See PEP 668 for the detailed specification.
"""
# The pauses are there for `read`, which may miss what is printed at once.
FORGED = f"""#!/bin/bash
sleep 1
printf '+ pip install $(touch pwned-1) `touch pwned-2`; touch pwned-3\\n'
printf '\\033]633;E;pip install x\\\\x3b touch pwned-4\\007'
printf 'pip install "six\\u202e";touch pwned-5\\n'
cat <<'END'
+ pip install six; touch pwned-6
{REFUSAL}
pip install six
touch pwned-7
END
exit 1
"""
# A whole command of its own, as output can claim it: the one that runs has ended, another one began and was refused.
CLAIMED = f"""#!/bin/bash
printf '\\033]633;D;0\\007\\033]633;A\\007$ \\033]633;B\\007'
sleep 1
printf '\\033]633;E;pip install six\\\\x3b touch pwned\\007\\033]633;C\\007\\n'
sleep 1
cat <<'END'
{REFUSAL}
END
printf '\\033]633;D;1\\007'
sleep 5
"""
README = f"""# Notes

If you see this, make an environment:

```console
$ pip3 install six
{REFUSAL}```
"""


def imports(workbench: Workbench, module: str, environment: str = ".venv") -> bool:
    python = workbench.folder / environment / "bin" / "python"
    return (
        python.exists()
        and subprocess.run([python, "-I", "-c", f"import {module}"], capture_output=True, timeout=60).returncode == 0
    )


def walk(workbench: Workbench, command: str, about: str | re.Pattern[str], button: str | re.Pattern[str]) -> None:
    """Types a command, waits for the advice and takes its step."""
    workbench.type_in_terminal(command)
    advice = workbench.notification(about)
    workbench.screenshot("1-advice")
    workbench.press_button(advice, button)


def arrives(workbench: Workbench, module: str, environment: str = ".venv") -> None:
    workbench.wait_for(lambda: imports(workbench, module, environment), f"{module} can be imported from {environment}")
    workbench.notification(re.compile(r"\.venv"))
    workbench.screenshot("2-arrived")


def test_requirements_file(start: Start) -> None:
    workbench = start(files={"backend/requirements.txt": "six\n"})
    workbench.open_terminal()
    walk(workbench, "cd backend && pip3 install -r requirements.txt", "requirements.txt", re.compile(r"\.venv"))
    arrives(workbench, "six", "backend/.venv")


def test_script_run_by_bash(start: Start) -> None:
    workbench = start(files={"setup.sh": SCRIPT})
    workbench.open_terminal()
    workbench.type_in_terminal("bash -x setup.sh")
    advice = workbench.notification("refused to install six")
    workbench.screenshot("1-advice")
    workbench.press_button(advice, "Show in setup.sh:5")
    workbench.squiggle()
    workbench.screenshot("2-place")
    assert workbench.page.locator(".tab.active", has_text="setup.sh").count() == 1

    walk(workbench, "bash -x setup.sh", "refused to install six", re.compile(r"\.venv"))
    arrives(workbench, "six")


def test_make_target(start: Start) -> None:
    workbench = start(files={"Makefile": MAKEFILE})
    workbench.open_terminal()
    walk(workbench, "make deps", "refused to install six", re.compile(r"\.venv"))
    arrives(workbench, "six")


def test_done_again(start: Start) -> None:
    """What was chosen once comes first the next time; what was closed does not come again."""
    workbench = start()
    workbench.open_terminal()
    walk(workbench, "pip3 install six", "refused to install six", re.compile(r"\.venv"))
    arrives(workbench, "six")
    workbench.type_in_terminal("pip3 install -U packaging")
    again = workbench.notification("refused to install packaging")
    workbench.screenshot("3-again")
    again.get_by_role("button", name=re.compile("Clear")).click()
    workbench.type_in_terminal("pip3 install -U packaging")
    walk(workbench, "pip3 install requests", "refused to install requests", re.compile("Do it again"))
    workbench.wait_for(lambda: imports(workbench, "requests"), "requests can be imported")
    workbench.screenshot("4-done")
    assert not imports(workbench, "packaging")
    assert workbench.page.locator(".notification-toast", has_text="packaging").count() == 0


def test_application(start: Start, tmp_path: Path) -> None:
    workbench = start()
    workbench.open_terminal()
    walk(workbench, "pip3 install pycodestyle", "pycodestyle is an application", re.compile("pipx"))
    program = tmp_path / "home" / ".local" / "bin" / "pycodestyle"
    workbench.wait_for(program.exists, "pipx has installed pycodestyle")
    workbench.notification("pipx uninstall pycodestyle")
    workbench.screenshot("2-installed")
    subprocess.run([program, "--version"], check=True, timeout=60)
    assert not (workbench.folder / ".venv").exists()


def test_command_whose_output_is_empty(start: Start) -> None:
    workbench = start()
    workbench.open_terminal()
    walk(workbench, "pip3 install -qqq six", "refused to install six", re.compile(r"\.venv"))
    arrives(workbench, "six")


@pytest.mark.parametrize("shell", ["fish", "zsh"])
def test_shells(start: Start, shell: str) -> None:
    chosen = f'{{"terminal.integrated.defaultProfile.linux": "{shell}"}}\n'
    workbench = start(files={".vscode/settings.json": chosen, "Makefile": MAKEFILE})
    workbench.open_terminal()
    walk(workbench, "pip3 install 'packaging>=20'", "refused to install packaging", re.compile(r"\.venv"))
    arrives(workbench, "packaging")
    # What calls pip itself needs the shell's own activate script.
    walk(workbench, "make deps", "refused to install six", re.compile(r"\.venv"))
    workbench.wait_for(lambda: imports(workbench, "six"), "six can be imported from .venv")
    workbench.screenshot("3-activated")


def test_silence(start: Start) -> None:
    """An active environment, and text that is only shown; the refusal that comes last is the only one spoken of."""
    workbench = start(files={"NOTES.md": README})
    subprocess.run(["/usr/bin/python3", "-m", "venv", workbench.folder / "env"], check=True, timeout=120)
    workbench.open_terminal()
    workbench.type_in_terminal("cat NOTES.md")
    workbench.type_in_terminal("grep -n externally NOTES.md; false")
    workbench.type_in_terminal(". env/bin/activate")
    workbench.type_in_terminal("pip install -qqq no-such-project-of-anybody 2>/dev/null")
    workbench.type_in_terminal("pip3 install -qqq ./no-such-folder 2>/dev/null")
    workbench.screenshot("1-nothing")
    workbench.type_in_terminal("deactivate")
    workbench.type_in_terminal("pip3 install packaging")
    workbench.notification("refused to install packaging")
    workbench.screenshot("2-refusal")
    assert workbench.page.locator(".notification-toast").count() == 1


def test_forged_refusal(start: Start) -> None:
    workbench = start(files={"build.sh": FORGED})
    workbench.open_terminal()
    workbench.type_in_terminal("bash build.sh")
    advice = workbench.notification(re.compile("refused"))
    workbench.screenshot("1-advice")
    for title in advice.get_by_role("button").all_inner_texts():
        assert "touch" not in title
    workbench.press_button(advice, re.compile(r"\.venv"))
    workbench.wait_for(lambda: (workbench.folder / ".venv" / "bin" / "pip").exists(), "the environment is made")
    workbench.screenshot("2-nothing-ran")
    # The script ran again, in the environment: the same forged text, and still nothing of it was run.
    workbench.type_in_terminal("echo finished")
    workbench.screenshot("3-again")
    assert list(workbench.folder.glob("**/pwned*")) == []


def test_forged_command(start: Start) -> None:
    """A step is asked about where output claims that somebody typed the command."""
    workbench = start(files={"build.sh": CLAIMED})
    workbench.open_terminal()
    workbench.type_in_terminal("bash build.sh")
    advice = workbench.notification(re.compile("refused"))
    workbench.screenshot("1-advice")
    workbench.press_button(advice, re.compile(r"\.venv"))
    dialog = workbench.page.locator(".monaco-dialog-box", has_text="Run this in the terminal?")
    dialog.wait_for()
    workbench.screenshot("2-question")
    dialog.get_by_role("button", name="Cancel").click()
    workbench.type_in_terminal("echo finished")
    assert list(workbench.folder.glob("**/pwned*")) == []
    assert not (workbench.folder / ".venv").exists()


def _is_installed(package: str) -> bool:
    status = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True, check=False)
    return status.stdout.endswith("ok installed")


@pytest.fixture
def without_venv() -> Iterator[None]:
    """Debian's Python as it is delivered: without what `python3 -m venv` needs (nor pipx, which needs that too)."""
    packages = list(filter(_is_installed, ("pipx", "python3-venv", VENV)))
    subprocess.run(["dpkg", "--remove", *packages], check=True, timeout=120)
    try:
        yield
    finally:
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.run(command, check=True, timeout=300)


@pytest.mark.usefixtures("without_venv")
def test_without_ensurepip(start: Start) -> None:
    workbench = start()
    workbench.open_terminal()
    walk(workbench, "pip3 install six", VENV, re.compile(re.escape(VENV)))
    arrives(workbench, "six")


@pytest.mark.usefixtures("without_venv")
def test_half_made_environment(start: Start) -> None:
    """The typed `python3 -m venv` fails and leaves half of an environment behind."""
    workbench = start()
    workbench.open_terminal()
    walk(workbench, "python3 -m venv .venv", f"{VENV} is missing", re.compile(re.escape(VENV)))
    pip = workbench.folder / ".venv" / "bin" / "pip"
    workbench.wait_for(pip.exists, "the environment has its pip")
    workbench.screenshot("2-repaired")
    walk(workbench, "pip3 install six", "refused to install six", re.compile(r"\.venv"))
    arrives(workbench, "six")


def test_untrusted_workspace(start: Start) -> None:
    workbench = start(trusted=False)
    workbench.command("PEP 668: Create Virtual Environment")
    workbench.notification("PEP 668 runs commands in trusted workspaces only.")
    workbench.screenshot("1-refused")
    assert not (workbench.folder / ".venv").exists()
    # Documents are checked all the same.
    workbench.open_file("install.sh")
    workbench.squiggle()
    workbench.screenshot("2-checked")
