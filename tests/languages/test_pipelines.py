"""CI pipelines: which text runs in which job, with what is known there; texts that several jobs share."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles import Case, cases
from pep668.analysis import analyze
from pep668.languages import all_languages, detect, extractor
from pep668.languages._hidden import hiding
from pep668.languages._pipeline import alternatives, joined, resolved, shell_of
from pep668.model import Evidence, Fact, Region
from pep668.text import SourceMap, Span

HOSTS = ("gitlab-ci", "circleci", "travis", "drone", "buildkite", "bitbucket", "appveyor", "cirrus")
FOLDER = Path(__file__).parent.parent / "cases"
SOURCES = [(host, case) for host in HOSTS for case in cases(FOLDER / f"{host.replace('-', '_')}.md")]


def regions(language: str, text: str) -> list[Region]:
    extract = extractor(language)
    assert extract is not None
    return [r for r in extract(Region.document(language, text)) if isinstance(r, Region)]


@pytest.mark.parametrize(("host", "case"), SOURCES, ids=lambda v: getattr(v, "title", v))
def test_every_region_stands_where_its_map_says(host: str, case: Case) -> None:
    text = case.text
    for region in regions(host, text):
        assert region.place.process.startswith(region.place.system)
        assert region.anchor is not None
        for segment in region.map.segments:
            if segment.verbatim:
                inner = region.text[segment.inner.start : segment.inner.end]
                assert text[segment.outer.start : segment.outer.end] == inner


@pytest.mark.parametrize(("host", "case"), SOURCES, ids=lambda v: getattr(v, "title", v))
def test_content_is_never_taken_for_another_system(host: str, case: Case) -> None:
    text = case.text
    found = {q.id for q in all_languages() if q.id in HOSTS and q.sniff and q.sniff(text)}
    assert found <= {host}


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pip install a\n",
        "services:\n  a:\n    image: debian:12\n    command: pip install a\n",
        "version: '3'\ntasks:\n  a:\n    cmds: [pip install a]\n",
        "- hosts: all\n  tasks:\n    - command: pip install a\n      tags: [x]\n",
        "apiVersion: v1\nkind: Pod\nspec:\n  steps:\n    - image: a\n      commands: [pip install a]\n",
        "jobs:\n  - job: a\n    steps:\n      - script: pip install a\n",
        "repos:\n  - repo: local\n    hooks: [{id: a, additional_dependencies: [b]}]\n",
        "a: 1\nscript: pip install a\n",
    ],
)
def test_other_yaml_is_no_pipeline(text: str) -> None:
    assert detect("x/y.yml", text) not in HOSTS


@pytest.mark.parametrize(
    ("path", "language"),
    [
        (".gitlab-ci.yml", "gitlab-ci"),
        ("a/python.gitlab-ci.yml", "gitlab-ci"),
        (".gitlab/ci/test.yml", "gitlab-ci"),
        (".circleci/config.yml", "circleci"),
        ("x/.travis.yml", "travis"),
        (".drone.yml", "drone"),
        (".woodpecker/build.yaml", "drone"),
        (".buildkite/pipeline.yml", "buildkite"),
        ("bitbucket-pipelines.yml", "bitbucket"),
        (".appveyor.yml", "appveyor"),
        (".cirrus.yml", "cirrus"),
        ("ci/Jenkinsfile", "jenkinsfile"),
        ("Jenkinsfile.release", "jenkinsfile"),
    ],
)
def test_names(path: str, language: str) -> None:
    assert detect(path) == language


def test_a_shared_text_is_one_command_and_each_job_has_its_own_state() -> None:
    text = (
        "default:\n  image: debian:12\n  before_script:\n    - python3 -m venv v\n    - . v/bin/activate\n"
        "    - pip install shared\na:\n  script: pip install a\nb:\n  script: deactivate; pip install b\n"
    )
    shared = [r for r in regions("gitlab-ci", text) if r.text == "pip install shared"]
    assert len({r.place.system for r in shared}) == len(shared) == 2
    found = [
        (j.install.command.region.text, j.environment.verdict.value) for j in analyze(text, "gitlab-ci").context.judged
    ]
    assert found == [
        ("pip install shared", "allowed"),
        ("pip install a", "allowed"),
        ("deactivate; pip install b", "refused"),
    ]


def _place(kind: str, value: str) -> tuple[Fact, ...]:
    return (Fact(kind, value, Evidence(value)),)


@pytest.mark.parametrize(
    ("contexts", "expected"),
    [
        ([_place("image", "a"), _place("image", "a")], None),
        ([_place("image", "a"), _place("image", "b")], ("image", "a|b")),
        ([_place("image", "a"), _place("image", "")], ("image", "")),
        ([_place("image", "a"), _place("runner", "b")], ("image", "")),
        ([_place("runner", "a"), _place("runner", "b")], ("runner", "a|b")),
        ([_place("image", "a"), ()], ("image", "")),
    ],
)
def test_places_of_a_text_in_several_jobs(contexts: list[tuple[Fact, ...]], expected: tuple[str, str] | None) -> None:
    found = joined(contexts)
    assert [(f.kind, f.value) for f in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A-x", "1-x"),
        ("${B}", "1"),
        ("$C", "${C}"),
        ("$LOOP", "${LOOP}"),
        ("$$A", "$A"),
        ("${A}${D}", "1${D}"),
    ],
)
def test_variables_of_an_image(text: str, expected: str) -> None:
    known = {"A": "1", "B": "$A", "D": None}
    assert resolved(text, known) == expected


def test_a_matrix_is_alternatives() -> None:
    assert alternatives("i:$V-$W", {"V": ("1", "2"), "X": ("9",)}, {"W": "s"}) == "i:1-s|i:2-s"
    assert alternatives("$Version", {"V": ("1",)}, {}) == "${Version}"


@pytest.mark.parametrize(
    ("written", "language", "program"),
    [
        ("/bin/bash -eo pipefail", "shell", "bash"),
        ("bash.exe", "shell", "bash"),
        ("/usr/bin/env -S zsh -e", "shell", "zsh"),
        ("pwsh", "powershell", "pwsh"),
        ("powershell.exe -Command", "powershell", "powershell"),
        ("C:\\Windows\\cmd.exe /c", "cmd", "cmd"),
        ("python3 -u", "python", "python3"),
        ("perl", "", "perl"),
        ("", "shell", ""),
    ],
)
def test_shells(written: str, language: str, program: str) -> None:
    assert shell_of(written) == (language, program)


def test_what_a_host_puts_in_is_one_part_of_a_word_in_every_quote() -> None:
    text = "pip install <<a>>b '<<c>>' \"<<d>>\" # it's\npip install e<<f>>"
    made, mapped = hiding(re.compile("<<.>>"))((text, SourceMap.identity(len(text))))
    assert made == "pip install ${template}b ''\"${template}\"'' \"${template}\" # it's\npip install e${template}"
    assert mapped.is_verbatim(Span(0, len("pip install ")))
    at = made.index("e${")
    assert text[mapped.offset(at)] == "e"


def _bomb() -> str:
    lists = "a0: &a0 [pip install x, pip install y]\n"
    lists += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 4)}]\n" for i in range(1, 12))
    maps = "m0: &m0 {script: [pip install x]}\n"
    maps += "".join(f"m{i}: &m{i} {{a: *m{i - 1}, b: *m{i - 1}}}\n" for i in range(1, 14))
    uses = "j: {script: *a11, extends: j}\nsteps: *a11\npipelines: *m13\njobs: {a: {steps: *a11}}\nx_task: *m13\n"
    return lists + maps + uses + "kind: pipeline\ninstall: *a11\nlanguage: c\nfor: *a11\n"


@pytest.mark.parametrize("host", HOSTS)
def test_aliases_of_aliases_end(host: str) -> None:
    start = time.process_time()
    analyze(_bomb(), host)
    assert time.process_time() - start < 60


def test_many_jobs_that_share_much_end_and_are_not_refused_by_guess() -> None:
    text = "default:\n  image: debian:12\n  before_script:\n    - python3 -m venv v\n    - . v/bin/activate\n"
    text += "    - pip install q\n" * 60 + "".join(f"j{i}:\n  script: pip install p{i}\n" for i in range(200))
    start = time.process_time()
    verdicts = {j.environment.verdict.value for j in analyze(text, "gitlab-ci").context.judged}
    assert verdicts == {"allowed", "depends"}
    assert time.process_time() - start < 60


@pytest.mark.parametrize("host", HOSTS)
@given(
    st.lists(
        st.sampled_from(
            [
                "script",
                "steps",
                "run",
                ":",
                "- ",
                "\n",
                "  ",
                "{",
                "]",
                "'",
                "&a",
                "*a",
                "pip install x",
                "image",
                "<<",
                "!reference",
                "matrix",
                "|",
                "env",
                "jobs",
                "task",
                "extends",
            ]
        ),
        max_size=60,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_text_is_read(host: str, words: list[str]) -> None:
    for region in regions(host, "".join(words)):
        assert len(region.map.span(Span(0, len(region.text)))) >= 0
