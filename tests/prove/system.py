"""What is looked at in a system before and after: what its Python has, and whose it is."""

from __future__ import annotations

import json
from dataclasses import dataclass

from roots.layers import Layer

DISTRIBUTION = "/usr/lib/python3/dist-packages"
# Run by the system's own Python: files in its folders that no package of the distribution brought.
_FOREIGN = r"""
import glob, os
known = set()
for name in glob.glob("/var/lib/dpkg/info/*.list"):
    with open(name) as lines:
        known.update(lines.read().splitlines())
seen = set()
for top in glob.glob("/usr/lib/python3*") + glob.glob("/usr/local/lib/python3*"):
    for folder, folders, files in os.walk(top):
        folders[:] = [f for f in folders if f != "__pycache__"]
        seen.update(os.path.join(folder, f) for f in files)
print("\n".join(sorted(seen - known)))
"""
# Run outside: environments in a layer, by the file that makes a folder one.
_ENVIRONMENTS = 'cd "$1" && find . -xdev -name pyvenv.cfg -not -path "./wheels/*"'


@dataclass(frozen=True)
class System:
    """`listed`: what `pip list` of the system's Python shows its user besides the distribution's own;
    `verified`: what `dpkg --verify` says; `foreign`: files in the system Python's folders that no package brought."""

    listed: tuple[str, ...]
    verified: tuple[str, ...]
    foreign: tuple[str, ...]


def look(layer: Layer, user: str) -> System:
    """Ask the system's own programs; where it has no Python there is nothing to list."""
    said = layer.run(["dpkg", "--verify"]).output.splitlines()
    verified = tuple(line for line in said if "/var/lib/apt/lists/" not in line)  # which images clear
    if not (layer.path / "usr/bin/python3").is_symlink():
        return System((), verified, ())
    listed: tuple[str, ...] = ()
    if (layer.path / "usr/bin/pip3").exists():
        done = layer.run(["/usr/bin/python3", "-m", "pip", "list", "-v", "--format=json"], user=user)
        shown = json.loads(done.output[done.output.index("[") : done.output.rindex("]") + 1])
        listed = tuple(sorted(f"{p['name']} {p['version']}" for p in shown if p["location"] != DISTRIBUTION))
    foreign = layer.run(["/usr/bin/python3", "-I", "-c", _FOREIGN])
    if not foreign.ok:
        raise RuntimeError(foreign.output)
    return System(listed, verified, tuple(foreign.output.split()))


def environments(layer: Layer) -> list[str]:
    """The virtual environments made in a layer and those below it, roots left out."""
    uppers = [str(layer.folder / "upper"), *layer.below[:-1]]
    found: dict[str, None] = {}
    for upper in uppers:
        listed = layer.store.inside(["sh", "-c", _ENVIRONMENTS, "sh", upper]).output.split()
        found.update(dict.fromkeys(f"/{line[2:].rpartition('/')[0]}" for line in listed))
    return list(found)
