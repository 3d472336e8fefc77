"""What holds for the fixes of any Dockerfile."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pep668 import fixes
from pep668.analysis import Analysis, analyze
from pep668.model import Severity
from pep668.text import apply_edits

BASES = st.sampled_from(
    [
        "debian:12",
        "ubuntu:24.04 AS build",
        "alpine:3.20",
        "node:22",
        "python:3.12",
        "ubuntu:22.04",
        "$BASE",
        "build",
        "debian:13",
    ]
)
APT = "apt-get update && apt-get install -y python3-pip"
INSTALLS = st.sampled_from(
    [
        "pip3 install six",
        "pip install --no-cache-dir -r requirements.txt",
        "sudo -H pip3 install --user six",
        "python3 -m pip install --break-system-packages six",
        "/usr/bin/pip3 install 'requests>=2'",
        "uv pip install --system six httpie",
        "PIP_BREAK_SYSTEM_PACKAGES=1 pip3 install six",
        "pip3 install \\\n    six \\\n    # why\n    --user \\\n    rich",
        "bash -c 'pip3 install six'",
        "cd /app && pip3 install -e .",
    ]
)
INSTRUCTIONS = st.one_of(
    st.builds("RUN {}".format, INSTALLS),
    st.builds(f"RUN {APT} && {{}}".format, INSTALLS),
    st.builds(f"RUN {APT} \\\n && {{}} \\\n && {{}}".format, INSTALLS, INSTALLS),
    st.builds("RUN {} && \\\n    {}".format, INSTALLS, INSTALLS),
    st.builds("RUN set -e; {}; {}".format, INSTALLS, INSTALLS),
    st.builds("RUN <<EOF\n{}\n{}\nEOF".format, st.just(APT), INSTALLS),
    st.sampled_from(
        [
            'RUN ["pip3", "install", "six"]',
            'RUN ["pip3", "install", "--user", "six"]',
            f"RUN {APT} python3-numpy",
            "RUN apk add --no-cache python3 py3-pip && pip install six",
            "USER app",
            "USER root",
            "WORKDIR /app",
            "ENV PATH=/usr/bin:$PATH",
            "ENV UV_SYSTEM_PYTHON=1",
            "RUN uv pip install six",
            "RUN export PATH=/usr/bin:$PATH && pip3 install six",
            "ENV PIP_BREAK_SYSTEM_PACKAGES=1",
            "RUN python3 -m venv /opt/env",
            'CMD ["python3", "app.py"]',
            "CMD pip3 install six && python3 app.py",
        ]
    ),
)
STAGES = st.builds(lambda base, lines: "\n".join([f"FROM {base}", *lines]), BASES, st.lists(INSTRUCTIONS, max_size=5))
DOCKERFILES = st.builds(
    lambda stages, end, newline: ("\n".join(stages) + end).replace("\n", newline),
    st.lists(STAGES, min_size=1, max_size=2),
    st.sampled_from(["\n", ""]),
    st.sampled_from(["\n", "\n", "\r\n"]),
)


def analysis(text: str) -> Analysis:
    return analyze(text, "dockerfile", path="Dockerfile")


def errors(found: Analysis) -> int:
    return sum(f.severity is Severity.ERROR for f in found.findings)


@settings(max_examples=80, deadline=None)
@given(DOCKERFILES)
def test_every_fix_of_any_dockerfile(text: str) -> None:
    found = analysis(text)
    for finding in found.findings:
        for fix in fixes.propose(found.context, finding):
            if not fix.edits:
                continue
            fixed = apply_edits(text, fix.edits)
            after = analysis(fixed)
            before = sum(f.rule == finding.rule for f in found.findings)
            # An environment that is active from now on is what another install misses: EM001 becomes EM007 there.
            fewer = len(after.findings) < len(found.findings)
            assert sum(f.rule == finding.rule for f in after.findings) < before or fewer, (fix.id, fixed)
            assert errors(after) <= errors(found), (fix.id, fixed)
            assert text.endswith("\n") == fixed.endswith("\n")
            assert "\r\n" not in text or "\n" not in fixed.replace("\r\n", "")
            assert len(after.context.judged) >= len(found.context.judged) - (
                fix.id not in ("virtual-environment", "last-resort")
            )
