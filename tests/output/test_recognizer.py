"""Forms that other programs give to the refusal, and texts that only look like it."""

from __future__ import annotations

import json

import pytest

from messages import COLOURED, NOTE, PIP, UV
from pep668.explain import explain
from pep668.languages._needles import LINKS
from pep668.languages.output import NEEDLES
from pep668.model import ErrorReport


def prefixed(prefix: str, text: str = PIP) -> str:
    return "".join(f"{prefix}{line}\n" for line in text.splitlines())


def refusals(output: str, **known: object) -> list[ErrorReport]:
    found = explain(output, **known).errors  # type: ignore[arg-type]
    return [e for e in found if e.kind == "externally-managed"]


def one(output: str, **known: object) -> ErrorReport:
    (found,) = refusals(output, **known)
    return found


NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "code",
                "outputs": [
                    {"name": "stdout", "output_type": "stream", "text": COLOURED.replace("\n", "\r\n").splitlines(True)}
                ],
                "source": ["!pip install requests"],
            }
        ]
    },
    indent=1,
)
ANSIBLE = {
    "changed": False,
    "cmd": ["/usr/bin/python3", "-m", "pip.__main__", "install", "six"],
    "msg": f"stdout: \n:stderr: {PIP}",
    "name": ["six"],
}

PREFIXES = [
    "",
    "    ",
    "#8 1.234 ",
    "web-1  | ",
    "npm ERR! ",
    "npm error ",
    "2026-11-22T07:40:01.1234567Z ",
    "2026-11-22T07:40:01.123456789Z stderr F ",
    "2026-11-22 07:45:28,629 root INFO pip: ",
    "[07:40:01] ",
    "[pipenv.exceptions.InstallError]: ",
    "Nov 22 07:40:01 host setup[123]: ",
    "    default: ",
    "remote:        ",
    "ERROR:root:",
    "[0] ",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefixes(prefix: str) -> None:
    error = one("start\n" + prefixed(prefix) + "end\n", command="./build", exit_code=1)
    assert (error.form, error.python_version) == ("pip-unicode", "3.11")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefixes_of_uv(prefix: str) -> None:
    error = one(prefixed(prefix, UV), command="./build", exit_code=2)
    assert (error.tool, error.form, error.prefix) == ("uv", "uv", "/usr")


def test_a_clock_that_moves_on_within_the_message() -> None:
    lines = [f"#8 {i / 7:.3f} {line}" for i, line in enumerate(PIP.splitlines())]
    assert one("\n".join(lines)).form == "pip-unicode"


def test_compose_with_two_services() -> None:
    lines = prefixed("api-1  | ").splitlines()
    mixed = "\n".join(part for line in lines for part in (line, "db-1   | ready to accept connections"))
    assert one(mixed).form == "pip-unicode"


ESCAPED = {
    "ansible on one line": (f"fatal: [localhost]: FAILED! => {json.dumps(ANSIBLE)}", ("six",)),
    "ansible without ascii": (f"fatal: [web]: FAILED! => {json.dumps(ANSIBLE, ensure_ascii=False)}", ("six",)),
    "ansible indented": (f"fatal: [localhost]: FAILED! => {json.dumps(ANSIBLE, indent=4)}", ("six",)),
    "notebook": (NOTEBOOK, ("requests",)),
    "a record a line": (
        "\n".join(json.dumps({"level": "error", "msg": line}, ensure_ascii=False) for line in PIP.splitlines()),
        (),
    ),
    "bytes": (f"output: {PIP.encode()!r}", ()),
    "JSON in JSON": (json.dumps({"log": json.dumps({"stderr": PIP})}), ()),
}


@pytest.mark.parametrize("name", ESCAPED)
def test_string_literals(name: str) -> None:
    output, packages = ESCAPED[name]
    error = one(output, command="ansible-playbook site.yml", exit_code=2)
    assert (error.form, error.packages) == ("pip-escaped", packages)


def test_ansible_in_yaml() -> None:
    body = "".join(f"    {line}\n" if line else "\n" for line in PIP.splitlines())
    output = (
        "fatal: [localhost]: FAILED! => changed=false \n  cmd:\n  - /usr/bin/pip3\n  - install\n  - six\n"
        f"  msg: |-\n    stdout: ''\n    :stderr: {body.lstrip()}"
    )
    error = one(output, command="ansible-playbook site.yml", exit_code=2)
    assert (error.form, error.packages) == ("pip-unicode", ("six",))


TERMINAL = {
    "CRLF": COLOURED.replace("\n", "\r\n"),
    "CRCRLF": COLOURED.replace("\n", "\r\r\n"),
    "shell integration": f"\x1b]633;C\x07{COLOURED}\x1b]633;D;1\x07\x1b]633;A\x07",
    "progress before it": f"\r⠋ resolving\r\x1b[2K⠙ resolving\r\x1b[2K{COLOURED}",
    "cursor forward for blanks": COLOURED.replace(": ", ":\x1b[1C").replace(
        "This environment is", "This\x1b[1Cenvironment\x1b[Cis"
    ),
    "title and hidden cursor": f"\x1b]0;build\x1b\\\x1b[?25l{COLOURED}\x1b[?25h",
    "byte order mark": f"\ufeff{PIP}",
    "grep --color": PIP.replace("error:", "\x1b[01;31m\x1b[Kerror\x1b[m\x1b[K:"),
}


@pytest.mark.parametrize("name", TERMINAL)
def test_what_terminals_add(name: str) -> None:
    assert one(TERMINAL[name], command="pip install six", exit_code=1).form == "pip-unicode"


def test_lost_encoding() -> None:
    assert one(PIP.encode().decode("latin-1")).form == "pip-unicode"
    assert one(PIP.encode("ascii", "replace").decode()).form == "pip-unicode"


def test_the_alternate_screen_is_not_output() -> None:
    assert refusals(f"\x1b[?1049h\x1b[H{PIP}\x1b[?1049l$ ", command="./x", exit_code=1) == []
    assert refusals(f"\x1b[?1049hpager\x1b[?1049l\n{PIP}", command="./x", exit_code=1)


TRUNCATED = {
    "head -1": "error: externally-managed-environment\n",
    "head -3": PIP[: PIP.index("╰")],
    "tail -20": PIP[PIP.index("×") :],
    "tail -3": f"\n{NOTE}",
    "cut in a word": PIP[9:],
}


@pytest.mark.parametrize("name", TRUNCATED)
def test_truncated(name: str) -> None:
    assert one(TRUNCATED[name], command="pip3 install six 2>&1 | cut", exit_code=0).form == "pip-truncated"
    assert name == "head -3" or refusals(TRUNCATED[name], command="sh tips.sh", exit_code=0) == []


@pytest.mark.parametrize("columns", [20, 22, 25, 40, 60, 80, 200])
def test_uv_wrapped(columns: int) -> None:
    import textwrap

    sentence = "error: The interpreter at `/opt/python` is externally managed, and indicates the following:"
    wrapped = "\n".join(textwrap.wrap(sentence, columns, subsequent_indent="       ", break_on_hyphens=False))
    error = one(f"Using Python 3.12.4 environment at: /opt/python\n{wrapped}\n\n  Use apt.\n\nhint: x\n")
    assert (error.prefix, error.python_version) == ("/opt/python", "3.12")


def test_uv_without_a_text() -> None:
    output = "error: The interpreter at `/usr` is externally managed and cannot be modified.\n"
    assert one(output, command="uv pip install --system six", exit_code=2).prefix == "/usr"


def test_several_in_one_run() -> None:
    output = f"+ pip3 install six\n{PIP}+ pip3 uninstall -y idna\n{PIP}+ uv pip install --system rich\n{UV}"
    found = refusals(output, command="bash -x setup.sh", exit_code=1)
    assert [(e.tool, e.operation, e.packages) for e in found] == [
        ("pip", "install", ("six",)),
        ("pip", "uninstall", ("idna",)),
        ("uv", "install", ("rich",)),
    ]
    typed = refusals(PIP + PIP, command="pip install six; pip install idna", exit_code=1)
    assert [e.packages for e in typed] == [("six",), ("idna",)]


ECHOES = {
    "+ pip3 install six": ("six",),
    "++ python3 -m pip install 'six>=1'": ("six",),
    "+ setup.sh:4: pip3 install six": ("six",),
    "+ setup.sh:4:main(): pip3 install six": ("six",),
    "python3 -m pip install six": ("six",),
    "cd lib && pip install six": ("six",),
    "> pip3 install six": ("six",),
    "dev@debian:~/x$ pip install six": ("six",),
    "$ pip install six": ("six",),
    "\x1b[32;1m$ pip install six\x1b[0;m": ("six",),
    "nox > python -m pip install six": ("six",),
    "py: install_deps> python -I -m pip install six": ("six",),
    "py: commands[0]> pip install six": ("six",),
    "Step 3/4 : RUN pip install six": ("six",),
    "STEP 3/4: RUN pip install six": ("six",),
    "#8 [4/4] RUN pip install six": ("six",),
    "##[group]Run pip install six": ("six",),
    "[command]/usr/bin/pip install six": ("six",),
    "2026-11-22T07:40:01.1Z $ pip install six": ("six",),
    "\x1b]633;E;pip install six;nonce\x07": ("six",),
    "Running command: pip install six": ("six",),
    "subp.py[DEBUG]: Running command ['/usr/bin/python3', '-m', 'pip', 'install', 'six'] with codes [0]": ("six",),
    "In [3]: !pip install six": ("six",),
    "    raise Failed(['pip install six', 'twice'])": (),
    "pip is there": (),
    "# WARNING: pip install is deprecated": (),
}


@pytest.mark.parametrize("line", ECHOES)
def test_what_was_asked_for_stands_before_it(line: str) -> None:
    assert one(f"{line}\n{PIP}", command="./build", exit_code=1).packages == ECHOES[line]


AFTER = [
    "Error: Command '['/usr/bin/python3', '-m', 'pip', 'install', 'six']' returned non-zero exit status 1.",
    'Failed to run: ["pip3", "install", "six[x]"]',
    "subprocess.CalledProcessError: Command 'pip install six' returned non-zero exit status 1.",
    "The command '/bin/sh -c pip install six' returned a non-zero code: 1",
    '#8 ERROR: process "/bin/sh -c pip install six" did not complete successfully: exit code: 1',
    "npm ERR! command sh -c pip install six",
    "nox > Command python3 -m pip install six failed with exit code 1",
]


@pytest.mark.parametrize("line", AFTER)
def test_what_was_asked_for_stands_behind_it(line: str) -> None:
    assert one(f"{PIP}Traceback\n  something\n{line}\n", command="./build", exit_code=1).packages == ("six",)


def test_the_typed_line_comes_first() -> None:
    output = f"> pip install other\n{PIP}"
    assert one(output, command="pip install six", exit_code=1).packages == ("six",)


PRINTS = [
    "cat README.md",
    "bat README.md",
    "less notes.md",
    "cat -n README.md | head -30",
    "grep -rn externally .",
    "rg externally-managed",
    "git log -p",
    "git --no-pager show HEAD",
    "git diff | cat",
    "echo 'error: externally-managed-environment'",
    "printf '%s' \"$text\"",
    "cd docs && cat a.md; sed -n 1,20p b.md",
    "curl -s https://example.org/README.md",
    "gh issue view 12",
    "FOO=1 cat README.md",
]


@pytest.mark.parametrize("command", PRINTS)
def test_what_is_only_printed(command: str) -> None:
    assert refusals(PIP, command=command, exit_code=0) == []
    assert refusals(PIP + UV, command=command, exit_code=1) == []
    assert explain("bash: pip: command not found\n", command=command, exit_code=1).errors == ()


@pytest.mark.parametrize(
    "output",
    [
        prefixed("README.md:12:"),
        prefixed("+"),
        prefixed("-"),
        prefixed("# "),
        prefixed("E       "),
        "".join(f"{i:6}\t{line}\n" for i, line in enumerate(PIP.splitlines(), 9)),
        f'MESSAGE = """{PIP}"""',
        'assert "error: externally-managed-environment" in text\n',
        "See also: error: externally-managed-environment\n",
        "error: externally-managed-environment is explained in PEP 668\n",
        "class ExternallyManagedEnvironment(DiagnosticPipError):\n",
        "test_externally_managed_environment PASSED\n",
        "The interpreter at /usr is externally managed\n",
    ],
)
def test_shown_by_an_unknown_program(output: str) -> None:
    assert refusals(output, command="./show", exit_code=1) == []


def test_a_line_alone_needs_a_reason() -> None:
    bare = "error: externally-managed-environment\n"
    assert refusals(bare, command="./show", exit_code=1) == []
    assert refusals(bare, command="./show", exit_code=None) == []
    assert refusals(bare, command="./build 2>&1 | grep error", exit_code=0)
    assert refusals(f"+ pip install six\n{bare}", command="./build", exit_code=1)
    assert refusals(bare)


def test_a_trace_that_prints_it() -> None:
    assert refusals(f"+ cat README.md\n{PIP}", command="bash -x docs.sh", exit_code=1) == []
    assert refusals(f"+ pip install six\n+ cat pip.log\n{PIP}", command="bash -x docs.sh", exit_code=1)


FAILURES = {
    "bash: pip: command not found": ("command-not-found", "pip"),
    "bash: line 1: pip3: command not found": ("command-not-found", "pip3"),
    "setup.sh: line 3: python3.12: command not found": ("command-not-found", "python3.12"),
    "sh: 1: pip: not found": ("command-not-found", "pip"),
    "/bin/sh: pip: not found": ("command-not-found", "pip"),
    "zsh: command not found: pip": ("command-not-found", "pip"),
    "fish: Unknown command: pip": ("command-not-found", "pip"),
    "fish: Unknown command 'pip'": ("command-not-found", "pip"),
    "pip: Command not found.": ("command-not-found", "pip"),
    "ksh: pip: not found [No such file or directory]": ("command-not-found", "pip"),
    "Command 'pip' not found, but can be installed with:": ("command-not-found", "pip"),
    "pip: The term 'pip' is not recognized as a name of a cmdlet": ("command-not-found", "pip"),
    "/usr/bin/env: ‘python’: No such file or directory": ("command-not-found", "python"),
    "make: pip: No such file or directory": ("command-not-found", "pip"),
    "sudo: pip: command not found": ("command-not-found", "pip"),
    "#8 0.312 /bin/sh: 1: pip: not found": ("command-not-found", "pip"),
    "bash: .venv/bin/pip: No such file or directory": ("command-not-found", ".venv/bin/pip"),
    "/usr/bin/python3: No module named pip": ("pip-missing", "/usr/bin/python3"),
    "ModuleNotFoundError: No module named 'pip'": ("pip-missing", ""),
    "/usr/bin/python3: No module named venv": ("venv-missing", ""),
    "bash: .venv/bin/activate: No such file or directory": ("environment-missing", ".venv/bin/activate"),
    "sh: 1: .: cannot open .venv/bin/activate: No such file": ("environment-missing", ".venv/bin/activate"),
    "source: no such file or directory: .venv/bin/activate": ("environment-missing", ".venv/bin/activate"),
    "/bin/sh: 1: source: not found": ("wrong-shell", "`.` in place of `source`"),
    "Badly placed ()'s.": ("wrong-shell", "activate.csh"),
    "no such option: --break-system-packages": ("option-unknown", "--break-system-packages"),
    "E: Unable to locate package python3.12-venv": ("package-not-found", "python3.12-venv"),
    "error: target not found: python-foo": ("package-not-found", "python-foo"),
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device": ("no-space", ""),
    "OSError: [Errno 30] Read-only file system: '/x/.venv'": ("read-only", "/x/.venv"),
    "Error: [Errno 13] Permission denied: '/x/.venv'": ("permission-denied", "/x/.venv"),
}


@pytest.mark.parametrize("line", FAILURES)
def test_failures(line: str) -> None:
    (error,) = explain(f"before\n\x1b[31m{line}\x1b[0m\r\nafter\n", command="./build", exit_code=1).errors
    assert (error.kind, error.detail) == FAILURES[line]


@pytest.mark.parametrize(
    "line",
    [
        "bash: rg: command not found",
        "cat: notes.txt: No such file or directory",
        "checking for pip... not found",
        "404: page not found",
    ],
)
def test_failures_of_others(line: str) -> None:
    assert explain(line, command="./build", exit_code=1).errors == ()


def test_needles_occur_in_all_that_is_recognized() -> None:
    for text in (PIP, UV, COLOURED, NOTEBOOK, *TRUNCATED.values()):
        assert any(needle in text for needle in NEEDLES)


def test_a_line_of_each_refusal_is_a_link() -> None:
    for text in (PIP, UV, COLOURED):
        assert any(part in line for line in text.splitlines() for part in LINKS)
    assert any(part in UV.splitlines()[0] for part in LINKS)
