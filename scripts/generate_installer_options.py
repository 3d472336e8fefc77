"""Writes server/pep668/data/pip_options.json and uv_options.json from released versions of the tools.

usage: python scripts/generate_installer_options.py pip WHEEL_FOLDER
       python scripts/generate_installer_options.py uv UV_PROGRAM...

pip: the folder holds wheels of the versions to read (`pip download --no-deps -d WHEEL_FOLDER pip==23.0.1`). Each is
put on the path of an interpreter of its own and asked for its option parsers; nothing is installed.

uv: each program is asked for the help of every command that changes an environment. Names that the help does not show
(`--user`, `--requirement`) are tried one by one: the names of pip's table and singular, plural and negated forms, with
an impossible option behind them; nothing is installed.

Shape of the files: `versions`; `options`: for `global` (what stands before the subcommand) and each command a map from
an option's names to what it takes, `flag`, `value`, `int`, `float` or its choices (`on|off`), followed by
` @FIRST-LAST` when not all of the versions have it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "server" / "pep668" / "data"
PIP_PARSERS = ("global", "install", "uninstall")

UV_COMMANDS = (
    "pip install",
    "pip uninstall",
    "pip sync",
    "sync",
    "add",
    "remove",
    "tool install",
    "tool uninstall",
    "tool upgrade",
)
IMPOSSIBLE = "--pep668-probe"
_SHOWN = re.compile(r"^ +(?:(-\w), )?(?: *)(--[\w-]+)(?:\.\.\.)?(?:[ =]([<\[]\S+))?", re.MULTILINE)
_UNKNOWN = re.compile(r"unexpected argument '([^' ]+)")
_VALUE = re.compile(r"a value is required for '(?:-\w, )?(--[\w-]+)")

PROBE = """
import json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
from pip._internal.cli.main_parser import create_main_parser
from pip._internal.commands import create_command

def describe(parser):
    rows = []
    for option in parser.option_list_all:
        takes = "flag"
        if option.takes_value():
            assert option.nargs == 1, option
            takes = "|".join(option.choices) if option.choices else option.type
        rows.append([option._long_opts + option._short_opts, takes])
    return rows

parsers = {"global": describe(create_main_parser())}
for name in ("install", "uninstall"):
    parsers[name] = describe(create_command(name).parser)
print(json.dumps({"parsers": parsers}))
"""


def read_pip_options(path: Path) -> dict[str, Any]:
    """The options of the pip importable from a wheel or a folder."""
    run = subprocess.run([sys.executable, "-c", PROBE, str(path)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def merge(found: dict[str, dict[str, Any]], parsers: Sequence[str] = PIP_PARSERS) -> dict[str, Any]:
    """One table out of the options of several versions."""
    versions = sorted(found, key=version_key)
    options: dict[str, dict[str, str]] = {}
    for parser in parsers:
        names: dict[str, list[str]] = {}
        takes: dict[str, str] = {}
        seen: dict[str, list[str]] = {}
        for version in versions:
            for spelled, kind in found[version]["parsers"][parser]:
                key = spelled[0]
                names.setdefault(key, [])
                names[key] += [name for name in spelled if name not in names[key]]
                seen.setdefault(key, []).append(version)
                takes[key] = _wider(takes.get(key), _plain(kind))
        options[parser] = {" ".join(names[key]): takes[key] + _range(seen[key], versions) for key in sorted(names)}
    return {"versions": versions, "options": options}


def _plain(kind: str) -> str:
    return "value" if kind in ("string", "path") else kind


def _wider(before: str | None, now: str) -> str:
    """What takes both: a choice that any version accepts is accepted."""
    if before is None or before == now:
        return now
    if "|" in before and "|" in now:
        return "|".join(dict.fromkeys([*before.split("|"), *now.split("|")]))
    return "value" if "flag" not in (before, now) else now


def _range(seen: list[str], versions: list[str]) -> str:
    if seen == versions:
        return ""
    last = "" if seen[-1] == versions[-1] else seen[-1]
    return f" @{seen[0]}-{last}"


def run(uv: str, *words: str) -> str:
    """What uv prints, away from every project, tool, cache and network of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        away = {
            "HOME": folder,
            "XDG_DATA_HOME": folder,
            "UV_TOOL_DIR": folder,
            "UV_CACHE_DIR": folder,
            "UV_OFFLINE": "1",
        }
        done = subprocess.run([uv, *words], capture_output=True, text=True, cwd=folder, env=away, check=False)
    return done.stdout + done.stderr


def takes(uv: str, command: Sequence[str], name: str) -> tuple[str, str] | None:
    """The canonical name of an option and what it takes, None where uv does not know it."""
    unknown = _UNKNOWN.search(run(uv, *command, name, IMPOSSIBLE))
    if unknown and unknown[1] != IMPOSSIBLE:
        return None
    required = _VALUE.search(run(uv, *command, name))
    return (required[1], "value") if required else (name, "flag")


def variants(names: Iterable[str]) -> set[str]:
    out = set(names)
    for name in list(out):
        plain = name[2:]
        out.add("--" + (plain[:-1] if plain.endswith("s") else plain + "s"))
        out.add("--" + (plain[3:] if plain.startswith("no-") else "no-" + plain))
    return out


def read_uv_options(uv: str, candidates: Iterable[str]) -> tuple[str, dict[str, Any]]:
    version = run(uv, "--version").split()[1]
    parsers: dict[str, Any] = {}
    for command in ("", *UV_COMMANDS):
        words = command.split()
        options: dict[str, tuple[list[str], str]] = {}
        shown = list(_SHOWN.finditer(run(uv, *words, "--help")))
        hidden = variants([*candidates, *(match[2] for match in shown)])
        short = {match[2]: match[1] for match in shown if match[1]}
        for name in [*(match[2] for match in shown), *sorted(hidden)]:
            answer = takes(uv, words, name)
            if answer is None:
                continue
            spelled, _ = options.setdefault(answer[0], ([answer[0]], answer[1]))
            spelled += [n for n in (name, short.get(name)) if n and n not in spelled]
        parsers[command or "global"] = sorted(options.values())
    return version, {"parsers": parsers}


def pip_table(folder: Path) -> dict[str, Any]:
    found = {}
    for wheel in sorted(folder.glob("pip-*.whl")):
        match = re.fullmatch(r"pip-([\d.]+)-.*\.whl", wheel.name)
        if match:
            found[match[1]] = read_pip_options(wheel)
    return merge(found)


def uv_table(programs: Sequence[str]) -> dict[str, Any]:
    pip = json.loads((DATA / "pip_options.json").read_text(encoding="utf-8"))
    candidates = {name for names in pip["options"]["install"] for name in names.split() if name.startswith("--")}
    return merge(dict(read_uv_options(uv, candidates) for uv in programs), ("global", *UV_COMMANDS))


def write(tool: str, table: dict[str, Any]) -> None:
    source = "the option parsers of these pip releases" if tool == "pip" else "the help of these uv releases"
    head = {"source": f"scripts/{Path(__file__).name}, from {source}", "date": date.today().isoformat()}
    text = json.dumps({**head, **table}, indent=1)
    text = re.sub(r"\[[^\]{}]*\]", lambda match: json.dumps(json.loads(match[0])), text)
    (DATA / f"{tool}_options.json").write_text(text + "\n", encoding="utf-8")


def main(words: Sequence[str]) -> int:
    if len(words) == 2 and words[0] == "pip":
        write("pip", pip_table(Path(words[1])))
    elif len(words) > 1 and words[0] == "uv":
        write("uv", uv_table(words[1:]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
