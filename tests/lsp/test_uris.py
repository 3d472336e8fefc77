from __future__ import annotations

import pytest

from pep668.lsp import uris


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/me/a%20b/%C3%A9.sh", "/home/me/a b/é.sh"),
        ("file:///home/me/100%25%23.sh", "/home/me/100%#.sh"),
        ("file:///c%3A/Users/me/x.sh", "c:\\Users\\me\\x.sh"),
        ("file:///C:/Users/me/x.sh", "C:\\Users\\me\\x.sh"),
        ("file://server/share/x.sh", "\\\\server\\share\\x.sh"),
        ("file://localhost/home/me", "/home/me"),
        ("vscode-local:/home/me", "/home/me"),
        ("vscode-remote://wsl%2Bubuntu/home/me", "/home/me"),
        ("untitled:Untitled-1", None),
        ("vscode-vfs://github/owner/name", None),
        ("file://[broken", None),
        ("", None),
    ],
)
def test_paths_of_uris(uri: str, path: str | None) -> None:
    assert uris.to_path(uri) == path


@pytest.mark.parametrize("path", ["/", "/a b/é#?.sh", "C:\\a b\\é.sh", "\\\\server\\share\\x"])
def test_uris_of_paths_lead_back(path: str) -> None:
    assert uris.to_path(uris.from_path(path)) == path


@pytest.mark.parametrize(
    ("given", "path"),
    [("/x", "/x"), ("C:\\x", "C:\\x"), ("file:///x", "/x"), ("git:/x", None), ("", None), (None, None)],
)
def test_folders_come_as_path_or_uri(given: str | None, path: str | None) -> None:
    assert uris.local(given) == path


def test_names() -> None:
    assert uris.name_of("untitled:Untitled-1") == "Untitled-1"
    assert uris.name_of("file:///a/b.sh") == "/a/b.sh"
    assert uris.name_of("file://[broken") == "file://[broken"


@pytest.mark.parametrize(
    ("path", "above"), [("/a/b", "/a"), ("/a", "/"), ("/", "/"), ("C:\\a", "C:\\"), ("C:\\", "C:\\"), ("x", "")]
)
def test_parents_end(path: str, above: str) -> None:
    assert uris.parent(path) == above


def test_a_folder_holds_what_is_below_it_only() -> None:
    assert uris.is_within("/a/b", "/a")
    assert uris.is_within("/a", "/a/")
    assert not uris.is_within("/ab", "/a")
