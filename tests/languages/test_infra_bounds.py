"""The readers of infrastructure files on garbage: exact maps, nothing raised, linear time."""

from __future__ import annotations

import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.languages import extractor
from pep668.model import Command, Region

BEGINNINGS = {
    "ansible": "- hosts: all\n  tasks:\n    - shell: pip install a\n",
    "vagrantfile": 'c.vm.provision "shell", inline: ',
    "hcl": "inline = [",
    "cmake": "execute_process(COMMAND pip ",
    "vscode-tasks": '{"tasks": [{"command": "pip", "args": [',
    "devcontainer": '{"postCreateCommand": ',
    "packer-json": '{"provisioners": [{"type": "shell", "inline": [',
    "deployment": '{"scripts": {"a": ',
    "fish": "pip install ",
    "powershell": "pip install ",
    "cmd": "pip install ",
    "nix": "shellHook = ''",
    "dockerfile": "FROM a\nRUN pip install ",
}
UNITS = (
    *(
        '"',
        "'",
        "${",
        "#{",
        "{",
        "[",
        "(",
        "<<A\n",
        "<<-EOF ",
        "\\",
        "\\\n",
        "`",
        "^\n",
        '"${',
        '"#{ ',
        "${{",
        "{{ ",
        "%{",
    ),
    *(
        "- pip: {name: [",
        "  - block:\n",
        "pip install x\n",
        '"a", ',
        "$x ",
        "@(",
        "if ",
        "begin\n",
        "/*",
        "#[[",
        "=begin\n",
    ),
    *(
        "COMMAND ",
        "a = ",
        "inline: $x ",
        "%q(",
        "''",
        '""',
        "<#\n",
        "@'\n",
        "%a",
        "!b!",
        'x.vm.provision "',
        "{ a = [ ",
    ),
)


@pytest.mark.parametrize("language", BEGINNINGS)
def test_garbage_takes_linear_time(language: str) -> None:
    extract = extractor(language)
    assert extract is not None
    for unit in UNITS:
        text = BEGINNINGS[language] + unit * (15_000 // len(unit))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        found = sum(1 for _ in extract(Region.document(language, text)))
        spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
        assert found <= len(text)
        assert spent < 60, (unit, spent)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(sorted(BEGINNINGS)), st.lists(st.sampled_from((*UNITS, "\n", " ", "é", "}", "]", ")")), max_size=12)
)
def test_maps_are_exact(language: str, pieces: list[str]) -> None:
    text = BEGINNINGS[language] + "".join(pieces)
    extract = extractor(language)
    assert extract is not None
    for region in extract(Region.document(language, text)):
        if isinstance(region, Command):
            assert 0 <= region.span.start <= region.span.end <= len(text)
        elif isinstance(region, Region):
            for segment in region.map.segments:
                inner, outer = segment.inner, segment.outer
                assert 0 <= outer.start <= outer.end <= len(text)
                if segment.verbatim:
                    assert region.text[inner.start : inner.end] == text[outer.start : outer.end]
