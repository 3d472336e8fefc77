"""Task runners and package builders: arguments against shlex, places, tolerance, what detects them."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668 import languages, shell
from pep668.analysis import analyze
from pep668.languages import _command_line, _just, detect
from pep668.model import Region
from pep668.render.inventory import inventory
from pep668.text import SourceMap

HOSTS = {
    "justfile": "a x='y': b\n    pip install one {{x}} \\\n      two\nv := 'a' / b\n[windows]\n"
    "c:\n    #!/bin/sh\n    pip install x\n",
    "taskfile": "version: '3'\nvars: {A: b}\ntasks:\n  a:\n    cmds:\n      - pip install {{.A}} {{.B}}\n"
    "      - cmd: |\n          pip install y\n",
    "tox": "[testenv]\ncommands =\n  a: pip install x{posargs:y} \\\n  b # c\n  -python -m pip install 'z'\n",
    "tox-toml": '[env_run_base]\ncommands = [["pip", "install", "{x}"], ["-", "pip", "install", "y"]]\n',
    "package-json": '{"scripts": {"a": "pip install \\"x\\"", "b": ["pip install y"]}}',
    "procfile": "web: pip install x\n# y: z\nworker: pip install y\n",
    "rpm-spec": "Name: x\n%build\n%if 1\npip install x\n%endif\n%{python3} -m pip install %{x}\n%files\n/x\n",
    "snapcraft": "base: core24\nparts:\n  a:\n    override-build: |\n      pip install x\n      pip install y\n",
    "flatpak": '{"id": "x", "modules": [{"build-commands": ["pip install x", "pip install y"]}]}',
    "pkgbuild": "arch=('any')\nbuild() {\n  pip install x\n}\n",
    "pyproject": '[tool.pdm.scripts]\na = "pip install x>1 {args}"\nb = {shell = "pip install y"}\n',
    "setup-cfg": "[testenv]\ncommands =\n  pip install x\n",
}
_ANY = st.text(alphabet=st.sampled_from("{}[]()%:=\t\n\r \\#@-+;,&!.?|>abx'\"`$\x0c\u2028"), max_size=60)


def _regions(language: str, text: str) -> Iterator[Region]:
    extract = languages.extractor(language)
    assert extract is not None
    return (item for item in extract(Region.document(language, text)) if isinstance(item, Region))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(" \tab-=x<>|&;()$`*?#!~[]'\"\\/.%^,+"), max_size=30))
def test_arguments_are_those_of_shlex(rest: str) -> None:
    line = f"pip {rest}"
    try:
        expected = shlex.split(line, comments=False)
    except ValueError:  # a quote without end
        return
    text, mapped = _command_line.argument_line((line, SourceMap.identity(len(line))))
    commands = shell.parse(Region("shell", text, mapped))
    assert len(commands) == 1
    assert [w.value for w in commands[0].words] == expected


@pytest.mark.parametrize("language", HOSTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_it_never_raises_and_its_places_are_right(language: str, data: st.DataObject) -> None:
    text = HOSTS[language]
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(_ANY) + text[data.draw(st.integers(at, len(text))) :]
    for region in _regions(language, text):
        processes = region.place.process
        assert processes or language == "pkgbuild" or region.language == "tox"
        for segment in region.map.segments:
            if segment.verbatim:
                inner, outer = segment.inner, segment.outer
                assert region.text[inner.start : inner.end] == text[outer.start : outer.end]
            assert 0 <= segment.outer.start <= segment.outer.end <= len(text)


@pytest.mark.parametrize("language", [k for k in HOSTS if k not in ("pkgbuild", "pyproject", "setup-cfg")])
def test_processes_are_told_apart(language: str) -> None:
    places = [r.place for r in _regions(language, HOSTS[language])]
    assert places
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("language", HOSTS)
def test_cutting_it_behind_a_command_keeps_that_command(language: str) -> None:
    text = HOSTS[language]
    found = inventory(analyze(text, language), "")
    lines = text.splitlines(keepends=True)
    if len(lines) < 3 or language == "flatpak":
        return
    first = found[0]
    after = len("".join(lines[: first["end_line"]]))
    for end in range(after + 1, len(text)):
        again = inventory(analyze(text[:end], language), "")
        assert again, text[:end]
        assert again[0]["text"] == first["text"]


@pytest.mark.parametrize("language", HOSTS)
def test_time_is_linear(language: str) -> None:
    def calls(times: int) -> int:
        count = 0
        text = HOSTS[language] * times + "\n" + "{{" * times + "'" * times + "[" * times + "\\\n" * times

        def note(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += 1

        assert threading.current_thread() is threading.main_thread()
        sys.setprofile(note)
        try:
            list(_regions(language, text))
        finally:
            sys.setprofile(None)
        return count

    calls(1)
    few, many = calls(50), calls(200)
    assert many < few * 6 + 10_000


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a' + \"b\\n\"", "ab\n"),
        ("x / 'bin' / \"pip\"", ".venv/bin/pip"),
        ("if os() == 'windows' { 'a' } else { 'b' }", "b"),
        ("if os() != 'windows' { 'a' } else { 'b' }", "a"),
        ("if y == '' { 'a' } else if z == '' { 'a' } else { 'a' }", "a"),
        ("if y == '' { 'a' } else { 'b' }", None),
        ("env('PIP', 'pip3')", "pip3"),
        ("env('PIP')", None),
        ("`which pip`", None),
        ("`pwd` + '/.venv'", "${unknown}/.venv"),
        ("(x + ('/' + 'y'))", ".venv/y"),
        ("justfile_directory() / x", "${justfile_directory}/.venv"),
        ("'a' + nothing", "a${nothing}"),
        ("'unclosed", None),
        ("(" * 500, None),
    ],
)
def test_expressions_of_just(expression: str, value: str | None) -> None:
    assert _just.value(expression, {"x": ".venv", "y": None}) == value


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        ("justfile", "", "justfile"),
        ("sub/.justfile", "", "justfile"),
        ("py.just", "", "justfile"),
        ("run", "#!/usr/bin/env -S just --justfile\n", "justfile"),
        ("Taskfile.yml", "", "taskfile"),
        ("Taskfile.dist.yaml", "", "taskfile"),
        ("build.yml", "version: '3'\ntasks:\n  a: b\n", "taskfile"),
        ("tox.ini", "", "tox"),
        ("tox.toml", "", "tox-toml"),
        ("package.json", "", "package-json"),
        ("Procfile", "", "procfile"),
        ("Procfile.dev", "", "procfile"),
        ("x.spec", "Name: x\nVersion: 1\n%build\nmake\n", "rpm-spec"),
        ("snap/snapcraft.yaml", "", "snapcraft"),
        ("PKGBUILD", "", "pkgbuild"),
        ("APKBUILD", "", "pkgbuild"),
        ("org.x.Y.json", '{"app-id": "x",\n"runtime": "r",\n"sdk": "s",\n"modules": []}', "flatpak"),
    ],
)
def test_what_detects_it(path: str, text: str, language: str) -> None:
    assert detect(path, text) == language


def test_a_specification_of_something_else_is_none() -> None:
    assert detect("app.spec", "# -*- mode: python -*-\na = Analysis(['x.py'])\n") != "rpm-spec"


@pytest.mark.parametrize("language", ["taskfile", "rpm-spec", "flatpak"])
def test_looking_for_it_takes_linear_time(language: str) -> None:
    (known,) = (found for found in languages.all_languages() if found.id == language)
    assert known.sniff
    for text in ("\n" * 200_000, " \t" * 100_000, "{" * 200_000, "version: 3\n" * 20_000, "Name:\n" * 20_000):
        assert not known.sniff(text)


def test_long_lines_of_a_justfile_take_linear_time() -> None:
    for line in ("a" + " " * 100_000, "a b=" * 50_000, "a " + "'" * 100_000, "a := " + "(" * 50_000, "[" * 100_000):
        assert not list(_regions("justfile", line))
