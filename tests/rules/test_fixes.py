"""What holds for the fixes of any script: no more errors, an end, and text that the shell still reads."""

from __future__ import annotations

import itertools
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machines import DEBIAN_12, DEBIAN_12_WITH_UV
from pep668 import fixes
from pep668.analysis import Analysis, analyze
from pep668.fixing import kind
from pep668.model import Machine, Severity
from pep668.settings import Settings
from pep668.text import apply_edits

PREFIXES = st.sampled_from(
    ["", "", "sudo ", "sudo -H ", "sudo -E ", "env A=1 ", "PIP_BREAK_SYSTEM_PACKAGES=1 ", "time "]
)
PROGRAMS = st.sampled_from(
    ["pip3 install", "pip install", "python3 -m pip install", "/usr/bin/pip3 install", "uv pip install --system"]
)
OPTIONS = st.lists(
    st.sampled_from(["--user", "--break-system-packages", "-U", "--no-cache-dir", "\\\n  --user", "-q"]), max_size=3
)
REQUESTS = st.lists(
    st.sampled_from(
        ["six", "'requests>=2'", "httpie", "yt-dlp", "-r requirements.txt", "-e .", '"$PKG"', "\\\n    rich"]
    ),
    min_size=1,
    max_size=3,
)
INSTALLS = st.builds(
    lambda prefix, program, options, requests, redirect: (
        f"{prefix}{program} {' '.join([*options, *requests])}{redirect}"
    ),
    PREFIXES,
    PROGRAMS,
    OPTIONS,
    REQUESTS,
    st.sampled_from(["", "", " > log", "  # why"]),
)
PLAIN = INSTALLS.filter(lambda line: "#" not in line)
SHAPES = st.sampled_from(
    [
        "{0}",
        "{1} && {2}",
        "{1} || {2}",
        "cd app && {1}",
        "if {1}; then\n  {0}\nfi",
        "if true; then {1}; else {2}; fi",
        "for p in a b; do\n\t{0}\ndone",
        "({1}; {2})",
        "setup() {{\n    {0}\n}}",
        "x=$({1})",
        "yes | {1}",
        "case $1 in a) {1} ;; esac",
        'bash -c "echo; pip3 install six"',
        "{1} &",
        "sudo apt-get install -y python3-pip && {1}",
        "python3 -m venv venv",
    ]
)
LINES = st.builds(lambda shape, a, b, c: shape.format(a, b, c), SHAPES, INSTALLS, PLAIN, PLAIN)
SCRIPTS = st.builds(
    lambda lines, end: "\n".join(lines) + end, st.lists(LINES, min_size=1, max_size=4), st.sampled_from(["\n", ""])
)
BASH = shutil.which("bash") or ""


def analysis(text: str, machine: Machine | None = DEBIAN_12, chosen: Settings | None = None) -> Analysis:
    return analyze(text, "shell", chosen or Settings(), machine, "setup.sh")


def accepted(text: str) -> bool:
    return subprocess.run([BASH, "-n"], input=text, text=True, capture_output=True, check=False).returncode == 0


def errors(found: Analysis) -> int:
    return sum(f.severity is Severity.ERROR for f in found.findings)


@settings(max_examples=60, deadline=None)
@given(SCRIPTS, st.sampled_from([DEBIAN_12, DEBIAN_12_WITH_UV, None]))
def test_every_fix_of_any_script(text: str, machine: Machine | None) -> None:
    found = analysis(text, machine)
    readable = accepted(text)
    for finding in found.findings:
        for fix in fixes.propose(found.context, finding):
            if not fix.edits:
                continue
            fixed = apply_edits(text, fix.edits)
            after = analysis(fixed, machine)
            before = sum(kind(f) == kind(finding) for f in found.findings)
            assert sum(kind(f) == kind(finding) for f in after.findings) < before, (fix.id, fixed)
            assert errors(after) <= errors(found), (fix.id, fixed)
            assert not readable or accepted(fixed), (fix.id, fixed)


