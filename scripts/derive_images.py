"""Derive `server/pep668/data/images.json`: which distribution an official image's tag stands on, by rule.

usage: derive_images.py TABLE.tsv --history CLONE     write it
       derive_images.py TABLE.tsv                     how many rows of the table the rules answer rightly

TABLE (`tests/data/official_images_suites.tsv`: image, tag, suite) says what the tags of today are. CLONE is a git
clone of docker-library/official-images: its history says what every tag stood on that is built no more. A tag that
names its suite needs no rule. For the others, a table of steps for each image and variant says from which version on
(until the next step) which suite it is; `1.17` comes behind all of `1.17.x`, whose last it is. Of what is not built any
more, "unmarked" stands for all bases that mark nothing, "alpine:?" for the Alpines that do.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "server"))

from pep668 import data  # noqa: E402
from pep668.environment import images  # noqa: E402

OUT = ROOT / "server/pep668/data/images.json"
SOURCE = "the history of docker-library/official-images up to {commit}, {date}"
FIRST_MARKED = "2023"  # no base image had a marker before
BASES = ("debian", "ubuntu", "alpine", "archlinux", "photon")  # distributions, whose tags are releases or dates

# What a tag stands on, and whether it is still built.
Tags = dict[str, tuple[str, bool]]


def rows(path: Path) -> list[tuple[str, str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]  # type: ignore[misc]


# --- history --------------------------------------------------------------------------------------


def history(clone: Path) -> dict[str, Tags]:
    """Every tag that an image ever had; the suite is the one that it stood on last, "" where that cannot be told."""
    commits: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    date = commit = ""
    # merges against their first parent: what was on the main branch, in its order
    for line in _git(
        clone, "log", "--first-parent", "-m", "--reverse", "--format=C %H %cs", "--name-only", "--", "library"
    ):
        if line.startswith("C "):
            _, commit, date = line.split()
        elif line.startswith("library/"):
            commits[line].append((date, f"{commit}:{line}"))
    found: dict[str, Tags] = collections.defaultdict(dict)
    files = _blobs(clone, [spec for states in commits.values() for _, spec in states])
    for path, states in commits.items():
        image = path.removeprefix("library/")
        before: dict[str, str] = {}
        for date, _ in states:
            now = stands_on(next(files))
            for tag in before.keys() - now.keys():
                found[image][tag] = ("unmarked" if date < FIRST_MARKED else before[tag], False)
            before = now
        found[image].update({tag: (suite, True) for tag, suite in before.items()})
    return found


def _git(clone: Path, *arguments: str) -> Iterator[str]:
    done = subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, text=True, check=True)
    yield from done.stdout.splitlines()


def _blobs(clone: Path, specs: list[str]) -> Iterator[str]:
    """The text of each `commit:path`, "" for one that is deleted there."""
    command = ["git", "-C", str(clone), "cat-file", "--batch"]
    done = subprocess.run(command, input="\n".join(specs).encode(), capture_output=True, check=True)
    out, at = done.stdout, 0
    for _ in specs:
        end = out.index(b"\n", at)
        header, at = out[at:end].split(), end + 1
        if header[-1] == b"missing":
            yield ""
            continue
        size = int(header[2])
        yield out[at : at + size].decode("utf-8", "replace")
        at += size + 1


def stands_on(text: str) -> dict[str, str]:
    """Tag to suite in one state of an image's file; "" where none of a stanza's tags or its folder names the suite."""
    found: dict[str, str] = {
        m[1]: images.suite_in_tag(m[1]) for m in re.finditer(r"^([\w.-]+): git://", text, re.MULTILINE)
    }
    for stanza in re.split(r"\n\s*\n", text):
        unfolded = re.sub(r"\n[ \t]+", " ", re.sub(r"^#.*\n?", "", stanza, flags=re.MULTILINE))
        fields = dict(re.findall(r"^([A-Za-z0-9-]+):[ \t]*(.*)$", unfolded, re.MULTILINE))
        built = re.split(r"[,\s]+", fields.get("Architectures", ""))
        if any(built) and all(a.startswith("windows") for a in built if a):
            continue
        tags = [t for t in re.split(r"[,\s]+", fields.get("Tags", "")) if t]
        shared = [t for t in re.split(r"[,\s]+", fields.get("SharedTags", "")) if t]
        named = (*tags, *reversed(fields.get("Directory", "").split("/")))
        suite = next((s for s in map(images.suite_in_tag, named) if s), "")
        for tag in (*tags, *shared):
            found[tag] = suite or found.get(tag, "")
    return found


# --- rules ----------------------------------------------------------------------------------------


def derive(table: list[tuple[str, str, str]], past: Mapping[str, Tags]) -> dict[str, dict[str, dict[str, str]]]:
    """Rules by image and variant, for all tags that do not name their suite."""
    known: dict[str, Tags] = {image: dict(tags) for image, tags in past.items()}
    for image, tag, suite in table:
        known.setdefault(image, {})[tag] = (suite, True)
    return {image: _rules(tags) for image, tags in sorted(known.items()) if tags and image not in BASES}


def _rules(tags: Tags) -> dict[str, dict[str, str]]:
    variants: dict[str, Tags] = collections.defaultdict(dict)
    for tag, suite in tags.items():
        if images.suite_in_tag(tag) or re.search("windowsservercore|nanoserver", tag):
            continue
        version, name, variant = images.key_of(tag)
        if version:
            variants[variant][version] = suite
        elif variant:
            variants[variant][name] = suite
        else:
            variants[name][""] = suite
    rules: dict[str, dict[str, str]] = {}
    for variant in sorted(variants, key=lambda v: (v not in ("", "alpine"), v)):
        general = rules.get(images.fallback(variant), {})
        said = {version: _said(general, version) for version in variants[variant]}
        gone = not any(live for _, live in variants[variant].values())
        if gone and re.search(r"\d", variant) and not any(said.values()):
            continue  # `8-lein-2.9`, a date, a hash: of what was built once, too many to tell
        if variant in ("", "alpine") or any(
            said[version] != suite and (live or _class(said[version]) != _class(suite))
            for version, (suite, live) in variants[variant].items()
        ):
            found = shortest(variants[variant])
            if any(found.values()):
                rules[variant] = dict(sorted(found.items()))
    return rules


def _said(rules: Mapping[str, str], version: str) -> str:
    return images.by_version(rules, version) if images.numbers(version) else rules.get(version, "")


def _class(suite: str) -> str:
    """What matters of a base that nobody builds on any more: the release only where it marks its Python."""
    if _unmarked(suite):
        return "unmarked"
    return "alpine:?" if suite.startswith("alpine:") and data.marked("alpine", suite[7:]) else suite


def shortest(versions: Tags) -> dict[str, str]:
    """The fewest steps that tell every version's suite; names stand for themselves."""
    out = {name: suite for name, (suite, _) in versions.items() if not images.numbers(name) and suite}
    numbered = {v: s for v, s in versions.items() if images.numbers(v) and not _PRERELEASE.search(v)}
    # `1.17` is the last of `1.17.x`: behind all of them
    order = sorted(numbered, key=lambda v: (*images.numbers(v), float("inf")))
    built = {suite for suite, live in numbered.values() if live}
    before = last = ""
    for version in order:
        suite, live = numbered[version]
        if suite != before and (live or _class(suite) != _class(before)):
            before = suite if suite in built else _class(suite)
            out[version] = before
            last = version
    if order and before and images.numbers(order[-1])[0] != images.numbers(last)[0]:
        out[order[-1]] = before  # how far it goes
    return out


_PRERELEASE = re.compile(r"\d(?:rc|alpha|beta|b|a|m)\d*$", re.IGNORECASE)


def _unmarked(suite: str) -> bool:
    release = suite.partition(":")[2]
    return suite == "unmarked" or data.marked(images.family(suite), release) is False


# --- check ----------------------------------------------------------------------------------------


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


def _written(source: str, rules: Mapping[str, object]) -> str:
    """JSON with a line for each image."""
    lines = (f"{json.dumps(i)}:{json.dumps(r, sort_keys=True, separators=(',', ':'))}" for i, r in rules.items())
    body = ",\n".join(lines)
    return f'{{"source":{json.dumps(source)},"images":{{\n{body}\n}}}}\n'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--history", type=Path, metavar="CLONE")
    args = parser.parse_args()
    table = rows(args.table)
    if args.history:
        commit, date = next(_git(args.history, "log", "-1", "--format=%h %cs")).split()
        OUT.write_text(
            _written(SOURCE.format(commit=commit, date=date), derive(table, history(args.history))), encoding="utf-8"
        )
        images.forget()
    right, total, wrong = answer(table)
    print(f"{right} of {total} rows ({100 * right / total:.2f} %)")
    print("\n".join(wrong[:40]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
