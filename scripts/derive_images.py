"""Derive `server/pep668/data/images.json` from a table of image, tag and suite.

usage: derive_images.py TABLE.tsv [--check]

The table (`official_images_suites.tsv`) was read from docker-library/official-images. A tag that names its
suite needs no rule; for the others a rule is, per image and variant, the shortest version prefix that decides.
`--check` compares the file with what would be written, and prints how many rows the rules answer rightly.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "server"))

from pep668 import data  # noqa: E402
from pep668.environment import images  # noqa: E402

OUT = ROOT / "server/pep668/data/images.json"
SOURCE = "docker-library/official-images@37079fb3, 2026-08-21"


def rows(path: Path) -> list[tuple[str, str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]  # type: ignore[misc]


def shortest(versions: dict[str, str]) -> dict[str, str]:
    """The fewest version prefixes that tell every version's suite."""
    out: dict[str, str] = {}
    pending = dict(versions)
    for depth in (1, 2, 3, 9):
        groups: dict[str, set[str]] = collections.defaultdict(set)
        for version, suite in pending.items():
            groups[".".join(version.split(".")[:depth])].add(suite)
        for prefix, suites in groups.items():
            if len(suites) == 1:
                out[prefix] = suites.pop()
        pending = {v: s for v, s in pending.items() if ".".join(v.split(".")[:depth]) not in out}
    # A version written short (`20`) that differs from its own longer forms stands beside them.
    out.update(pending)
    return out


def derive(table: list[tuple[str, str, str]]) -> dict[str, dict[str, dict[str, str]]]:
    by_image: dict[str, dict[str, dict[str, str]]] = collections.defaultdict(lambda: collections.defaultdict(dict))
    for image, tag, suite in table:
        if not suite or images.suite_in_tag(tag) or image in ("debian", "ubuntu", "alpine"):
            by_image.setdefault(image, collections.defaultdict(dict))
            continue
        version, name, variant = images.key_of(tag)
        if version:
            by_image[image][variant][version] = suite
        elif variant:
            by_image[image][variant][name] = suite
        else:
            by_image[image][name][""] = suite
    out: dict[str, dict[str, dict[str, str]]] = {}
    for image, variants in sorted(by_image.items()):
        if image in ("debian", "ubuntu", "alpine"):
            continue
        short = {v: shortest(t) for v, t in variants.items()}
        keep = {}
        for variant, entries in sorted(short.items()):
            fallback = short.get("alpine" if "alpine" in variant.split("-") else "", {})
            if variant in ("", "alpine") or any(fallback.get(k) != s for k, s in entries.items()):
                keep[variant] = dict(sorted(entries.items()))
        out[image] = keep
    return out


def answer(table: list[tuple[str, str, str]]) -> tuple[int, int, list[str]]:
    definite = [(i, t, s) for i, t, s in table if s and "?" not in s]
    wrong = []
    for image, tag, suite in definite:
        known = images.lookup(f"{image}:{tag}")
        if known is None or _canonical(known.suite) != _canonical(suite):
            wrong.append(f"{image}:{tag} is {suite}, rules say {known and known.suite}")
    return len(definite) - len(wrong), len(definite), wrong


def _canonical(suite: str) -> str:
    """`debian:bookworm` and `debian:12.5` are the same release."""
    family, _, release = suite.partition(":")
    return data.label(family, release) if family in ("debian", "ubuntu") else suite


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    table = rows(args.table)
    text = (
        json.dumps({"source": SOURCE, "images": derive(table)}, indent=0, sort_keys=True, separators=(",", ":")) + "\n"
    )
    if args.check:
        if OUT.read_text(encoding="utf-8") != text:
            print(f"{OUT.name} is not what the table gives: run {Path(__file__).name} {args.table}")
            return 1
    else:
        OUT.write_text(text, encoding="utf-8")
    right, total, wrong = answer(table)
    print(f"{right} of {total} rows ({100 * right / total:.2f} %)")
    print("\n".join(wrong[:40]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
