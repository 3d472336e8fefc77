"""Write server/pep668/languages/index.json: how documents of each language are recognized, read off the modules.

usage: index_languages.py [--check]

`--check` writes nothing and fails where the file is not what would be written.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "server"))

from pep668 import languages, plugins  # noqa: E402

PACKAGE = "pep668.languages"
FILE = ROOT / "server" / "pep668" / "languages" / languages.INDEX


def content() -> str:
    rows = {name: languages.as_row(plugins.load(PACKAGE, name).LANGUAGE) for name in plugins.names(PACKAGE)}
    return json.dumps(rows, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        if FILE.exists() and FILE.read_text(encoding="utf-8") == content():
            return 0
        print(f"{FILE.relative_to(ROOT)} is out of date: run scripts/index_languages.py", file=sys.stderr)
        return 1
    FILE.write_text(content(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
