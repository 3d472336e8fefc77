"""GitHub Actions and Azure Pipelines: expressions, matrices and templates against oracles; tolerance."""

from __future__ import annotations

import itertools
import json
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pep668 import languages, shell
from pep668.analysis import analyze
from pep668.data._files import load_json
from pep668.languages import _actions, _conditions, _expressions, _github_matrix, _step_shells, github_actions
from pep668.languages._conditions import UNKNOWN
from pep668.model import Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping
from pep668.text import SourceMap, Span

# --- expressions ---

KNOWN = {"a": True, "b": False, "s": "Text", "t": "text", "e": "", "n": "3"}


def lookup(path: Any) -> Any:
    return KNOWN.get(path[-1], UNKNOWN) if path[0] == "matrix" else UNKNOWN


def truthy(value: Any) -> bool:
    return value not in ("", None, False, 0)


def same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    first, second = number(left), number(right)
    return first is not None and first == second


def number(value: Any) -> float | None:
    try:
        return float(value or 0)
    except ValueError:
        return None


# An expression as written, and what it is by GitHub's rules.
expressions = st.recursive(
    st.sampled_from(
        [*((f"matrix.{k}", v) for k, v in KNOWN.items()), ("'Text'", "Text"), ("'it''s'", "it's"), ("3", 3.0)]
    ),
    lambda inner: st.one_of(
        inner.map(lambda x: (f"!({x[0]})", not truthy(x[1]))),
        inner.map(lambda x: (f"( {x[0]} )", x[1])),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} && {p[1][0]})", p[1][1] if truthy(p[0][1]) else p[0][1])),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]}||{p[1][0]})", p[0][1] if truthy(p[0][1]) else p[1][1])),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} == {p[1][0]})", same(p[0][1], p[1][1]))),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} != {p[1][0]})", not same(p[0][1], p[1][1]))),
    ),
    max_leaves=6,
)


@given(expressions)
def test_a_known_expression_has_one_value(made: tuple[str, Any]) -> None:
    text, value = made
    assert _conditions.values(text, lookup) == [value]
    assert _conditions.truth("${{ " + text + " }}", lookup) is truthy(value)


@given(expressions, st.booleans())
def test_an_unknown_part_leaves_both_outcomes_or_decides_nothing(made: tuple[str, Any], first: bool) -> None:
    text, value = made
    parts = (text, "github.x") if first else ("github.x", text)
    assert _conditions.truth(" && ".join(parts), lookup) is (None if truthy(value) else False)
    assert _conditions.truth(" || ".join(parts), lookup) is (True if truthy(value) else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("startsWith(matrix.s, 'te')", [True]),
        ("contains('Some text', matrix.t)", [True]),
        ('contains(fromJSON(\'["x", "text"]\'), matrix.s)', [True]),
        ("endsWith(github.ref, 'x')", [True, False]),
        ("format('{0}-{1}', matrix.s, matrix.n)", ["Text-3"]),
        ("github.event_name == 'push' && 'one' || 'two'", ["two", "one"]),
        ("and(succeeded(), eq(variables['x'], 'y'))", [True, False]),
        ("and(eq(1, 2), eq(variables.x, 'y'))", [False]),
        ("or(always(), unknown())", [True]),
        ("in('b', 'a', 'B')", [True]),
        ("always()", [True]),
        ("a b", [UNKNOWN]),
        ("(", [UNKNOWN]),
        ("'open", [UNKNOWN]),
        ("fromJSON('{')", [UNKNOWN]),
        ("startsWith('x')", [UNKNOWN]),
        ("(" * 5000, [UNKNOWN]),
        ("!" * 1500 + "a", [UNKNOWN]),
    ],
)
def test_functions_and_what_cannot_be_read(text: str, expected: list[Any]) -> None:
    assert sorted(_conditions.values(text, lookup), key=str) == sorted(expected, key=str)


@given(st.text(alphabet="ab.'()!&|=, 0[]*", max_size=60))
def test_any_text_is_some_expression(text: str) -> None:
    assert _conditions.values(text, lookup)


# --- templates ---

PIECES = ["pip", " ", "install", "'", '"', "${{ matrix.x }}", "${{ env.Y || 'a }} b' }}", "$(a.b)", "${{", "}}", "x-"]
pieces = st.lists(st.sampled_from([*PIECES, "\n", "# it's\n", "\\", "$(echo pip)"]), max_size=14).map("".join)


@given(pieces, st.booleans())
def test_the_map_of_a_text_with_templates_is_exact(text: str, macros: bool) -> None:
    made, mapped = _expressions.opaque(macros)((text, SourceMap.identity(len(text))))
    written = iter(_expressions.templates(text, macros))
    for segment in mapped.segments:
        inner, outer = made[segment.inner.start : segment.inner.end], text[segment.outer.start : segment.outer.end]
        if segment.verbatim:
            assert inner == outer
        else:
            assert segment.outer == next(written).span
            assert "${" in inner
    assert next(written, None) is None


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("template", ["${{ matrix.x }}", "${{ format('{0} \"', a) }}", "${{ a || 'b }} c' }}"])
def test_a_template_is_one_unknown_part_of_one_word(quote: str, template: str) -> None:
    text = f"pip install a {quote}b{template}c{quote} 'd'"
    made, _ = _expressions.opaque()((text, SourceMap.identity(len(text))))
    (command,) = shell.parse(Region.document("shell", made))
    assert [w.value for w in command.words] == ["pip", "install", "a", None, "d"]
    first, _, last = command.words[3].parts
    assert (first, last) == ("b", "c")


