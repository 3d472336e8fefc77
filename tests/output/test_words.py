"""What is said and offered: words that hold foreign text, and lines that are right for the folder, shell and system."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from machines import DEBIAN_12
from pep668.explain import Explanation, explain, plain
from pep668.explain._text import prose
from pep668.explain._unseen import is_plain
from pep668.model import Distribution, Machine

PIP = "error: externally-managed-environment\n\n\u00d7 This environment is externally managed\n"


def explained(command: str, output: str, *, code: int | None = 1, shell: str = "bash") -> Explanation:
    return explain(output, command=command, exit_code=code, cwd="/home/me/project", shell=shell, machine=DEBIAN_12)


def flat(markdown: str) -> Iterator[Token]:
    for block in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        yield from block.children or ()
        yield block


_MARKUP = {"image", "link_open", "html_inline", "html_block", "em_open", "strong_open", "s_open"}
EVIL = ["![x](https://evil/a.png)", "[x](command:evil)", "<img src=x>", "https://evil.example/", "`<b>`", "*x*", "``"]


@pytest.mark.parametrize("evil", EVIL)
def test_foreign_text_is_no_markup_in_an_explanation(evil: str) -> None:
    outputs = (
        f"+ pip install -r '{evil}' '{evil}'\n{PIP}",
        f"E: Unable to locate package {evil}\n",
        f"No apps associated with package {evil} or its dependencies\n",
    )
    for output in outputs:
        for command in (
            "bash -x setup.sh",
            f"sudo apt install '{evil}'",
            f"pip install '{evil}'",
            f"pipx install {evil}",
        ):
            found = explained(command, output)
            assert found.errors or output is not outputs[0]
            assert {t.type for t in flat(found.markdown)}.isdisjoint(_MARKUP), found.markdown
            assert found.advice is None or "](" not in found.advice.message


@given(
    st.lists(st.sampled_from([*EVIL, "`", " ", "a", "\\", "&lt;", "- ", "1. ", "#", "~~", "_"]), max_size=8).map(
        "".join
    )
)
@settings(max_examples=200, deadline=None)
def test_prose_shows_every_character(text: str) -> None:
    line = "x`![i](u)"
    for sentence in (f"a{text}.", f"{text} with `{line}`.", f"{text}`{line}``{text}`"):
        tokens = list(flat(prose(sentence, [line])))
        assert {t.type for t in tokens}.isdisjoint({*_MARKUP, "heading_open", "bullet_list_open", "ordered_list_open"})
        seen = "".join(t.content for t in tokens if t.type in ("text", "text_special", "code_inline"))
        assert re.sub(r"[`\s]", "", seen) == re.sub(r"[`\s]", "", sentence)
        if " with " in sentence:
            assert line in [t.content for t in tokens if t.type == "code_inline"]


def test_a_bare_address_is_no_link() -> None:
    found = prose("at https://evil.example/x, www.evil.example or me@evil.example: `http://x`")
    assert found == r"at https\:\//evil.example/x, www\.evil.example or me\@evil.example: `http://x`"


def test_one_list_of_what_cannot_be_seen() -> None:
    unseen = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for number in range(sys.maxunicode + 1):
        if unicodedata.category(chr(number)) in unseen:
            assert plain(chr(number)) == "?"
    for character in "\u202e\u2066\u200b\u2028\ufe0f\U000e0101\U000e0041\ue000\u3164\u00ad\u034f\u00a0":
        assert plain(f"a{character}b") == "a?b"
        assert not is_plain(f"a{character}b")
    assert plain("`é 你` ~ x") == "`é 你` ~ x"


@pytest.mark.parametrize(
    "before", ["wsl", "arch-chroot /mnt", "autossh host", "docker exec c", "ssh host", "distrobox enter d --"]
)
def test_what_runs_elsewhere_is_not_helped_from_here(before: str) -> None:
    found = explained(f"{before} pip install six", PIP).advice
    assert found is not None
    assert "make a virtual environment there" in found.message
    assert [a.kind for a in found.actions] == ["explain"]


def lines(found: Explanation) -> list[str]:
    assert found.advice is not None
    return [a.text for a in (*found.advice.actions, *found.advice.more) if a.kind == "terminal" and not a.last_resort]


@pytest.mark.parametrize(
    ("shell", "typed", "made"),
    [
        ("bash", "~/venvs/x", "python3 -m venv ~/venvs/x && . ~/venvs/x/bin/activate"),
        ("zsh", "'~/venvs/x'", "python3 -m venv './~/venvs/x' && . './~/venvs/x/bin/activate'"),
        ("bash", "~/venvs/a~b", "python3 -m venv ~/'venvs/a~b' && . ~/'venvs/a~b/bin/activate'"),
        ("bash", "~me/x", "python3 -m venv ~me/x && . ~me/x/bin/activate"),
        ("fish", "~/venvs/x", "python3 -m venv ~/venvs/x && source ~/venvs/x/bin/activate.fish"),
        ("tcsh", "~/venvs/x", "python3 -m venv ~/venvs/x && source ~/venvs/x/bin/activate.csh"),
        ("pwsh", "~/venvs/x", "python3 -m venv ~/venvs/x && . ~/venvs/x/bin/Activate.ps1"),
    ],
)
def test_the_home_directory_is_not_quoted_away(shell: str, typed: str, made: str) -> None:
    quote = typed[-1] if typed.endswith("'") else ""
    command = f"source {typed.removesuffix(quote)}/bin/activate{quote}"
    output = f"{shell}: {typed.strip(quote)}/bin/activate: No such file or directory\n"
    found = explained(command, output, shell=shell)
    assert lines(found) == [made]
    assert found.advice is not None
    action = found.advice.actions[0]
    assert (action.environment is None) == (not quote)
    assert f"delete the folder {typed.strip(quote)}." in action.done.replace("./~", "~")


def test_an_environment_in_the_home_directory_without_ensurepip() -> None:
    output = "The virtual environment was not created successfully because ensurepip is not\navailable.\n"
    (_, without) = lines(explained("python3 -m venv ~/venvs/x", output))
    assert without == (
        "python3 -m venv --without-pip ~/venvs/x && python3 -m pip --python ~/venvs/x/bin/python install pip"
    )


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("python3.14-venv", "python3.11-venv"),
        ("python3.14-dev", "python3-dev"),
        ("python2.7-requests", "python3-requests"),
        ("python3.14", ""),
    ],
)
def test_the_package_of_another_python_is_not_renamed(name: str, there: str) -> None:
    found = explained(f"sudo apt install {name}", f"E: Unable to locate package {name}\n", code=100).advice
    assert found is not None
    assert re.search(rf"Debian has no Python {name[6:].partition('-')[0]} here\b", found.message)
    assert "named" not in found.message
    terminal = [(a.title, a.text) for a in found.actions if a.kind == "terminal"]
    again = ("Update the lists and try again", f"sudo apt update && sudo apt install {name}")
    assert terminal == [
        again,
        *([(f"Install {there}, for this python3", f"sudo apt install {there}")] if there else []),
    ]


def test_the_package_of_this_python_has_its_own_name() -> None:
    found = explained("sudo apt install python3.11-pip", "E: Unable to locate package python3.11-pip\n", code=100)
    assert lines(found) == ["sudo apt install python3-pip"]


DENIED = "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '{}'\n"
READ_ONLY = "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '{}'\n"
INTO = "python3 -m venv .venv && .venv/bin/pip install six"
HOME = "python3 -m venv --prompt project ~/.venvs/project && ~/.venvs/project/bin/pip install six"


@pytest.mark.parametrize("wording", [DENIED, READ_ONLY])
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/usr/lib/python3/dist-packages/six.py", INTO),
        ("/usr/local/lib/python3.11/dist-packages/six.py", INTO),
        ("/home/me/project/../../../usr/bin/six", INTO),
        ("//usr/lib/x", INTO),
        ("/home/me/project/.venv/lib/python3.11/site-packages/six.py", HOME),
        (".venv/lib/six.py", HOME),
        ("/home/me/.cache/pip", None),
        ("/home/me/project2/x", None),
        ("~/x", None),
        ("/var/\u202e`$(evil)`", None),
    ],
)
def test_what_was_denied_decides(wording: str, path: str, expected: str | None) -> None:
    found = explained("pip install six", wording.format(path)).advice
    assert found is not None
    terminal = [a.text for a in found.actions if a.kind == "terminal"]
    if path == "~/x" and wording is READ_ONLY:  # whose that is cannot be told
        assert terminal == [HOME]
        assert "This folder" not in found.message
    else:
        assert terminal[:1] == ([expected] if expected else [])
    assert ("This folder" in found.message) == (expected == HOME)
    assert "evil" not in found.message


def test_a_program_that_may_not_be_run() -> None:
    found = explained(".venv/bin/pip install six", "bash: .venv/bin/pip: Permission denied\n", code=126)
    assert lines(found) == [HOME]
    assert found.advice is not None
    assert "(noexec) or its mode" in found.advice.message


WINDOWS = Machine(
    Distribution("windows", name="Windows"), {"uv": None, "python": None, "py": None}, folder="C:\\work\\project"
)
UV = """error: The interpreter at C:\\Python is externally managed, and indicates the following:

  This Python installation is managed by uv and should not be modified.

