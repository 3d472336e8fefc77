"""GitLab CI: the scripts of each job, in the image that the job, its templates or the file's defaults name.

Source: GitLab's "CI/CD YAML syntax reference". `before_script` and `script` are one shell, `after_script` is
another one. `include` is not followed: what another file may add is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Scalar, items, text
from pep668.text import Span

from . import Language
from ._gitlab import KEYWORDS, Configuration
from ._hidden import hiding
from ._pipeline import (
    Piece,
    Process,
    alternatives,
    fact,
    known_values,
    matters,
    plain,
    regions,
    resolved,
    texts,
    values,
)

_KEY = re.compile(r"( *)([^\s#:\-\[{][^:\n#]*?)[ \t]*:(?=\s|$)")
_OF_A_JOB = frozenset(
    "stage image rules only except extends tags needs before_script after_script artifacts variables when".split()
)
_OTHERS = frozenset("on jobs steps pipelines pipeline tasks kind workflows executors phases".split())
_TEMPLATE = re.compile(r"\$\[\[[^\]\n]*\]\]|\$?\{\{[^{}\n]*\}\}")


def _sniff(content: str) -> bool:
    """Whether a key at the top is a job: a script next to what only GitLab's jobs have."""
    top, indent, keys = "", 0, set[str]()
    tops: set[str] = set()
    found = False
    for line in content.splitlines():
        key = _KEY.match(line)
        if not key:
            continue
        if not key[1]:
            top, indent, keys = key[2], 0, set()
            tops.add(top)
        elif top and (not indent or len(key[1]) == indent):
            indent = len(key[1])
            keys.add(key[2])
            named = top not in KEYWORDS and not top.endswith("task")
            found = found or (named and "script" in keys and bool(keys & _OF_A_JOB))
            found = found or (named and top.startswith(".") and "script" in keys)
            found = found or (named and "script" in keys and bool(tops & {"stages", "default", "include"}))
    return found and not tops & _OTHERS


