"""Generated pages are what the code says, and the rest names what exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pep668 import rules

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ("What it does", "Why is this bad?", "Example", "Use instead", "When to ignore it")


@pytest.mark.parametrize("script", ["generate_docs.py", "index_languages.py"])
def test_generated_files_are_up_to_date(script: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("loaded", rules.all_rules(), ids=lambda loaded: loaded.rule.code)
def test_each_rule_is_documented_under_the_fixed_headings(loaded: rules.LoadedRule) -> None:
    found = re.findall(r"^## (.+)$", loaded.documentation, re.MULTILINE)
    assert [h for h in HEADINGS if h not in found] == []


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
