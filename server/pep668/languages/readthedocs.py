"""Read the Docs' configuration: commands of the build, with a Python of its own and in a virtual environment.

Source: Read the Docs, "Configuration file reference" and "Build process customization": it installs
the Python of `build.tools` itself and makes an environment, into which it and the jobs install.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping
from pep668.text import Span

from . import Language, _pipeline
from ._containers import Commands
from ._pipeline import Process, fact

LANGUAGE = Language(
    "readthedocs", names=(".readthedocs.yaml", ".readthedocs.yml", "readthedocs.yaml", "readthedocs.yml")
)

# Before these jobs' time the environment is not there; `python` is the tool's nevertheless.
_EARLY = ("post_checkout", "pre_system_dependencies", "post_system_dependencies", "pre_create_environment")


def extract(region: Region) -> Iterator[Region]:
    """The commands of `build.commands` and `build.jobs`; each is a shell of its own."""
    root = yaml.parse(region.text)
    if not isinstance(root, Mapping):
        return
    commands = Commands()
    tool = root.get("build", "tools", "python") or Span(0, 0)
    python = fact(region, "python", "Read the Docs", tool, "Read the Docs installs a Python of its own")
    active = fact(region, "environment", "", tool, "Read the Docs makes a virtual environment for the build")
    machine = fact(
        region, "image", "", root.get("build", "os") or Span(0, 0), "Read the Docs builds in an image of its own"
    )
    found: list[Process] = []
    for at, piece in enumerate(_pipeline.pieces(root.get("build", "commands"))):
        found.append(Process("build", f"commands:{at}", commands.text(piece.scalar), (machine, python)))
    for job in root.mapping("build", "jobs").entries:
        facts = (machine, python) if job.key.value in _EARLY else (machine, python, active)
        nodes = job.value
        listed = [e.value for e in nodes.entries] if isinstance(nodes, Mapping) else [nodes]  # `build: {html: [...]}`
        for at, piece in enumerate(_pipeline.pieces(*listed)):
            found.append(Process("build", f"{job.key.value}:{at}", commands.text(piece.scalar), facts))
    yield from _pipeline.regions(region, found)
