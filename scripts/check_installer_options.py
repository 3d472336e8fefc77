"""Compares the options that are kept by hand (pipx, Poetry, Pipenv) with the --help of installed programs.

usage: python scripts/check_installer_options.py FOLDER_OF_PROGRAMS

Prints each option that the help shows with a value and the list has not, or the other way round, and ends with 1 if
there is one. Unknown flags do no harm: what a list does not name is read as a flag.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "server"))

from pep668.installers import pipenv, pipx, poetry

_LINE = re.compile(r" {2,8}((?:-\w|--[\w-]+).*?)(?:  +|$)")
_NAME = re.compile(r"(?<![\w-])(-\w|--[\w-]+)(?=[ ,=\[]|$)")
_VALUE = re.compile(r"(?:-\w|--[\w-]+)[ =](?!-)[\w{<]")


def shown(program: Path, subcommand: str) -> Iterator[tuple[str, bool]]:
    """The options in the help, each with whether it has a value."""
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    words = [str(program), *subcommand.split(), "--help"]
    run = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    for line in run.stdout.partition("\nHelp:\n")[0].splitlines():
        if match := _LINE.match(line):
            for name in _NAME.findall(match[1]):
                yield name, bool(_VALUE.search(match[1]))


def main(words: list[str]) -> int:
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = 0
    for module in (pipx, poetry, pipenv):
        tool = module.__name__.rpartition(".")[2]
        for subcommand in ("", *module.OPERATIONS):
            for name, has_value in shown(Path(words[0]) / tool, subcommand):
                option = module.GRAMMAR.options.get(name)
                if has_value != (option is not None and option.has_value):
                    print(f"{tool} {subcommand}: {name} {'has a' if has_value else 'has no'} value")
                    wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
