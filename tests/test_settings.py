"""Path patterns, ignores by file and the codes that settings name."""

from __future__ import annotations

import pytest

from pep668.patterns import matches
from pep668.rules import usable
from pep668.settings import SettingsError, from_mapping


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("tests/**", ["tests/a.sh", "tests/a/b.sh"], ["tests", "src/tests/a.sh", "tests2/a.sh"]),
        ("tests/", ["tests/a.sh", "src/tests/a.sh"], ["tests.sh"]),
        ("docs/*.md", ["docs/a.md"], ["docs/a/b.md", "a.md", "x/docs/a.md"]),
        ("**/docs/*.md", ["docs/a.md", "x/y/docs/a.md"], ["docs/a/b.md"]),
        ("a/**/b.sh", ["a/b.sh", "a/x/y/b.sh"], ["b.sh", "xa/b.sh"]),
        ("*.md", ["a.md", "x/a.md", "x.md/a.sh"], ["a.mdx"]),
        ("/*.md", ["a.md"], ["x/a.md"]),
        ("build", ["build", "build/a.sh", "x/build/a.sh"], ["builds/a.sh"]),
        ("a?.[ch]", ["ab.c", "ax.h"], ["a.c", "ab.d"]),
        ("[!a].sh", ["b.sh"], ["a.sh"]),
        ("[z-a].sh", ["[z-a].sh"], ["z.sh"]),
        ("a.b", ["a.b"], ["axb"]),
    ],
)
def test_patterns_are_those_of_gitignore(pattern: str, matching: list[str], others: list[str]) -> None:
    assert [path for path in matching if not matches(pattern, path)] == []
    assert [path for path in others if matches(pattern, path)] == []


def test_ignores_by_file_add_up() -> None:
    ignores = {"tests/**": ["EM001"], "*.md": ["em006", "EM02"]}
    settings = from_mapping({"ignore": ["EM005"], "per-file-ignores": ignores})
    assert settings.for_file("src/a.sh").ignore == ("EM005",)
    assert settings.for_file("tests/a.md").ignore == ("EM005", "EM001", "EM006", "EM02")


@pytest.mark.parametrize("value", [["EM001"], {"a": "EM001"}, {"a": [1]}, "a"])
def test_ignores_by_file_are_lists_by_pattern(value: object) -> None:
    with pytest.raises(SettingsError, match="'per-file-ignores' must be a table of path patterns"):
        from_mapping({"per-file-ignores": value})


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"select": ["EM001", "EM999"]}, "EM999"),
        ({"ignore": [""]}, "''"),
        ({"per-file-ignores": {"a": ["E9"]}}, "E9"),
        ({"severity": {"EM00": "error"}}, "EM00"),
    ],
)
def test_settings_name_rules_that_there_are(values: dict[str, object], code: str) -> None:
    settings = from_mapping(values)
    with pytest.raises(SettingsError, match=f"x.toml: '{next(iter(values))}': there is no rule {code};"):
        usable(settings, "x.toml")


def test_beginnings_of_codes_and_small_letters_count() -> None:
    settings = usable(from_mapping({"select": ["em"], "ignore": ["EM02"], "severity": {"em001": "hint"}}), "x")
    assert settings.selects("EM001")
    assert not settings.selects("EM021")
    assert "EM001" in settings.severity
