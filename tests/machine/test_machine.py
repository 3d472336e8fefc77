"""Snapshots of made-up file trees: which interpreter a program leads to, what it is marked by, what is beside it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pep668 import machine

from .tree import MARKER, Root

# --- programs -----------------------------------------------------------------------------------


def test_debian(root: Root) -> None:
    root.debian()
    found = root.snapshot()
    assert found.distribution is not None
    assert (found.distribution.id, found.distribution.version, found.distribution.codename) == (
        "debian",
        "12",
        "bookworm",
    )
    pip = found.programs["pip3"]
    assert pip is not None
    assert (pip.path, pip.real, pip.version, pip.prefix) == ("/usr/bin/python3", "/usr/bin/python3.11", "3.11", "/usr")
    assert pip.marker is not None
    assert pip.marker.path == "/usr/lib/python3.11/EXTERNALLY-MANAGED"
    assert pip.marker.message == "Use apt.\n\nOr a venv."
    assert (pip.pip_version, pip.owner, pip.virtual) == ("23.0.1", "Debian", False)
    assert "pip" not in found.programs


def test_debian_keeps_what_makes_environments_in_a_package(root: Root) -> None:
    root.debian()
    without = root.snapshot().programs["python3"]
    root.file("/usr/lib/python3.11/ensurepip/__init__.py")
    having = root.snapshot().programs["python3"]
    assert without is not None
    assert having is not None
    assert (without.ensurepip, having.ensurepip) == (False, True)
    root.file("/usr/lib/python3.11/ensurepip/_bundled/__init__.py")
    emptied = root.snapshot().programs["python3"]
    root.file("/usr/lib/python3.11/ensurepip/_bundled/pip-23.0.1-py3-none-any.whl")
    bundled = root.snapshot().programs["python3"]
    assert emptied is not None
    assert bundled is not None
    assert (emptied.ensurepip, bundled.ensurepip) == (False, True)


def test_the_wheel_of_pip_that_debian_keeps(root: Root) -> None:
    root.debian()
    assert root.snapshot().pip_wheel == ""
    root.file("/usr/share/python-wheels/pip-23.0.1-py3-none-any.whl")
    root.file("/usr/share/python-wheels/wheel-0.38.4-py3-none-any.whl")
    assert root.snapshot().pip_wheel == "/usr/share/python-wheels/pip-23.0.1-py3-none-any.whl"


def test_merged_usr(root: Root) -> None:
    root.debian()
    interpreter = root.snapshot(path="/bin").programs["/bin/python3"]
    assert interpreter is not None
    assert interpreter.real == "/usr/bin/python3.11"
    assert interpreter.marker is not None


def test_the_first_on_path_wins_and_every_path_is_known(root: Root) -> None:
    root.debian()
    root.python("/usr/local", "3.13")
    found = root.snapshot()
    first, second = found.programs["python3"], found.programs["/usr/bin/python3"]
    assert first is not None
    assert second is not None
    assert (first.version, first.marker, first.owner) == ("3.13", None, "")
    assert second.marker is not None


def test_alternatives(root: Root) -> None:
    root.debian()
    root.link("/usr/bin/pip", "/etc/alternatives/pip")
    root.link("/etc/alternatives/pip", "/usr/bin/pip3")
    pip = root.snapshot().programs["pip"]
    assert pip is not None
    assert pip.real == "/usr/bin/python3.11"


@pytest.mark.parametrize(
    "head",
    [
        "#!/usr/bin/python3",
        "#! /usr/bin/python3 -E",
        "#!/usr/bin/env python3",
        "#!/usr/bin/env -S python3 -I",
        '#!"/usr/bin/python3"',
        "#!/bin/sh\n'''exec' /usr/bin/python3 \"$0\" \"$@\"\n' '''",
        "#!/bin/sh\n'''exec' \"/usr/bin/python3\" \"$0\" \"$@\"\n' '''",
        '#!/bin/bash\nexec -a "$0" "/usr/bin/python3" "$@"',
    ],
)
def test_shebangs(root: Root, head: str) -> None:
    root.debian()
    root.program("/usr/local/bin/pip", head + "\nfrom pip import main\n")
    pip = root.snapshot().programs["pip"]
    assert pip is not None
    assert pip.real == "/usr/bin/python3.11"


@pytest.mark.parametrize(
    "content",
    [b"", b"#!", b"#!\n", b"#!/usr/bin/env\n", b"#!/no/such/python3\n", b"#!/bin/sh\nexec ruby\n", b"\xff\xfe\0" * 99],
)
def test_what_is_there_but_cannot_be_followed_is_none(root: Root, content: bytes) -> None:
    root.debian()
    root.program("/usr/local/bin/pip", content)
    assert root.snapshot().programs["pip"] is None


def test_scripts_that_lead_to_each_other_end(root: Root) -> None:
    root.program("/usr/bin/python3", "#!/usr/bin/python\n")
    root.program("/usr/bin/python", "#!/usr/bin/python3\n")
    assert root.snapshot().programs["python3"] is None


def test_loops_of_links_and_files_that_are_no_programs(root: Root) -> None:
    root.debian()
    root.link("/usr/local/bin/python3", "python")
    root.link("/usr/local/bin/python", "python3")
    root.file("/usr/local/bin/pip3", "#!/usr/bin/python3\n")
    found = root.snapshot()
    assert "/usr/local/bin/python" not in found.programs
    assert "/usr/local/bin/pip3" not in found.programs
    assert found.programs["python3"] is not None


def test_uv_and_others_are_there_with_no_interpreter(root: Root) -> None:
    root.debian()
    root.program("/usr/local/bin/uv")
    root.program("/usr/local/bin/pipx", "#!/usr/bin/python3\n")
    root.program("/usr/bin/python3-config", "#!/bin/sh\n")
    found = root.snapshot()
    assert found.programs["uv"] is None
    pipx = found.programs["pipx"]
    assert pipx is not None
    assert pipx.prefix == "/usr"
    assert "python3-config" not in found.programs


def test_no_path_still_knows_the_standard_places(root: Root) -> None:
    root.debian()
    found = machine.snapshot(None, environ={}, root=str(root.path))
    assert "python3" not in found.programs
    assert found.programs["/usr/bin/python3"] is not None


def test_an_empty_and_a_relative_entry_of_path_mean_the_folder(root: Root) -> None:
    root.debian()
    root.python("/project", "3.12")
    assert "/project/bin/python3" in root.snapshot("/project", path="bin").programs
    assert "/project/bin/python3" in root.snapshot("/project/bin", path=":/usr/bin").programs


# --- layouts ------------------------------------------------------------------------------------


def test_lib64(root: Root) -> None:
    root.python("/usr", "3.11", lib="lib64", marker=MARKER)
    root.folder("/usr/lib/python3.11/site-packages/pip-23.2.1.dist-info")
    python = root.snapshot().programs["python3"]
    assert python is not None
    assert python.marker is not None
    assert python.marker.path == "/usr/lib64/python3.11/EXTERNALLY-MANAGED"
    assert python.pip_version == "23.2.1"


def test_homebrew(root: Root) -> None:
    cellar = "/opt/homebrew/Cellar/python@3.13/3.13.1"
    framework = f"{cellar}/Frameworks/Python.framework/Versions/3.13"
    root.python(framework, "3.13", marker=MARKER)
    root.link(f"{cellar}/bin/python3", "../Frameworks/Python.framework/Versions/3.13/bin/python3")
    root.link("/opt/homebrew/bin/python3", "../Cellar/python@3.13/3.13.1/bin/python3")
    root.link("/opt/homebrew/opt/python@3.13", "../Cellar/python@3.13/3.13.1")
    root.program("/opt/homebrew/bin/pip3", "#!/opt/homebrew/opt/python@3.13/bin/python3\n")
    pip = root.snapshot(path="/opt/homebrew/bin").programs["pip3"]
    assert pip is not None
    assert (pip.version, pip.owner, pip.prefix) == ("3.13", "Homebrew", framework)
    assert pip.marker is not None


def test_uv_managed(root: Root) -> None:
    home = "/home/me/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu"
    root.python(home, "3.12", marker=b"[externally-managed]\nError=managed by uv\n")
    root.link("/home/me/.local/bin/python3.12", f"{home}/bin/python3.12")
    python = root.snapshot(path="/home/me/.local/bin").programs["python3.12"]
    assert python is not None
    assert (python.owner, python.prefix) == ("uv", home)
    assert python.marker is not None
    assert python.marker.message == "managed by uv"


def test_pypy(root: Root) -> None:
    root.program("/usr/lib/pypy3.9/bin/pypy3.9-c")
    root.link("/usr/bin/pypy3", "../lib/pypy3.9/bin/pypy3.9-c")
    root.file("/usr/lib/pypy3.9/os.py")
    root.file("/usr/lib/pypy3.9/EXTERNALLY-MANAGED", MARKER)
    python = root.snapshot().programs["pypy3"]
    assert python is not None
    assert (python.version, python.prefix) == ("3.9", "/usr")
    assert python.marker is not None


def test_gentoo_links_its_marker(root: Root) -> None:
    root.python("/usr", "3.12")
    root.file("/usr/lib/python/EXTERNALLY-MANAGED", MARKER)
    root.link("/usr/lib/python3.12/EXTERNALLY-MANAGED", "../python/EXTERNALLY-MANAGED")
    python = root.snapshot().programs["python3"]
    assert python is not None
    assert python.marker is not None


def test_nix_finds_the_python_of_a_wrapper(root: Root) -> None:
    store = "/nix/store/abc-python3-3.11.9"
    root.python(store, "3.11", marker=MARKER)
    root.program("/run/current-system/sw/bin/python3", f'#! /bin/bash -e\nexec "{store}/bin/python3.11"  "$@"\n')
    python = root.snapshot(path="/run/current-system/sw/bin").programs["python3"]
    assert python is not None
    assert (python.owner, python.version) == ("Nix", "3.11")
    assert python.marker is not None


def test_conda(root: Root) -> None:
    root.python("/opt/conda", "3.12")
    root.folder("/opt/conda/conda-meta")
    root.folder("/opt/conda/lib/python3.12/site-packages/pip-24.2.dist-info")
    root.program("/opt/conda/bin/conda", "#!/opt/conda/bin/python3\n")
    conda = root.snapshot(path="/opt/conda/bin").programs["conda"]
    assert conda is not None
    assert (conda.owner, conda.marker, conda.pip_version) == ("conda", None, "24.2")


def test_a_nameless_python_beside_several_libraries_is_not_guessed(root: Root) -> None:
    root.program("/opt/x/bin/python3")
    root.file("/opt/x/lib/python3.11/os.py")
    python = root.snapshot(path="/opt/x/bin").programs["python3"]
    assert python is not None
    assert python.version == "3.11"
    root.file("/opt/x/lib/python3.12/os.py")
    assert root.snapshot(path="/opt/x/bin").programs["python3"] is None


def test_the_users_own_pip_comes_first(root: Root) -> None:
    root.debian()
    root.folder("/home/me/.local/lib/python3.11/site-packages/pip-25.0.dist-info")
    mine = root.snapshot().programs["python3"]
    assert mine is not None
    assert mine.pip_version == "25.0"
    without = root.snapshot(PYTHONNOUSERSITE="1").programs["python3"]
    assert without is not None
    assert without.pip_version == "23.0.1"


def test_raspberry_pi_os_is_told_from_debian(root: Root) -> None:
    root.debian()
    root.file("/etc/rpi-issue")
    python = root.snapshot().programs["python3"]
    assert python is not None
    assert python.owner == "Raspberry Pi OS"


# --- pyenv, asdf, mise --------------------------------------------------------------------------

SHIM = '#!/usr/bin/env bash\nprogram="${0##*/}"\nexport PYENV_ROOT="/p"\nexec "/p/libexec/pyenv" exec "$program" "$@"\n'


@pytest.fixture
def pyenv(root: Root) -> Root:
    root.debian()
    for version in ("3.11.9", "3.12.2", "3.12.11"):
        minor = version.rpartition(".")[0]
        root.python(f"/p/versions/{version}", minor)
        root.program(f"/p/versions/{version}/bin/pip3", f"#!/p/versions/{version}/bin/python{minor}\n")
    root.program("/p/shims/pip3", SHIM)
    root.program("/p/shims/python3", SHIM)
    return root


@pytest.mark.parametrize(
    ("chosen", "prefix"),
    [
        ("3.11.9", "/p/versions/3.11.9"),
        ("3.12", "/p/versions/3.12.11"),
        ("python-3.12.2", "/p/versions/3.12.2"),
        ("# mine\n\n3.9.1\n3.11.9\n", "/p/versions/3.11.9"),
        ("system", "/usr"),
        ("3.9.1", None),
        ("../../evil", "/usr"),
    ],
)
def test_pyenv_follows_the_local_file(pyenv: Root, chosen: str, prefix: str | None) -> None:
    pyenv.file("/p/version", "3.12.2\n")
    pyenv.file("/project/.python-version", chosen)
    pip = pyenv.snapshot("/project/deep/er", path="/p/shims:/usr/bin").programs["pip3"]
    assert (pip.prefix if pip else None) == prefix


def test_pyenv_variable_then_local_then_global(pyenv: Root) -> None:
    pyenv.file("/p/version", "3.12.2\n")
    path = "/p/shims:/usr/bin"
    everywhere = pyenv.snapshot("/project", path=path).programs["python3"]
    assert everywhere is not None
    assert (everywhere.prefix, everywhere.owner) == ("/p/versions/3.12.2", "")
    chosen = pyenv.snapshot("/project", path=path, PYENV_VERSION="3.11.9").programs["python3"]
    assert chosen is not None
    assert chosen.prefix == "/p/versions/3.11.9"


def test_newer_pyenv_tries_the_system_last(pyenv: Root) -> None:
    pyenv.file("/p/version", "3.9.1\n")
    pyenv.file("/p/libexec/pyenv-which", "# Usage: pyenv which <command> [--nosystem]\n")
    pip = pyenv.snapshot("/project", path="/p/shims:/usr/bin").programs["pip3"]
    assert pip is not None
    assert pip.prefix == "/usr"


def test_asdf_and_mise_are_not_known(root: Root) -> None:
    root.debian()
    root.program("/s/pip3", '#!/usr/bin/env bash\n# asdf-plugin: python\nexec asdf exec "pip3" "$@"\n')
    root.program("/opt/mise")
    root.link("/s/python3", "/opt/mise")
    found = root.snapshot(path="/s:/usr/bin")
    assert found.programs["pip3"] is None
    assert found.programs["python3"] is None


# --- environments -------------------------------------------------------------------------------


def venv(root: Root, path: str, target: str | None = "/usr/bin/python3", pip: str = "23.0.1") -> None:
    root.file(f"{path}/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n")
    if target:
        root.link(f"{path}/bin/python3", target)
        root.link(f"{path}/bin/python", "python3")
    root.folder(f"{path}/lib/python3.11/site-packages")
    if pip:
        root.folder(f"{path}/lib/python3.11/site-packages/pip-{pip}.dist-info")
        root.program(f"{path}/bin/pip", f"#!{path}/bin/python3\n")


def test_environments_of_a_folder(root: Root) -> None:
    root.debian()
    venv(root, "/project/.venv")
    venv(root, "/project/other", pip="")
    venv(root, "/project/broken", target="/gone/python3.9")
    venv(root, "/project/half", target=None)
    root.folder("/project/src")
    found = root.snapshot("/project").environments
    assert [(e.path, e.version, e.complete, e.seeded) for e in found] == [
        ("/project/.venv", "3.11", True, True),
        ("/project/broken", "3.11", False, True),
        ("/project/half", "3.11", False, True),
        ("/project/other", "3.11", True, False),
    ]
    assert found[0].python == "/project/.venv/bin/python"


def test_a_python_of_an_environment_is_not_the_systems(root: Root) -> None:
    root.debian()
    venv(root, "/project/.venv", pip="24.0")
    found = root.snapshot("/project", VIRTUAL_ENV="/project/.venv", path="/project/.venv/bin:/usr/bin")
    pip = found.programs["pip"]
    assert pip is not None
    assert (pip.virtual, pip.prefix, pip.real) == (True, "/project/.venv", "/usr/bin/python3.11")
    assert (pip.marker, pip.pip_version, pip.version) == (None, "24.0", "3.11")
    assert len(found.environments) == 1


def test_programs_of_an_environment_are_known_by_path_only(root: Root) -> None:
    root.debian()
    venv(root, "/project/.venv")
    found = root.snapshot("/project")
    own = found.programs["/project/.venv/bin/pip"]
    assert own is not None
    assert own.virtual
    assert "pip" not in found.programs


def test_the_active_environment_counts_wherever_it_is(root: Root) -> None:
    root.debian()
    venv(root, "/home/me/envs/x")
    found = root.snapshot("/project", VIRTUAL_ENV="/home/me/envs/x")
    assert [e.path for e in found.environments] == ["/home/me/envs/x"]


def test_a_link_into_an_environment_is_no_environment(root: Root) -> None:
    """CPython looks beside the executable as it was called, so this one runs the system's."""
    root.debian()
    venv(root, "/project/.venv")
    root.link("/usr/local/bin/python3", "/project/.venv/bin/python3")
    python = root.snapshot().programs["python3"]
    assert python is not None
    assert not python.virtual
    assert python.marker is not None


