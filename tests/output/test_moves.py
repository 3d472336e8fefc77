"""What is left of a line that ran in part, and where its commands run: compared with what the shells do."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from machines import DEBIAN_12
from pep668.explain import Action, explain
from pep668.explain._moves import left, runs_in
from pep668.explain._typed import Typed
from pep668.model import Machine, VirtualEnvironment

HERE = "/home/me/project"
RECORDINGS = Path(__file__).resolve().parent.parent / "recordings" / "positives"
PIP = (RECORDINGS / "sid-pip-install-q.raw").read_text(encoding="utf-8")


def look(folder: str) -> Machine:
    """Every folder is there but one."""
    return replace(DEBIAN_12, folder=folder, environments=(), exists="nosuch" not in folder, home="/home/me")


def rest(line: str, shell: str = "bash") -> tuple[str, str]:
    found = left(Typed(line, DEBIAN_12, (), shell), HERE, DEBIAN_12, look)
    return found.typed.text, found.folder.replace(HERE, ".", 1).replace("./", "/").replace("/home/me", "~")


LEFT = {
    # the shell has moved
    "cd sub && pip3 install .": ("pip3 install .", "/sub"),
    "cd sub; pip3 install .": ("pip3 install .", "/sub"),
    "cd sub > /dev/null && pip3 install .": ("pip3 install .", "/sub"),
    "pushd 'a b' >/dev/null; pip3 install .": ("pip3 install .", "/a b"),
    r"cd a\ b && pip3 install .": ("pip3 install .", "/a b"),
    "cd -- sub && pip3 install .": ("pip3 install .", "/sub"),
    "cd sub && cd deep && pip3 install .": ("pip3 install .", "/sub/deep"),
    "cd sub; cd ..; pip3 install .": ("pip3 install .", "."),
    "cd sub || exit 1; pip3 install .": ("pip3 install .", "/sub"),
    "true && cd sub && pip3 install .": ("pip3 install .", "/sub"),
    "cd sub\npip3 install .": ("pip3 install .", "/sub"),
    "cd sub && (cd deep; pip3 install .)": ("(cd deep; pip3 install .)", "/sub"),
    "cd sub && cat r | xargs pip3 install": ("cat r | xargs pip3 install", "/sub"),
    "cd sub && for p in a b; do pip3 install $p; done": ("for p in a b; do pip3 install $p; done", "/sub"),
    "cd sub && { pip3 install .; ls; }": ("{ pip3 install .; ls; }", "/sub"),
    "cd sub && ! pip3 install .": ("! pip3 install .", "/sub"),
    "cd sub && ./setup.sh": ("./setup.sh", "/sub"),
    "cd $(pwd)/sub && pip3 install .": ("pip3 install .", "/sub"),
    "cd ~ && pip3 install .": ("pip3 install .", "~"),
    "cd && pip3 install .": ("pip3 install .", "~"),
    "cd ~/a && pip3 install .": ("pip3 install .", "~/a"),
    'cd "$HOME/a" && pip3 install .': ("pip3 install .", "~/a"),
    "cd $PWD/sub && pip3 install .": ("pip3 install .", "/sub"),
    "cd '~' && pip3 install .": ("pip3 install .", "/~"),
    "cd ~root && pip3 install .": ("pip3 install .", ""),
    "cd $D && pip3 install .": ("pip3 install .", ""),
    "cd nosuch; pip3 install six": ("pip3 install six", "."),
    # what cannot be done twice
    "git clone u/r && pip3 install ./r": ("pip3 install ./r", "."),
    "mkdir new && cd new && pip3 install six": ("pip3 install six", "/new"),
    "git clone u/r; cd r && pip3 install .": ("pip3 install .", "/r"),
    # nothing, or nothing that is sure
    "pip3 install six": ("pip3 install six", "."),
    "which pip3 && pip3 install six": ("which pip3 && pip3 install six", "."),
    "./setup.sh && pip3 install six": ("./setup.sh && pip3 install six", "."),
    "git clone u/r; pip3 install ./r": ("git clone u/r; pip3 install ./r", "."),
    "{ cd sub && pip3 install .; }": ("{ cd sub && pip3 install .; }", "."),
    "if cd sub; then pip3 install .; fi": ("if cd sub; then pip3 install .; fi", "."),
    "(cd sub && pip3 install .)": ("(cd sub && pip3 install .)", "."),
    "! cd sub || pip3 install .": ("! cd sub || pip3 install .", "."),
    "true && cd sub && (ls); pip3 install six": ("true && cd sub && (ls); pip3 install six", "."),
    "ls; { cd sub && pip3 install .; }": ("ls; { cd sub && pip3 install .; }", "."),
    "false && cd sub; pip3 install six": ("false && cd sub; pip3 install six", "."),
    "cd nosuch || pip3 install six": ("cd nosuch || pip3 install six", "."),
    "git pull && cd sub || pip3 install six": ("git pull && cd sub || pip3 install six", "."),
    "cd sub & pip3 install six": ("cd sub & pip3 install six", "."),
    "cd sub | pip3 install six": ("cd sub | pip3 install six", "."),
    # it goes back, and another terminal would not know where to
    "pushd sub; pip3 install .; popd": ("pushd sub; pip3 install .; popd", "."),
    "cd sub; pip3 install .; cd -": ("cd sub; pip3 install .; cd -", "."),
}


@pytest.mark.parametrize("line", LEFT)
def test_what_is_left(line: str) -> None:
    assert rest(line) == LEFT[line]


def test_what_is_left_in_fish() -> None:
    assert rest("cd sub; and pip3 install .", "fish") == ("pip3 install .", "/sub")
    assert rest("cd sub >/dev/null && pip3 install .", "fish") == ("pip3 install .", "/sub")
    assert rest("begin; cd sub; and pip3 install .; end", "fish")[0].startswith("begin")


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh", "fish", "tcsh"])
def test_where_the_shell_is(shell: str, tmp_path: Path) -> None:
    """After each line whose rest is for another folder, the shell itself says that it is there."""
    program = shutil.which(shell)
    assert program is not None, f"{shell} is missing: make test-setup installs it"
    own = {"dash": ("pushd",), "fish": ("||", "(", "{", "for ", "\n"), "tcsh": ("exit", "$(", "for ", "\n", "nosuch")}
    lines = [line for line, (_, folder) in LEFT.items() if folder[:1] == "/"]
    lines = [line for line in lines if not any(word in line for word in own.get(shell, ()))]
    (tmp_path / "bin").mkdir()
    for name in ("pip3", "git", "xargs", "setup.sh"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n[ ${0##*/} = git ]\n")
        (tmp_path / "bin" / name).chmod(0o755)
    for folder in ("sub/deep", "a b", "r", "~"):
        (tmp_path / "project" / folder).mkdir(parents=True)
    project = tmp_path / "project"
    told = "/bin/pwd" if shell == "tcsh" else "pwd"
    script = "\n".join(f"cd '{project}'\nrm -rf new\n{line}\necho ':at'; {told}" for line in lines)
    done = subprocess.run(
        [program, "-c", script], cwd=project, env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "HOME": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    at = [part.partition("\n")[0].removeprefix(str(project)) for part in done.stdout.split(":at\n")[1:]]
    assert dict(zip(lines, at, strict=True)) == {line: LEFT[line][1] for line in lines}, done.stdout


RUNS_IN = {
    "(cd sub && pip3 install x); pip3 install y": ["/sub", "."],
    "(cd $D; pip3 install x) || pip3 install y": ["", "."],
    "bash -c 'cd sub && pip3 install x' && pip3 install y": ["/sub", "."],
    "pushd 'a b' && pip3 install x": ["/a b"],
    "cd sub; pip3 install x; cd ../other; pip3 install y": ["/sub", "/other"],
    "if cd sub; then pip3 install x; fi": ["/sub"],
    "if true; then cd sub; fi; pip3 install x": [""],
    "false && cd sub; pip3 install x": [""],
    "cd nosuch; pip3 install x": ["."],
    "cd sub & pip3 install x": ["."],
    "for d in a b; do cd $d && pip3 install .; done": [""],
    "for p in a b; do pip3 install $p; cd sub; done": [""],
    "for d in a b; do pip3 install ./$d; done; cd sub": ["."],
    "CDPATH=x; cd sub && pip3 install .": [""],
    "cd sub; popd; pip3 install .": [""],
}


@pytest.mark.parametrize("line", RUNS_IN)
def test_where_a_command_runs(line: str) -> None:
    installs = [j.install.command for j in Typed(line, DEBIAN_12).judged]
    where = [runs_in(c, HERE, look).folder for c in installs]
    assert [w.replace(HERE, ".", 1).removeprefix("./") for w in where] == [w.lstrip("/") for w in RUNS_IN[line]]


def steps(line: str, output: str = PIP, shell: str = "bash", code: int = 1) -> list[Action]:
    found = explain(output, command=line, exit_code=code, cwd=HERE, shell=shell, machine=look(HERE), look=look).advice
    return [a for a in found.actions if a.kind == "terminal"] if found is not None else []


MAKE = "python3 -m venv .venv && "
ACTIVATED = f"{MAKE}. .venv/bin/activate && "
STEPS = {
    "cd sub && pip3 install .": MAKE + ".venv/bin/pip install .",
    "{ cd sub && pip3 install .; }": "{ cd sub && " + MAKE + ".venv/bin/pip install .; }",
    "pushd sub; pip3 install .; popd": "pushd sub; " + MAKE + ".venv/bin/pip install .; popd",
    "git clone u/r && pip3 install ./r": MAKE.replace(".venv", "r/.venv") + "r/.venv/bin/pip install ./r",
    # installs that run in different folders, or that belong into different environments
    "(cd sub && pip3 install x); sleep 1; pip3 install y": ACTIVATED
    + "(cd sub && pip3 install x); sleep 1; pip3 install y",
    "pip3 install --user -e ./sub; pip --python=/usr/bin/python3 install -e ./other": ACTIVATED
    + "pip3 install -e ./sub; pip install -e ./other",
    # a string that goes elsewhere
    "bash -c 'cd sub && pip3 install x'": ACTIVATED + "bash -c 'cd sub && pip3 install x'",
    "time bash -c 'cd sub && sudo pip3 install x'": ACTIVATED + "time bash -c 'cd sub && pip3 install x'",
    # both tools in one line
    "pip3 install x; uv pip install --system y": MAKE + ".venv/bin/pip install x; uv pip install y",
    # nothing can be put behind a `!`
    "cd sub && ! pip3 install .": MAKE + "! .venv/bin/pip install .",
    "{ cd sub && ! pip3 install .; }": ACTIVATED + "{ cd sub && ! pip3 install .; }",
}


@pytest.mark.parametrize("line", STEPS)
def test_steps(line: str) -> None:
    assert steps(line)[0].text == STEPS[line]


@pytest.mark.parametrize(
    "line",
    [
        "pip3 install ./a; /usr/bin/pip3 install ./b",
        "pip3 install ./a; pip3.9 install ./b",
        "bash -lc 'cd sub && pip3 install x'",
    ],
)
def test_an_active_environment_would_not_help(line: str) -> None:
    assert steps(line) == []


def test_more_was_refused_than_the_line_installs() -> None:
    """A script that the line runs was refused as well: its pip has to be found in an environment."""
    line = "./setup.sh; pip3 install six"
    assert steps(line, PIP + PIP)[0].text == ACTIVATED + line
    assert steps(line, PIP)[0].text == f"{MAKE}./setup.sh; .venv/bin/pip install six"


def test_what_sudo_sets() -> None:
    line = "sudo -H FZ=1 pip3 install six"
    assert steps(line)[0].text == MAKE + "FZ=1 .venv/bin/pip install six"
    assert steps(line, shell="tcsh")[0].text == MAKE + "env FZ=1 .venv/bin/pip install six"


def test_quotes_inside_a_string() -> None:
    machine = replace(
        look(HERE), environments=(VirtualEnvironment(f"{HERE}/my env", "3.11", seeded=True, complete=True),)
    )
    for line, expected in (
        ("bash -c 'pip3 install six'", r"bash -c ''\''my env/bin/pip'\'' install six'"),
        ('bash -c "pip3 install six"', "bash -c \"'my env/bin/pip' install six\""),
    ):
        found = explain(PIP, command=line, exit_code=1, cwd=HERE, shell="bash", machine=machine).advice
        assert found is not None
        assert found.actions[0].text == expected


SILENT = {
    ("bash", "pip3 install six[x]"): True,
    ("zsh", "pip3 install six[x]"): False,
    ("zsh", "pip3 install 'six[x]'"): True,
    ("tcsh", "command pip3 install six"): False,
    ("tcsh", "pip3 install six"): True,
    ("tcsh", "coproc pip3 install six"): False,
    ("tcsh", "pip3 install $(cat six)"): False,
    ("tcsh", "ls; pip3 install -q six"): True,
    ("bash", "exit 1; pip3 install six"): False,
    ("bash", "pip3 install six; exit 1"): True,
    ("bash", "pip3() { false; }; pip3 install six"): False,
    ("bash", "echo six | xargs pip3 install"): False,
    ("zsh", "eval pip3 install 'six>=1'"): False,
    ("bash", "pip3 install -h; false"): False,
}


@pytest.mark.parametrize(("shell", "line"), SILENT)
def test_no_word_was_said(shell: str, line: str) -> None:
    """Where the shell itself may have ended the line, silence is no refusal."""
    assert bool(steps(line, "", shell)) is SILENT[shell, line]
