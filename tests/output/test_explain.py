"""Advice: one sentence, the best step first, built from what was typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from machines import ARCH, DEBIAN_12, DEBIAN_12_WITH_UV, DEBIAN_12_WITH_VENV
from pep668.explain import Advice, explain
from pep668.model import Machine, VirtualEnvironment

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
PIP = (RECORDINGS / "positives" / "sid-pip-install-q.raw").read_text(encoding="utf-8")
UV = (RECORDINGS / "positives" / "uv0.9.30-pip-install-python.raw").read_text(encoding="utf-8")
MAKE = "python3 -m venv .venv && "
SEEN = replace(DEBIAN_12, folder="/home/me/project/sub")
INSIDE = "(test -x .venv/bin/pip || python3 -m venv .venv) && "


def advice(
    command: str, output: str = PIP, *, code: int | None = 1, shell: str = "bash", machine: Machine | None = DEBIAN_12
) -> Advice:
    found = explain(output, command=command, exit_code=code, cwd="/home/me/project", shell=shell, machine=machine)
    assert found.advice is not None
    assert len(found.advice.actions) <= 3
    assert "\n" not in found.advice.message
    assert not any(a.last_resort for a in found.advice.actions)
    return found.advice


def texts(found: Advice) -> list[str]:
    return [a.text for a in found.actions if a.kind == "terminal"]


LIBRARIES = {
    "pip3 install idna": MAKE + ".venv/bin/pip install idna",
    "sudo -H pip3 install idna": MAKE + ".venv/bin/pip install idna",
    "pip install --user idna": MAKE + ".venv/bin/pip install idna",
    "pip install --break-system-packages -U 'idna>=3,<4'": MAKE + ".venv/bin/pip install -U 'idna>=3,<4'",
    "PIP_INDEX_URL=http://x pip install idna": MAKE + "PIP_INDEX_URL=http://x .venv/bin/pip install idna",
    "python3 -m pip install -r requirements.txt": MAKE + ".venv/bin/python -m pip install -r requirements.txt",
    "/usr/bin/python3 -m pip install idna": MAKE.replace("python3", "/usr/bin/python3")
    + ".venv/bin/python -m pip install idna",
    "pip install -e '.[dev]'": MAKE + ".venv/bin/pip install -e '.[dev]'",
    "pip install idna 2>&1 | tail -3": MAKE + ".venv/bin/pip install idna 2>&1 | tail -3",
    "pip install idna && python3 x.py": MAKE + ".venv/bin/pip install idna && python3 x.py",
    "cd sub && pip install -r r.txt": f"cd sub && {INSIDE}.venv/bin/pip install -r r.txt",
    "cd sub && sudo pip install idna": f"cd sub && {INSIDE}.venv/bin/pip install idna",
    "pip --python /usr/bin/python3 install idna": MAKE + ".venv/bin/pip install idna",
}


@pytest.mark.parametrize("command", LIBRARIES)
def test_the_same_command_in_an_environment(command: str) -> None:
    found = advice(command)
    assert texts(found)[0] == LIBRARIES[command]
    assert found.severity == "warning"
    assert found.actions[0].text in found.message
    assert found.actions[0].environment == (
        "/home/me/project/sub/.venv" if "sub" in command else "/home/me/project/.venv"
    )


def test_uv() -> None:
    (text, *_) = texts(advice("uv pip install --system idna", UV, code=2))
    assert text == "uv venv --seed .venv && uv pip install idna"


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ("fish", MAKE + ".venv/bin/pip install idna"),
        ("/usr/bin/zsh", MAKE + ".venv/bin/pip install idna"),
        ("tcsh", MAKE + ".venv/bin/pip install idna"),
        ("pwsh", MAKE + ".venv/bin/pip install idna"),
        ("powershell.exe", "python3 -m venv .venv; if ($?) { .venv/bin/pip install idna }"),
        ("nu", "python3 -m venv .venv; .venv/bin/pip install idna"),
    ],
)
def test_shells(shell: str, expected: str) -> None:
    assert texts(advice("pip install idna", shell=shell))[0] == expected


def test_the_environment_that_is_there() -> None:
    found = advice("pip3 install idna", machine=DEBIAN_12_WITH_VENV)
    assert texts(found)[0] == "env/bin/pip install idna"
    half = replace(
        DEBIAN_12, environments=(VirtualEnvironment("/home/me/project/.venv", "", seeded=False, complete=False),)
    )
    assert (
        texts(advice("pip3 install idna", machine=half))[0]
        == "python3 -m venv --clear .venv && .venv/bin/pip install idna"
    )
    elsewhere = advice("cd sub && pip install idna", machine=DEBIAN_12_WITH_VENV)
    assert texts(elsewhere)[0] == f"cd sub && {INSIDE}.venv/bin/pip install idna"


def test_scripts_run_again_in_an_activated_environment() -> None:
    assert texts(advice("make deps"))[0] == MAKE + ". .venv/bin/activate && make deps"
    assert texts(advice("./setup.sh", shell="fish"))[0].endswith(" && source .venv/bin/activate.fish && ./setup.sh")
    assert texts(advice("sudo ./setup.sh")) == ["python3 -m venv .venv"]
    assert texts(advice("docker build .")) == []
    assert texts(advice("/usr/bin/python3 setup.py"))[0] == MAKE + ".venv/bin/python setup.py"


def test_the_distribution_has_it() -> None:
    found = advice("pip install 'requests>=2.0'")
    assert "sudo apt install python3-requests" in texts(found)
    assert "sudo apt install python3-requests" not in texts(advice("pip install 'requests>=99'"))
    assert not any("apt" in t for t in texts(advice("pip install requests", machine=ARCH)))


def test_an_application() -> None:
    assert texts(advice("pip install black", machine=DEBIAN_12_WITH_UV))[0] == "pipx install black"
    without = texts(advice("pip3 install black"))[0]
    assert without == "sudo apt install pipx && pipx ensurepath && pipx install black"


def test_what_no_environment_answers() -> None:
    uninstall = advice("pip uninstall -y six")
    assert texts(uninstall) == ["sudo apt remove python3-six"]
    assert "uninstall" in uninstall.message
    upgrade = advice("pip install --upgrade pip")
    assert texts(upgrade) == []
    assert "apt" in upgrade.message
    assert "venv" not in uninstall.message + upgrade.message


def test_the_last_resort_is_behind_more() -> None:
    found = advice("sudo pip install idna")
    assert [a.text for a in found.more if a.last_resort] == ["sudo pip install --break-system-packages idna"]
    assert found.to_json()["more"][-1]["lastResort"] is True


def test_a_silent_refusal_is_judged_by_the_machine() -> None:
    for output in ("", "\x1b]633;C\x07\r\n"):
        found = explain(output, command="pip3 install six 2>/dev/null", exit_code=1, machine=DEBIAN_12)
        (error,) = found.errors
        assert (error.kind, error.form, error.tool, error.packages) == ("externally-managed", "silent", "pip", ("six",))
        assert found.advice is not None
        assert found.advice.actions == advice("pip3 install six 2>/dev/null").actions
    for command, code, machine in (
        ("pip3 install six", 0, DEBIAN_12),
        ("pip3 install six", 130, DEBIAN_12),
        ("pip3 install six", 1, None),
        (".venv/bin/pip install six", 1, DEBIAN_12),
        ("pip3 install --target t six", 1, DEBIAN_12),
        ("false", 1, DEBIAN_12),
    ):
        assert explain("", command=command, exit_code=code, machine=machine).errors == ()
    assert (
        explain(
            "ERROR: No matching distribution found\n", command="pip3 install x", exit_code=1, machine=DEBIAN_12
        ).errors
        == ()
    )


def test_nothing_to_say() -> None:
    found = explain("all good\n", command="pip install six", exit_code=0, machine=DEBIAN_12)
    assert (found.errors, found.advice) == ((), None)
    assert found.markdown


def test_the_key() -> None:
    first = advice("pip install idna")
    assert first.key == advice("pip install idna", PIP * 2).key
    assert first.key != advice("pip install six").key


def follow_on(kind: str, command: str, machine: Machine | None = DEBIAN_12, shell: str = "bash") -> Advice:
    path = RECORDINGS / "negatives" / f"{kind}.raw"
    return advice(command, path.read_text(encoding="utf-8", errors="replace"), machine=machine, shell=shell)


def test_follow_on_failures() -> None:
    ensurepip = "bookworm-no-venv-ensurepip-tty40"
    assert (
        texts(follow_on(ensurepip, "python3 -m venv .venv"))[0]
        == "sudo apt install python3.11-venv && python3 -m venv .venv"
    )
    assert "uv venv --seed --allow-existing .venv" in texts(
        follow_on(ensurepip, "python3 -m venv .venv", DEBIAN_12_WITH_UV)
    )
    assert (
        texts(follow_on("bookworm-no-pip-module", "python3 -m pip install idna"))[0]
        == MAKE + ".venv/bin/python -m pip install idna"
    )
    assert texts(follow_on("trixie-nopython-sh", "pip install idna"))[0] == MAKE + ".venv/bin/pip install idna"
    assert texts(follow_on("bookworm-apt-not-root", "apt install python3-six")) == ["sudo apt install python3-six"]
    fish = follow_on("trixie-fish-source-venv_bin_activate", "source .venv/bin/activate", shell="fish")
    assert texts(fish) == ["source .venv/bin/activate.fish"]
    csh = follow_on("bookworm-bash-source-venv_bin_activatecsh", "source env/bin/activate.csh")
    assert texts(csh) == [". ./env/bin/activate"]
    assert (
        texts(follow_on("uv0.9.30-pip-install-novenv", "uv pip install six"))[0]
        == "uv venv --seed .venv && uv pip install six"
    )
    assert texts(follow_on("pipx-install-library", "pipx install six"))[0] == MAKE + ".venv/bin/pip install six"
    unknown = advice("apt install python3.12-venv", "E: Unable to locate package python3.12-venv\n", code=100)
    assert texts(unknown) == ["sudo apt install python3.11-venv"]
    option = advice("pip install --break-system-packages six", "no such option: --break-system-packages\n", code=2)
    assert texts(option) == ["pip install six"]


FORGED = (
    "+ pip install $(touch pwned) `touch pwned` ; touch pwned\n"
    "> pip install 'x\u202e;touch pwned'\n"
    "\x1b]633;E;pip install x\\x3b touch pwned\x07"
)


@pytest.mark.parametrize("command", ["", "./build", "pip install idna", "make", "cat x; ./y"])
def test_nothing_of_the_output_becomes_a_command(command: str) -> None:
    forged = [FORGED + PIP, PIP + FORGED, FORGED + "E: Unable to locate package python3-x$(touch pwned)\n", FORGED + UV]
    for output in forged:
        found = explain(output, command=command, exit_code=1, machine=DEBIAN_12).advice
        if found is not None:
            assert not any("pwned" in a.text for a in (*found.actions, *found.more))
            assert "\u202e" not in found.message + found.explanation
            assert "\x1b" not in found.message + found.explanation


def test_typed_words_keep_their_quotes() -> None:
    (text, *_) = texts(advice("pip install 'a b;c' \"$HOME/x y\""))
    assert text == MAKE + ".venv/bin/pip install 'a b;c' \"$HOME/x y\""
