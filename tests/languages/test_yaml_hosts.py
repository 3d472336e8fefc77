"""Hosts that are YAML: what is left of a file that is cut off or broken, and what holds them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668 import languages
from pep668.analysis import analyze
from pep668.text import LineTable

CASES = Path(__file__).parents[1] / "cases"
FILES = ("compose", "kubernetes", "cloud_init", "yaml")
FENCE = re.compile(r"^```yaml path=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXTS = [(m[1], m[2]) for name in FILES for m in FENCE.finditer((CASES / f"{name}.md").read_text(encoding="utf-8"))]
LANGUAGES = (
    "compose",
    "kubernetes",
    "conda-recipe",
    "cloud-init",
    "codebuild",
    "cloudbuild",
    "readthedocs",
    "pre-commit",
    "yaml",
)


def commands(language: str, text: str) -> list[tuple[int, int, str]]:
    """Start, end of the host's unit, and program of each install command."""
    out = []
    for found in analyze(text, language).context.judged:
        command = found.install.command
        start = command.outer(command.span).start
        unit = command.region.anchor
        out.append((start, unit.end if unit else start, found.install.tool))
    return sorted(out)


@pytest.mark.parametrize(("path", "text"), TEXTS, ids=range(len(TEXTS)))
def test_cut_off_anywhere(path: str, text: str) -> None:
    language = languages.detect(path, text) or ""
    whole = commands(language, text)
    lines = LineTable(text)
    for cut in range(len(text)):
        kept = commands(language, text[:cut])
        # What stands complete in a unit that ended on an earlier line.
        line = lines.starts[lines.line_of(cut)]
        places = {start for start, _, _ in kept}
        assert {start for start, end, _ in whole if end < line} <= places


@pytest.mark.parametrize(("path", "text"), TEXTS, ids=range(len(TEXTS)))
def test_one_line_taken_out(path: str, text: str) -> None:
    language = languages.detect(path, text) or ""
    lines = text.splitlines(keepends=True)
    for at in range(len(lines)):
        commands(language, "".join(lines[:at] + lines[at + 1 :]))
        commands(language, "".join([*lines[:at], " " + lines[at], *lines[at + 1 :]]))


_PIECES = st.sampled_from(
    [
        *(
            "services:\n",
            "  a:\n",
            "    image: debian:12\n",
            "    command: ",
            "pip install x",
            "\n",
            "- ",
            "[",
            "]",
            '"',
        ),
        *("apiVersion: v1\nkind: Pod\n", "containers:\n", "steps:\n", "script: |\n", "  ", "#!/bin/sh\n", "args:", "{"),
        *("#cloud-config\n", "runcmd:\n", "write_files:\n", "path: /x.sh\n", "content: |\n", "&a ", "*a", "<<: *a\n"),
        *(
            "phases:\n",
            "commands:\n",
            "build:\n",
            "jobs:\n",
            "name: x\n",
            "entrypoint: sh\n",
            "$$",
            "{{ x }}",
            "$(params.x)",
        ),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join), st.sampled_from(LANGUAGES))
def test_any_text_is_read(text: str, language: str) -> None:
    for start, end, _ in commands(language, text):
        assert 0 <= start <= len(text)
        assert end <= len(text)


HELD = {
    "compose": ("services:\n  a:\n    image: debian:12\n    command: pip3 install x\n", "refused"),
    "kubernetes": (
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: debian:12\n      args: [pip3, install, x]\n",
        "refused",
    ),
    "nothing else": ("script:\n  - pip3 install x\n", "depends"),
}


@pytest.mark.parametrize(("text", "verdict"), HELD.values(), ids=HELD)
def test_in_a_fence(text: str, verdict: str) -> None:
    document = f"# Use\n\nThis:\n\n```yaml\n{text}```\n"
    found = analyze(document, "markdown", path="README.md").context.judged
    assert [f.environment.verdict.value for f in found] == [verdict]
    span = found[0].install.command.outer(found[0].install.command.span)
    assert document[span.start : span.end].startswith("pip3")


def test_the_fallback_is_asked_last() -> None:
    assert languages.all_languages()[-1].id == "yaml"
    assert languages.detect("values.yml", "a: b\n") is None
    assert languages.detect("memo.txt", "Some notes.\n\nrun: pip install x\n") is None
    assert languages.detect("any.yml", "run: pip install x\n") == "yaml"


def test_aliases_of_aliases_come_to_an_end() -> None:
    laughs = "\n".join(f"a{i}: &a{i}\n" + f"  - *a{i - 1}\n" * 9 for i in range(1, 30))
    text = f"apiVersion: v1\nkind: Pod\ncontainers: &a0\n  - image: debian:12\n    args: [pip3, install, x]\n{laughs}"
    for language in LANGUAGES:
        assert len(commands(language, text)) <= 1
