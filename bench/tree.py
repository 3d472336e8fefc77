"""The texts that are measured: made by a fixed rule, so that every run reads the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

_NAMES = """
data value index result build config handler service module cluster node deploy release worker stream buffer parser
token cache queue image layer volume network client request response schema table column
"""
_WORDS = _NAMES.split()

_SHELL = (
    'echo "{0} {1}"',
    "{0}_{1}=$(date +%s)",
    'if [ -f "{0}.{1}" ]; then rm -f "{0}.{1}"; fi',
    'for {0} in *.{1}; do cp "${0}" "/srv/{1}/"; done',
    "mkdir -p /var/lib/{0}/{1} && chmod 755 /var/lib/{0}",
    "grep -r '{0}' src/ | sort | uniq -c > {1}.txt",
    "# {0}: {1} {2} {0} {1}",
    'curl -fsSL "https://example.org/{0}/{1}" -o "{2}"',
    "{0}() {{ local {1}=$1; printf '%s\\n' \"${1}\"; }}",
    "tar -czf {0}.tar.gz --exclude={1} {2}/",
    "",
)
_INSTALLS = ("pip3 install {0}", "sudo pip install {0}=={1}", "python3 -m pip install -r {0}.txt", "pip install -U {0}")


def _lines(chance: random.Random, templates: tuple[str, ...], count: int) -> Iterator[str]:
    for _ in range(count):
        a, b, c = chance.sample(_WORDS, 3)
        yield chance.choice(templates).format(a, b, c)


def script(lines: int, commands: int, seed: int = 668) -> str:
    """A shell script of so many lines, so many of which install something."""
    chance = random.Random(seed)
    body = list(_lines(chance, _SHELL, lines - 1))
    for number in range(commands):
        name = chance.choice(_WORDS)
        body[(number + 1) * len(body) // (commands + 1)] = chance.choice(_INSTALLS).format(name, "1.0")
    return "\n".join(["#!/bin/bash", *body]) + "\n"


_KINDS = (
    # suffix or name, share in percent, a line without a needle, a line with one
    (".py", 40, "    {0} = self.{1}({2}, {0}=None)  # {1} {2}", "# run: pip install {0}"),
    (".js", 20, "  const {0} = await {1}.{2}({{ {0}: {1} }});", "// pip3 install {0}"),
    (".md", 12, "The {0} reads the {1} and then the {2}, unless the {1} is gone.", "    pip install {0}"),
    (".sh", 10, "{0}=$({1} --{2} | tail -n 1)", "pip3 install {0}"),
    ("Dockerfile", 5, "RUN {0} --{1} && cp {2} /srv/", "RUN pip3 install {0}"),
    (".yml", 5, "    - {0}: {1}-{2}", "    - run: pip install {0}"),
    (".txt", 3, "{0} {1} {2}", "pip install {0}"),
    (".json", 5, '  "{0}": ["{1}", "{2}"],', '  "install": "pip install {0}",'),
)


def write(folder: Path, files: int, seed: int = 668) -> None:
    """A tree of so many files in folders of fifty; every fiftieth file (2 %) holds a needle."""
    chance = random.Random(seed)
    kinds = [kind for kind in _KINDS for _ in range(kind[1])]
    for number in range(files):
        suffix, _, plain, needle = chance.choice(kinds)
        place = folder / f"part{number // 1000}" / f"unit{number // 50}"
        if number % 50 == 0:
            place.mkdir(parents=True)
        lines = list(_lines(chance, (plain,), chance.randint(20, 160)))
        if number % 50 == 25:
            lines[len(lines) // 2] = needle.format(chance.choice(_WORDS))
        if suffix == ".sh":
            lines.insert(0, "#!/bin/sh")
        if suffix == "Dockerfile":
            lines.insert(0, "FROM debian:12")
        name = f"Dockerfile.{number}" if suffix == "Dockerfile" else f"{chance.choice(_WORDS)}{number}{suffix}"
        (place / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
