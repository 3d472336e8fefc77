"""GitLab pipelines: `before_script` and `script` of a job are one shell's; `after_script` has its own."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from prove.case import PROJECT, Case, Ran
from roots.layers import Layer, Outcome

NAME = "GitLab pipeline"
MACHINE = False


def replay(layer: Layer, case: Case, text: str) -> Ran:
    layer.write(PROJECT, {**case.files, ".gitlab-ci.yml": text}, case.user)
    pipeline = yaml.safe_load(text)
    default = {**pipeline.get("default", {}), **{k: pipeline[k] for k in ("before_script",) if k in pipeline}}
    outcome = Outcome(0, "")
    variables: dict[str, str] = {}
    for job in pipeline.values():
        if not isinstance(job, dict) or "script" not in job:
            continue
        variables = {k: str(v) for k, v in {**pipeline.get("variables", {}), **job.get("variables", {})}.items()}
        variables = {"CI": "true", "CI_PROJECT_DIR": PROJECT, **variables}
        lines = [*_lines(job.get("before_script", default.get("before_script"))), *_lines(job["script"])]
        # The runner's script for Unix shells: bash where there is one.
        written = "\n".join(["set -eo pipefail", *lines, ""])
        outcome = layer.run(["bash"], user=case.user, variables=variables, folder=PROJECT, given=written)
        after = "\n".join(["set -eo pipefail", *_lines(job.get("after_script")), ""])
        layer.run(["bash"], user=case.user, variables=variables, folder=PROJECT, given=after)
        if not outcome.ok:
            break
    return Ran(outcome, layer, case.user, variables)


def _lines(found: object) -> list[str]:
    if isinstance(found, list):
        return [line for item in found for line in _lines(item)]
    return [found] if isinstance(found, str) else []


def _job(*lines: str, above: str = "", before: tuple[str, ...] = ()) -> str:
    first = "".join(["  before_script:\n", *(f"    - {line}\n" for line in before)]) if before else ""
    return f"{above}test:\n  image: debian:12\n{first}  script:\n" + "".join(f"    - {line}\n" for line in lines)


def cases() -> Iterator[Case]:
    for name, text, imports in _files():
        yield Case(name, text, ".gitlab-ci.yml", imports, user="root")
    override = _job("pip install --break-system-packages six")
    yield Case("the override", override, ".gitlab-ci.yml", user="root", refused=False)


def _files() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "one line", _job("pip install six"), ("six",)
    yield "two lines", _job("pip install six", "pip3 install -r requirements.txt"), ("six", "iniconfig")
    yield "a line that uses it", _job("pip install six", "python3 -c 'import six'"), ("six",)
    yield "before_script", _job("python3 check.py", before=("pip install six",)), ("six",)
    yield "before_script and script", _job("pip install iniconfig", before=("pip install six",)), ("six", "iniconfig")
    yield "cd, then pip", _job("cd sub", "pip install -r requirements.txt"), ("six",)
    yield "a block", _job("|\n      pip install six\n      pip install iniconfig"), ("six", "iniconfig")
    yield "a quoted line", _job('"pip install six"'), ("six",)
    yield (
        "apt-get before",
        _job("pip3 install six", before=("apt-get update -qq", "apt-get install -y -qq python3-pip")),
        ("six",),
    )
    yield "apt-get in the line", _job("apt-get update && apt-get install -y python3-pip && pip3 install six"), ("six",)
    yield "before_script for all", _job("python3 check.py", above="before_script:\n  - pip install six\n\n"), ("six",)
    yield (
        "default",
        _job(
            "pip install six", above="default:\n  image: debian:12\n  before_script:\n    - pip3 install iniconfig\n\n"
        ),
        ("six", "iniconfig"),
    )
    yield "a venv that is not activated", _job("python3 -m venv venv", "pip install six"), ("six",)
    yield (
        "two jobs",
        _job("pip install six") + "\n" + _job("pip install iniconfig").replace("test:", "lint:"),
        ("iniconfig",),
    )
    yield "script as one string", "test:\n  image: debian:12\n  script: pip install six\n", ("six",)
