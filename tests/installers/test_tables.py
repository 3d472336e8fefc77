"""The generated tables against the tools themselves: pip's own parsers are the oracle."""

from __future__ import annotations

import ensurepip
import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pep668 import shell
from pep668.installers._options import Scan, scan, table
from pep668.model import Region

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "server" / "pep668" / "data"

ORACLE = """
import io, json, sys, contextlib
sys.path.insert(0, sys.argv[1])
from pip._internal.commands import create_command
out = []
for line in json.load(sys.stdin):
    parser = create_command(line[0]).parser
    parser.values = None
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            options, args = parser.parse_args(line[1:])
    except SystemExit:
        out.append(None)
        continue
    kept = ("requirements", "editables", "target_dir", "constraints")
    values = {k: str(v) for k, v in vars(options).items() if k in kept}
    out.append([args, values])
print(json.dumps(out))
"""


def pip_location() -> Path:
    """A folder or wheel that pip can be imported from: the test environment's, else the one that Python brings."""
    spec = importlib.util.find_spec("pip")
    if spec is not None and spec.origin:
        return Path(spec.origin).parent.parent
    bundled = sorted((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
    assert bundled, "the tests need a pip: install one into the test environment"
    return bundled[-1]


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("generator", ROOT / "scripts" / "generate_installer_options.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pip_of_this_environment_has_no_option_that_the_table_lacks() -> None:
    found = generator().read_pip_options(pip_location())
    grammars = table("pip_options.json", abbreviates=True)
    missing = [
        f"{parser} {name}: {takes}"
        for parser, rows in found["parsers"].items()
        for names, takes in rows
        for name in names
        if name not in grammars[parser].options or grammars[parser].options[name].has_value != (takes != "flag")
    ]
    assert missing == []


@pytest.mark.parametrize("file", ["pip_options.json", "uv_options.json"])
def test_a_table_names_its_source(file: str) -> None:
    data = json.loads((DATA / file).read_text(encoding="utf-8"))
    assert data["versions"] == sorted(data["versions"], key=lambda v: [int(p) for p in v.split(".")])
    assert "generate_installer_options.py" in data["source"]
    assert data["date"][:3] == "202"


def read(words: list[str]) -> Scan:
    command = shell.parse(Region.document("shell", "pip " + " ".join(words)))[0]
    return scan(command, command.words[2:], table("pip_options.json", abbreviates=True, since="23.0")[words[0]])


PIECES = [
    "six",
    "a==1",
    ".",
    "-",
    "--",
    "-r",
    "r.txt",
    "-rx",
    "-qr",
    "--req",
    "--requirement",
    "-e",
    "-e.",
    "-qU",
    "-Ui",
    "-ihttps://h",
    "--index",
    "--index-url=u",
    "-t",
    "--targ",
    "--target=",
    "-qqq",
    "--no-cache",
    "--no-c",
    "--pre",
    "--prefer",
    "--prefix",
    "--pref=x",
    "-c",
    "c.txt",
    "-vc",
    "--user",
    "--user=1",
    "--timeout",
    "5",
    "--timeout=x",
    "--retries",
    "2",
    "-z",
    "--zz",
    "--progress-bar",
    "off",
    "never",
    "-U",
    "-I",
    "-Cx=y",
    "--no-deps",
    "--no-dep",
    "--dry",
    "--root",
    "/t",
]


def test_options_are_read_as_pip_reads_them() -> None:
    chosen = random.Random(668)
    lines = [
        [chosen.choice(["install", "install", "uninstall"]), *chosen.choices(PIECES, k=chosen.randint(1, 6))]
        for _ in range(1500)
    ]
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ORACLE, str(pip_location())],
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        check=True,
        env={"PIP_CONFIG_FILE": "/dev/null"},
    )
    read_fine = 0
    for line, expected in zip(lines, json.loads(run.stdout), strict=True):
        ours = read(line)
        if expected is None:
            assert ours.error or ours.has("--help"), line
            continue
        read_fine += 1
        args, values = expected
        assert not ours.error, (line, ours.error)
        assert [a.pattern for a in ours.arguments] == args, line
        for name, key in (
            ("--requirement", "requirements"),
            ("--editable", "editables"),
            ("--constraint", "constraints"),
        ):
            if key in values:
                assert str([a.pattern for n, a in ours.values if n == name]) == values[key].replace("None", "[]"), line
        if "target_dir" in values:
            assert (ours.value("--target") or "None") == (values["target_dir"] or "None"), line
    assert read_fine > 300