LANGUAGE = Language(
    "gitlab-ci",
    ids=("gitlab-ci", "gitlab_ci"),
    names=(".gitlab-ci.yml", ".gitlab-ci.yaml", "gitlab-ci.yml", "gitlab-ci.yaml"),
    patterns=(
        *("*.gitlab-ci.yml", "*.gitlab-ci.yaml", ".gitlab-ci-*.yml", "*-gitlab-ci.yml", ".gitlab-ci.*.yml"),
        *(".gitlab/ci/*.yml", ".gitlab/ci/*.yaml", ".gitlab-ci/*.yml", ".gitlab-ci/*.yaml"),
    ),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax import yaml

    file = Configuration.of(yaml.documents(region.text))
    if file is None:
        return
    processes: list[Process] = []
    used: set[int] = set()
    for name, job in file.jobs:
        if not name.startswith("."):
            scripts = _scripts(file, job)
            used.update(id(s) for _, found in scripts for s in found)
            processes += _processes(region, file, name, job, scripts)
    for name, job in file.jobs:
        if name.startswith("."):
            # What no job of this file runs: jobs of other files may extend it.
            scripts = _scripts(file, job, inherited=False)
            if file.image(job, inherited=False) is None:
                scripts = [(n, tuple(s for s in found if id(s) not in used)) for n, found in scripts]
            if any(id(s) not in used for _, found in scripts for s in found):
                processes += _processes(region, file, name, job, scripts, inherited=False)
    for key in ("before_script", "after_script"):  # of a file that others include
        for tree in (file.default, file.root):
            left = tuple(s for s in file.script(values(tree, key)) if id(s) not in used)
            if left:
                processes += _processes(region, file, key, tree, [(key, left)])
    yield from regions(region, processes, hiding(_TEMPLATE))


def _scripts(file: Configuration, job: Mapping, inherited: bool = True) -> list[tuple[str, tuple[Scalar, ...]]]:
    """The shells of a job, by name, with what each is given."""
    get = file.get if inherited else file.own
    hooks = [n for hook in get(job, "hooks") if isinstance(hook, Mapping) for n in hook.items("pre_get_sources_script")]
    steps = [s for run in file.own(job, "run") for s in items(run) if isinstance(s, Mapping)]
    return [
        ("hooks", file.script(tuple(hooks))),
        ("script", (*file.script(get(job, "before_script")), *file.script(get(job, "script")))),
        ("after_script", file.script(get(job, "after_script"))),
        *((f"run:{step.span.start}", file.script(step.items("script"))) for step in steps),
    ]


def _processes(
    region: Region,
    file: Configuration,
    name: str,
    job: Mapping,
    scripts: list[tuple[str, tuple[Scalar, ...]]],
    inherited: bool = True,
) -> Iterator[Process]:
    if not matters(Piece(s) for _, found in scripts for s in found):
        return
    facts = _facts(region, file, job, name, inherited)
    other = file.elsewhere(job, (*file.get(job, "before_script"), *file.get(job, "script")))
    if other is not None:
        told = f"{' '.join(t.value for t in texts(other))} stands in another file, which may activate an environment"
        facts = (*facts, fact(region, "environment", None, other, told))
    language = "powershell" if any(f.kind == "platform" and f.value == "windows" for f in facts) else "shell"
    for shell, found in scripts:
        yield Process(f"job:{job.span.start}", shell, tuple(Piece(s, language) for s in found), facts)


def _facts(region: Region, file: Configuration, job: Mapping, name: str, inherited: bool = True) -> tuple[Fact, ...]:
    facts = _variables(region, file, job)
    known = known_values(facts)
    tags = [resolved(text(n) or "", known) for node in file.get(job, "tags") for n in items(node)]
    image = file.image(job, inherited=inherited)
    key = Span(job.span.start, job.span.start)
    windows = next((t for t in tags if "windows" in t.lower()), "")
    mac = next((t for t in tags if "macos" in t.lower()), "")
    if windows or mac:
        where = next(iter(file.get(job, "tags")), job).span
        hosted = windows if windows.startswith("saas-") else mac if mac.startswith("saas-") else ""
        if hosted:
            facts.append(fact(region, "runner", f"gitlab:{hosted}", where, f"tags: {hosted}"))
        platform = "windows" if windows else "macos"
        facts.append(fact(region, "platform", platform, where, f"tags: {windows or mac}"))
    elif image is not None:
        value = alternatives(text(image[0]) or "", _matrix(file, job), known)
        facts.append(fact(region, "image", value, image[0], f"image: {value.replace('|', ' or ')}"))
        user = image[1].text("docker", "user") if image[1] else None
        if user:
            facts.append(fact(region, "user", user, image[0], f"user: {user}"))
    else:
        told = (
            "no image is named: the runner decides" if inherited else f"{name} is a template: what extends it decides"
        )
        facts.append(fact(region, "runner", "", key, told))
    return tuple(facts)


def _variables(region: Region, file: Configuration, job: Mapping) -> list[Fact]:
    nodes = file.variables(job)
    key = tuple(map(id, nodes.values()))
    if key not in file.facts:  # most jobs have the file's variables and no others
        known = {name: plain(node) for name, node in nodes.items()}
        out = []
        for name, node in nodes.items():
            value = known[name]
            if value is not None and "$" in value:
                known[name] = None  # `PATH: /x:$PATH` means the one before
                value = known[name] = resolved(value, known)
            out.append(fact(region, "variable", value, node, f"variables: {name}", name))
        file.facts[key] = out
    return list(file.facts[key])


def _matrix(file: Configuration, job: Mapping) -> dict[str, tuple[str, ...]]:
    """The values that `parallel: matrix:` gives to variables."""
    out: dict[str, tuple[str, ...]] = {}
    for parallel in file.own(job, "parallel"):
        for row in parallel.items("matrix") if isinstance(parallel, Mapping) else ():
            for entry in row.entries if isinstance(row, Mapping) else ():
                values = tuple(text(n) or "" for n in items(entry.value))
                out[entry.key.value] = (*out.get(entry.key.value, ()), *values)
    return out
