"""Known variables become words."""

from __future__ import annotations

import pytest

from pep668 import shell
from pep668.model import Command, Region

KNOWN: dict[str, tuple[str, ...] | str] = {
    "PIP": "python3 -m pip",
    "VENV": "/opt/venv",
    "SUDO": "sudo -H",
    "NONE": "",
    "PKGS": ("six", "a b"),
    "LIST": " six attrs ",
    "ONE": "pip",
}


def expanded(source: str) -> tuple[Command, Command]:
    [command] = shell.parse(Region.document("shell", source))
    return command, shell.expand(command, KNOWN.get)


@pytest.mark.parametrize(
    ("source", "wrappers", "words"),
    [
        ("$PIP install x", [], ["python3", "-m", "pip", "install", "x"]),
        ('"$PIP" install x', [], ["python3 -m pip", "install", "x"]),
        ("$VENV/bin/$ONE install", [], ["/opt/venv/bin/pip", "install"]),
        ('"$VENV"/bin/pip install', [], ["/opt/venv/bin/pip", "install"]),
        ("$SUDO pip install x", ["sudo"], ["pip", "install", "x"]),
        ("$NONE pip install x", [], ["pip", "install", "x"]),
        ("$OTHER pip install x", ["$OTHER"], ["pip", "install", "x"]),
        ("$SUDO $PIP install x", ["sudo"], ["python3", "-m", "pip", "install", "x"]),
        ("sudo $PIP install x", ["sudo"], ["python3", "-m", "pip", "install", "x"]),
        ('pip install "${PKGS[@]}" $LIST', [], ["pip", "install", "six", "a b", "six", "attrs"]),
        ('pip install "$LIST" "$NONE" $NONE', [], ["pip", "install", " six attrs ", ""]),
        ("pip install a$LIST b", [], ["pip", "install", "a", "six", "attrs", "b"]),
        ("pip install ${WHAT:-six attrs} $X", [], ["pip", "install", "six", "attrs", "\0"]),
        ("sudo $NONE -H pip install", ["sudo"], ["pip", "install"]),
    ],
)
def test_words(source: str, wrappers: list[str], words: list[str]) -> None:
    _, command = expanded(source)
    assert [w.name for w in command.wrappers] == wrappers
    assert [w.pattern for w in command.words] == words


@pytest.mark.parametrize("source", ["pip install x", "pip install $UNKNOWN *.whl", '"$A$B"'])
def test_nothing_known_gives_the_same_object(source: str) -> None:
    before, after = expanded(source)
    assert after is before


def test_words_keep_the_place_they_came_from() -> None:
    source = "  $PIP install ${PKGS[@]}"
    before, after = expanded(source)
    assert [source[w.span.start : w.span.end] for w in after.words] == [
        *["$PIP"] * 3,
        "install",
        *["${PKGS[@]}"] * 2,
    ]
    assert (after.span, after.statement, after.region) == (before.span, before.statement, before.region)
