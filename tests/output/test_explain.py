"""Advice: one sentence, the best step first, built from what was typed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machines import (
    ARCH,
    DEBIAN_12,
    DEBIAN_12_WITH_PROJECT,
    DEBIAN_12_WITH_PYTHON_OF_UV,
    DEBIAN_12_WITH_UV,
    DEBIAN_12_WITH_VENV,
    DEBIAN_12_WITHOUT_VENV,
    MACOS,
)
from pep668.explain import Action, Advice, explain
from pep668.model import Machine, VirtualEnvironment

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
PIP = (RECORDINGS / "positives" / "sid-pip-install-q.raw").read_text(encoding="utf-8")
UV = (RECORDINGS / "positives" / "uv0.9.30-pip-install-python.raw").read_text(encoding="utf-8")
MAKE = "python3 -m venv .venv && "
GUARDED = "test -x .venv/bin/pip || python3 -m venv .venv && "  # where it is not known what is there


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
    # What comes behind is to find what was installed.
    "pip install idna && python3 x.py": MAKE + ". .venv/bin/activate && pip install idna && python3 x.py",
    "sudo pip install idna && python3 x.py": MAKE + ". .venv/bin/activate && pip install idna && python3 x.py",
    "sudo apt update; pip install idna && python3 x.py": MAKE
    + ". .venv/bin/activate && sudo apt update; pip install idna && python3 x.py",
    "sudo pip install idna && sudo python3 x.py": MAKE + ".venv/bin/pip install idna && sudo python3 x.py",
    "pip install idna && git status": MAKE + ".venv/bin/pip install idna && git status",
    "cd sub && pip install -r r.txt": GUARDED + ".venv/bin/pip install -r r.txt",
    "cd sub && sudo pip install idna": GUARDED + ".venv/bin/pip install idna",
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
    assert texts(elsewhere)[0] == GUARDED + ".venv/bin/pip install idna"


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
    assert without == "sudo apt install -y pipx && pipx ensurepath && pipx install black"


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
        == "sudo apt install -y python3.11-venv && python3 -m venv .venv"
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
    unknown = advice("apt install python-venv", "E: Unable to locate package python-venv\n", code=100)
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


def test_a_python_that_is_not_the_distributions() -> None:
    """Its own manager is named, and the distribution's packages are not offered for it."""
    brew = advice("pip3 install six", machine=MACOS)
    assert brew.message.startswith("pip refused to install six into Homebrew's Python: ")
    assert texts(advice("pip3 install black", machine=MACOS))[0].startswith("brew install pipx && ")
    by_uv = advice("python3.13 -m pip install six", machine=DEBIAN_12_WITH_PYTHON_OF_UV)
    assert "uv's Python" in by_uv.message
    assert not any("apt" in text for text in everything(by_uv))
    assert "sudo apt install -y pipx" in texts(advice("pip3.13 install black", machine=DEBIAN_12_WITH_PYTHON_OF_UV))[0]
    # Debian's python3-six is for its python3.11.
    assert not any("apt" in text for text in everything(advice("python3.13 -m pip install six")))


def test_typed_words_keep_their_quotes() -> None:
    (text, *_) = texts(advice("pip install 'a b;c' \"$HOME/x y\""))
    assert text == MAKE + ".venv/bin/pip install 'a b;c' \"$HOME/x y\""


def everything(found: Advice) -> list[str]:
    return [a.text for a in (*found.actions, *found.more) if a.kind == "terminal"]


def test_the_message_holds_what_the_first_button_runs() -> None:
    found = advice("pip install six")
    assert found.message == (
        "pip refused to install six into Debian's Python: create .venv and install there with "
        "`python3 -m venv .venv && .venv/bin/pip install six`."
    )
    assert found.actions[0].done == "Created .venv and installed six in it; to undo that, delete the folder .venv."
    assert found.actions[1].title == "sudo apt install python3-six (1.16.0)"
    assert "`sudo apt remove python3-six` undoes it" in found.actions[1].done
    there = advice("pip install six", machine=DEBIAN_12_WITH_VENV).actions[0]
    assert there.done == "Installed six into env; `env/bin/pip uninstall six` undoes it."
    long = advice(f"pip install {' '.join(f'package{n}' for n in range(60))}")
    assert len(long.message) < 200


def test_what_was_walked_comes_first() -> None:
    def first(walked: tuple[str, ...]) -> Action:
        found = explain(PIP, command="pip install six", exit_code=1, machine=DEBIAN_12, walked=walked).advice
        assert found is not None
        assert found.actions[0].text in found.message
        return found.actions[0]

    assert first(()).step == "venv"
    assert first(("venv",)).title == "Do it again: create .venv and install"
    assert first(("distribution",)).title == "Do it again: sudo apt install python3-six (1.16.0)"


def test_a_project_of_uv() -> None:
    found = advice("pip install six", machine=DEBIAN_12_WITH_PROJECT)
    assert texts(found)[0] == "uv add six"
    assert "uv add -r" not in " ".join(everything(advice("pip install -r r.txt", machine=DEBIAN_12_WITH_PROJECT)))