@pytest.mark.parametrize("cfg", ["", "\0\xff", "version\n= =\n", "version_info = 3.12.1.final.0\nuv = 0.5.1\n"])
def test_any_pyvenv_cfg_is_read(root: Root, cfg: str) -> None:
    root.file("/project/.venv/pyvenv.cfg", cfg)
    (environment,) = root.snapshot("/project").environments
    assert environment.version == ("3.12" if "3.12" in cfg else "")
    assert not environment.complete


# --- markers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "Use apt.\n\nOr a venv."),
        ({"LC_ALL": "de_DE.UTF-8"}, "Nimm apt."),
        ({"LC_MESSAGES": "de_AT@euro", "LANG": "pt_BR.UTF-8"}, "Nimm apt."),
        ({"LANG": "pt_BR.UTF-8"}, "Use o apt."),
        ({"LANG": "pt_PT.UTF-8"}, "Use apt.\n\nOr a venv."),
        ({"LANGUAGE": "de", "LANG": "C.UTF-8"}, "Use apt.\n\nOr a venv."),
        ({"LC_ALL": "", "LANG": "de_DE"}, "Nimm apt."),
        ({"LC_ALL": "C", "LANG": "de_DE"}, "Use apt.\n\nOr a venv."),
    ],
)
def test_the_marker_speaks_the_users_language(tmp_path: Path, environ: dict[str, str], expected: str) -> None:
    path = tmp_path / "EXTERNALLY-MANAGED"
    path.write_text(MARKER)
    assert machine.read_marker(str(path), environ).message == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Error=x",
        b"[other]\nError=x\n",
        b"[externally-managed]\nNote=x\n",
        b"[externally-managed]\nError=\xff\n",
        b"[externally-managed]\nError=a\nError=b\n",
        b"[externally-managed]\nno value here\n",
        b"[externally-managed]\nError=\n",
        b"\0" * 1000,
    ],
)
def test_a_broken_marker_still_marks(root: Root, content: bytes) -> None:
    root.python("/usr", "3.11", marker=content)
    python = root.snapshot().programs["python3"]
    assert python is not None
    assert python.marker is not None
    assert python.marker.message == ""


