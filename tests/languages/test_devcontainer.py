"""devcontainer.json: places, facts and tolerance."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.analysis import analyze
from pep668.languages import detect
from pep668.languages.devcontainer import extract
from pep668.model import Region

_SAMPLE = """{
  "image": "debian:12",
  "initializeCommand": "pip install host",
  "onCreateCommand": ["pip", "install", "a\\u00e4 b"],
  "postCreateCommand": {"x": "pip install \\"c d\\"", "y": ["sh", "-c", "pip install e"]},
  "postAttachCommand": "pip install f"
}
"""


def regions(text: str) -> list[Region]:
    return list(extract(Region.document("devcontainer", text)))


def test_every_command_is_a_process_of_the_container() -> None:
    found = regions(_SAMPLE)
    assert [r.text for r in found] == [
        "pip install host",
        "pip install 'aä b'",
        'pip install "c d"',
        "sh -c 'pip install e'",
        "pip install f",
    ]
    assert len({r.place.process for r in found}) == 5
    assert {r.place.system for r in found[1:]} != {found[0].place.system}
    assert len({r.place.system for r in found[1:]}) == 1
    assert not found[0].facts
    assert all(r.fact("image") for r in found[1:])


def test_verbatim_characters_stand_where_the_map_says() -> None:
    for region in regions(_SAMPLE):
        for segment in region.map.segments:
            if segment.verbatim:
                inner = region.text[segment.inner.start : segment.inner.end]
                assert inner == _SAMPLE[segment.outer.start : segment.outer.end]


def test_new_text_is_escaped_as_the_document_s_strings_are() -> None:
    (region,) = regions('{"postCreateCommand": "pip install x"}')
    written = region.written('a "b"\n\\c')
    assert written is not None
    assert json.loads(f'"{written}"') == 'a "b"\n\\c'


@pytest.mark.parametrize(
    ("content", "kind", "value"),
    [
        ('"image": "python:3.12"', "image", "python:3.12"),
        ('"image": "python:${localEnv:V}"', "image", "python:${localEnv:V}"),
        ('"build": {"dockerfile": "D"}', "image", ""),
        ('"build": {"dockerfile": "D"}, "image": "python:3.12"', "image", ""),
        ('"dockerFile": "D"', "image", ""),
        ('"dockerComposeFile": "c.yml"', "image", ""),
        ('"remoteUser": "vscode", "containerUser": "root"', "user", "vscode"),
        ('"containerUser": "root"', "user", "root"),
        ('"workspaceFolder": "/app"', "directory", "/app"),
        ('"workspaceFolder": "/app/${localWorkspaceFolderBasename}"', "directory", None),
        ('"features": {"ghcr.io/devcontainers/features/python:1": {}}', "python", "the Python feature"),
        ('"features": {"ghcr.io/devcontainers/features/python": "3.12"}', "python", "the Python feature"),
        ('"features": {"ghcr.io/devcontainers/features/python:1": "os-provided"}', "python", None),
        ('"features": {"ghcr.io/devcontainers/features/python:1": {"version": "none"}}', "python", None),
        ('"features": {"ghcr.io/someone/features/python-tool:1": {}}', "python", None),
        ('"features": {"ghcr.io/devcontainers/features/anaconda:1": {}}', "conda", "base"),
        ('"features": {"ghcr.io/rocker-org/devcontainer-features/miniforge:2": {}}', "conda", "base"),
    ],
)
def test_facts(content: str, kind: str, value: str | None) -> None:
    (region,) = regions(f'{{{content}, "postCreateCommand": "pip install x"}}')
    found = region.fact(kind)
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ('"containerEnv": {"A": "b"}', "A", "b"),
        ('"remoteEnv": {"A": "${localEnv:A}"}', "A", None),
        ('"remoteEnv": {"PATH": "/v/bin:${containerEnv:PATH}"}', "PATH", "/v/bin:${PATH}"),
        ('"remoteEnv": {"PATH": "${containerWorkspaceFolder}/bin:${containerEnv:PATH}"}', "PATH", None),
        ('"containerEnv": {"A": "b"}, "remoteEnv": {"A": "c"}', "A", "c"),
    ],
)
def test_variables(table: str, name: str, value: str | None) -> None:
    (region,) = regions(f'{{{table}, "postCreateCommand": "pip install x"}}')
    found = region.fact("variable", name)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "path", [".devcontainer/devcontainer.json", ".devcontainer.json", ".devcontainer/a/devcontainer.json"]
)
def test_recognized_by_name(path: str) -> None:
    assert detect(path, "", "jsonc") == "devcontainer"


def test_no_prefix_loses_a_complete_command() -> None:
    whole = [j.install.text for j in analyze(_SAMPLE, "devcontainer").context.judged]
    assert len(whole) == 5
    ends = [_SAMPLE.index(mark) + len(mark) for mark in ('host"', 'b"]', 'd\\""', 'e"]', 'f"')]
    for cut in range(len(_SAMPLE)):
        complete = sum(end <= cut for end in ends)
        assert len(analyze(_SAMPLE[:cut], "devcontainer").context.judged) >= complete


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *'{}[]",:\\\n/',
                '"postCreateCommand"',
                '"image"',
                '"features"',
                '"remoteEnv"',
                '"pip install x"',
                "${",
                "'",
            ]
        ),
        max_size=30,
    )
)
def test_garbage_never_raises(pieces: list[str]) -> None:
    regions("".join(pieces))