def test_where_ensurepip_is_missing() -> None:
    found = advice("pip3 install six", machine=DEBIAN_12_WITHOUT_VENV)
    assert texts(found)[0] == "sudo apt install -y python3.11-venv && " + MAKE + ".venv/bin/pip install six"
    assert "python3.11-venv is missing" in found.message
    rootless = "python3 -m venv --without-pip .venv && python3 -m pip --python .venv/bin/python install six"
    assert rootless in everything(found)
    programs = DEBIAN_12_WITHOUT_VENV.programs
    with_uv = replace(DEBIAN_12_WITHOUT_VENV, programs={**programs, "uv": None})
    uv = texts(advice("pip3 install six", machine=with_uv))
    assert uv[0] == "uv venv --seed .venv && .venv/bin/pip install six"
    tools = replace(DEBIAN_12_WITHOUT_VENV, programs={**programs, "virtualenv": None})
    others = everything(advice("pip3 install six", machine=tools))
    assert "virtualenv .venv && .venv/bin/pip install six" in others
    old = {n: p and replace(p, pip_version="22.0.2") for n, p in programs.items()}
    wheel = replace(
        DEBIAN_12_WITHOUT_VENV, programs=old, pip_wheel="/usr/share/python-wheels/pip-22.0.2-py3-none-any.whl"
    )
    assert (
        "python3 -m venv --without-pip .venv && "
        ".venv/bin/python /usr/share/python-wheels/pip-22.0.2-py3-none-any.whl/pip install six"
    ) in everything(advice("pip3 install six", machine=wheel))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("sudo apt install python-venv", "python3.11-venv"),
        ("sudo apt install python-pip", "python3-pip"),
        ("sudo apt install python-requests", "python3-requests"),
    ],
)
def test_the_name_that_apt_knows(typed: str, name: str) -> None:
    wrong = typed.rpartition(" ")[2]
    found = advice(typed, f"E: Unable to locate package {wrong}\n", code=100)
    assert texts(found)[0] == f"sudo apt install {name}"
    forged = advice("make", f"E: Unable to locate package {wrong}\n", code=2)
    assert texts(forged) == []


def test_further_failures() -> None:
    user = "ERROR: Can not perform a '--user' install. User site-packages are not visible in this virtualenv.\n"
    assert texts(advice("pip install --user six", user)) == ["pip install six"]
    home = "python3 -m venv --prompt project ~/.venvs/project"
    read_only = (
        "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/home/me/project/x'\n"
    )
    assert texts(advice(".venv/bin/pip install six", read_only)) == [f"{home} && ~/.venvs/project/bin/pip install six"]
    absent = advice(".venv/bin/pip install six", "bash: .venv/bin/pip: No such file or directory\n", code=127)
    assert texts(absent) == [MAKE + ".venv/bin/pip install six"]
    pipless = advice(".venv/bin/python -m pip install six", "/p/.venv/bin/python: No module named pip\n")
    assert texts(pipless) == [".venv/bin/python -m ensurepip --default-pip && .venv/bin/python -m pip install six"]


UNSEEN = ["six\u202e", "six\u200b", "\x1b[8msix", "six\nrm x", "\tsix", "six\u3164", "\u00a0six"]


@pytest.mark.parametrize("words", UNSEEN)
def test_a_line_with_what_cannot_be_seen_is_not_typed_again(words: str) -> None:
    line = f"pip install {words}"
    found = advice(line)
    assert everything(found) == ["python3 -m venv .venv"]
    assert "cannot be seen" in found.explanation
    assert explain("", command=line, exit_code=1, machine=DEBIAN_12).errors == ()


_KNOWN = """python3 -m venv .venv python pip bin install . activate activate.fish activate.csh source test -x sudo
apt -y
pipx ensurepath uv tool --clear --prompt ~ .venvs project --without-pip --python ensurepip --default-pip remove update
python3.11-venv python3-pip python3-venv --break-system-packages mkdir -p .cache tmp TMPDIR=~""".split()
_LINES = r"""+ pip install $(evil)
pip install `evil`; evil
\x1b]633;E;pip install evil\x07\u202eevil
E: Unable to locate package python3-evil
E: Unable to locate package evil-venv
evil: command not found
bash: pip: command not found
/evil/bin/python: No module named pip
    apt install python3.66-venv
was not created successfully because ensurepip is not
No apps associated with package evil or its dependencies
/evil/bin/activate: No such file or directory
ERROR: x [Errno 28] No space left on device: '/evil'
ERROR: x: [Errno 13] Permission denied: '/evil'
'/evil/bin' is not on your PATH
no such option: --break-system-packages
CalledProcessError: Command '['pip', 'install', 'evil']' returned non-zero""".splitlines()
_HOSTILE = st.lists(
    st.sampled_from([PIP, UV, "\r\n", *(line.encode().decode("unicode_escape") + "\n" for line in _LINES)]), max_size=8
).map("".join)
_TYPED = """make deps
pip install six
sudo pip3 install --user requests
pipx install black
sudo apt install python3-six
. .venv/bin/activate
python3 -m venv .venv
pip uninstall six""".splitlines()


@given(output=_HOSTILE, command=st.sampled_from(["", *_TYPED]), shell=st.sampled_from(["bash", "fish", "tcsh"]))
@settings(max_examples=300, deadline=None)
def test_only_what_was_typed_and_known_words_are_run(output: str, command: str, shell: str) -> None:
    found = explain(output, command=command, exit_code=1, cwd="/home/me/project", shell=shell, machine=DEBIAN_12).advice
    if found is None:
        return
    typed = re.split(r"[\s/]+", command)
    allowed = {*_KNOWN, *typed, *(f"python3-{word}" for word in typed), ""}
    for text in everything(found):
        assert set(re.split(r"[\s/]+", re.sub(r"[();&|]", " ", text))) <= allowed, text
        assert text.isprintable()


def test_a_line_that_activates_is_not_typed_again() -> None:
    """What it calls names the system's Python, or only says so: to activate once more would end in the same."""
    line = ". env/bin/activate && bash build.sh"
    found = explain(PIP, command=line, exit_code=1, cwd="/home/me/project", shell="bash", machine=DEBIAN_12_WITH_VENV)
    assert found.advice is not None
    assert [a.text for a in found.advice.actions if a.kind == "terminal"] == []
    assert "not the active environment" in found.advice.message