def test_percent_signs_are_text(tmp_path: Path) -> None:
    path = tmp_path / "EXTERNALLY-MANAGED"
    path.write_text("[externally-managed]\nError=100%(x)s sure\n")
    assert machine.read_marker(str(path), {}).message == "100%(x)s sure"


# --- pip's configuration ------------------------------------------------------------------------


def test_pip_config_in_pips_order(root: Root) -> None:
    root.debian()
    root.file("/etc/pip.conf", "[global]\nbreak-system-packages = true\nindex-url = https://etc\n")
    root.file("/home/me/.pip/pip.conf", "[global]\nindex-url = https://legacy\n[list]\nformat = json\n")
    root.file("/home/me/.config/pip/pip.conf", "[install]\nuser = yes\n[global]\nindex-url = https://user\n")
    found = root.snapshot()
    assert found.pip_config == {
        "global.break-system-packages": "true",
        "global.index-url": "https://user",
        "install.user": "yes",
    }
    assert found.pip_config_files["global.index-url"] == "/home/me/.config/pip/pip.conf"
    assert found.pip_config_files["global.break-system-packages"] == "/etc/pip.conf"


def test_pip_config_of_the_environment_and_of_the_variable(root: Root) -> None:
    root.debian()
    root.file("/home/me/.config/pip/pip.conf", "[global]\nindex-url = https://user\ntimeout = 1\n")
    root.file("/v/pip.conf", "[global]\nindex-url = https://venv\n")
    root.file("/x.conf", "[global]\nbreak_system_packages = 1\nindex-url = https://x\n")
    assert root.snapshot(VIRTUAL_ENV="/v").pip_config["global.index-url"] == "https://venv"
    chosen = root.snapshot(VIRTUAL_ENV="/v", PIP_CONFIG_FILE="/x.conf").pip_config
    assert chosen == {"global.index-url": "https://x", "global.break-system-packages": "1"}
    assert root.snapshot(VIRTUAL_ENV="/v", PIP_CONFIG_FILE=os.devnull).pip_config == {}


