"""Environments are really made here, in temporary folders, without network."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from pep668 import machine, provision
from pep668.model import Distribution, Interpreter, Machine
from pep668.provision import EnvironmentRequest, EnvironmentResult

BASE = getattr(sys, "_base_executable", sys.executable)
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
DEBIAN = Distribution("debian", "12", "bookworm", "Debian GNU/Linux")
ENSUREPIP_TEXT = f"""The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.

    apt install python{VERSION}-venv
"""


def python(path: str = BASE, prefix: str = sys.base_prefix, pip: str = "") -> Interpreter:
    return Interpreter(path, os.path.realpath(path), VERSION, prefix, pip_version=pip)


def having(found: Interpreter | None = None, distribution: Distribution | None = DEBIAN, **more: str) -> Machine:
    interpreter = found or python()
    programs: dict[str, Interpreter | None] = {"python3": interpreter, interpreter.path: interpreter}
    programs["/x/bin/python3"] = interpreter
    return Machine(distribution=distribution, programs=programs, pip_config=more)


class Recorder:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.stop = threading.Event()

    def make(self, request: EnvironmentRequest, of: Machine | None = None, **environ: str) -> EnvironmentResult:
        return provision.create_environment(
            request,
            of or having(),
            report=self.lines.append,
            cancelled=self.stop.is_set,
            environ={**os.environ, **environ},
        )


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "a project's \N{SNOWMAN} folder"
    path.mkdir()
    return path


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel of a project `tiny`, made by hand."""
    path = tmp_path_factory.mktemp("wheels")
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "answer = 42\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"tiny.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


