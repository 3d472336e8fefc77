"""Every recording, judged as `pep668 explain FILE --command CMD --exit-code N` judges it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.explain import Explanation, explain
from pep668.explain._typed import Typed
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


ALL = cases("positives", "negatives", "lookalikes", "undecided")
_SMALL = 1500  # bytes of a recording that is cut at every byte; that costs its square
_CUT = ["constructed-k8s-json", "uv-pip-install-system-tty40", "bookworm-pip-install-log"]


def fed(pieces: list[bytes]) -> list[ErrorReport]:
    recognizer = Recognizer()
    for piece in pieces:
        recognizer.feed(piece)
    return recognizer.finish()


def at_once(path: Path) -> bool:
    return path.with_suffix(".raw").stat().st_size <= _SMALL or path.stem in _CUT


@pytest.mark.parametrize("path", [p for p in ALL if at_once(p.values[0])])
def test_cutting_the_output_anywhere_gives_the_same_answer(path: Path) -> None:
    output = path.with_suffix(".raw").read_bytes()
    whole = recognize(output)
    for at in range(1, len(output)):
        assert fed([output[:at], output[at:]]) == whole, at


@pytest.mark.parametrize("path", ALL)
def test_any_pieces_give_the_same_answer(path: Path) -> None:
    output = path.with_suffix(".raw").read_bytes()
    whole = recognize(output)
    assert fed([output[at : at + 1] for at in range(len(output))]) == whole
    text = output.decode("utf-8", "replace")
    assert recognize(text) == whole
    # within characters, escape sequences and line ends
    inside = [m.start() + 1 for m in re.finditer(rb"[\xc2-\xf4]|\x1b|\r\n|\\\\", output)]
    assert fed([output[a:b] for a, b in pairwise([0, *inside, len(output)])]) == whole


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([p.values[0] for p in ALL]), st.lists(st.integers(0, 1 << 16), max_size=12), st.integers(1, 997))
def test_random_pieces_give_the_same_answer(path: Path, cuts: list[int], size: int) -> None:
    output = path.with_suffix(".raw").read_bytes()
    places = sorted({0, len(output), *(c % (len(output) + 1) for c in cuts)})
    whole = recognize(output)
    assert fed([output[a:b] for a, b in pairwise(places)]) == whole
    assert fed([output[a : a + size] for a in range(0, len(output), size)]) == whole


@pytest.mark.parametrize("path", cases("positives", "negatives", "lookalikes"))
def test_the_command_decides_the_same_in_pieces(path: Path) -> None:
    """`explain` reads all at once; its recognizer, fed as a terminal feeds it, sees the same."""
    about = json.loads(path.read_text(encoding="utf-8"))
    output = path.with_suffix(".raw").read_bytes()
    text = output.decode("utf-8", "replace")
    source = Typed(about["command"] or "").source(about["exit_code"])
    whole = explain(text, command=about["command"] or "", exit_code=about["exit_code"]).errors
    for size in (1, 7, 64, 4096):
        recognizer = Recognizer(source)
        for at in range(0, len(output), size):
            recognizer.feed(output[at : at + size])
        assert [(e.kind, e.form, e.span) for e in recognizer.finish()] == [(e.kind, e.form, e.span) for e in whole]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_powershell_wrote(encoding: str) -> None:
    text = (RECORDINGS / "positives" / "bookworm-pip-install-q.raw").read_text(encoding="utf-8")
    output = ("" if encoding == "utf-16" else "\ufeff").encode(encoding) + text.encode(encoding)
    (whole,) = recognize(output)
    assert whole.form == "pip-unicode"
    assert fed([output[at : at + 1] for at in range(len(output))]) == [whole]
