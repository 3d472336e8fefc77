"""Whether other texts of a document may run what an install brings, by its bare name."""

from __future__ import annotations

import re

from pep668.data.names import normalized
from pep668.model import Install

_PROGRAM = re.compile(
    r"(?:^|[;&|(!{]|\b(?:sudo|exec|then|do|else)\b)[ \t]*([A-Za-z][\w.+-]*)(?=[ \t;&|)]|$)"
    r"(?![ \t]*(?:\(\)|[+:?]?=)|[ \t]+-m[ \t]+(?:pip|venv)\b)",
    re.MULTILINE,
)
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
# Programs that no project of PyPI brings: the shell's own, the system's, those of other languages.
_OTHERS = frozenset(
    """
    alias ansible-galaxy apk apt apt-cache apt-get aptitude awk basename bash break brew bundle bunzip2 bzip2 cargo
    case cat cc cd chgrp chmod chown clang clear cmake cmp command continue convert cp curl cut date dd declare df
    diff dirname dnf do docker docker-compose done dpkg du echo elif else env esac eval exec exit export expr false
    fi file find for function g++ gcc gem getent git go gofmt grep groupadd gunzip gzip head helm hostname id if in
    install java javac jq kill kubectl let ln local ls make md5sum mkdir mktemp mount mv mvn node npm nproc npx open
    pacman pip pip3 pkill pnpm podman popd printf ps psql pushd pwd read readlink realpath return rm rmdir rsync
    ruby rustc rustup scp sed select seq service set sh sha256sum shift sleep sort source ssh stat strip su sudo
    systemctl tail tar tee terraform test then time timeout touch tr trap true tsc type ulimit umask uname uniq
    unset until unzip useradd uv uvx wait wc wget which while xargs xdg-open xz yarn yes yum zip zypper
    """.split()
)


def runs(text: str, install: Install) -> bool:
    """Whether a text, one command a line, runs Python or what an install may bring.

    Where it installs named projects only, a program counts that has a part of its name in common with one.
    """
    names = {found[1] for found in _PROGRAM.finditer(text)}
    if any(_PYTHON.fullmatch(name) for name in names):
        return True
    others = {name for name in names if name not in _OTHERS}
    if len(install.packages) < len(install.requests):
        return bool(others)
    parts = {part for package in install.packages for part in _parts(package)}
    return any(parts & _parts(name) for name in others)


def _parts(name: str) -> set[str]:
    return {part for part in normalized(name).split("-") if len(part) > 2}
