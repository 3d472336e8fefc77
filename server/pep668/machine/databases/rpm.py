"""RPM, of Fedora, RHEL and openSUSE: the tables by which rpm itself looks names up in its SQLite database.

The older formats are not read: Berkeley DB (RHEL 8) and ndb (openSUSE Leap) have no such tables, only headers of a
format of their own; nothing is said there.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pep668.machine._tree import Tree

from ._package import Package, projects_among

MANAGERS = ("dnf", "zypper", "yum", "microdnf", "tdnf")
FILES = ("/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite")

# Only what holds projects of Python, what these are known by, and who asks for that.
_HOLDING = "SELECT DISTINCT hnum, key FROM Dirnames WHERE key GLOB '/usr/lib*/python3*/site-packages/*-info/'"
_DEPENDING = (
    "SELECT DISTINCT r.hnum, p.hnum FROM Requirename r JOIN Providename p ON p.key = r.key "
    "WHERE p.hnum IN (SELECT hnum FROM Dirnames WHERE key GLOB '/usr/lib*/python3*/site-packages/*-info/')"
)


def read(tree: Tree) -> Iterator[Package]:
    import sqlite3

    file = next((host for path in FILES if tree.is_file(path) and (host := tree.host(path))), None)
    if file is None:
        return
    try:
        # immutable: no lock is taken and no file is written beside it
        connection = sqlite3.connect(f"file:{quote(file)}?mode=ro&immutable=1", uri=True)
        try:
            names = {hnum: str(name) for name, hnum in connection.execute("SELECT key, hnum FROM Name")}
            folders: dict[int, list[str]] = {}
            for hnum, folder in connection.execute(_HOLDING):
                folders.setdefault(hnum, []).append(str(folder))
            depends: dict[int, list[str]] = {}
            for hnum, holder in connection.execute(_DEPENDING):
                depends.setdefault(hnum, []).append(names.get(holder, ""))
        finally:
            connection.close()
    except (sqlite3.Error, ValueError):
        return
    for hnum in sorted(folders.keys() | depends.keys()):
        paths = "\n".join(folders.get(hnum, ())).encode("utf-8", "replace")
        needs = tuple((name,) for name in sorted(depends.get(hnum, ())) if name)
        if hnum in names:
            yield Package(names[hnum], "", needs, (), projects_among(paths))