hint: Virtual environments were not considered due to the `--system` flag
"""
NO_SCRIPT = "bash: .venv/Scripts/activate: No such file or directory\n"
POLICY = ".venv\\Scripts\\Activate.ps1 cannot be loaded because running scripts is disabled on this system.\n"
ON_WINDOWS = [
    (
        "powershell.exe",
        "pip install six",
        PIP,
        ["if (!(Test-Path .venv/Scripts/python.exe)) { uv venv --seed .venv }; .venv/Scripts/pip install six"],
    ),
    (
        "pwsh",
        "make deps",
        PIP,
        ["if (!(Test-Path .venv/Scripts/pip.exe)) { uv venv --seed .venv }; . .venv/Scripts/Activate.ps1 && make deps"],
    ),
    ("pwsh", ". env/Scripts/activate", NO_SCRIPT, []),
    (
        "powershell.exe",
        ".venv\\Scripts\\Activate.ps1",
        POLICY,
        ["Set-ExecutionPolicy -Scope Process -ExecutionPolicy RemoteSigned; . .venv/Scripts/Activate.ps1"],
    ),
    ("cmd.exe", "pip install six", PIP, []),
    ("cmd.exe", "make deps", PIP, []),
    ("cmd.exe", "uv pip install --system six", UV, []),
    ("bash", "pip install six", PIP, []),
    ("bash", "source .venv/Scripts/activate", NO_SCRIPT, []),
    ("nu", "pip install six", PIP, []),
]


@pytest.mark.parametrize(("shell", "command", "output", "expected"), ON_WINDOWS)
@pytest.mark.parametrize("known", [True, False])
def test_windows(shell: str, command: str, output: str, expected: list[str], known: bool) -> None:
    machine = WINDOWS if known else None
    found = explain(output, command=command, exit_code=1, cwd=WINDOWS.folder, shell=shell, machine=machine)
    if known:
        assert lines(found) == expected
    for line in lines(found):
        assert "/bin/" not in line
        assert "test -x" not in line
        assert not line.startswith("sudo ")
        assert "python3" not in line
    assert found.advice is not None
    assert "/bin/" not in found.advice.message


def test_bin_elsewhere() -> None:
    (line, *_) = lines(explained("make deps", PIP, shell="pwsh"))
    assert line == "python3 -m venv .venv && . .venv/bin/Activate.ps1 && make deps"
