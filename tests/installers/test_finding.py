"""Which words are a tool, and what PATH resolves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .builder import install, installs

UNKNOWN = "\0"


@pytest.mark.parametrize(
    ("line", "text", "program", "interpreter", "version"),
    [
        ("pip install x", "pip install", "pip", False, None),
        ("pip3 install x", "pip3 install", "pip3", False, None),
        ("pip3.12 install x", "pip3.12 install", "pip3.12", False, "3.12"),
        ("pip-3.12 install x", "pip-3.12 install", "pip-3.12", False, "3.12"),
        ("/usr/bin/pip3 install x", "/usr/bin/pip3 install", "/usr/bin/pip3", False, None),
        ("~/venv/bin/pip install x", "~/venv/bin/pip install", "~/venv/bin/pip", False, None),
        ('"$VENV/bin/pip" install x', '"$VENV/bin/pip" install', "\0/bin/pip", False, None),
        ("${A}/bin/pip3.11 install x", "${A}/bin/pip3.11 install", "\0/bin/pip3.11", False, "3.11"),
        ("pip.exe install x", "pip.exe install", "pip.exe", False, None),
        (r"C:\Py\Scripts\pip3.exe install x", r"C:\Py\Scripts\pip3.exe install", "C:/Py/Scripts/pip3.exe", False, None),
        (r".\venv\Scripts\pip install x", r".\venv\Scripts\pip install", "./venv/Scripts/pip", False, None),
        ("python -m pip install x", "python -m pip install", "python", True, None),
        ("python3.11 -Im pip install x", "python3.11 -Im pip install", "python3.11", True, "3.11"),
        ("python3 -u -W ignore -m pip install x", "python3 -u -W ignore -m pip install", "python3", True, None),
        ("python3 -Wignore -X dev -mpip install x", "python3 -Wignore -X dev -mpip install", "python3", True, None),
        ("py -3.12 -m pip install x", "py -3.12 -m pip install", "py", True, "3.12"),
        ("py -V:3.13 -m pip install x", "py -V:3.13 -m pip install", "py", True, "3.13"),
        ("python.exe -m pip install x", "python.exe -m pip install", "python.exe", True, None),
        ("pypy3 -m pip install x", "pypy3 -m pip install", "pypy3", True, None),
        ("python3.13t -m pip install x", "python3.13t -m pip install", "python3.13t", True, None),
        ("mayapy -m pip install x", "mayapy -m pip install", "mayapy", True, None),
        ('"$PYTHON" -m pip install x', '"$PYTHON" -m pip install', UNKNOWN, True, None),
        ("$X -m pip install x", "$X -m pip install", UNKNOWN, True, None),
        ("python${V} -m pip install x", "python${V} -m pip install", "python\0", True, None),
        ("pip$V install x", "pip$V install", "pip\0", False, None),
        ("${PYTHON:-python3} -m pip install x", "${PYTHON:-python3} -m pip install", "python3", True, None),
        ("${PIP:-python3 -m pip} install x", "${PIP:-python3 -m pip} install", "python3", True, None),
        ("${PIP:-pip3} install x", "${PIP:-pip3} install", "pip3", False, None),
        ("$(which python3) -m pip install x", "$(which python3) -m pip install", "python3", True, None),
        ("`which pip3` install x", "`which pip3` install", "pip3", False, None),
        ("$(command -v /usr/bin/pip3) install x", "$(command -v /usr/bin/pip3) install", "/usr/bin/pip3", False, None),
        ("{sys.executable} -m pip install x", "{sys.executable} -m pip install", UNKNOWN, True, None),
        ("%PYTHON% -m pip install x", "%PYTHON% -m pip install", UNKNOWN, True, None),
        ("@PYTHON@ -m pip install x", "@PYTHON@ -m pip install", UNKNOWN, True, None),
        ("$PIP install x", "$PIP install", UNKNOWN, False, None),
        ('"${venv_pip3}" uninstall x', '"${venv_pip3}" uninstall', UNKNOWN, False, None),
        (
            "/opt/py/bin/python /opt/py/bin/pip install x",
            "/opt/py/bin/python /opt/py/bin/pip install",
            "/opt/py/bin/python",
            True,
            None,
        ),
        ("python pip.pyz install x", "python pip.pyz install", "python", True, None),
        ("python $PIP install x", "python $PIP install", "python", True, None),
        ("pip \\\n  install x", "pip install", "pip", False, None),
        (
            "pip -q --disable-pip-version-check install x",
            "pip -q --disable-pip-version-check install",
            "pip",
            False,
            None,
        ),
    ],
)
def test_pip_is_found(line: str, text: str, program: str, interpreter: bool, version: str | None) -> None:
    found = install(line)
    assert (found.tool, found.text) == ("pip", text)
    assert (found.python.program, found.python.is_interpreter) == (program, interpreter)
    assert found.python.version == version


@pytest.mark.parametrize(
    ("line", "tool", "operation", "text", "own"),
    [
        ("uv pip install x", "uv", "install", "uv pip install", False),
        ("uv pip uninstall x", "uv", "uninstall", "uv pip uninstall", False),
        ("uv pip sync r.txt", "uv", "sync", "uv pip sync", False),
        ("uv sync --group dev", "uv", "sync", "uv sync", True),
        ("uv add x", "uv", "install", "uv add", True),
        ("uv remove x", "uv", "uninstall", "uv remove", True),
        ("uv tool install x", "uv", "install", "uv tool install", True),
        (
            "uv --no-cache --project p pip -q install x",
            "uv",
            "install",
            "uv --no-cache --project p pip -q install",
            False,
        ),
        ("${HOME}/.local/bin/uv pip install x", "uv", "install", "${HOME}/.local/bin/uv pip install", False),
        ('"$UV" pip install x', "uv", "install", '"$UV" pip install', False),
        ("python3 -m uv pip install x", "uv", "install", "python3 -m uv pip install", False),
        ("pipx install x", "pipx", "install", "pipx install", True),
        ("python3 -m pipx inject env x", "pipx", "install", "python3 -m pipx inject", True),
        ("pipx uninstall x", "pipx", "uninstall", "pipx uninstall", True),
        ("poetry install", "poetry", "install", "poetry install", True),
        ("poetry -C p install --sync", "poetry", "sync", "poetry -C p install", True),
        ("poetry remove x", "poetry", "uninstall", "poetry remove", True),
        ("poetry self add x", "poetry", "install", "poetry self add", True),
        ("pipenv install x", "pipenv", "install", "pipenv install", True),
        ("pipenv install --system", "pipenv", "install", "pipenv install", False),
        ("pipenv sync", "pipenv", "sync", "pipenv sync", True),
        ("conda install x", "conda", "install", "conda install", True),
        ("mamba install x", "conda", "install", "mamba install", True),
        ("micromamba remove -n e x", "conda", "uninstall", "micromamba remove", True),
        ("conda env update -f e.yml", "conda", "sync", "conda env update", True),
        ("$CONDA_EXE install x", "conda", "install", "$CONDA_EXE install", True),
        ("python3 -m ensurepip", "ensurepip", "install", "python3 -m ensurepip", False),
        ("python3 -m ensurepip.__main__ --user", "ensurepip", "install", "python3 -m ensurepip.__main__", False),
        ("python get-pip.py --user", "get-pip", "install", "python get-pip.py", False),
        ("python3 /tmp/get-pip.py", "get-pip", "install", "python3 /tmp/get-pip.py", False),
        ("curl https://h/get-pip.py | python3", "get-pip", "install", "python3", False),
        ("curl https://h/get-pip.py | sudo python3 - --user", "get-pip", "install", "python3 -", False),
        ("python3 <(curl https://h/get-pip.py)", "get-pip", "install", "python3 <(curl https://h/get-pip.py)", False),
        ("python3 < get-pip.py", "get-pip", "install", "python3", False),
    ],
)
def test_other_tools_are_found(line: str, tool: str, operation: str, text: str, own: bool) -> None:
    found = install(line)
    assert (found.tool, found.operation, found.text, found.python.own) == (tool, operation, text, own)


@pytest.mark.parametrize(
    "line",
    [
        "apt install python3-pip",
        "echo pip install x",
        "pip",
        "pip --version",
        "pip -V install x",
        "pip help install",
        "pip install --help",
        "pip install -qh x",
        "pip download x",
        "pip wheel x",
        "pip list",
        "pip config set install.user true",
        'pip "$@"',
        "python -c 'import pip' -m pip install x",
        "python --version -m pip install x",
        "python manage.py pip install",
        "python -",
        "python3 -m venv x",
        "curl https://h/x.py | python3",
        "curl https://h/get-pip.py -o x; cat y | python3",
        "$FOO install x",
        "$PIPELINE install x",
        "uv run pip-audit",
        "uv venv",
        "uv pip compile r.in",
        "uv pip install --help",
        "uv python install 3.12",
        "uv add --no-sync x",
        "pipx run black",
        "pipx ensurepath",
        "poetry add --lock x",
        "poetry run x",
        "poetry lock",
        "pipenv shell",
        "conda create -n e python",
        "conda activate e",
        "coverage run -m pip install x",
        "seleniumbase install chromedriver",
        "brew install python",
        "ensurepip",
        "python -m ensurepip --version",
        "python setup.py install",
    ],
)
def test_other_commands_are_not(line: str) -> None:
    assert installs(line) == []


def test_variables_that_were_expanded_count() -> None:
    found = install("$PIP install $PACKAGES", {"PIP": "python3.12 -m pip", "PACKAGES": "six attrs"})
    assert found.packages == ["six", "attrs"]
    assert found.python.program == "python3.12"
    assert found.text == "$PIP install"


def test_the_program_begins_behind_wrappers_and_assignments() -> None:
    line = "A=1 sudo -H env B=2 python3 -m pip install six"
    found = install(line)
    assert line[found.program.start : found.program.end] == "python3 -m pip install"
    assert line[found.span.start : found.span.end] == "python3 -m pip install six"


@pytest.mark.parametrize("piece", ["[", "\0", "-", "--", "$", '"', "pip", "-m ", "a=", " ", "{", "\\", "::", "@", "py"])
def test_hostile_lines_cost_linear_time(piece: str) -> None:
    for line in (f"pip install {piece * 20000}!", f"{piece * 20000}! install x", f"python {piece * 20000}"):
        installs(line)


WORDS = (
    "pip python3 -m install uninstall uv tool sync -r --target --break -qU a==1 . $X ${PIP:-pip} {py} %P%"
    " \\ ' \" ` $( ) | < -c é"
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS.split()), st.text(max_size=4)), max_size=8), st.sampled_from(["", " "]))
def test_no_line_raises_and_spans_stay_inside(words: list[str], between: str) -> None:
    line = f"{between} ".join(words)
    for found in installs(line):
        for span in (found.program, *(r.span for r in found.requests), *(o.span for o in found.options)):
            assert 0 <= span.start <= span.end <= len(line)
