"""GitHub workflows: the steps of a job in order, with what they write to GITHUB_PATH and GITHUB_ENV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from prove.case import PROJECT, Case, Ran
from roots.layers import PATH, Layer, Outcome

NAME = "GitHub workflow"
MACHINE = False
_TEMP = "/tmp/runner"
# How the runner calls each shell; in a container without `shell:` it is sh.
_SHELLS = {
    "": ["sh", "-e"],
    "sh": ["sh", "-e"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
    "python": ["python3"],
}


def replay(layer: Layer, case: Case, text: str) -> Ran:
    layer.write(PROJECT, {**case.files, case.path: text}, case.user)
    layer.run(["sh", "-c", f"rm -rf {_TEMP} && mkdir -m 777 {_TEMP}"])
    workflow = yaml.load(text, yaml.BaseLoader)
    outcome = Outcome(0, "")
    variables: dict[str, str] = {}
    for job in workflow["jobs"].values():
        variables = {"PATH": PATH, "CI": "true", **workflow.get("env", {}), **job.get("env", {})}
        for number, step in enumerate(job["steps"]):
            outcome = _step(layer, case, step, _defaults(workflow, job), variables, number)
            if not outcome.ok:
                return Ran(outcome, layer, case.user, variables)
    return Ran(outcome, layer, case.user, variables)


def _defaults(workflow: Mapping[str, object], job: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for holder in (workflow, job):
        defaults = holder.get("defaults", {})
        assert isinstance(defaults, dict)
        found.update(defaults.get("run", {}))
    return found


def _step(
    layer: Layer, case: Case, step: dict[str, object], defaults: dict[str, str], variables: dict[str, str], number: int
) -> Outcome:
    """Run one step; what it hands on is added to the variables."""
    if "uses" in step:
        if str(step["uses"]).startswith("actions/checkout"):
            return Outcome(0, "")  # the project is there
        raise NotImplementedError(f"no such action here: {step['uses']}")
    script, handed = f"{_TEMP}/{number}.sh", {n: f"{_TEMP}/{n}-{number}" for n in ("GITHUB_ENV", "GITHUB_PATH")}
    run = str(step["run"])
    layer.write(_TEMP, {f"{number}.sh": run if run.endswith("\n") else f"{run}\n"})
    layer.run(
        ["sh", "-c", f"rm -f {' '.join(handed.values())}; touch {' '.join(handed.values())}; chmod 666 {_TEMP}/*"]
    )
    layer.run(["chmod", "777", _TEMP])
    own = step.get("env", {})
    assert isinstance(own, dict)
    shell = _SHELLS[str(step.get("shell", defaults.get("shell", "")))]
    folder = f"{PROJECT}/{step.get('working-directory', defaults.get('working-directory', ''))}".rstrip("/")
    given = {**variables, **own, **handed, "GITHUB_WORKSPACE": PROJECT}
    outcome = layer.run([*shell, script], user=case.user, variables=given, folder=folder)
    for line in (layer.path / handed["GITHUB_ENV"].lstrip("/")).read_text().splitlines():
        name, _, value = line.partition("=")
        variables[name] = value
    for line in (layer.path / handed["GITHUB_PATH"].lstrip("/")).read_text().splitlines():
        variables["PATH"] = f"{line}:{variables['PATH']}"
    return outcome


def _workflow(*steps: str, above: str = "", job: str = "") -> str:
    listed = "".join(f"      - {step}\n" for step in steps)
    head = f"on: push\n{above}jobs:\n  test:\n    runs-on: ubuntu-latest\n    container: debian:12\n{job}"
    return f"{head}    steps:\n{listed}"


def cases() -> Iterator[Case]:
    for name, text, imports in _files():
        yield Case(name, text, ".github/workflows/ci.yml", imports, user="root")
    override = _workflow("run: pip install --break-system-packages six")
    yield Case("the override", override, ".github/workflows/ci.yml", user="root", refused=False)
    variable = _workflow("run: pip install six", above="env:\n  PIP_BREAK_SYSTEM_PACKAGES: 1\n")
    yield Case("the override for all", variable, ".github/workflows/ci.yml", user="root", refused=False)


def _files() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    checkout = "uses: actions/checkout@v4"
    yield "one line", _workflow("run: pip install six"), ("six",)
    yield "behind checkout", _workflow(checkout, "run: pip3 install -r requirements.txt"), ("six", "iniconfig")
    yield (
        "a block",
        _workflow("run: |\n          pip install six\n          pip install iniconfig"),
        ("six", "iniconfig"),
    )
    yield "a name", _workflow("name: Dependencies\n        run: python3 -m pip install six"), ("six",)
    yield "two steps", _workflow("run: pip install six", "run: pip install iniconfig"), ("six", "iniconfig")
    yield "a step that uses it", _workflow(checkout, "run: pip install -e .", "run: python3 check.py"), ("own",)
    yield "a step that runs it", _workflow("run: pip install pyflakes", "run: pyflakes --version"), ("pyflakes",)
    yield (
        "the same step uses it",
        _workflow("run: |\n          pip install six\n          python3 -c 'import six'"),
        ("six",),
    )
    yield "a folder", _workflow("run: pip install -r requirements.txt\n        working-directory: sub"), ("six",)
    yield (
        "a folder for all, and a use",
        _workflow(
            "run: pip install -r requirements.txt",
            "run: python3 -c 'import six'",
            job="    defaults:\n      run:\n        working-directory: sub\n",
        ),
        ("six",),
    )
    yield "bash", _workflow("run: pip install six | cat\n        shell: bash"), ("six",)
    yield (
        "--user and a path",
        _workflow("run: pip install --user six", 'run: echo "$HOME/.local/bin" >> "$GITHUB_PATH"'),
        ("six",),
    )
    yield (
        "apt-get in the same step",
        _workflow(
            "run: |\n          apt-get update\n          apt-get install -y python3-pip\n          pip3 install six"
        ),
        ("six",),
    )
    yield "a venv of another step", _workflow("run: python3 -m venv .venv", "run: pip install six"), ("six",)
    yield (
        "a venv activated in another step",
        _workflow("run: |\n          python3 -m venv .venv\n          . .venv/bin/activate", "run: pip install six"),
        ("six",),
    )
    yield "folded", _workflow("run: >\n          pip install\n          six\n          iniconfig"), ("six", "iniconfig")
    yield "sudo is not there", _workflow("run: |\n          set -x\n          sudo pip3 install six"), ("six",)