@settings(max_examples=40, deadline=None)
@given(SCRIPTS)
def test_the_environment_is_made_once_in_a_row(text: str) -> None:
    for _ in range(30):
        found = analysis(text)
        fix = next(
            (
                fix
                for finding in found.findings
                for fix in fixes.propose(found.context, finding)
                if fix.id == "virtual-environment" and fix.edits
            ),
            None,
        )
        if fix is None:
            break
        text = apply_edits(text, fix.edits)
    else:
        pytest.fail(f"no end:\n{text}")
    lines = [line.strip() for line in text.splitlines()]
    assert not any(a == b and a.startswith("test -x") for a, b in itertools.pairwise(lines)), text


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=60, deadline=None)
def test_hostile_text_never_raises(noise: str) -> None:
    text = f"{noise}\npip3 install {noise} six\nsudo pip3 install '{noise}' httpie\n"
    found = analysis(text)
    for finding in found.findings:
        for fix in fixes.propose(found.context, finding):
            apply_edits(text, fix.edits)


@pytest.mark.parametrize(
    ("text", "chosen", "expected"),
    [
        ("sudo pip3 install six\n", Settings(), ["EM002"]),
        ("sudo pip3 install six\n", Settings(ignore=("EM002",)), ["EM001"]),
        ("pip3 install --user six\n", Settings(), ["EM006"]),
        ("pip3 install --user six\n", Settings(ignore=("EM006",)), ["EM001"]),
        ("sudo pip3 install --user six\n", Settings(), ["EM006"]),
        ("sudo pip3 install --user six\n", Settings(select=("EM002",)), ["EM002"]),
        ("sudo -u app pip3 install six\n", Settings(), ["EM001"]),
        ("sudo pip3 install --break-system-packages six\n", Settings(), ["EM003"]),
        ("PIP_BREAK_SYSTEM_PACKAGES=0 pip3 install six\n", Settings(), ["EM001"]),
        ("sudo -E pip3 install six\n", Settings(), ["EM002"]),
        ("sudo docker run debian:12 pip3 install six\n", Settings(), ["EM001"]),
        ("sudo ssh host sudo pip3 install six\n", Settings(), ["EM002"]),
        ("python3 -m venv .venv && sudo .venv/bin/pip install httpie\n", Settings(), []),
    ],
)
def test_one_finding_a_cause(text: str, chosen: Settings, expected: list[str]) -> None:
    assert [f.rule for f in analysis(text, DEBIAN_12, chosen).findings] == expected


def test_severity_can_be_chosen() -> None:
    found = analyze("pip3 install six\n", "shell", Settings(severity={"EM001": Severity.WARNING}), DEBIAN_12)
    assert [f.severity for f in found.findings] == [Severity.WARNING]


def test_every_finding_has_a_way_out() -> None:
    found = analysis("sudo pip3 install six\npip3 install --user 'six>=1'\n")
    for finding in found.findings:
        proposed = fixes.propose(found.context, finding)
        assert proposed[0].preferred
        assert "ast resort" in proposed[-1].title
        assert not proposed[-1].preferred


@pytest.mark.parametrize(
    ("path", "folder", "requirements"),
    [
        ("requirements.txt", "file:///home/me/project", ["requirements.txt"]),
        ("/home/me/project/requirements/dev.txt", "file:///home/me/project", ["requirements/dev.txt"]),
        ("/srv/other/my requirements.txt", "file:///srv/other", ["my requirements.txt"]),
    ],
)
def test_requirements_are_installed_into_the_folder_that_is_open(
    path: str, folder: str, requirements: list[str]
) -> None:
    found = analyze("six==1.17.0\nrich>=13\n", "requirements", Settings(), DEBIAN_12, path)
    [fix] = fixes.propose(found.context, found.findings[0])
    assert fix.steps[0].arguments == {"folder": folder, "directory": ".venv", "requirements": requirements}
