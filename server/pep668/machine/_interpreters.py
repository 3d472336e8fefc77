"""From the path of a Python to what its files say of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from pep668 import data
from pep668.model import Distribution, Interpreter, Marker

from ._tree import Tree

MARKER = "EXTERNALLY-MANAGED"
_VERSION = re.compile(r"(?:python|pypy)(\d\.\d{1,2})t?(?:\D|$)")
_LIBRARY = re.compile(r"(?:python|pypy)(\d\.\d{1,2})t?")
_OWNERS = (
    ("/Cellar/", "Homebrew"),
    ("/uv/python/", "uv"),
    ("/pyenv/versions/", "pyenv"),
    ("/.pyenv/versions/", "pyenv"),
    ("/nix/store/", "Nix"),
    ("/.asdf/installs/", "asdf"),
    ("/mise/installs/", "mise"),
    ("/hostedtoolcache/", "setup-python"),
    ("/Library/Frameworks/Python.framework/", "python.org"),
    ("/Library/Developer/CommandLineTools/", "Apple"),
    ("/Applications/Xcode", "Apple"),
    ("/com.termux/", "Termux"),
)


def parse_marker(path: str, content: bytes | None, environ: Mapping[str, str]) -> Marker:
    """A marker as pip reads it; what pip cannot read still marks, with its own default text ("" here)."""
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string((content or b"").decode("utf-8"))
        section = parser["externally-managed"]
    except (Error, KeyError, UnicodeDecodeError):
        return Marker(path, "")
    for key in _error_keys(environ):
        if key in section:
            return Marker(path, section[key])
    return Marker(path, "")


def _error_keys(environ: Mapping[str, str]) -> Iterator[str]:
    """`Error-de_DE`, `Error-de`, `Error`: LANGUAGE does not count, as locale.getlocale does not see it."""
    locale = next((v for v in map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")) if v), "")
    language = re.split(r"[.@]", locale, maxsplit=1)[0]
    if language not in ("", "C", "POSIX"):
        yield f"Error-{language}"
        yield from (f"Error-{language.partition(s)[0]}" for s in ("-", "_") if s in language)
    yield "Error"


def parse_cfg(text: str) -> dict[str, str]:
    """The `key = value` lines of a pyvenv.cfg."""
    lines = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in lines}


def short_version(version: str) -> str:
    """`3.11` of `3.11.2` or `3.11.2.final.0`; "" of anything else."""
    match = re.match(r"\d+\.\d+", version)
    return match[0] if match else ""


class Interpreters:
    """Reads Pythons of one tree, each once."""

    def __init__(self, tree: Tree, environ: Mapping[str, str], distribution: Distribution | None) -> None:
        self.tree = tree
        self.environ = environ
        self._distribution = distribution
        self._known: dict[str, Interpreter | None] = {}

    def at(self, path: str) -> Interpreter | None:
        """The Python at an absolute path, None where that is no program or where its home is not known."""
        if path not in self._known:
            self._known[path] = None  # a script that leads to itself ends here
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> Interpreter | None:
        real = self.tree.real(path)
        if real is None or not self.tree.is_program(path):
            return None
        config = self.config(path)
        if config is not None:
            return self._virtual(path, real, config)
        if real == "/usr/bin/python3" and self.tree.is_file("/usr/bin/xcrun"):
            return self.at("/Library/Developer/CommandLineTools/usr/bin/python3")  # Apple's stub leads there
        library = self._library(real)
        if library is None:
            return None
        prefix, stdlib, version = library
        marker_path = os.path.join(stdlib, MARKER)
        marker = None
        if self.tree.is_file(marker_path):
            marker = parse_marker(marker_path, self.tree.read(marker_path), self.environ)
        return Interpreter(
            path=path,
            real=real,
            version=version,
            prefix=prefix,
            marker=marker,
            pip_version=self._pip_version(self._site_folders(prefix, stdlib, version)),
            owner=self._owner(real, prefix),
            ensurepip=self._seeds(stdlib),
        )

    def _seeds(self, stdlib: str) -> bool:
        """Whether `-m venv` puts a pip into what it makes: ensurepip is there, and the wheel that it unpacks.

        Debian's ensurepip comes with python3-venv and takes the wheels of another folder; that package needs them.
        """
        folder = os.path.join(stdlib, "ensurepip")
        bundled = os.path.join(folder, "_bundled")
        wheels = not self.tree.is_folder(bundled) or any(n.endswith(".whl") for n in self.tree.names(bundled))
        return self.tree.is_file(os.path.join(folder, "__init__.py")) and wheels

    def config(self, path: str) -> str | None:
        """The pyvenv.cfg that makes the Python at this path an environment's.

        CPython looks beside and one above the executable as it was called, before
        symbolic links: the Python of an environment usually is one.
        """
        folder = os.path.dirname(path)
        for place in (folder, os.path.dirname(folder)):
            config = os.path.join(place, "pyvenv.cfg")
            if self.tree.is_file(config):
                return config
        return None

    def _virtual(self, path: str, real: str, config: str) -> Interpreter:
        prefix = os.path.dirname(config)
        values = parse_cfg(self.tree.text(config) or "")
        version = short_version(values.get("version_info") or values.get("version", "")) or _name_version(real)
        pip = self.environment_pip(prefix)
        if not pip and values.get("include-system-site-packages", "").lower() == "true":
            base = self._library(real)
            pip = self._pip_version(self._site_folders(*base)) if base else ""
        return Interpreter(path=path, real=real, version=version, prefix=prefix, virtual=True, pip_version=pip)

    def environment_pip(self, prefix: str) -> str:
        """The version of pip inside an environment, "" where it has none."""
        return self._pip_version(self.environment_folders(prefix))

    def environment_folders(self, prefix: str) -> list[str]:
        """Where an environment has its packages, whether there or not."""
        return [
            os.path.join(prefix, lib, name, "site-packages")
            for lib in ("lib", "lib64")
            for name in self.tree.names(os.path.join(prefix, lib))
            if _LIBRARY.fullmatch(name)
        ] + [os.path.join(prefix, "Lib", "site-packages")]

    def base_folders(self, real: str) -> list[str]:
        """Where the Python at that path, behind all links, finds its packages; empty where that is not known."""
        base = self._library(real) if real else None
        return self._site_folders(*base) if base else []

    def _library(self, real: str) -> tuple[str, str, str] | None:
        """Prefix, standard library and version, found as CPython does: upwards from the executable."""
        named = _name_version(real)
        prefix = os.path.dirname(real)
        for _ in range(6):
            for stdlib, version in self._libraries(prefix, named):
                return prefix, stdlib, version
            prefix, below = os.path.dirname(prefix), prefix
            if prefix == below:
                break
        return None

    def _libraries(self, prefix: str, named: str) -> Iterator[tuple[str, str]]:
        """Standard libraries below a prefix that an executable with that version in its name may use."""
        found: dict[str, str] = {}
        for lib in ("lib", "lib64"):
            for name in self.tree.names(os.path.join(prefix, lib)):
                match = _LIBRARY.fullmatch(name)
                stdlib = os.path.join(prefix, lib, name)
                if match and named in ("", match[1]) and self.tree.is_file(os.path.join(stdlib, "os.py")):
                    found.setdefault(name, stdlib)
        wanted = [n for n in found if not n.endswith("t")] or list(found)
        if named and wanted:
            yield found[wanted[0]], named
        elif len(wanted) == 1:  # `bin/python` beside several: not known which
            yield found[wanted[0]], short_version(wanted[0].lstrip("abcdefghijklmnopqrstuvwxyz"))
        elif self.tree.is_file(os.path.join(prefix, "Lib", "os.py")):  # Windows
            yield os.path.join(prefix, "Lib"), named

    def _site_folders(self, prefix: str, stdlib: str, version: str) -> list[str]:
        """Where that Python finds its packages, in the order of its sys.path."""
        name = os.path.basename(stdlib)
        folders = [os.path.join(stdlib, "site-packages")]
        if version and prefix == "/usr":
            folders += [f"/usr/lib/{name}/site-packages", f"/usr/lib64/{name}/site-packages"]
            local = [
                f"/usr/local/{lib}/{name}/{kind}-packages" for lib in ("lib", "lib64") for kind in ("dist", "site")
            ]
            folders = [*local, *folders, "/usr/lib/python3/dist-packages", f"{stdlib}/dist-packages"]
        home = self.environ.get("HOME", "")
        if home and not self.environ.get("PYTHONNOUSERSITE"):
            folders.insert(0, os.path.join(home, ".local", "lib", name, "site-packages"))
        return folders

    def _pip_version(self, folders: list[str]) -> str:
        for folder in folders:
            for name in self.tree.names(folder):
                if name.startswith("pip-") and name.endswith((".dist-info", ".egg-info")):
                    return name[4:].rpartition(".")[0].partition("-")[0]
        return ""

    def _owner(self, real: str, prefix: str) -> str:
        folder = self.environ.get("UV_PYTHON_INSTALL_DIR", "")
        if folder and real.startswith(folder.rstrip("/") + "/"):
            return "uv"
        for part, owner in _OWNERS:
            if part in real:
                return owner
        if self.tree.is_folder(os.path.join(prefix, "conda-meta")):
            return "conda"
        if prefix != "/usr" or self._distribution is None:
            return ""
        if self.tree.is_file("/etc/rpi-issue"):
            return data.label("raspbian")  # its 64-bit edition names itself debian in os-release
        return data.label(self._distribution.id) or self._distribution.name


def _name_version(path: str) -> str:
    match = _VERSION.match(os.path.basename(path))
    return match[1] if match else ""
