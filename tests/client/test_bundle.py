"""The packed extension: complete, pure Python, and able to start on any supported Python with nothing installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pep668.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
# The system's own Python, the one that runs the tests, and whatever else is there.
PYTHONS = sorted(
    {sys.executable}
    | {
        found
        for v in ("3", "3.10", "3.11", "3.12", "3.13", "3.14")
        if (found := shutil.which(f"python{v}", path="/usr/bin"))
    }
)


@pytest.fixture(scope="module")
def unpacked(vsix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extension")
    with zipfile.ZipFile(vsix) as archive:
        archive.extractall(folder)
    return folder / "extension"


def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "client-vscode" / "package.json").read_text(encoding="utf-8"))
    return loaded


def message(method: str, identifier: int | None, params: object) -> bytes:
    body: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    if identifier is not None:
        body["id"] = identifier
    data = json.dumps(body).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(data), data)


def answers(output: bytes) -> dict[int, Any]:
    """The responses in what a server wrote, by their id."""
    found = {}
    while output:
        head, _, rest = output.partition(b"\r\n\r\n")
        size = re.search(rb"Content-Length: (\d+)", head)
        assert size, output
        length = int(size.group(1))
        body = json.loads(rest[:length])
        output = rest[length:]
        if "method" not in body:
            found[body["id"]] = body
    return found


@pytest.mark.parametrize("python", PYTHONS)
def test_starts_with_nothing_installed(unpacked: Path, python: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    # A PYTHONPATH and a working directory that would break it, were they looked at.
    (tmp_path / "pygls.py").write_text("raise SystemExit('the wrong pygls')\n", encoding="utf-8")
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)}
    session = [
        message("initialize", 1, {"processId": None, "rootUri": None, "capabilities": {}}),
        message("initialized", None, {}),
        message("shutdown", 2, None),
        message("exit", None, None),
    ]
    done = subprocess.run(
        [python, "-I", unpacked / "bundled" / "run_server.py", "server"],
        input=b"".join(session),
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = answers(done.stdout)
    terminal = found[1]["result"]["capabilities"]["experimental"]["pep668"]["terminal"]
    assert terminal["tailBytes"] > 0
    assert any(needle in "error: externally-managed-environment" for needle in terminal["needles"])
    assert list(home.iterdir()) == []


def test_holds_no_native_code_and_no_tests(vsix: Path) -> None:
    with zipfile.ZipFile(vsix) as archive:
        names = [Path(name) for name in archive.namelist()]
    assert [p for p in names if p.suffix in (".so", ".pyd", ".dylib", ".dll", ".pyc", ".exe")] == []
    assert [p for p in names if "tests" in p.parts or p.name.startswith(".")] == []
    assert Path("extension/LICENSE.txt") in names


def test_holds_the_licence_of_each_library(unpacked: Path) -> None:
    libraries = list((unpacked / "bundled" / "libs").glob("*.dist-info"))
    assert len(libraries) >= 8
    assert [lib.name for lib in libraries if not list(lib.rglob("LICEN[SC]E*"))] == []


def test_holds_the_licences_of_what_is_in_the_script(unpacked: Path) -> None:
    notices = (unpacked / "ThirdPartyNotices.txt").read_text(encoding="utf-8")
    assert "\nvscode-languageclient\n" in notices
    assert "Microsoft Corporation" in notices


def test_holds_the_server_as_it_is(unpacked: Path) -> None:
    source, packed = ROOT / "server" / "pep668", unpacked / "bundled" / "libs" / "pep668"

    def files(folder: Path) -> set[str]:
        paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {str(p) for p in paths if not any(part.startswith((".", "__pycache__")) for part in p.parts)}

    assert files(packed) == files(source)


def test_pins_are_what_the_project_asks_for() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pins = (ROOT / "client-vscode" / "server" / "requirements.txt").read_text(encoding="utf-8")
    found = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert found
    wanted = re.findall(r'^\s*"([\w-]+)', found.group(1), re.MULTILINE)
    assert wanted
    assert [name for name in wanted if not re.search(rf"^{name}==", pins, re.MULTILINE)] == []


def test_version_is_the_projects() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{manifest()["version"]}"\n' in project


def camel(name: str) -> str:
    return re.sub("_([a-z])", lambda found: found.group(1).upper(), name)


def test_offers_every_setting_of_the_server() -> None:
    offered = manifest()["contributes"]["configuration"]["properties"]
    defaults = Settings()
    for name in Settings.__dataclass_fields__:
        default = getattr(defaults, name)
        expected = list(default) if isinstance(default, tuple) else default
        assert offered[f"pep668.{camel(name)}"]["default"] == expected, name
        assert offered[f"pep668.{camel(name)}"]["scope"] == "resource", name


def test_says_which_settings_an_untrusted_workspace_may_not_set() -> None:
    restricted = manifest()["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert {"pep668.interpreter", "pep668.path", "pep668.importStrategy"} <= set(restricted)


def test_every_command_has_an_implementation() -> None:
    source = (ROOT / "client-vscode" / "src" / "extension.ts").read_text(encoding="utf-8")
    implemented = set(re.findall(r"\bcommand\('(\w+)'", source))
    declared = {command["command"].removeprefix("pep668.") for command in manifest()["contributes"]["commands"]}
    assert implemented == declared
