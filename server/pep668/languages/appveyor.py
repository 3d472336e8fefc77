"""AppVeyor: the scripts of a build share one environment; plain lines are batch on Windows, shell elsewhere.

Source: AppVeyor's "appveyor.yml reference" and "Build environment" (images).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, items, text
from pep668.text import Span

from . import Language
from ._hidden import hiding
from ._pipeline import Piece, Process, fact, plain, regions, texts, values, variables

_PHASES = (
    *("init", "install", "before_build", "build_script", "after_build", "before_test", "test_script", "after_test"),
    *("before_package", "after_package", "before_deploy", "deploy_script", "after_deploy"),
    *("on_success", "on_failure", "on_finish"),
)
_MOST = 10_000  # items of one script: aliases of aliases
_LANGUAGES = {"ps": "powershell", "pwsh": "powershell", "cmd": "cmd", "sh": "shell", "bash": "shell"}
_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]*\}\}")
_HEAD = re.compile(r"^(?:build_script|test_script|after_build|on_finish|build|test):", re.MULTILINE)
_SURE = re.compile(r"APPVEYOR|^[ \t]*- (?:ps|cmd):|^image:[ \t]*(?:Visual|Ubuntu|WMF)", re.MULTILINE)

LANGUAGE = Language(
    "appveyor",
    names=("appveyor.yml", ".appveyor.yml", "appveyor.yaml", ".appveyor.yaml"),
    patterns=("*appveyor*.yml", ".appveyor/*.yml"),
    candidates=("*.yml", "*.yaml"),
    sniff=lambda content: _HEAD.search(content) is not None and _SURE.search(content) is not None,
)


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax import yaml

    processes: list[Process] = []
    for document in yaml.documents(region.text):
        # Several configurations may stand in one file, as a list.
        for root in document.items if isinstance(document, Sequence) else (document,):
            if isinstance(root, Mapping):
                alternatives = [j for f in values(root, "for") for j in items(f) if isinstance(j, Mapping)]
                for job in (root, *alternatives):
                    processes += _job(region, root, job)
    yield from regions(region, processes, hiding(_TEMPLATE))


def _job(region: Region, root: Mapping, job: Mapping) -> Iterator[Process]:
    place = tuple(_place(region, root, job))
    facts = (*_environment(region, root), *(_environment(region, job) if job is not root else ()), *place)
    windows = any(f.value == "windows" for f in place)
    posix = any(f.kind == "runner" and "visual studio" not in (f.value or "visual studio").lower() for f in place)
    found: dict[str, list[Piece]] = {}
    for phase in _PHASES:
        for node in values(job, phase) or values(root, phase):
            for piece in _pieces(node, "shell" if posix else "cmd" if windows else "shell"):
                # What only another system runs is not this job's.
                if not (windows and piece.language == "shell") and not (posix and piece.language == "cmd"):
                    found.setdefault(piece.language, []).append(piece)
    for language, pieces in found.items():
        yield Process(f"job:{job.span.start}", language, tuple(pieces), facts)


def _pieces(node: Node, usual: str) -> Iterator[Piece]:
    pending, steps = [node], 0
    while pending and steps < _MOST:
        steps += 1
        item = pending.pop()
        if isinstance(item, Scalar):
            if not item.missing:
                yield Piece(item, usual)
        elif isinstance(item, Sequence):  # one within another is an alias of a list
            pending += reversed(item.items)
        elif isinstance(item, Mapping):
            for entry in item.entries:
                if entry.key.value in _LANGUAGES:
                    for scalar in texts(entry.value):
                        yield Piece(scalar, _LANGUAGES[entry.key.value])


def _place(region: Region, root: Mapping, job: Mapping) -> Iterator[Fact]:
    only = [m for node in job.items("matrix") if isinstance(node, Mapping) for m in node.items("only")]
    named = [n for m in only if isinstance(m, Mapping) for n in items(m.get("image"))]
    where = job.get("image") or (named[0] if named and job is not root else None) or root.get("image")
    nodes = items(job.get("image")) or (tuple(named) if job is not root else ()) or items(root.get("image"))
    images = [(text(n) or "") for n in nodes]
    worker = "appveyor_build_worker_image"
    if not images:
        rows = [r for tree in (job, root) for r in items(tree.get("environment", "matrix"))]
        found = [(r, r.text(worker) or r.text(worker.upper())) for r in rows if isinstance(r, Mapping)]
        images = [image for _, image in found if image]
        where = found[0][0] if found else None
    start = where or Span(job.span.start, job.span.start)
    systems = {_system(image) for image in images} or {"windows"}
    told = f"image: {' or '.join(dict.fromkeys(images))}" if images else "AppVeyor's default image is a Windows one"
    if systems == {"windows"}:
        yield fact(region, "platform", "windows", start, told)
    else:
        labels = dict.fromkeys(f"appveyor:{image}" for image in images)
        yield fact(region, "runner", "|".join(labels), start, told)


def _system(image: str) -> str:
    name = image.lower()
    return "macos" if "macos" in name else "linux" if "ubuntu" in name else "windows"


def _environment(region: Region, tree: Mapping) -> tuple[Fact, ...]:
    node = tree.get("environment")
    if not isinstance(node, Mapping):
        return ()
    own = Mapping(tuple(e for e in node.entries if e.key.value not in ("matrix", "global")), node.span)
    return (*variables(region, own, plain), *variables(region, node.get("global"), plain))
