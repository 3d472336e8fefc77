"""Commands that failed without a word: refused only where nothing else can have failed."""

from __future__ import annotations

import pytest

from machines import DEBIAN_12_WITH_VENV
from pep668.explain import History
from projects import FOLDER, explained, titles

SILENT = {
    "the last command": ("bash s", 1, "python3 --version\npip3 install six\n"),
    "a script of its own": ("./s", 1, "#!/bin/sh\npip3 install six\n"),
    "the first that can fail": ("bash s", 1, "set -eu\necho hi\nA=1\npip3 install six\nmake all\n"),
    "the shell's own option": ("bash -e s", 1, "pip3 install six\nmake all\n"),
    "of the shebang": ("./s", 1, "#!/bin/bash -e\npip3 install six\nmake all\n"),
    "behind another on its line": ("bash s", 1, "false; pip3 install six;\n"),
    "uv": ("bash s", 2, "uv pip install --system six\n"),
    "a script that a script runs": ("bash s", 1, "echo hi\n./t\n"),
    "make": ("make deps", 2, ""),
    "make from a folder": ("cd . && make", 2, ""),
}
NOT_SILENT = {
    "it worked": ("bash s", 0, "pip3 install six\n"),
    "another code": ("bash s", 2, "pip3 install six\n"),
    "interrupted": ("bash s", 130, "pip3 install six\n"),
    "make's code is not the command's": ("make deps", 1, ""),
    "something may fail before it": ("bash s", 1, "set -e\ncurl example.org\npip3 install six\n"),
    "something may fail behind it": ("bash s", 1, "pip3 install six\n./configure\n"),
    "no longer stopped": ("bash s", 1, "set -e\nset +e\npip3 install six\nfalse\n"),
    "another behind it on its line": ("bash s", 1, "pip3 install six; false\n"),
    "turned round": ("bash s", 1, "! pip3 install six\n"),
    "in the background": ("bash s", 1, "pip3 install six &\n"),
    "piped": ("bash s", 1, "pip3 install six | cat\n"),
    "a test before it": ("bash s", 1, "set -e\n[[ a = b ]]\npip3 install six\n"),
    "a variable that must be there": ("bash s", 1, ": ${X:?no}\npip3 install six\n"),
    "a variable that may not be there": ("bash s", 1, "set -u\necho $X\npip3 install six\n"),
    "a shebang that is not read": ("bash s", 1, "#!/bin/bash -e\npip3 install six\nfalse\n"),
    "another program in its place": ("bash s", 1, "exec false\npip3 install six\n"),
    "a word of printf's": ("bash s", 1, "set -e\nprintf %d x\npip3 install six\n"),
    "sudo in the script": ("bash s", 1, "sudo pip3 install six\n"),
    "under a condition": ("bash s", 1, "if [ -f x ]; then\n  pip3 install six\nfi\n"),
    "only if something works": ("bash s", 1, "test -f x && pip3 install six\n"),
    "its failing is provided for": ("bash s", 1, "set -e\npip3 install six || true\nfalse\n"),
    "in a function": ("bash s", 1, "f() { pip3 install six; }\nfalse\n"),
    "it ends before": ("bash s", 1, "exit 1\npip3 install six\n"),
    "its environment": ("bash s", 1, ". .venv/bin/activate\npip3 install six\n"),
    "its environment by its path": ("bash s", 1, "env/bin/pip install six\n"),
    "an environment, if it is there": ("bash s", 1, "[ -d .venv ] && . .venv/bin/activate\npip3 install six\n"),
    "an environment for another file": ("bash s", 1, ". .venv/bin/activate\n./t\n"),
    "somebody's library": ("bash s", 1, ". ./t\npip3 install six\n"),
    "allowed": ("bash s", 1, "pip3 install --break-system-packages six\n"),
    "a typed environment": (". .venv/bin/activate && bash s", 1, "pip3 install six\n"),
    "a typed variable": ("PATH=.venv/bin:$PATH bash s", 1, "pip3 install six\n"),
    "sudo may be refused itself": ("sudo bash s", 1, "pip3 install six\n"),
    "one of two commands": ("bash s; bash u", 1, "pip3 install six\n"),
    "not run": ("bash -n s", 1, "pip3 install six\n"),
    "make goes on": ("make -k deps", 2, ""),
    "make ignores it": ("make ignored", 2, ""),
    "make has no rule": ("make nothing", 2, ""),
    "a rule's prerequisite is not known": ("make file", 2, ""),
    "another machine": ("ssh host bash s", 1, "pip3 install six\n"),
}
RULES = "deps:\n\t@echo hi\n\tpip3 install six\nignored:\n\t-pip3 install six\n\tfalse\nfile: x\n\tpip3 install six\n"
BESIDE = {"t": "#!/bin/sh\npip3 install six\n", "u": "true\n", "Makefile": RULES}


@pytest.mark.parametrize("output", ["", "\x1b]633;C\x07\r\n"])
@pytest.mark.parametrize("name", SILENT)
def test_a_silent_refusal_of_what_a_file_does(name: str, output: str) -> None:
    command, code, script = SILENT[name]
    found = explained(command, output, {**BESIDE, "s": script}, code)
    (error,) = found.errors
    assert (error.kind, error.form, error.packages) == ("externally-managed", "silent", ("six",))
    assert found.advice is not None
    assert any(title.startswith("Show in ") for title in titles(found))


@pytest.mark.parametrize("name", NOT_SILENT)
def test_what_may_have_failed_otherwise(name: str) -> None:
    command, code, script = NOT_SILENT[name]
    assert explained(command, "", {**BESIDE, "s": script}, code, machine=DEBIAN_12_WITH_VENV).errors == ()


def test_what_was_typed_before_counts() -> None:
    files = {"s": "pip3 install six\n"}
    for line in (". .venv/bin/activate", "source env.sh", "export PIP_BREAK_SYSTEM_PACKAGES=1"):
        history = History()
        history.note(line, 0, FOLDER, "bash")
        assert explained("bash s", "", files, history=history).errors == (), line
    history = History()
    history.note("ls", 0, FOLDER, "bash")
    assert explained("bash s", "", files, history=history).errors
    assert explained("bash s", "", files, interpreter=f"{FOLDER}/.venv/bin/python").errors == ()


def test_a_silent_refusal_takes_a_machine_and_what_is_on_disk() -> None:
    files = {"s": "pip3 install six\n"}
    assert explained("bash s", "", files, machine=None).errors == ()
    assert explained("bash s", "", files, unsaved=("s",)).errors == ()
    assert explained("bash s", "done\n", files).errors == ()
