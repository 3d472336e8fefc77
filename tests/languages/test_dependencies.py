"""Requirements in pyproject.toml, Pipfile, setup.cfg and environment.yml: what is read, and where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement as Oracle
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from pep668.languages import detect, extractor
from pep668.languages._dependencies import specifiers
from pep668.model import Region, Requirement, RequirementsFile, RequirementsKind


def read(path: str, text: str) -> RequirementsFile:
    language = detect(path, text)
    assert language is not None
    extract = extractor(language)
    assert extract is not None
    (found,) = (f for f in extract(Region.document(language, text)) if isinstance(f, RequirementsFile))
    return found


_NAMES = st.from_regex(r"\A[A-Za-z0-9](?:[A-Za-z0-9._-]{0,6}[A-Za-z0-9])?\Z")
_ASKED = st.builds(
    lambda name, extras, clauses, marker: name + extras + ",".join(clauses) + marker,
    _NAMES,
    st.sampled_from(["", "[a]", "[a,B_c]"]),
    st.lists(st.sampled_from([">=1.0", "<2", "==3.*", "~=1.2", "!=1.5"]), max_size=2, unique=True),
    st.sampled_from(["", "; python_version < '3'", ' ; os_name == "nt"']),
)
_LISTS = st.lists(_ASKED, max_size=4)


def told(requirements: Iterable[Requirement]) -> list[tuple[str, SpecifierSet, set[str], bool]]:
    return [(r.name, SpecifierSet(r.specifier), set(r.extras), bool(r.marker)) for r in requirements]


def oracle(lines: Iterable[str]) -> list[tuple[str, SpecifierSet, set[str], bool]]:
    return [
        (canonicalize_name(o.name), o.specifier, {canonicalize_name(e) for e in o.extras}, bool(o.marker))
        for o in map(Oracle, lines)
    ]


@settings(max_examples=200, deadline=None)
@given(_LISTS, _LISTS, _LISTS, st.booleans())
def test_pyproject_agrees_with_packaging(main: list[str], extra: list[str], group: list[str], wide: bool) -> None:
    def array(lines: list[str]) -> str:
        return "[" + ("\n  " if wide else "").join(f"{json.dumps(line)}," for line in lines) + "]"

    text = (
        f'[project]\nname = "x"\ndependencies = {array(main)}\n[project.optional-dependencies]\ne = {array(extra)}\n'
        f"[dependency-groups]\ng = {array(group)}\n"
    )
    found = read("pyproject.toml", text)
    assert told(found.requirements) == oracle([*main, *extra, *group])
    assert [r.group for r in found.requirements] == [""] * len(main) + ["extra:e"] * len(extra) + ["group:g"] * len(
        group
    )
    for requirement in found.requirements:
        span = text[requirement.span.start : requirement.span.end]
        assert span == requirement.text.replace('"', '\\"')
    assert found.kind is RequirementsKind.PROJECT


@settings(max_examples=200, deadline=None)
@given(_LISTS, _LISTS)
def test_setup_cfg_agrees_with_packaging(main: list[str], extra: list[str]) -> None:
    def value(lines: list[str]) -> str:
        return "".join(f"\n    {line}" for line in lines)

    text = f"[options]\ninstall_requires ={value(main)}\n[options.extras_require]\ne ={value(extra)}\n"
    found = read("setup.cfg", text)
    assert told(found.requirements) == oracle([*main, *extra])
    assert all(text[r.span.start : r.span.end] == r.text for r in found.requirements)


@pytest.mark.parametrize(
    ("poetry", "expected"),
    [
        ("*", ""),
        ("", ""),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^1.2", ">=1.2,<2"),
        ("^1", ">=1,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2.3", "~=1.2.3"),
        ("1.2.*", "==1.2.*"),
        ("1.2.3", "==1.2.3"),
        ("=1.2", "==1.2"),
        ("==1.2", "==1.2"),
        (">= 1.2, < 1.5", ">=1.2,<1.5"),
        (">=1.2 <1.5", ">=1.2,<1.5"),
        ("^2.0,!=2.1", ">=2.0,<3,!=2.1"),
        ("^1.0 || ^2.0", ""),
        ("1.0 | 2.0", ""),
        ("^1.2b1", ">=1.2b1,<2"),
        ("latest", ""),
        ("^", ""),
    ],
)
def test_versions_of_poetry(poetry: str, expected: str) -> None:
    assert specifiers(poetry) == expected


@given(st.text(st.sampled_from("^~=<>!*., |0123abv+-"), max_size=20))
def test_versions_never_raise(text: str) -> None:
    specifiers(text)


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("pyproject.toml", '[build-system]\nrequires = ["x"]', RequirementsKind.BUILD),
        ("pyproject.toml", "[tool.black]\n", RequirementsKind.BUILD),
        ("pyproject.toml", '[dependency-groups]\na = ["x"]', RequirementsKind.GROUPS),
        ("pyproject.toml", '[tool.uv]\ndev-dependencies = ["x"]', RequirementsKind.GROUPS),
        ("pyproject.toml", '[project]\nname = "x"', RequirementsKind.PROJECT),
        ("pyproject.toml", '[project]\nname = "x"\n[tool.poetry]\n', RequirementsKind.PROJECT),
        ("pyproject.toml", '[tool.poetry.dependencies]\nx = "1"', RequirementsKind.TOOL),
        ("Pipfile", '[packages]\nx = "*"', RequirementsKind.TOOL),
        ("setup.cfg", "[metadata]\nname = x\n", RequirementsKind.PROJECT),
        ("setup.cfg", "[flake8]\n", RequirementsKind.BUILD),
        ("environment.yml", "dependencies:\n  - pip:\n    - x\n", RequirementsKind.CONDA),
        ("requirements.txt", "x", RequirementsKind.REQUIREMENTS),
    ],
)
def test_kinds(path: str, text: str, kind: RequirementsKind) -> None:
    assert read(path, text).kind is kind


@pytest.mark.parametrize("path", ["poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"])
def test_lock_files_ask_for_nothing(path: str) -> None:
    assert detect(path, '[[package]]\nname = "six"\nversion = "1.16.0"\n') is None


@pytest.mark.parametrize(
    ("path", "text", "sources"),
    [
        ("requirements.txt", "x==1", False),
        ("requirements.txt", "-i https://x.example\nx", True),
        ("requirements.txt", "--extra-index-url=https://x.example\nx", True),
        ("requirements.txt", "-f wheels\nx", True),
        ("requirements.txt", "x==1 \\\n  --hash=sha256:00", True),
        ("requirements.txt", "x-i", False),
        ("Pipfile", '[[source]]\nurl = "https://pypi.example/simple"\n', False),
        ("Pipfile", '[[source]]\nurl = "https://x.example/simple"\n', True),
        ("pyproject.toml", '[tool.uv]\nindex-url = "https://x.example"\n', True),
        ("pyproject.toml", '[[tool.poetry.source]]\nname = "x"\n', True),
        ("pyproject.toml", '[project]\nname = "x"\n', False),
    ],
)
def test_files_that_say_where_packages_come_from(path: str, text: str, sources: bool) -> None:
    assert read(path, text).sources is sources


def test_the_pip_section_of_conda_names_files_and_editables() -> None:
    text = "dependencies:\n- pip:\n  - -r a.txt\n  - '--requirement=b.txt'\n  - -c c.txt\n  - -e ./lib\n  - six>=1\n"
    found = read("environment.yml", text)
    assert (found.includes, found.constraints, found.editable) == (("a.txt", "b.txt"), ("c.txt",), ("./lib",))
    assert [(r.name, r.group) for r in found.requirements] == [("six", "")]


_FILES = ("pyproject.toml", "Pipfile", "setup.cfg", "environment.yml")
_PIECES = [
    "[project]\n",
    "dependencies",
    "[tool.poetry.dependencies]\n",
    "[packages]\n",
    "[options]\n",
    "- pip:\n",
    " = ",
]
_GARBAGE = st.lists(st.sampled_from([*_PIECES, *"[]{}\"'=,:;-^~. \n", "name", "install_requires"]), max_size=30)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_FILES), _GARBAGE)
def test_garbage_never_raises(path: str, pieces: list[str]) -> None:
    text = "".join(pieces)
    language = detect(path, text)
    extract = extractor(language or "")
    assert extract is not None
    for found in extract(Region.document(language or "", text)):
        if isinstance(found, RequirementsFile):
            assert all(0 <= r.span.start <= r.span.end <= len(text) for r in found.requirements)