@pytest.fixture
def offline(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture(scope="session")
def without_ensurepip(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    """This Python as Debian ships it without python3-venv: its library lacks ensurepip, and there is no pip."""
    prefix = tmp_path_factory.mktemp("python")
    library = prefix / "lib" / f"python{VERSION}"
    library.mkdir(parents=True)
    for entry in Path(os.__file__).parent.iterdir():
        if entry.name not in ("ensurepip", "site-packages", "dist-packages"):
            (library / entry.name).symlink_to(entry)
    for shared in Path(sys.base_prefix, "lib").glob("libpython*"):
        (prefix / "lib" / shared.name).symlink_to(shared)
    executable = prefix / "bin" / f"python{VERSION}"
    executable.parent.mkdir()
    shutil.copy(os.path.realpath(BASE), executable)
    return Interpreter(str(executable), str(executable), VERSION, "/usr")


def script(path: Path, body: str) -> Interpreter:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return Interpreter(str(path), str(path), VERSION, "/usr")


def runs(result: EnvironmentResult, code: str) -> str:
    assert result.python is not None
    return subprocess.run([result.python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def quick(tmp_path: Path) -> Machine:
    """A machine whose Python makes environments with an empty pip: fast, where pip is not the point."""
    pip = f'for a; do d="$a"; done; pip="$d/lib/python{VERSION}/site-packages/pip"'
    body = f'{shlex.quote(BASE)} "$@" --without-pip && {pip} && mkdir "$pip" && : > "$pip/__init__.py"'
    return having(script(tmp_path / "quick/python3", body))


# --- making ---------------------------------------------------------------------------------------


def test_an_environment_with_pip(folder: Path, recorder: Recorder) -> None:
    result = recorder.make(EnvironmentRequest(str(folder)))
    assert result == EnvironmentResult(
        True, f"Created .venv with Python {VERSION}.", str(folder / ".venv"), str(folder / ".venv/bin/python"), True
    )
    assert runs(result, "import pip, sys; print(sys.prefix)") == str(folder / ".venv")
    (found,) = machine.snapshot(str(folder)).environments
    assert (found.complete, found.seeded, found.version) == (True, True, VERSION)


@pytest.mark.usefixtures("offline")
def test_packages_requirements_and_editable(folder: Path, wheels: Path, recorder: Recorder) -> None:
    (folder / "requirements.txt").write_text("tiny\n")
    request = EnvironmentRequest(str(folder), packages=("tiny",), requirements=("requirements.txt",))
    result = recorder.make(request, PIP_TARGET="/nowhere", PIP_USER="1", PYTHONPATH="/nowhere", VIRTUAL_ENV="/v")
    assert result.ok, result.message
    assert result.message == f"Created .venv with Python {VERSION} and installed tiny and requirements.txt."
    assert runs(result, "import tiny; print(tiny.answer)") == "42"
    assert any("tiny" in line for line in recorder.lines)
    again = recorder.make(request)
    assert again.ok
    assert not again.created
    assert again.message.startswith("Used the existing .venv")


@pytest.mark.usefixtures("offline")
def test_what_cannot_be_installed_keeps_the_environment(folder: Path, recorder: Recorder) -> None:
    result = recorder.make(EnvironmentRequest(str(folder), packages=("no-such-project",)))
    assert not result.ok
    assert result.created
    assert "no-such-project could not be installed: No matching distribution" in result.message
    assert "kept" in result.message
    assert runs(result, "import pip; print('there')") == "there"


@pytest.mark.usefixtures("offline")
def test_modules_of_the_workspace_are_not_run(folder: Path, recorder: Recorder) -> None:
    for name in ("venv", "ensurepip", "pip", "sitecustomize", "re"):
        (folder / f"{name}.py").write_text("open('hacked', 'w')\nraise SystemExit('workspace code ran')\n")
    result = recorder.make(EnvironmentRequest(str(folder), packages=("tiny",)))
    assert result.ok, result.message
    assert not (folder / "hacked").exists()


@pytest.mark.usefixtures("offline")
def test_uv_is_preferred_and_its_failure_is_no_end(
    folder: Path, tmp_path: Path, recorder: Recorder, quick: Machine
) -> None:
    log = tmp_path / "log"
    uv = script(tmp_path / "tools/uv", f'echo "$@" >> {shlex.quote(str(log))}; echo no network; exit 2').path
    programs = {**quick.programs, "uv": None, uv: None}
    base = programs["python3"]
    assert base is not None
    result = recorder.make(EnvironmentRequest(str(folder)), Machine(programs=programs))
    assert result.ok
    assert log.read_text() == f"venv --seed --python {base.path} {folder / '.venv'}\n"
    shutil.rmtree(folder / ".venv")
    log.unlink()
    assert recorder.make(EnvironmentRequest(str(folder), prefer_uv=False), Machine(programs=programs)).ok
    assert not log.exists()


def test_nested_folders_are_made_and_taken_back(folder: Path, tmp_path: Path, recorder: Recorder) -> None:
    result = recorder.make(
        EnvironmentRequest(str(folder), "a/b/env"), having(script(tmp_path / "py/python3", "exit 1"))
    )
    assert not result.ok
    assert list(folder.iterdir()) == []


# --- the ensurepip failure --------------------------------------------------------------------------


def test_without_ensurepip_the_wheel_of_the_distribution_will_do(
    folder: Path, without_ensurepip: Interpreter, recorder: Recorder
) -> None:
    assert any(Path(f).glob("pip-*.whl") for f in map(Path, provision.WHEEL_FOLDERS))
    result = recorder.make(EnvironmentRequest(str(folder)), having(without_ensurepip))
    assert result.ok, result.message
    assert runs(result, "import pip; print('there')") == "there"
    assert (folder / ".venv/bin/activate").exists()


@pytest.mark.parametrize(
    ("distribution", "root", "help"),
    [
        (DEBIAN, False, f"sudo apt install python{VERSION}-venv"),
        (DEBIAN, True, f"apt install python{VERSION}-venv"),
        (Distribution("tuxedo", "24", like=("ubuntu", "debian")), False, f"sudo apt install python{VERSION}-venv"),
        (Distribution("alpine", "3.19"), False, ""),
        (None, False, ""),
    ],
)
def test_without_any_pip_the_exact_package_is_named(
    folder: Path,
    without_ensurepip: Interpreter,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    distribution: Distribution | None,
    root: bool,
    help: str,
) -> None:
    monkeypatch.setattr(provision, "WHEEL_FOLDERS", ())
    base = having(without_ensurepip, distribution)
    known = Machine(distribution=distribution, programs=base.programs, root=root)
    result = recorder.make(EnvironmentRequest(str(folder)), known)
    assert not result.ok
    assert (result.path, result.created, result.help) == (None, False, help)
    assert f"Python {VERSION} has no ensurepip" in result.message
    assert "without root, install uv or virtualenv" in result.message
    assert list(folder.iterdir()) == []


def test_debians_words_are_recognized(folder: Path, tmp_path: Path, recorder: Recorder) -> None:
    """An unknown distribution in Debian's line, a Python of unknown home: its own words name the package."""
    half_made = 'for a; do d="$a"; done; mkdir "$d/bin"; echo home = /usr > "$d/pyvenv.cfg"'
    body = f"{half_made}\ncat <<'END'\n{ENSUREPIP_TEXT}END\nexit 1"
    result = recorder.make(EnvironmentRequest(str(folder)), having(script(tmp_path / "py/python3", body), None))
    assert result.help == f"sudo apt install python{VERSION}-venv"
    assert f"run `{result.help}`" in result.message
    assert list(folder.iterdir()) == []


def test_virtualenv_takes_over(folder: Path, tmp_path: Path, recorder: Recorder) -> None:
    real = shlex.quote(BASE)
    body = (
        f'case "$*" in *"-m venv"*) echo No module named venv; exit 1;; *virtualenv*) exec {real} -m venv "$4";; esac'
    )
    result = recorder.make(EnvironmentRequest(str(folder)), having(script(tmp_path / "py/python3", body)))
    assert result.ok, result.message
    assert runs(result, "import pip; print('there')") == "there"


# --- what is there already --------------------------------------------------------------------------


def bare(folder: Path, *options: str) -> Path:
    subprocess.run([BASE, "-m", "venv", "--without-pip", *options, str(folder / ".venv")], check=True)
    (folder / ".venv" / "mine").write_text("kept")
    return folder / ".venv"


def test_an_environment_without_pip_is_given_one(folder: Path, recorder: Recorder) -> None:
    path = bare(folder)
    result = recorder.make(EnvironmentRequest(str(folder)))
    assert result.ok, result.message
    assert (result.message, result.created) == (f"Repaired .venv with Python {VERSION}.", False)
    assert runs(result, "import pip; print('there')") == "there"
    assert (path / "mine").read_text() == "kept"


@pytest.mark.parametrize("dangling", [True, False])
def test_an_environment_that_lost_its_python_gets_it_back(folder: Path, recorder: Recorder, dangling: bool) -> None:
    path = bare(folder, "--system-site-packages")
    for link in path.glob("bin/python*"):
        link.unlink()
        if dangling:
            link.symlink_to("/gone/python")
    result = recorder.make(EnvironmentRequest(str(folder)))
    assert result.ok, result.message
    assert "include-system-site-packages = true" in (path / "pyvenv.cfg").read_text()
    assert (path / "mine").read_text() == "kept"


def test_another_pythons_environment_is_left_alone(folder: Path, recorder: Recorder) -> None:
    path = bare(folder)
    for link in path.glob("bin/python*"):
        link.unlink()
        link.symlink_to("/gone/python3.5")
    (path / "pyvenv.cfg").write_text("home = /gone\nversion = 3.5.1\n")
    before = sorted(str(p) for p in path.rglob("*"))
    result = recorder.make(EnvironmentRequest(str(folder)))
    assert not result.ok
    assert "The Python 3.5 that .venv was made with is gone" in result.message
    assert sorted(str(p) for p in path.rglob("*")) == before


def test_a_repair_that_fails_puts_links_back(folder: Path, tmp_path: Path, recorder: Recorder) -> None:
    path = bare(folder)
    for link in path.glob("bin/python*"):
        link.unlink()
        link.symlink_to("/gone/python")
    result = recorder.make(EnvironmentRequest(str(folder)), having(script(tmp_path / "py/python3", "exit 1")))
    assert not result.ok
    assert os.readlink(path / "bin/python") == "/gone/python"


def test_folders_and_files_that_are_no_environment_are_left_alone(folder: Path, recorder: Recorder) -> None:
    (folder / ".venv").mkdir()
    (folder / ".venv/notes.txt").write_text("mine")
    (folder / "file").write_text("mine")
    (folder / "link").symlink_to("/gone")
    for directory, words in (
        (".venv", "not a virtual environment"),
        ("file", "is a file"),
        ("link", "a link that leads nowhere"),
        ("..", "not a folder inside"),
        (".", "not a folder inside"),
        ("../beside", "not a folder inside"),
        ("/etc", "not a folder inside"),
        ("a\0b", "not a folder inside"),
    ):
        result = recorder.make(EnvironmentRequest(str(folder), directory))
        assert not result.ok
        assert words in result.message
    assert sorted(p.name for p in folder.iterdir()) == [".venv", "file", "link"]
    assert (folder / ".venv/notes.txt").read_text() == "mine"


def test_an_empty_folder_is_filled_and_kept(folder: Path, tmp_path: Path, recorder: Recorder, quick: Machine) -> None:
    (folder / ".venv").mkdir()
    failed = recorder.make(EnvironmentRequest(str(folder)), having(script(tmp_path / "py/python3", "exit 1")))
    assert not failed.ok
    assert list((folder / ".venv").iterdir()) == []
    assert recorder.make(EnvironmentRequest(str(folder)), quick).ok


# --- places -----------------------------------------------------------------------------------------


def test_storage_problems_say_what_to_do(folder: Path, tmp_path: Path, recorder: Recorder) -> None:
    full = script(tmp_path / "full/python3", "echo 'Error: [Errno 28] No space left on device'; exit 1")
    result = recorder.make(EnvironmentRequest(str(folder)), having(full))
    assert "There is no space left" in result.message
    read_only = script(tmp_path / "ro/python3", "echo \"Error: [Errno 30] Read-only file system: '/x'\"; exit 1")
    result = recorder.make(EnvironmentRequest(str(folder)), having(read_only))
    assert "cannot be written to" in result.message
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written(folder: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    result = recorder.make(EnvironmentRequest(str(folder)))
    assert "cannot be written to" in result.message
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_there(folder: Path, recorder: Recorder) -> None:
    result = recorder.make(EnvironmentRequest(str(folder / "gone")))
    assert result.message.startswith("There is no folder")


# --- what is asked for ------------------------------------------------------------------------------


@pytest.mark.parametrize("package", ["--target=/x", " -e.", "-r/etc/passwd", "", "a\n--index-url=x", "a\0"])
def test_a_package_is_never_an_option(folder: Path, recorder: Recorder, package: str) -> None:
    result = recorder.make(EnvironmentRequest(str(folder), packages=(package,)))
    assert not result.ok
    assert "is not a package's name" in result.message
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("path", ["no.txt", "/etc/hostname", "../../x/requirements.txt", "a\0", "sub"])
def test_requirements_exist_in_the_folder_or_beside_it(folder: Path, recorder: Recorder, path: str) -> None:
    (folder / "sub").mkdir()
    for request in (
        EnvironmentRequest(str(folder), requirements=(path,)),
        EnvironmentRequest(str(folder), editable=(path if path != "sub" else "no",)),
    ):
        result = recorder.make(request)
        assert not result.ok
        assert "There is no" in result.message or "outside of" in result.message
    assert [p.name for p in folder.iterdir()] == ["sub"]


def test_a_link_out_of_the_folder_is_outside(folder: Path, recorder: Recorder) -> None:
    (folder / "requirements.txt").symlink_to("/etc/hostname")
    result = recorder.make(EnvironmentRequest(str(folder), requirements=("requirements.txt",)))
    assert "outside of" in result.message


def test_a_file_named_like_an_option(folder: Path) -> None:
    (folder / "-e").write_text("")
    (folder / "pkg").mkdir()
    request = EnvironmentRequest(str(folder), requirements=("-e",), editable=("pkg[dev,test]",), packages=("six",))
    here = os.path.realpath(folder)
    assert request.arguments() == ["-r", f"{here}/-e", "-e", f"{here}/pkg[dev,test]", "--", "six"]


def test_a_configuration_that_leads_elsewhere_is_named(folder: Path, recorder: Recorder) -> None:
    known = having(None, None, **{"global.target": "/opt/x"})
    result = recorder.make(EnvironmentRequest(str(folder), packages=("six",)), known)
    assert "sends every installation to /opt/x (target in [global])" in result.message


# --- which Python -----------------------------------------------------------------------------------


def test_programs_of_the_workspace_are_not_run(folder: Path, recorder: Recorder) -> None:
    trap = folder / "trap"
    evil = script(folder / "bin/python3", f"touch {shlex.quote(str(trap))}")
    uv = script(folder / "bin/uv", f"touch {shlex.quote(str(trap))}")
    (folder.parent / "python3").symlink_to(evil.path)
    linked = Interpreter(str(folder.parent / "python3"), evil.path, VERSION, "/usr")
    programs = {"python3": evil, evil.path: evil, linked.path: linked, "uv": None, uv.path: None}
    result = recorder.make(EnvironmentRequest(str(folder)), Machine(programs=programs))
    assert result.ok, result.message
    assert not trap.exists()


def test_another_environments_python_is_passed_over(folder: Path, recorder: Recorder, quick: Machine) -> None:
    active = Interpreter("/v/bin/python3", "/usr/bin/python3", VERSION, "/v", virtual=True)
    old = Interpreter("/old/bin/python", "/old/bin/python2.7", "2.7", "/old")
    good = {path: found for path, found in quick.programs.items() if path.startswith("/")}
    programs = {"python3": active, "/v/bin/python3": active, "/old/bin/python": old, **good}
    result = recorder.make(EnvironmentRequest(str(folder)), Machine(programs=programs))
    assert result.ok, result.message
    assert os.path.dirname(BASE) in (folder / ".venv/pyvenv.cfg").read_text()


def test_no_python_at_all(folder: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_base_executable", "/gone/python3", raising=False)
    result = recorder.make(EnvironmentRequest(str(folder)), Machine(distribution=DEBIAN))
    assert result.help == "sudo apt install python3 python3-venv"
    assert "No Python 3 was found" in result.message
    assert list(folder.iterdir()) == []


# --- cancellation -----------------------------------------------------------------------------------


def test_cancelled_before_it_begins(folder: Path, recorder: Recorder) -> None:
    recorder.stop.set()
    result = recorder.make(EnvironmentRequest(str(folder)))
    assert result == EnvironmentResult(False, "Cancelled: nothing was left behind.")
    assert list(folder.iterdir()) == []


def test_cancelling_kills_the_whole_group_and_leaves_nothing(folder: Path, tmp_path: Path, recorder: Recorder) -> None:
    pid = tmp_path / "pid"
    body = f'for a; do d="$a"; done; mkdir "$d/bin"; sleep 600 & echo $! > {shlex.quote(str(pid))}; echo busy; wait'
    timer = threading.Timer(0.5, recorder.stop.set)
    timer.start()
    start = time.monotonic()
    result = recorder.make(EnvironmentRequest(str(folder)), having(script(tmp_path / "py/python3", body)))
    timer.join()
    assert time.monotonic() - start < 300  # it did not wait for the sleep
    assert not result.ok
    assert list(folder.iterdir()) == []
    assert recorder.lines == ["busy"]
    assert not _alive(int(pid.read_text()))


def test_cancelling_an_installation_keeps_what_was_there(folder: Path, recorder: Recorder, quick: Machine) -> None:
    assert recorder.make(EnvironmentRequest(str(folder)), quick).ok
    before = sorted(str(p) for p in folder.rglob("*"))
    stopping = Recorder()
    stopping.lines = _StopAt("Installing", stopping.stop)
    result = stopping.make(EnvironmentRequest(str(folder), packages=("tiny",)))
    assert not result.ok
    assert "the environment is kept" in result.message
    assert sorted(str(p) for p in folder.rglob("*")) == before


class _StopAt(list[str]):
    def __init__(self, word: str, stop: threading.Event) -> None:
        super().__init__()
        self._word, self._stop = word, stop

    def append(self, line: str) -> None:
        super().append(line)
        if self._word in line:
            self._stop.set()


def _alive(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


def test_what_a_program_leaves_running_is_ended_with_it(
    folder: Path, tmp_path: Path, recorder: Recorder, quick: Machine
) -> None:
    base = quick.programs["python3"]
    assert base is not None
    pid = tmp_path / "pid"
    body = f'sleep 300 & echo $! > {shlex.quote(str(pid))}\n{shlex.quote(base.path)} "$@"'
    result = recorder.make(EnvironmentRequest(str(folder)), having(script(tmp_path / "py/python3", body)))
    assert result.ok, result.message
    assert not _alive(int(pid.read_text()))


# --- the oracle -------------------------------------------------------------------------------------


def test_markers_are_read_as_pip_reads_them(folder: Path, recorder: Recorder) -> None:
    marker = folder / "EXTERNALLY-MANAGED"
    marker.write_text("[externally-managed]\nError=one\n\n two %(x)s\nError-de=zwei\nError-pt_BR=dois\n")
    result = recorder.make(EnvironmentRequest(str(folder)))
    code = (
        "import locale, sys; locale.getlocale = lambda *a: locale._parse_localename(locale.normalize(sys.argv[2]));"
        "from pip._internal.exceptions import ExternallyManagedEnvironment as E;"
        "print(E.from_config(sys.argv[1]).context)"
    )
    assert result.python is not None
    for locale in ("C", "de_DE.UTF-8", "pt_BR.UTF-8"):
        theirs = subprocess.run(
            [result.python, "-c", code, str(marker), locale], check=True, capture_output=True, text=True
        ).stdout.strip()
        assert machine.read_marker(str(marker), {"LC_ALL": locale}).message == theirs
