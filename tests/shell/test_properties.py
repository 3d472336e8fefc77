"""What holds for every text: nothing is raised, places are exact, a second reading equals the first."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668 import shell
from pep668.languages.shell import extract
from pep668.model import Command, Region
from pep668.shell import _memory

SCRIPT = """#!/bin/bash
set -euo pipefail
VENV="${VENV:-.venv}"  # where
pkgs=(six 'attrs>=22' "$EXTRA")
run() { "$@" || { echo "failed: $*" >&2; exit 1; }; }
if [[ $(id -u) -ne 0 && ! -d "$VENV" ]]; then
  sudo -H pip3 install --upgrade "${pkgs[@]}" \\
    other | tee >(cat -n) 2>&1
elif (( $# > 1 )); then
  for f in *.txt; do run pip install -r "$f"; done < <(ls)
else
  case "$1" in
    a|"b c") pip install x ;;
    *) bash -c "pip install \\"$1\\" $(echo `pwd`)" & ;;
  esac
fi
cat <<EOF > out && time { pip list; } | ( cd / && . "$VENV/bin/activate" )
body $(not run)
EOF
function last { while read -r l; do echo ${l%%=*}; done <<< "$x"; }
export PATH=$HOME/bin:$PATH; last
"""

PIECES = st.sampled_from(
    [
        *"'\"`\\$(){}<>|&;#*?[]=! \n\t\r~\u2028\U0001f600\0é",
        *("$(", "${", "$((", "((", "[[ ", "]]", "$'", "a=(", "&&", "||", ";;", "<<EOF\n", "EOF\n", "<<-'X'\n"),
        *("if ", "then ", "fi\n", "for x in ", "do ", "done\n", "case x in ", "esac", "f() ", "{ ", "}\n"),
        *("\\\n", "\\\r\n", "pip install x", "sudo ", "bash -c ", "env A=1 ", "docker run "),
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60)


def view(commands: list[Command]) -> list[tuple[object, ...]]:
    return [
        (c.words, c.assignments, c.wrappers, c.redirects, c.span, c.statement, c.scope, c.operator) for c in commands
    ]


def check_places(text: str) -> None:
    region = Region.document("shell", text)
    found = shell.parse(region)
    for command in found:
        assert 0 <= command.span.start < command.span.end <= len(text)
        assert 0 <= command.statement.start <= command.span.start
        assert command.statement.end <= len(text)
        line = text.rfind("\n", 0, command.statement.start) + 1
        assert "\\" in text[line - 3 : line] or not text[line : command.statement.start].strip("\t \r\\\n")
        words = [w for wrapper in command.wrappers for w in wrapper.words] + list(command.words)
        for word in words:
            assert command.span.covers(word.span)
            written = text[word.span.start : word.span.end]
            if len(word.parts) == 1 and not word.quoted and not any(c in written for c in "\\$`*?[{<("):
                assert word.value == written
        starts = [w.span.start for w in words]
        assert starts == sorted(starts)
    assert [c.span.start for c in found] == sorted(c.span.start for c in found)
    for item in extract(region):
        if isinstance(item, Region):
            for at in range(len(item.text)):
                assert 0 <= item.map.offset(at) <= len(text)
            list(extract(item)) if item.language == "shell" else None


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text(text: str) -> None:
    check_places(text)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_prefix_of_a_script(ending: str) -> None:
    script = SCRIPT.replace("\n", ending)
    for end in range(len(script)):
        check_places(script[:end])


@given(st.integers(0, len(SCRIPT)), st.integers(0, 12), TEXTS)
@settings(max_examples=200, deadline=None)
def test_rereading_after_an_edit_equals_reading_anew(at: int, removed: int, inserted: str) -> None:
    shell.parse(Region.document("shell", SCRIPT))
    edited = SCRIPT[:at] + inserted + SCRIPT[at + removed :]
    region = Region.document("shell", edited)
    warm, warm_relevant = view(shell.parse(region)), view(shell.relevant(region))
    again = view(shell.parse(region))
    _memory.clear()
    assert view(shell.parse(region)) == warm == again
    _memory.clear()
    assert view(shell.relevant(region)) == warm_relevant


def test_every_command_belongs_to_its_region() -> None:
    for _ in range(2):
        region = Region.document("shell", SCRIPT)
        assert all(c.region is region for c in shell.parse(region))


def test_relevant_is_a_part_of_all() -> None:
    region = Region.document("shell", SCRIPT)
    everything = view(shell.parse(region))
    assert all(v in everything for v in view(shell.relevant(region)))


def test_a_statement_in_another_scope_is_read_alike() -> None:
    inner = "pip install x\nif a; then\n  pip list\nfi\n"
    for before, after in (("", ""), ("f() {\n", "}\n"), ("(\n", ") &\n"), ("{\n", "} | cat\n"), ("x=$(\n", ")\n")):
        text = before + inner + after
        region = Region.document("shell", text)
        warm = view(shell.parse(region))
        _memory.clear()
        assert view(shell.parse(region)) == warm


HUGE = {
    "plain": "word ",
    "lists": "a b;",
    "quotes": '"a$b" ',
    "parentheses": "(",
    "substitutions": "$(",
    "arithmetic": "$((",
    "for": "for ((",
    "open quotes": '"$(',
    "backticks": "`",
    "escaped backticks": "`\\`",
    "brackets": "[",
    "subscripts": "x[;",
    "braces": "${",
    "brace lists": "{a,b}",
    "heredocs": "cat <<A\n",
    "if": "if ",
    "case": "case a in b) ",
    "backslashes": "\\",
    "background": "a & ",
    "pipes": "a|",
    "functions": "x()",
    "globs": "@(",
    "tests": "[[ a && (",
    "escapes": "$'\\n",
    "variables": "$SUDO pip ",
    "wrappers": "sudo ",
    "carriage returns": "\r",
    "blank lines": "\n",
    "comments": "#\n",
}


def calls(text: str) -> int:
    """How many calls reading a text takes: the same on every machine, however busy."""
    count = 0

    def tell(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    _memory.clear()
    sys.setprofile(tell)
    try:
        for _ in extract(Region.document("shell", text)):
            pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", HUGE.values(), ids=HUGE)
def test_work_is_linear(piece: str) -> None:
    small = piece * (6_000 // len(piece))
    assert calls(small * 4) < 5 * calls(small) + 1_000


@pytest.mark.parametrize("piece", HUGE.values(), ids=HUGE)
def test_a_long_text_ends(piece: str) -> None:
    # What is quadratic inside one call of a pattern or a slice takes minutes here: a guard, not a measure.
    _memory.clear()
    start = time.process_time()
    for _ in extract(Region.document("shell", piece * (200_000 // len(piece)))):
        pass
    assert time.process_time() - start < 60
