"""What an environment has of a requirement: markers, versions, groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from pep668.environment.installed import State, applies, in_use, limits_only, look_up, satisfies, workspace_environment
from pep668.model import Distribution, Machine, Requirement, RequirementsFile, Span, VirtualEnvironment

SPAN = Span(0, 1)
DEBIAN = Machine(Distribution("debian", "12"), folder="/w")
MAC = Machine(Distribution("macos", "14"), folder="/w")


def environment(version: str = "3.11", **installed: str) -> VirtualEnvironment:
    return VirtualEnvironment("/w/.venv", "/w/.venv/bin/python", version, installed=installed)


@pytest.mark.parametrize(
    ("specifier", "url", "version", "state"),
    [
        ("", "", "1.0", State.INSTALLED),
        (">=1", "", "1.0", State.INSTALLED),
        (">=1", "", "1.0rc1", State.OTHER_VERSION),
        ("<2", "", "2.0", State.OTHER_VERSION),
        ("==1.0", "", "1.0+local", State.INSTALLED),
        ("==1.0", "", "", State.UNKNOWN),
        ("==1.0", "", "no version", State.UNKNOWN),
        (">=nonsense", "", "1.0", State.UNKNOWN),
        ("==1.0", "https://x", "3.0", State.INSTALLED),
        ("", "https://x", None, State.MISSING),
        ("", "", None, State.MISSING),
    ],
)
def test_states(specifier: str, url: str, version: str | None, state: State) -> None:
    here = environment() if version is None else environment(six=version)
    assert look_up(Requirement("six", "six", SPAN, specifier, url=url), here, DEBIAN).state is state


def test_nothing_is_said_of_what_is_not_known() -> None:
    unread = VirtualEnvironment("/w/.venv", "/w/.venv/bin/python", "3.11")
    assert look_up(Requirement("six", "six", SPAN), unread, DEBIAN).state is State.UNKNOWN
    for asked in (Requirement("six", "six", SPAN, group=g) for g in ("conda", "build-system")):
        assert look_up(asked, environment(), DEBIAN).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("marker", "debian", "mac"),
    [
        ("", True, True),
        ("python_version >= '3.8'", True, True),
        ("python_version < '3.9'", False, False),
        ("python_version >= '3.9' and python_version < '3.12'", True, True),
        ("sys_platform == 'linux'", True, False),
        ("sys_platform == 'darwin' or os_name == 'nt'", False, True),
        ("platform_system != 'Windows'", True, True),
        ("'linux' in sys_platform", True, False),
        ("python_full_version >= '3.8.1'", None, None),
        ("platform_machine == 'x86_64'", None, None),
        ("implementation_name == 'cpython'", None, None),
        ("platform_python_implementation == 'CPython'", None, None),
        ("extra == 'docs'", None, None),
        ("sys_platform == 'platform_machine'", False, False),
        ("python_version >", None, None),
        ("nonsense", None, None),
    ],
)
def test_markers(marker: str, debian: bool | None, mac: bool | None) -> None:
    assert applies(marker, environment(), DEBIAN) is debian
    assert applies(marker, environment(), MAC) is mac


def test_a_version_or_system_that_is_not_known_decides_nothing() -> None:
    assert applies("python_version > '3'", environment(version=""), DEBIAN) is None
    assert applies("sys_platform == 'linux'", environment(), Machine()) is None


@given(st.sampled_from(["<", "<=", "==", ">=", ">", "!="]), st.sampled_from(["3", "3.8", "3.11", "3.12", "4"]))
def test_python_versions_agree_with_packaging(operator: str, version: str) -> None:
    marker = f"python_version {operator} '{version}'"
    assert applies(marker, environment(), DEBIAN) is Marker(marker).evaluate({"python_version": "3.11"})


def test_groups_count_where_something_of_theirs_is_installed() -> None:
    asked = (
        Requirement("six", "six", SPAN),
        Requirement("six", "six", SPAN, group="extra:a"),
        Requirement("mypy", "mypy", SPAN, group="group:types"),
        Requirement("pytest", "pytest", SPAN, group="group:test"),
    )
    assert in_use(RequirementsFile(asked), environment(six="1", mypy="1")) == {"", "group:types"}


def test_the_environment_of_the_workspace() -> None:
    first, second = (VirtualEnvironment(f"/w/{n}", f"/w/{n}/bin/python") for n in ("a", "b"))
    broken = VirtualEnvironment("/w/c", "/w/c/bin/python", complete=False)
    machine = Machine(environments=(broken, first, second), folder="/w")
    assert workspace_environment(machine, ".venv") is first
    assert workspace_environment(machine, "b") is second
    assert workspace_environment(Machine(environments=(broken,)), "c") is None
    assert workspace_environment(None, ".venv") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("constraints.txt", True),
        ("a/dev-constraints.in", True),
        ("constraints/py311.txt", True),
        ("requirements.txt", False),
        ("constraints-tool/requirements.txt", False),
    ],
)
def test_constraints_by_name(path: str, expected: bool) -> None:
    assert limits_only(path) is expected


def test_versions_that_are_none_are_not_compared() -> None:
    assert satisfies("1.0", ">=1") is True
    assert satisfies("x", ">=1") is None
