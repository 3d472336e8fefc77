"""The road walked for real: Debian's own Python refuses, the first step is run in its shell, the package is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pep668 import machine
from pep668.explain import Advice, explain
from pep668.model import Machine

SHELLS = ("bash", "dash", "zsh", "fish", "tcsh")


def wheel(folder: Path, name: str, module: str) -> None:
    """A package of one module."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    files = {
        f"{module}.py": "HERE = True\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)


@dataclass
class Terminal:
    """A shell of Debian's in a folder, with an index of two packages and nothing else."""

    shell: str
    folder: Path
    environ: dict[str, str]

    def run(
        self, line: str, *, inside: tuple[str, ...] = (), cwd: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        program = shutil.which(self.shell)
        assert program is not None, f"{self.shell} is missing: make test-setup installs it"
        if self.shell == "tcsh":
            line = f"set prompt = '% '; {line}"  # which every terminal has
        command = [*inside, program, "-c", line]
        return subprocess.run(
            command, cwd=cwd or self.folder, env=self.environ, check=False, timeout=120, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def advice(self, line: str, output: str, code: int, **known: object) -> Advice | None:
        def look(folder: str) -> Machine:
            return machine.snapshot(folder, environ=self.environ)

        seen = look(str(self.folder))
        found = explain(
            output, command=line, exit_code=code, cwd=str(self.folder), shell=self.shell, machine=seen, look=look,
            **known,  # type: ignore[arg-type]
        )  # fmt: skip
        return found.advice

    def walk(self, line: str, **known: object) -> str:
        """The first step after a line that failed; it was run and came to its end."""
        failed = self.run(line)
        found = self.advice(line, failed.stdout, failed.returncode or 1, **known)
        assert found is not None, failed.stdout
        step = found.actions[0]
        assert step.text in found.message
        done = self.run(step.text, cwd=step.cwd)
        assert done.returncode == 0, (step.text, done.stdout)
        if step.environment is not None:
            assert (Path(step.environment) / "bin" / "python").exists()
        return step.text

    def has(self, module: str, environment: str = ".venv") -> bool:
        program = [f"{self.folder}/{environment}/bin/python", "-c", f"import {module}; print({module}.HERE)"]
        found = subprocess.run(program, check=False, env=self.environ, capture_output=True, text=True, timeout=60)
        return found.stdout == "True\n"


Open = Callable[[str], Terminal]


@pytest.fixture
def terminal(tmp_path: Path) -> Open:
    wheel(tmp_path / "wheels", "road-demo".replace("-", "_"), "road_demo")
    wheel(tmp_path / "wheels", "other_demo", "other_demo")
    folder = tmp_path / "a project"
    home = tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    (folder / "requirements.txt").write_text("road-demo\n")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV"))}
    environ |= {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "XDG_CONFIG_HOME": str(home)}
    environ |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (tmp_path / "wheels").as_uri(), "PIP_NO_CACHE_DIR": "1"}
    return lambda shell: Terminal(shell, folder, environ)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_library(terminal: Open, shell: str) -> None:
    here = terminal(shell)
    assert here.walk("pip3 install 'road-demo>=1,<2'") == (
        "python3 -m venv .venv && .venv/bin/pip install 'road-demo>=1,<2'"
    )
    assert here.has("road_demo")
    assert here.walk("python3 -m pip install --user other-demo") == ".venv/bin/python -m pip install other-demo"
    assert here.has("other_demo")


LINES = [
    "cd sub && pip3 install -r ../requirements.txt",
    "(cd sub; pip3 install road-demo)",
    "time pip3 install road-demo",
    "pip3 install road-demo; pip3 install other-demo",
    "if true; then pip3 install road-demo; fi",
    "pip3 install -q road-demo 2>&1 | cat; false",
    "X='a  b' pip3 install \"road-demo\" # the one",
    "for p in road-demo other-demo; do pip3 install $p || exit; done",
    "true && pip3 install road-demo && false || true; false",
    "bash -c 'pip3 install road-demo'",
    "echo road-demo | xargs pip3 install",
    "pip3 install road-demo 2>&1 | tail -n 30 &\nwait",
]


@pytest.mark.parametrize("line", LINES[:-1])
def test_lines_are_typed_again_as_they_were(terminal: Open, line: str) -> None:
    here = terminal("bash")
    (here.folder / "sub").mkdir()
    failed = here.run(line)
    assert "externally-managed-environment" in failed.stdout
    found = here.advice(line, failed.stdout, failed.returncode or 1)
    assert found is not None
    step = found.actions[0]
    assert "python3 -m venv" in step.text
    here.run(step.text, cwd=step.cwd)
    assert step.environment is not None
    where = os.path.relpath(step.environment, here.folder)
    assert here.has("road_demo", where), step.text
    if "other-demo" in line:
        assert here.has("other_demo", where)


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_what_stands_behind_the_install_finds_it(terminal: Open, shell: str) -> None:
    here = terminal(shell)
    (here.folder / "app.py").write_text("import road_demo; open('ran', 'w').write(str(road_demo.HERE))\n")
    here.walk("pip3 install road-demo && python3 app.py")
    assert (here.folder / "ran").read_text() == "True"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_has_moved(terminal: Open, shell: str) -> None:
    """The step is typed into the shell that the line has left in another folder."""
    here = terminal(shell)
    (here.folder / "sub").mkdir()
    line = "cd sub && pip3 install -r ../requirements.txt"
    failed = here.run(line)
    found = here.advice(line, failed.stdout, failed.returncode)
    assert found is not None
    here.run(f"{line}\n{found.actions[0].text}")
    assert found.actions[0].cwd == str(here.folder / "sub")
    assert here.has("road_demo", "sub/.venv")


@pytest.mark.parametrize("line", [LINES[-1], "sleep 0 & pip3 install road-demo", 'pip3 install "road-demo!x"'])
def test_what_cannot_be_typed_again_is_not_offered(terminal: Open, line: str) -> None:
    here = terminal("bash")
    failed = here.run(line)
    found = here.advice(line, failed.stdout + "error: externally-managed-environment\n", 1)
    texts = [a.text for a in (*found.actions, *found.more) if not a.last_resort] if found is not None else []
    assert not any("road-demo" in text for text in texts)


@pytest.mark.parametrize("shell", ["dash", "fish", "tcsh"])
def test_a_script_runs_again_in_an_active_environment(terminal: Open, shell: str) -> None:
    here = terminal(shell)
    script = here.folder / "setup.sh"
    script.write_text("#!/bin/sh\nset -e\npip3 install road-demo\n")
    script.chmod(0o755)
    assert "activate" in here.walk("./setup.sh")
    assert here.has("road_demo")


def test_half_an_environment(terminal: Open) -> None:
    here = terminal("bash")
    made = here.folder / ".venv"
    here.run("python3 -m venv --without-pip .venv")
    assert here.walk("pip3 install road-demo") == "python3 -m venv .venv && .venv/bin/pip install road-demo"
    assert here.has("road_demo")
    (made / "bin" / "python3").unlink()
    (made / "bin" / "python3").symlink_to("/usr/bin/python3.0")
    assert "--clear" in here.walk("pip3 install road-demo")
    assert here.has("road_demo")


def test_the_environment_of_the_project_that_is_named(terminal: Open) -> None:
    here = terminal("bash")
    (here.folder / "backend").mkdir()
    shutil.copy(here.folder / "requirements.txt", here.folder / "backend")
    here.run("python3 -m venv backend/.venv")
    text = here.walk("pip3 install -r backend/requirements.txt")
    assert text == "backend/.venv/bin/pip install -r backend/requirements.txt"
    assert here.has("road_demo", "backend/.venv")
    deep = here.folder / "backend" / "src"
    deep.mkdir()
    below = Terminal("bash", deep, here.environ)
    assert below.walk("pip3 install other-demo", root=str(here.folder)) == "../.venv/bin/pip install other-demo"
    assert here.has("other_demo", "backend/.venv")


WITHOUT = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"')


def test_without_ensurepip(terminal: Open) -> None:
    """As on a Debian without python3-venv: the folder is hidden."""
    ensurepip = Path("/usr/lib") / Path(os.path.realpath("/usr/bin/python3")).name / "ensurepip"
    hidden = (*WITHOUT, str(ensurepip))
    here = terminal("bash")
    if here.run("true", inside=hidden).returncode:
        pytest.skip("mounting is not allowed here: the folder cannot be hidden")
    line = "pip3 install -q road-demo"
    failed = here.run(line)
    seen = machine.snapshot(str(here.folder), environ=here.environ)
    python = seen.programs["python3"]
    assert python is not None
    assert python.ensurepip
    lacks = without_ensurepip(seen)
    found = explain(failed.stdout, command=line, exit_code=1, cwd=str(here.folder), shell="bash", machine=lacks).advice
    assert found is not None
    version = python.version
    first, second = found.actions[:2]
    venv = "python3 -m venv .venv && .venv/bin/pip install -q road-demo"
    assert first.text.removeprefix("sudo ") == f"apt install -y python{version}-venv && {venv}"
    assert f"python{version}-venv is missing" in found.message
    assert second.text == (
        "python3 -m venv --without-pip .venv && python3 -m pip --python .venv/bin/python install -q road-demo"
    )
    done = here.run(second.text, inside=hidden)
    assert done.returncode == 0, done.stdout
    assert here.has("road_demo")


def without_ensurepip(seen: Machine) -> Machine:
    programs = {n: p and replace(p, ensurepip=False) for n, p in seen.programs.items()}
    return replace(seen, programs=programs)
