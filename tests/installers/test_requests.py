"""What an install asks for, and the options that are no package names."""

from __future__ import annotations

import pytest

from .builder import asked, given, install


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pip install six", [("project", "six")]),
        ("pip install 'Six.Extra_x>=2,<3' \"b[c,d]\"", [("project", "six-extra-x"), ("project", "b")]),
        ("pip install requests>=2.28 six", [("project", "requests"), ("project", "six")]),
        ("pip install 'a; python_version < \"3.9\"'", [("project", "a")]),
        ("pip install a==$V", [("project", "a")]),
        ("pip install a[$X]", [("project", "a")]),
        ("pip install $A==1 a$B", [("unknown", "$A==1"), ("unknown", "a$B")]),
        ('pip install "$@" ${p[@]}', [("unknown", "$@"), ("unknown", "${p[@]}")]),
        ("pip install 'a @ https://h/a.whl' b@git+https://h/b", [("project", "a"), ("project", "b")]),
        ("pip install . ./p .[dev] ../q", [("path", "."), ("path", "./p"), ("path", ".[dev]"), ("path", "../q")]),
        (
            "pip install /abs d/s a.whl b.tar.gz ~/p",
            [("path", "/abs"), ("path", "d/s"), ("path", "a.whl"), ("path", "b.tar.gz"), ("path", "~/p")],
        ),
        ("pip install dist/*.whl *.whl", [("path", "dist/*.whl"), ("path", "*.whl")]),
        (r"pip install 'C:\p\x.whl' 'd\e'", [("path", r"C:\p\x.whl"), ("path", r"d\e")]),
        ('pip install "$ROOT"/dist', [("path", "$ROOT/dist")]),
        (
            "pip install https://h/a.whl git+https://h/r git+ssh://git@h/r file:///x",
            [
                ("url", "https://h/a.whl"),
                ("url", "git+https://h/r"),
                ("url", "git+ssh://git@h/r"),
                ("url", "file:///x"),
            ],
        ),
        (
            "pip install -r r.txt -rs.txt --requirement=t.txt -qUr u.txt",
            [("file", "r.txt"), ("file", "s.txt"), ("file", "t.txt"), ("file", "u.txt")],
        ),
        ('pip install -r "$D/r.txt"', [("file", "$D/r.txt")]),
        ("pip install -r <(cat x) -c c.txt", [("file", "<(cat x)"), ("constraint", "c.txt")]),
        (
            "pip install -e . -e.[x] --editable git+https://h/r#egg=A_b",
            [("editable", "."), ("editable", ".[x]"), ("editable", "git+https://h/r#egg=A_b")],
        ),
        ("pip install -- -x", [("unknown", "-x")]),
        ("pip install six --upgrade", [("project", "six")]),
        ("pip install ==1", [("unknown", "==1")]),
        ("pip uninstall -y six -r r.txt", [("project", "six"), ("file", "r.txt")]),
        (
            "uv pip install -r a.txt --requirement b.txt -e . x",
            [("file", "a.txt"), ("file", "b.txt"), ("editable", "."), ("project", "x")],
        ),
        ("uv pip sync a.txt b.txt", [("file", "a.txt"), ("file", "b.txt")]),
        ("uv pip install --system -p 3.12 --index-strategy unsafe-best-match x", [("project", "x")]),
        ("uv tool install --with a --python 3.12 x", [("project", "x")]),
        ("uv sync --group dev --extra e", []),
        ("pipx install --python python3.12 --pip-args '--pre x' ruff==0.11.6", [("project", "ruff")]),
        ("pipx inject env a b", [("project", "a"), ("project", "b")]),
        ("poetry add requests@^2.0 -G dev pytest", [("project", "requests"), ("project", "pytest")]),
        ("pipenv install -r r.txt --categories 'a b' -e . x", [("file", "r.txt"), ("editable", "."), ("project", "x")]),
        (
            "conda install -y -n e -c conda-forge f::a=1 'b>=2' --file r.txt",
            [("project", "a"), ("project", "b"), ("file", "r.txt")],
        ),
        ("python get-pip.py --no-setuptools pip==23.0", [("project", "pip")]),
    ],
)
def test_requests(line: str, expected: list[tuple[str, str]]) -> None:
    assert asked(install(line)) == expected


def test_a_project_keeps_its_specifier() -> None:
    found = install("pip install 'a[b] >= 1, < 2; x' six==1.16").requests
    assert [r.specifier for r in found] == [">= 1, < 2", "==1.16"]


def test_an_egg_names_a_url() -> None:
    assert install("pip install git+https://h/r#egg=A_b").requests[0].name == "a-b"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pip install -i https://h --timeout 5 x", [("--index-url", "https://h"), ("--timeout", "5")]),
        (
            "pip install -ihttps://h --index-url=https://g x",
            [("--index-url", "https://h"), ("--index-url", "https://g")],
        ),
        ("pip install -qU x", [("--quiet", None), ("--upgrade", None)]),
        (
            "pip install --break-system --targ d --no-cache x",
            [("--break-system-packages", None), ("--target", "d"), ("--no-cache-dir", None)],
        ),
        ("pip install --requirem r.txt", [("--requirement", "r.txt")]),
        ("pip install -t d x", [("--target", "d")]),
        (
            "pip -q --proxy p install --only-binary=:all: x",
            [("--quiet", None), ("--proxy", "p"), ("--only-binary", ":all:")],
        ),
        ('pip install --target "$D/x" x', [("--target", "\0/x")]),
        ("pip install --group dev --upgrade-strategy eager x", [("--group", "dev"), ("--upgrade-strategy", "eager")]),
        ("uv pip install -p=3.12 -n x", [("--python", "3.12"), ("--no-cache", None)]),
        (
            "uv pip install --constraint c.txt --break-system-packages x",
            [("--constraints", "c.txt"), ("--break-system-packages", None)],
        ),
        ("pipx install --index https://h x", [("--index-url", "https://h")]),
    ],
)
def test_options_by_their_canonical_names(line: str, expected: list[tuple[str, str | None]]) -> None:
    found = install(line)
    assert given(found) == expected
    assert found.packages == (["x"] if " x" in line[-2:] else [])


def test_option_and_request_spans_cover_what_is_written() -> None:
    line = "pip install -qr req.txt --target=/t 'six==1' -ec"
    found = install(line)
    assert [line[o.span.start : o.span.end] for o in found.options] == ["-qr", "-qr req.txt", "--target=/t", "-ec"]
    assert [line[r.span.start : r.span.end] for r in found.requests] == ["req.txt", "'six==1'", "c"]