@pytest.mark.parametrize("garbage", ["${{", "${{'", "'${{ a }}", "${{ '", "$(", "${{ a }} # '", "${{ $(a) "])
def test_templates_are_found_in_linear_time(garbage: str) -> None:
    calls = [len([*_expressions.templates(garbage * n, True)]) for n in (10, 20_000)]
    assert calls[1] in (0, 20_000, calls[0] * 2000)


# --- matrices ---


def combinations(text: str) -> tuple[list[dict[str, Any]], bool]:
    tree = yaml.parse(text)
    assert isinstance(tree, Mapping)
    found = _github_matrix.read(tree)
    return [dict(c) for c in found.combinations], found.known


def test_include_as_the_documentation_works_it_out() -> None:
    found, known = combinations(
        """
matrix:
  fruit: [apple, pear]
  animal: [cat, dog]
  include:
    - color: green
    - color: pink
      animal: cat
    - fruit: apple
      shape: circle
    - fruit: banana
    - fruit: banana
      animal: cat
"""
    )
    assert known
    assert found == [
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]


axes = st.dictionaries(st.sampled_from("xyz"), st.lists(st.sampled_from("123"), min_size=1, unique=True), min_size=1)


@given(axes, st.lists(st.dictionaries(st.sampled_from("xyz"), st.sampled_from("123"), min_size=1), max_size=3))
def test_exclude_takes_away_what_matches(wanted: dict[str, list[str]], excluded: list[dict[str, str]]) -> None:
    found, known = combinations(json.dumps({"matrix": {**wanted, "exclude": excluded}}))
    every = [dict(zip(wanted, v, strict=True)) for v in itertools.product(*wanted.values())]
    left = [c for c in every if not any(all(c.get(k) == v for k, v in row.items()) for row in excluded)]
    assert known
    assert found == (left or every[:1])


def test_a_matrix_of_an_expression_is_not_known() -> None:
    assert combinations("matrix: ${{ fromJSON(needs.a.outputs.m) }}") == ([{}], False)
    assert combinations("matrix: {os: '${{ fromJSON(inputs.os) }}'}") == ([{"os": UNKNOWN}], False)
    assert combinations("matrix: {os: '${{ fromJSON(''[\"a\", \"b\"]'') }}'}") == ([{"os": "a"}, {"os": "b"}], True)
    rows = ", ".join(f"k{i}: [1, 2, 3, 4, 5, 6, 7, 8]" for i in range(9))
    assert combinations("matrix: {" + rows + "}") == ([{}], False)


def test_a_matrix_keeps_lists_and_mappings() -> None:
    found, _ = combinations("matrix: {os: [[self-hosted, linux], ubuntu-latest], x: [{a: 1, b: true}]}")
    assert found == [
        {"os": ("self-hosted", "linux"), "x": {"a": "1", "b": True}},
        {"os": "ubuntu-latest"} | {"x": found[1]["x"]},
    ]


# --- places ---


def test_evidence_and_systems_are_those_of_the_outer_document() -> None:
    inner = WORKFLOW.format(broken="      - uses: actions/setup-python@v5\n        env: {A: b}")
    outer = Region.document("markdown", "# Title\n" + inner)
    made = outer.inside("github-actions", (inner, SourceMap.identity(len(inner), len("# Title\n"))))
    regions = [r for r in github_actions.extract(made) if isinstance(r, Region)]
    assert len(regions) == 4
    for region in regions:
        for fact in region.facts:
            assert fact.evidence.span is not None
            shown = outer.text[fact.evidence.span.start : fact.evidence.span.end]
            assert fact.kind == "shell" or shown.split()[0].strip(":") in fact.evidence.text, fact
        assert region.anchor is not None
        assert outer.text[region.anchor.start : region.anchor.end].lstrip("{").startswith(("name:", "run:"))
    assert len({r.place.process for r in regions}) == 4
    assert len({r.place.system for r in regions}) == 2
    document = [r for r in github_actions.extract(Region.document("github-actions", inner)) if isinstance(r, Region)]
    assert not {r.place.system for r in regions} & {r.place.system for r in document}


# --- the tables ---


def test_every_action_of_the_table_can_be_found_and_says_where_it_is_known_from() -> None:
    table = load_json("actions.json")
    for name, row in table["actions"].items():
        assert name == name.lower()
        assert row["source"], name
        assert _actions.row(name.replace("*", "x") + "@v1") == row, name
        for command in row.get("commands", ()):
            assert command["input"]
            assert command.get("place", "") in ("", "image", "elsewhere"), name
            assert command.get("place") != "elsewhere" or row["elsewhere"], name
    assert not any(fnmatchcase("actions/checkout", p) for p in table["actions"])


