"""Formats of runners, builders and loggers around a refusal, and texts that hold one without being one."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pep668.explain import explain
from pep668.explain._typed import Typed
from pep668.model import ErrorReport

NOTE = (
    "note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. "
    "You can override this, at the risk of breaking your Python installation or OS, by passing "
    "--break-system-packages."
)
HINT = "hint: See PEP 668 for the detailed specification."
PIP = [
    "error: externally-managed-environment",
    "",
    "× This environment is externally managed",
    "╰─> To install Python packages system-wide, try apt install",
    "    python3-xyz, where xyz is the package you are trying to",
    "    install.",
    "    ",
    "    See /usr/share/doc/python3.11/README.venv for more information.",
    "",
    NOTE,
    HINT,
]
UV = [
    "Using Python 3.11.2 environment at: /usr",
    "error: The interpreter at `/usr` is",
    "       externally managed, and indicates",
    "       the following:",
    "",
    "  To install Python packages system-wide, try apt install",
    "",
    "hint: Virtual environments were not considered due to the `--system` flag",
]
COLOURED = [
    "\x1b[1;31merror\x1b[0m: \x1b[1mexternally-managed-environment\x1b[0m",
    "",
    "\x1b[31m×\x1b[0m This environment is externally managed",
    *(f"\x1b[31m{line[:3]}\x1b[0m{line[3:]}" for line in PIP[3:8]),
    "",
    NOTE.replace("note", "\x1b[1;35mnote\x1b[0m"),
    HINT.replace("hint", "\x1b[1;36mhint\x1b[0m"),
]
TEXTS = {"pip": PIP, "coloured": COLOURED, "uv": UV}
INSTALL = {"pip": "pip install six idna", "coloured": "pip install six idna", "uv": "uv pip install --system six idna"}
WANTED = {"pip": ("pip", "pip-unicode"), "coloured": ("pip", "pip-unicode"), "uv": ("uv", "uv")}
ESCAPED = {"pip": ("pip", "pip-escaped"), "coloured": ("pip", "pip-escaped"), "uv": ("uv", "uv")}

Wrapper = Callable[[str, list[str]], str]


def prefixed(prefix: str, lines: list[str]) -> str:
    return "".join(f"{prefix}{line}\n" for line in lines)


def counted(form: str, lines: list[str]) -> str:
    return "".join(form.format(i=i) + line + "\n" for i, line in enumerate(lines, 9))


def refusals(output: str, command: str, code: int | None) -> list[ErrorReport]:
    found = explain(output, command=command, exit_code=code).errors
    return [e for e in found if e.kind == "externally-managed"]


def traced(prefix: str) -> Wrapper:
    return lambda install, lines: prefixed(prefix, [f"+ {install}", *lines])


def before(*announced: str, prefix: str = "") -> Wrapper:
    return lambda install, lines: "".join(a.format(install) + "\n" for a in announced) + prefixed(prefix, lines)


def behind(said: str, prefix: str = "") -> Wrapper:
    return lambda install, lines: prefixed(prefix, lines) + said.format(install) + "\n"


# Where a command is named, what it asked for comes from there.
WRAPPERS: dict[str, Wrapper] = {
    "GitHub, timestamps": traced("2026-11-22T07:40:01.1234567Z "),
    "GitHub, a script": before(
        "##[group]Run cd x",
        "cd x",
        "\x1b[36;1m{}\x1b[0m",
        "pip install other",
        "shell: /usr/bin/bash -e {{0}}",
        "##[endgroup]",
    ),
    "act": before("[CI/build] ⭐ Run Main {}", prefix="[CI/build]   | "),
    "GitLab": before("section_start:1:s\r\x1b[0K\x1b[0K\x1b[36;1mExecuting\x1b[0;m", "\x1b[32;1m$ {}\x1b[0;m"),
    "GitLab, timestamps": lambda i, t: prefixed("2026-11-22T07:40:01.123456Z 01E ", [f"$ {i}", *t]),
    "CircleCI": before("#!/bin/bash -eo pipefail", "{}"),
    "Jenkins": before("[Pipeline] sh", "+ {}"),
    "Jenkins, timestamps": traced("[2026-11-22T07:40:01.123Z] "),
    "Jenkins, clock": traced("07:40:01  "),
    "Jenkins, parallel": traced("[unit] "),
    "Azure": before(
        "Script contents:", "{}", "======== Starting Command Output ========", "[command]/usr/bin/bash /a/b.sh"
    ),
    "Travis": before("travis_fold:start:install\r\x1b[0Ktravis_time:start:0\r\x1b[0K$ {}"),
    "Travis, the end": behind('\x1b[31;1mThe command "{}" failed and exited with 1 during .\x1b[0m'),
    "Buildkite": lambda i, t: prefixed(
        "\x1b_bk;t=1700000000000\x07", ["~~~ Running commands", f"\x1b[90m$\x1b[0m {i}", *t]
    ),
    "Drone": lambda i, t: counted("[deps:{i}] ", [f"+ {i}", *t]),
    "CodeBuild": before("[Container] 2026/11/22 07:40:01.123456 Running command {}"),
    "Cloud Build": lambda i, t: prefixed('Step #0 - "build": ', [f"Step 3/4 : RUN {i}", " ---> Running in 1a2b", *t]),
    "kaniko": before("\x1b[36mINFO\x1b[0m[0003] RUN {}", "\x1b[36mINFO\x1b[0m[0003] Cmd: /bin/sh"),
    "buildah": before("STEP 2/2: RUN {}"),
    "Earthly": lambda i, t: prefixed("             +deps | ", [f"--> RUN {i}", *t]),
    "journal": traced("Nov 22 07:40:01 ip-10-0-0-1 setup.sh[123]: "),
    "cloud-init": lambda i, t: counted("[   12.3456{i:02d}] cloud-init[811]: ", [f"+ {i}", *t]),
    "kubectl": traced("[pod/app-7d/init] "),
    "CRI": traced("2026-11-22T07:40:01.123456789Z stderr F "),
    "compose": traced("\x1b[36mweb-1  | \x1b[0m"),
    "pm2": traced("0|app  | "),
    "Vagrant": traced("==> default: "),
    "Terraform": before(
        'null_resource.x (local-exec): Executing: ["/bin/sh" "-c" "{}"]', prefix="null_resource.x (local-exec): "
    ),
    "pnpm": before("packages/a deps$ {}", prefix="│ "),
    "Yarn": before("yarn run v1.22.22", "$ {}"),
    "npm 6": behind("npm ERR! a@1.0.0 postinstall: `{}`", prefix="npm ERR! "),
    "npm 10": before("npm error command failed", "npm error command sh -c {}", prefix="npm error "),
    "just": before("\x1b[1m{}\x1b[0m"),
    "Task": before("\x1b[32mtask: [deps] {}", prefix="\x1b[0m"),
    "Fabric": before("[10.0.0.3] run: {}", prefix="[10.0.0.3] out: "),
    "Salt": before('     Comment: Command "{}" run', "              stderr:", prefix="                  "),
    "Puppet": behind("Error: '{}' returned 1 instead of one of [0]", prefix="Notice: /Main/Exec[deps]/returns: "),
    "Chef": before("    ---- Begin output of {} ----", "    STDOUT: ", prefix="    STDERR: "),
    "sh": before("  RAN: /usr/bin/{}", "", "  STDERR:"),
    "Node": before("Error: Command failed: {}"),
    "Go": before("main.go:12: running {}"),
    "Ninja": before("[1/2] Generating deps", "FAILED: deps ", "cd /x && {}"),
    "srun": lambda i, t: prefixed("3: ", [f"+ {i}", *t]),
    "zsh -x": before("+setup.sh:12> {}"),
    "PS4 with parentheses": before("+(setup.sh:12): {}"),
    "PS4 with a clock": before("+[07:40:01] [setup.sh:12] {}"),
    "PS4 of another kind": before("DEBUG 12: {}"),
    "prompt with a branch": before("➜  x git:(main) ✗ {}"),
    "PowerShell": before("PS /home/me> {}"),
    "two lines of prompt": before("┌──(me㉿host)-[~]", "└─$ {}"),
    "backspaces of a spinner": before("{}", "|\b/\b-\b\\\b done", prefix="|\b/\b-\b\\\b"),
    "progress with column 1": before("{}", prefix="⠙ working\x1b[2K\x1b[1G"),
    "erase to the end": lambda i, t: f"{i}\n" + "".join(f"{line}\x1b[K\r\n" for line in t),
    "a panel": lambda i, t: f"$ {i}\n" + "".join(f"│ {line:<250} │\n" for line in t),
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", WRAPPERS)
def test_wrappers(name: str, text: str) -> None:
    output = WRAPPERS[name](INSTALL[text], TEXTS[text])
    (error,) = refusals(f"start\n{output}end\n", "./build", 1)
    assert ((error.tool, error.form), error.packages) == (WANTED[text], ("six", "idna"))


def octal(line: str) -> str:
    def written(c: str) -> str:
        return c if " " <= c <= "~" and c not in '"\\' else "".join(f"\\{b:o}" for b in c.encode())

    return "\\n".join("".join(map(written, part)) for part in line.split("\n"))


RECORDS: dict[str, Callable[[list[str]], str]] = {
    "logfmt": lambda t: "".join(f"time=x level=info msg={json.dumps(line, ensure_ascii=False)}\n" for line in t),
    "message first": lambda t: "".join(json.dumps({"msg": line, "level": "info"}) + "\n" for line in t),
    "message last": lambda t: "".join(json.dumps({"level": "info", "msg": line}) + "\n" for line in t),
    "CRLF in records": lambda t: "".join(json.dumps({"log": line + "\r\n", "stream": "stdout"}) + "\n" for line in t),
    "strace": lambda t: "".join(f'[pid 7] write(2, "{octal(line)}\\n", 9) = 9\n' for line in t),
    "one write": lambda t: f'write(2, "{octal(chr(10).join(t))}\\n", 9) = 9\n',
    "completed process": lambda t: (
        f"CompletedProcess(args=[], returncode=1, stdout=b'', stderr={chr(10).join(t).encode()!r})\n"
    ),
    "JSON three times": lambda t: json.dumps([json.dumps([json.dumps({"stderr": "\n".join(t)})])]) + "\n",
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", RECORDS)
def test_records(name: str, text: str) -> None:
    (error,) = refusals(RECORDS[name](TEXTS[text]), "./build", 1)
    assert (error.tool, error.form) == ESCAPED[text]


FAILED = 'fatal: [localhost]: FAILED! => {"cmd": ["pip3", "install", "six"], "msg": '
DUMP = json.dumps("\n".join(PIP))
# One failure that is told more than once.
RESTATED = {
    "Ansible's error and result": prefixed("", PIP) + f"Origin: play.yml:5:7\n{FAILED}{DUMP}}}\n",
    "Ansible in YAML": prefixed("", PIP)
    + "fatal: [localhost]: FAILED! => \n    cmd:\n    - pip3\n    - install\n    - six\n    msg: |-\n"
    + prefixed("        ", PIP),
    "stderr and its lines": f'{FAILED}"x", "stderr": {DUMP}, "stderr_lines": {json.dumps(PIP)}}}\n',
    "the same indented": "FAILED! => "
    + json.dumps({"cmd": "pip3 install six", "stderr": "\n".join(PIP), "stderr_lines": PIP}, indent=4),
    "pip's log behind it": "+ pip3 install six\n"
    + prefixed("", PIP)
    + "2026-11-22T07:27:31,396 ERROR: <ExternallyManagedEnvironment: externally-managed-environment>\n",
    "a step that is drawn": "".join(" => => # " + line + "\n" for at in range(3, 9) for line in PIP[at - 3 : at])
    + "------\n > [3/4] RUN pip3 install six:\n"
    + counted("1.{i:03d} ", PIP)
    + "------\n",
    "a summary without its head": "#9 [3/4] RUN pip3 install six\n"
    + counted("#9 1.{i:03d} ", PIP)
    + "------\n > [3/4] RUN pip3 install six:\n"
    + counted("1.{i:03d} ", PIP[5:])
    + "------\n",
    "its end behind a noise": "+ pip3 install six\n" + prefixed("", PIP[:3]) + "-- other --\n" + prefixed("", PIP[7:]),
}


@pytest.mark.parametrize("name", RESTATED)
def test_a_failure_that_is_told_twice_is_one(name: str) -> None:
    (error,) = refusals(RESTATED[name], "./build", 1)
    assert error.packages == ("six",)


def test_failures_of_their_own_are_counted() -> None:
    item = 'failed: [localhost] (item=x) => {"cmd": ["pip3", "install", "six"], "msg": ' + DUMP + "}\n"
    assert len(refusals(item * 3, "ansible-playbook x.yml", 2)) == 3
    assert len(refusals(("+ pip install six\n" + prefixed("", PIP)) * 3, "bash -x retry.sh", 1)) == 3


# Shown by a program that nobody knows: the shape alone says that nothing happened.
SHOWN: dict[str, Callable[[list[str]], str]] = {
    "grep -n": lambda t: counted("{i}:", t),
    "grep -rn": lambda t: counted("docs/faq.md:{i}:", t),
    "grep -A": lambda t: f"docs/faq.md:8:{t[0]}\n" + counted("docs/faq.md-{i}-", t[1:]),
    "cat -n": lambda t: counted("{i:6}\t", t),
    "bat": lambda t: counted("{i:4} │ ", t),
    "bat, plain": lambda t: counted("{i:4}   ", t),
    "git blame": lambda t: counted("abc12345 (A 2026-01-01 10:00:00 +0000 {i:3}) ", t),
    "git diff": lambda t: "@@ -1,2 +3,14 @@ x\n" + prefixed(" ", t),
    "git log": lambda t: "commit 0123456789\nAuthor: x\n\n" + prefixed("    ", t),
    "a fence": lambda t: "If you see\n\n```\n" + prefixed("", t) + "```\n",
    "a fence with a prompt": lambda t: "```console\n$ pip install x\n" + prefixed("", t) + "```\n",
    "HTML": lambda t: "<pre>\n" + prefixed("", t) + "</pre>\n",
    "HTML on the line": lambda t: "<pre>" + prefixed("", t) + "</pre>\n",
    "quoted mail": lambda t: prefixed("> ", t),
    "comments": lambda t: prefixed("# ", t),
    "a docstring": lambda t: 'TEXT = """\n' + prefixed("", t) + '"""\n',
    "strings in a list": lambda t: (
        "X = [\n" + "".join(f"    {json.dumps(line, ensure_ascii=False)},\n" for line in t) + "]\n"
    ),
    "joined strings": lambda t: (
        "X = (\n" + "".join("    " + json.dumps(line + "\n", ensure_ascii=False) + "\n" for line in t) + ")\n"
    ),
    "an assignment": lambda t: f"    text = {chr(10).join(t)!r}\n",
    "an assignment found": lambda t: f"tests/a.py:3:    text = {chr(10).join(t)!r}\n",
    "a fixture found": lambda t: f'tests/a.json:3:  "stderr": {json.dumps(chr(10).join(t))}\n',
    "an assertion": lambda t: prefixed("E       ", t),
}


# Ansible prints lists of strings with escapes, too; strings that go on in others are followed in pip's text only.
UNDECIDED = {("strings in a list", "coloured"), ("joined strings", "uv")}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", SHOWN)
def test_shown_by_any_program(name: str, text: str) -> None:
    if (name, text) in UNDECIDED:
        text = "pip"
    for code in (0, 1):
        assert refusals(SHOWN[name](TEXTS[text]), "./show", code) == []


def test_an_example_in_what_did_not_fail() -> None:
    text = "You will get:\n\n" + prefixed("    ", ["$ pip install x", *PIP])
    assert refusals(text, "./faq", 0) == []
    assert (
        refusals("error: The interpreter at /usr is externally managed, and indicates the following:\n", "./faq", 1)
        == []
    )


PRINTS = [
    "bash -c 'cat README.md'",
    "python3 -c \"print(open('README.md').read())\"",
    "python3 -c 'import sys, pathlib; print(sys.stdin.read())' < README.md",
    'node -e \'console.log(require("fs").readFileSync("README.md", "utf8"))\'',
    "perl -ne 'print' README.md",
    "python3 -m json.tool x.json",
    "watch cat notes.md",
    "script -qc 'cat README.md' /dev/null",
    "ssh host cat /var/log/setup.log",
    "hg diff",
    "sqlite3 faq.db 'select text from faq'",
    "llm 'why does pip say externally-managed-environment'",
]
RUNS = [
    "python3 -c 'import subprocess; subprocess.run([\"./setup\"])'",
    "python3 -c 'import setup'",
    "perl -e 'system(\"./setup\")'",
    'node -e \'require("child_process").execSync("./x")\'',
    "bash -c './setup.sh'",
    "python3 setup.py",
    "source ./setup.sh",
    "curl -s https://example.org/x | bash",
    "watch make",
]


@pytest.mark.parametrize("command", PRINTS)
def test_commands_that_only_print(command: str) -> None:
    assert Typed(command).source(0).prints
    assert refusals("\n".join(PIP), command, 0) == []


@pytest.mark.parametrize("command", RUNS)
def test_commands_that_may_do_anything(command: str) -> None:
    assert not Typed(command).source(0).prints
    assert refusals("\n".join(PIP), command, 1)


VAGUE = {
    "xargs -t pip install < names": "pip install six idna",
    'install_all() { pip install "$@"; }; install_all $(cat names)': "+ pip install six idna",
}


@pytest.mark.parametrize("command", VAGUE)
def test_a_trace_names_what_the_line_leaves_open(command: str) -> None:
    (error,) = refusals(f"{VAGUE[command]}\n" + "\n".join(PIP), command, 1)
    assert error.packages == ("six", "idna")


def test_the_first_of_a_listing_is_the_one_that_failed() -> None:
    output = ".venv/bin/pip install -q wheel\npip3 install six\npip3 install idna\n" + "\n".join(PIP)
    (error,) = refusals(output, "make deps", 2)
    assert error.packages == ("six",)
