"""What a shell text holds for the engine: commands that matter, and texts that other programs run."""

from __future__ import annotations

import pytest

from pep668.languages import detect
from pep668.languages.shell import extract
from pep668.model import Command, Place, Region
from pep668.text import Span


def items(source: str) -> list[Command | Region]:
    return list(extract(Region.document("shell", source)))


def regions(source: str) -> list[Region]:
    return [i for i in items(source) if isinstance(i, Region)]


def names(source: str) -> list[str]:
    return [
        " ".join(w.pattern for w in i.words) or i.assignments[0].name for i in items(source) if isinstance(i, Command)
    ]


RUN = [
    ('bash -c "pip install x"', "shell", "pip install x"),
    ("sh -lc 'pip install x' name arg", "shell", "pip install x"),
    ("/bin/bash -euxo pipefail -c 'pip install x'", "shell", "pip install x"),
    ("bash --norc -ec 'pip install x'", "shell", "pip install x"),
    ("bash -o errexit -c 'pip install x'", "shell", "pip install x"),
    ('bash -c "pip install \\"a>1\\" \\$X $Y"', "shell", 'pip install "a>1" $X $Y'),
    ('bash -c "pip install $(cat x) `y`"', "shell", "pip install $! $!"),
    ("bash -c $'pip install x\\npip list'", "shell", "pip install x\npip list"),
    ("bash -c 'pip install '\"x\"", "shell", "pip install x"),
    ("su -c 'pip install x'", "shell", "pip install x"),
    ("su - bob -c 'pip install x'", "shell", "pip install x"),
    ("su bob --command='pip install x'", "shell", "pip install x"),
    ("runuser -l bob -c 'pip install x'", "shell", "pip install x"),
    ('eval "pip install" $X', "shell", "pip install $X"),
    ("ssh h 'pip install x'", "shell", "pip install x"),
    ("ssh h <<E\npip install x\nE", "shell", "pip install x\n"),
    ("script -qec 'pip list' /dev/null", "shell", "pip list"),
    ("watch -n 5 pip list", "shell", "pip list"),
    ("parallel -j2 'pip install {}' ::: a b", "shell", "pip install {}"),
    ("xargs -I{} sh -c 'pip install {}'", "shell", "pip install {}"),
    ("nix-shell -p a --run 'pip list'", "shell", "pip list"),
    ("wsl -e bash -c 'pip list'", "shell", "pip list"),
    ("flock /l -c 'pip list'", "shell", "pip list"),
    ("trap 'pip uninstall x' EXIT", "shell", "pip uninstall x"),
    ("bash <<E\npip install x\nE", "shell", "pip install x\n"),
    ("sudo -u bob bash -s <<-'E'\n\tpip install x\n\tE", "shell", "pip install x\n"),
    ("sudo -i <<E\npip install \\$x\nE", "shell", "pip install $x\n"),
    ("bash <<< 'pip install x'", "shell", "pip install x"),
    ("cat <<E | sudo bash\npip install x\nE", "shell", "pip install x\n"),
    ("echo 'pip install x' | sh", "shell", "pip install x"),
    ("python3 -c 'import pip'", "python", "import pip"),
    ("python3 -Ic 'import pip'", "python", "import pip"),
    ("python3 - a <<E\nimport pip\nE", "python", "import pip\n"),
    ("python3 <<'E'\nimport pip\nE", "python", "import pip\n"),
]


@pytest.mark.parametrize(("source", "language", "text"), RUN, ids=[r[0] for r in RUN])
def test_texts_that_are_run(source: str, language: str, text: str) -> None:
    found = regions(source)
    assert [(r.language, r.text) for r in found] == [(language, text)]
    for region in found:
        assert region.origin is not None
        assert region.parent is region.origin.region
        for i, character in enumerate(region.text):
            if region.map.is_verbatim(Span(i, i + 1)):
                assert source[region.map.offset(i)] == character


@pytest.mark.parametrize(
    "source",
    [
        "echo 'pip install x'",
        "cat > f <<E\npip install x\nE",
        "sudo tee f <<E\npip install x\nE",
        "bash script.sh <<E\npip install x\nE",
        "bash -x script.sh 'pip install x'",
        "python3 script.py <<E\nimport pip\nE",
        "python3 -m pip <<E\nimport pip\nE",
        "ssh h pip install x",
        "cat <<E | grep x\npip install x\nE",
        "trap - EXIT",
        "alias p='pip install'",
        "bash -c $X",
    ],
)
def test_texts_that_are_not_run(source: str) -> None:
    assert [r.text for r in regions(source) if "pip" in r.text] == []


def test_strings_in_strings() -> None:
    source = """docker run --rm debian:12 bash -c "cd /x && su bob -c 'pip install \\$A'" """
    [outer] = regions(source)
    [inner] = [r for r in extract(outer) if isinstance(r, Region)]
    [install] = [c for c in extract(inner) if isinstance(c, Command)]
    place = install.outer(install.words[0].span)
    assert source[place.start : place.end] == "pip"
    assert [(f.kind, f.value) for f in inner.facts] == [("image", "debian:12"), ("shell", "bash"), ("user", "bob")]
    image = inner.fact("image")
    assert image is not None
    assert image.evidence.span is not None
    assert source[image.evidence.span.start : image.evidence.span.end] == "debian:12"
    assert [w.name for w in install.all_wrappers] == ["docker run"]


def test_places() -> None:
    text = "eval 'a'\nbash -c 'pip'\nssh h 'pip list'"
    region = Region("shell", text, Region.document("shell", text).map, place=Place("s", "p"))
    same, child, remote = [r.place for r in extract(region) if isinstance(r, Region)]
    assert same == Place("s", "p")
    assert (child.system, child.process) == ("s", "p/17")
    assert remote.system != "s"


def test_depth_is_bounded() -> None:
    source = "eval " * 50 + "pip install x"
    depth = 0
    [region] = regions(source)
    while True:
        inside = [r for r in extract(region) if isinstance(r, Region)]
        if not inside:
            break
        region, depth = inside[0], depth + 1
    assert 3 < depth < 20


def test_only_what_can_matter_is_yielded() -> None:
    source = """
log "hello"
UNUSED=1
PKGS="six attrs"
INDIRECT=$PKGS
mkdir -p build
cd build
f() { mkdir x; pip install $INDIRECT; }
g() { mkdir y; }
h() { f; }
g
h
rm -rf /tmp/x
rm "$MARKER"
MARKER=/usr/lib/python3/EXTERNALLY-MANAGED
cp a b
echo "x" > y
echo "[global]" > "$CONF"
CONF=/etc/foo
. ./x
exit 1
"""
    assert names(source) == [
        "PKGS",
        "INDIRECT",
        "cd build",
        "pip install \0",
        "f",
        "h",
        "rm \0",
        "MARKER",
        "echo [global]",
        "CONF",
        ". ./x",
        "exit 1",
    ]


@pytest.mark.parametrize(
    ("path", "head", "language_id", "expected"),
    [
        ("a/install.sh", "", "", "shell"),
        (".bashrc", "", "", "shell"),
        ("bin/setup", "#!/bin/sh\n", "", "shell"),
        ("bin/setup", "#!/usr/bin/env -S bash -e\n", "", "shell"),
        ("untitled", "", "shellscript", "shell"),
        ("bin/setup", "#!/usr/bin/perl\n", "", None),
    ],
)
def test_detect(path: str, head: str, language_id: str, expected: str | None) -> None:
    assert detect(path, head, language_id) == expected