@pytest.mark.parametrize("content", [b"user = 1", b"[global]\nx = \xff", b"[global]\n[global]\n", b"\0"])
def test_a_broken_pip_config_adds_nothing(root: Root, content: bytes) -> None:
    root.file("/etc/pip.conf", content)
    assert root.snapshot().pip_config == {}


def test_xdg_folders(root: Root) -> None:
    root.file("/etc/xdg/pip/pip.conf", "[global]\ntimeout = 1\n")
    root.file("/cfg/pip/pip.conf", "[global]\ntimeout = 2\n")
    assert root.snapshot().pip_config == {"global.timeout": "1"}
    assert root.snapshot(XDG_CONFIG_HOME="/cfg").pip_config == {"global.timeout": "2"}
    assert root.snapshot(XDG_CONFIG_DIRS="/cfg").pip_config == {"global.timeout": "2"}


# --- the rest -----------------------------------------------------------------------------------


def test_variables_that_matter(root: Root) -> None:
    found = root.snapshot("/project", PIP_USER="1", UV_INDEX="x", SECRET="s", CONDA_PREFIX="/c")
    assert set(found.variables) == {"PATH", "PIP_USER", "UV_INDEX", "CONDA_PREFIX"}
    assert found.folder == "/project"
    assert found.root is (os.geteuid() == 0)