@pytest.mark.parametrize(
    ("written", "language", "program", "login"),
    [
        ("bash", "shell", "bash", False),
        ("bash -el {0}", "shell", "bash", True),
        ("bash --login -eo pipefail {0}", "shell", "bash", True),
        ("bash --noprofile --norc -eo pipefail {0}", "shell", "bash", False),
        ("/usr/bin/env zsh {0}", "shell", "zsh", False),
        ("'C:\\Program Files\\Git\\bin\\bash.exe' -l {0}", "shell", "bash", True),
        ("pwsh", "powershell", "pwsh", False),
        ('cmd /D /E:ON /V:OFF /S /C "CALL "{0}""', "cmd", "cmd", False),
        ("python", "python", "python", False),
        ("uv run python {0}", "python", "python", False),
        ("nix develop -c bash -e {0}", "shell", "bash", False),
        ("perl {0}", "", "", False),
        ("Rscript {0}", "", "", False),
    ],
)
def test_shells(written: str, language: str, program: str, login: bool) -> None:
    found = _step_shells.shell(written)
    assert (found.language, found.program, found.login) == (language, program, login)


# --- tolerance ---

WORKFLOW = """\
name: x
on: {{push: {{branches: [main]}}}}
jobs:
  a:
    runs-on: macos-latest
    strategy: {{matrix: {{x: [1, 2]}}}}
    steps:
      - uses: actions/checkout@v4
      - name: One
        run: |
          pip3 install one
{broken}
      - name: Two
        run: pip3 install two ${{{{ matrix.x }}}}
      - {{run: "pip3 install three"}}
  b:
    runs-on: ubuntu-latest
    steps:
      - run: pip3 install four
"""
PIPELINE = """\
trigger: [main]
pool: {{vmImage: macos-latest}}
jobs:
- job: a
  steps:
  - script: |
      pip3 install one
{broken}
  - bash: pip3 install two $(x)
  - task: Bash@3
    inputs: {{targetType: inline, script: "pip3 install three"}}
- job: b
  steps:
  - pwsh: pip3 install four
"""


def installed(text: str, path: str) -> set[str]:
    language = languages.detect(path, text)
    found = analyze(text, language or "").context.judged
    return {
        next(r.name for r in j.install.requests if r.name) for j in found if any(r.name for r in j.install.requests)
    }


@pytest.mark.parametrize(
    "broken",
    [
        '      - name: "never closed',
        "      - name: 'never closed",
        "      - run: [a, b",
        "      - {run: x",
        "      run without a colon",
        "     - run: x",
        "       - run: x",
        "      -run: x",
        "      - run: |\n    dedented too far",
        "      - *nowhere",
        "      - ? : : -",
        "\t- run: x",
        "      - name: a: b: c",
        "      - run: ${{ matrix.x",
        "      - if: ${{ ( }}\n        run: true",
        "      - uses:\n        with:",
        "      - with: {a",
    ],
)
def test_what_is_broken_in_one_step_costs_no_other(broken: str) -> None:
    everything = {"one", "two", "three", "four"}
    assert installed(WORKFLOW.format(broken=broken), ".github/workflows/x.yml") == everything
    assert installed(PIPELINE.format(broken=broken.replace("      -", "  -", 1)), "azure-pipelines.yml") == everything


@given(st.data())
def test_a_character_more_or_less_never_raises(data: st.DataObject) -> None:
    template, path = data.draw(
        st.sampled_from([(WORKFLOW, ".github/workflows/x.yml"), (PIPELINE, "azure-pipelines.yml")])
    )
    text = template.format(broken="")
    at = data.draw(st.integers(0, len(text)))
    new = data.draw(
        st.sampled_from(["", ":", "-", "'", '"', "{", "[", "\n", "\t", "&a ", "*a", "|", "${{", "<<: *a\n"])
    )
    text = text[:at] + new + text[at + (not new) :]
    for judged in analyze(text, languages.detect(path, text) or "").context.judged:
        span = judged.install.command.outer(judged.install.program)
        assert Span(0, len(text)).covers(span)


@pytest.mark.parametrize("language", ["github-actions", "azure-pipelines"])
@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a, *a, *a]\n" for i in range(2000)),
        "jobs: &j\n  a: *j\n  steps: *j\n",
        "jobs: {a: {steps: " + "[" * 5000,
        "jobs:\n" + "".join(f"  j{i}: {{runs-on: x, steps: [{{run: pip install x}}]}}\n" for i in range(2000)),
        "jobs:\n  a:\n    runs-on: ${{ matrix.a }}\n    strategy: {matrix: {a: [" + "1, " * 20_000 + "]}}\n",
        "steps:\n" + "- ${{ if x }}:\n  - script: pip install x\n" * 2000,
        "stages: &s\n- stage: x\n  jobs: *s\n  stages: *s\n",
        "${{" * 100_000 + " pip install",
        "steps:\n- script: pip install " + "${{ x }} " * 20_000,
    ],
)
def test_large_and_hostile_documents_end(language: str, text: str) -> None:
    analyze(text, language)
