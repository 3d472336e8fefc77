"""Every recording, judged as `pep668 explain FILE --command CMD --exit-code N` judges it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pep668.explain import Explanation, explain
from pep668.languages._recognizer import Recognizer, recognize
from pep668.model import ErrorReport
from pep668.render.explanation import as_json

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"


def cases(*kinds: str) -> list[Any]:
    return [
        pytest.param(path, id=f"{path.parent.name}/{path.stem}")
        for kind in kinds
        for path in sorted((RECORDINGS / kind).glob("*.json"))
    ]


def judged(path: Path) -> tuple[list[ErrorReport], dict[str, Any], str]:
    about = json.loads(path.read_text(encoding="utf-8"))
    output = path.with_suffix(".raw").read_bytes().decode("utf-8", "replace")
    found = explain(output, command=about["command"] or "", exit_code=about["exit_code"])
    return list(found.errors), about["expected"], output


@pytest.mark.parametrize("path", cases("positives"))
def test_a_refusal_is_recognized(path: Path) -> None:
    errors, expected, output = judged(path)
    (error,) = [e for e in errors if e.kind == "externally-managed"]
    assert (error.tool, error.operation, error.form, error.prefix) == (
        expected["tool"],
        expected["operation"],
        expected["form"],
        expected["prefix_stated"],
    )
    if expected["packages_scored"]:
        assert list(error.packages) == expected["packages_requested"]
    if expected.get("python_version_stated"):
        assert f"python{error.python_version}" == expected["python_version_stated"]
    about = json.loads(path.read_text(encoding="utf-8"))
    (line,) = [e["line"] for e in as_json(Explanation(tuple(errors), None, ""), output)["errors"]]
    assert line in (about["analysis"]["pep668_anchor_lines"] or [1])
    text = output[error.span.start : error.span.end]
    assert text.startswith(("error", "ERROR: ")), text[:60]


@pytest.mark.parametrize("path", cases("negatives", "lookalikes"))
def test_nothing_else_is_a_refusal(path: Path) -> None:
    errors, _, _ = judged(path)
    assert [e for e in errors if e.kind == "externally-managed"] == []


FAILURES = {
    "apt-not-root": ("not-root", ""),
    "apt-unable-to-locate-tty80": ("package-not-found", "python3-nosuchpackage"),
    "bash-source-venv_bin_activatecsh": ("wrong-shell", "activate"),
    "fish-source-venv_bin_activate": ("wrong-shell", "activate.fish"),
    "no-pip-module": ("pip-missing", "/usr/bin/python3"),
    "no-venv-without-pip": ("pip-missing", "/home/dev/.venv2/bin/python"),
    "nopython-sh": ("command-not-found", "pip"),
    "pipx-install-library": ("not-an-application", "six"),
    "pipx-install-path-note": ("not-on-path", "/home/dev/.local/bin"),
    "uv-tool-install": ("not-on-path", "/home/dev/.local/bin"),
    "uv-venv-then-pip-missing": ("pip-missing", "/tmp/uvenv/bin/python"),
}


@pytest.mark.parametrize("path", cases("negatives"))
def test_failures_on_the_road(path: Path) -> None:
    errors, _, _ = judged(path)
    stem = path.stem
    name = next((n for n in FAILURES if stem in (n, f"{n}-path-note") or stem.partition("-")[2] == n), "")
    if name:
        assert [(e.kind, e.detail) for e in errors] == [FAILURES[name]]
    elif "ensurepip" in stem or "then-activate" in stem:
        version = {"bookworm": "3.11", "trixie": "3.13", "sid": "3.14"}[stem.partition("-")[0]]
        assert (errors[0].kind, errors[0].detail, errors[0].python_version) == (
            "ensurepip-missing",
            f"python{version}-venv",
            version,
        )
    elif "novenv" in stem and stem.startswith("uv"):
        assert [(e.kind, e.tool) for e in errors] == [("environment-missing", "uv")]
    elif "interactive" in stem:
        assert [e.detail for e in errors] == ["python", "python3", "pip", "pip3", "python3"]
    else:
        assert errors == []


SPLIT = ["uv-pip-install-system-tty40", "constructed-k8s-json", "marker-oneline-tty80", "sid-pip-install-log"]


@pytest.mark.parametrize("stem", SPLIT)
def test_cutting_the_output_anywhere_gives_the_same_answer(stem: str) -> None:
    output = (RECORDINGS / "positives" / f"{stem}.raw").read_bytes()
    whole = recognize(output)
    assert whole
    for at in range(1, len(output)):
        recognizer = Recognizer()
        recognizer.feed(output[:at])
        recognizer.feed(output[at:])
        assert recognizer.finish() == whole, at


@pytest.mark.parametrize("path", cases("positives", "negatives", "lookalikes", "undecided"))
def test_byte_by_byte_gives_the_same_answer(path: Path) -> None:
    output = path.with_suffix(".raw").read_bytes()
    recognizer = Recognizer()
    for at in range(len(output)):
        recognizer.feed(output[at : at + 1])
    assert recognizer.finish() == recognize(output)