def test_an_empty_machine(root: Root) -> None:
    found = root.snapshot("/nowhere", path="/no:/where")
    assert (found.distribution, found.programs, found.environments) == (None, {}, ())


def test_pipes_sockets_and_unreadable_folders_do_no_harm(root: Root) -> None:
    root.debian()
    root.folder("/usr/local/bin")
    os.mkfifo(root.path / "usr/local/bin/pip")
    os.mkfifo(root.path / "etc/pip.conf")
    root.folder("/project/.venv")
    os.mkfifo(root.path / "project/.venv/pyvenv.cfg")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(root.path / "usr/local/bin")  # a socket's path is at most 108 bytes long
        try:
            server.bind("python3")
        finally:
            os.chdir(here)
    root.folder("/locked")
    (root.path / "locked").chmod(0)
    found = root.snapshot("/project", path="/locked:/usr/local/bin:/usr/bin:/etc/os-release:\0")
    (root.path / "locked").chmod(0o755)
    assert found.programs["python3"] is not None
    assert found.environments == ()


def test_nothing_is_executed(root: Root) -> None:
    root.debian()
    trap = root.path / "trap"
    root.program("/project/.venv/bin/python", f"#!/bin/sh\ntouch {trap}\n")
    root.program("/usr/local/bin/pip", f"#!/bin/sh\ntouch {trap}\n")
    root.program("/usr/local/bin/lsb_release", f"#!/bin/sh\ntouch {trap}\n")
    root.file("/project/.venv/pyvenv.cfg", "home = /usr/bin\n")
    root.snapshot("/project")
    assert not trap.exists()


@pytest.mark.parametrize(
    ("files", "tool"),
    [
        ({"uv.lock": "", "pyproject.toml": "[project]\n"}, "uv"),
        ({"pyproject.toml": "[project]\nname = 'x'\n[tool.uv.sources]\n"}, "uv"),
        ({"pyproject.toml": "# [tool.uv]\n[tool.uvicorn]\n"}, ""),
        ({"uv.lock": ""}, ""),
        ({}, ""),
    ],
)
def test_what_manages_the_project(root: Root, files: dict[str, str], tool: str) -> None:
    for name, text in files.items():
        root.file(f"/project/{name}", text)
    assert machine.snapshot("/project", environ={}, root=str(root.path)).project_tool == tool
