"""Dockerfiles: read by BuildKit's own parser; their instructions are replayed in order, each on the layer before.

As in a builder what was run once is not run again: the layer of an instruction is remembered with that below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import dockerfile as buildkit  # type: ignore[import-not-found]

from prove.case import FILES, Case, Ran
from roots.layers import PATH, Layer, Outcome

NAME = "Dockerfile"
MACHINE = False
_CONTEXT = "/srv/context"
_VARIABLE = re.compile(r"\\(.)|\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})")


@dataclass(frozen=True)
class _Image:
    """What an image is while it is built: its files and its configuration."""

    layer: Layer
    variables: Mapping[str, str] = field(default_factory=lambda: {"PATH": PATH})
    arguments: Mapping[str, str] = field(default_factory=dict)
    user: str = "root"
    folder: str = "/"
    shell: tuple[str, ...] = ("/bin/sh", "-c")

    def expanded(self, text: str) -> str:
        known = {**self.arguments, **self.variables}

        def value(match: re.Match[str]) -> str:
            if match[1]:
                return match[1]
            found = known.get(match[2] or match[3], "")
            if match[4] == "-":
                return found or match[5]
            return (match[5] if found else "") if match[4] == "+" else found

        return _VARIABLE.sub(value, text)


def replay(layer: Layer, case: Case, text: str) -> Ran:
    """Build the image; its base is the layer, whatever FROM names besides earlier stages."""
    stages: dict[str, _Image] = {}
    image = _Image(layer)
    outcome = Outcome(0, "")
    name = ""
    for number, step in enumerate(buildkit.parse_string(text)):
        if step.cmd == "FROM":
            given = [image.expanded(v) for v in step.value]
            image = stages.get(given[0]) or _Image(_with_context(layer, case))
            name = given[2] if len(given) > 2 else str(number)
        else:
            image, outcome = _instruction(image, step, stages)
        stages[name] = image
        if not outcome.ok:
            break
    return Ran(outcome, image.layer, image.user, image.variables, image.folder, reaches=True)


def _with_context(layer: Layer, case: Case) -> Layer:
    """The files that COPY finds, out of the way of the image's own."""

    def write(made: Layer) -> Outcome:
        made.write(_CONTEXT, case.files)
        return Outcome(0, "")

    return _on(layer, ("context", *case.files.items()), write)[0]


def _instruction(image: _Image, step: Any, stages: dict[str, _Image]) -> tuple[_Image, Outcome]:
    nothing = Outcome(0, "")
    if step.cmd == "ENV":
        pairs = list(zip(step.value[::2], step.value[1::2], strict=True))
        new = {image.expanded(k): image.expanded(_unquoted(v)) for k, v in pairs}
        return replace(image, variables={**image.variables, **new}), nothing
    if step.cmd == "ARG":
        new = {k: image.expanded(_unquoted(v)) for k, _, v in (a.partition("=") for a in step.value)}
        return replace(image, arguments={**image.arguments, **new}), nothing
    if step.cmd == "USER":
        return replace(image, user=image.expanded(step.value[0])), nothing
    if step.cmd == "SHELL":
        return replace(image, shell=tuple(step.value)), nothing
    if step.cmd == "WORKDIR":
        folder = image.expanded(step.value[0])
        folder = folder if folder.startswith("/") else f"{image.folder.rstrip('/')}/{folder}"
        made, outcome = _on(image.layer, ("workdir", folder), lambda on: on.run(["mkdir", "-p", folder]))
        return replace(image, layer=made, folder=folder), outcome
    if step.cmd in ("COPY", "ADD"):
        return _copy(image, step, stages)
    if step.cmd == "RUN":
        return _run(image, step)
    if step.cmd in ("CMD", "ENTRYPOINT", "LABEL", "EXPOSE", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"):
        return image, nothing
    raise NotImplementedError(step.original)


def _run(image: _Image, step: Any) -> tuple[_Image, Outcome]:
    written = step.heredocs[0].content if step.heredocs and step.value[0].startswith("<<") else ""
    if step.json:
        command = list(step.value)
    elif written.startswith("#!"):
        command = [
            "/bin/sh",
            "-c",
            f"cat > /tmp/heredoc && chmod +x /tmp/heredoc && exec /tmp/heredoc <<'.'\n{written}.",
        ]
    else:
        text = written or step.value[0] + "".join(f"\n{h.content}{h.name}" for h in step.heredocs)
        command = [*image.shell, text]
    variables = {**image.arguments, **image.variables}
    key = ("run", *command, image.user, image.folder, *sorted(variables.items()))

    def run(layer: Layer) -> Outcome:
        return layer.run(command, user=image.user, variables=variables, folder=image.folder)

    made, outcome = _on(image.layer, key, run)
    return replace(image, layer=made), outcome


_COPY = """
set -e
target=$1; owner=$2; shift 2
case $target in */) mkdir -p "$target";; *) mkdir -p "$(dirname "$target")";; esac
[ $# = 1 ] || mkdir -p "$target"
for source; do
  if [ -d "$source" ]; then mkdir -p "$target"; cp -a "$source/." "$target"
  else cp -a "$source" "$target"; fi
done
[ -z "$owner" ] || chown -R "$owner" "$target"
"""


def _copy(image: _Image, step: Any, stages: dict[str, _Image]) -> tuple[_Image, Outcome]:
    flags = dict(f.removeprefix("--").split("=", 1) for f in step.flags)
    stage = stages.get(flags.get("from", ""))
    top = f"{stage.layer.inner}/" if stage else f"{image.layer.inner}{_CONTEXT}/"
    sources = [top + image.expanded(v).lstrip("/") for v in step.value[:-1]]
    target = image.expanded(step.value[-1])
    target = target if target.startswith("/") else f"{image.folder.rstrip('/')}/{target.removeprefix('./')}"
    owner = flags.get("chown", "")

    def copy(layer: Layer) -> Outcome:
        # The context lies below the layer as well, and a name of an owner means what it means there.
        number = layer.run(["id", "-u", owner]).output.strip() if owner else ""
        return layer.store.inside(["sh", "-c", _COPY, "sh", f"{layer.inner}{target}", number, *sources])

    made, outcome = _on(image.layer, ("copy", target, owner, *sources), copy)
    return replace(image, layer=made), outcome


def _on(layer: Layer, key: object, work: Callable[[Layer], Outcome]) -> tuple[Layer, Outcome]:
    """A layer on another in which something was done, made once."""
    with layer.lock:
        if key not in layer.built:
            child = layer.child()
            layer.built[key] = child, work(child)
        return layer.built[key]


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(r'\\(["\\])', r"\1", value[1:-1])
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value


_PYTHON = "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip\n"


def cases() -> Iterator[Case]:
    for name, text, imports in _files():
        yield Case(name, text, "Dockerfile", imports, root="bare", user="root", files=FILES)
    own = (
        f"FROM debian:12\n{_PYTHON}RUN apt-get install -y python3-venv && python3 -m venv /v\n"
        "USER app\nRUN pip3 install six\n"
    )
    yield Case("a user and a venv of root's", own, "Dockerfile", root="bare", user="root")
    crlf = f"FROM debian:12\n{_PYTHON}RUN pip3 install six\n".replace("\n", "\r\n")
    yield Case("CRLF", crlf, "Dockerfile", root="bare", user="root")
    flag = f"FROM debian:12\n{_PYTHON}RUN pip3 install --break-system-packages six\n"
    yield Case("--break-system-packages", flag, "Dockerfile", root="bare", user="root", refused=False)
    variable = f"FROM debian:12\n{_PYTHON}ENV PIP_BREAK_SYSTEM_PACKAGES=1\nRUN pip3 install six\n"
    yield Case("ENV PIP_BREAK_SYSTEM_PACKAGES", variable, "Dockerfile", root="bare", user="root", refused=False)
    removed = f"FROM debian:12\n{_PYTHON}RUN rm /usr/lib/python3*/EXTERNALLY-MANAGED\nRUN pip3 install six\n"
    yield Case("the marker removed", removed, "Dockerfile", root="bare", user="root", refused=False)
    own = f"FROM debian:12\n{_PYTHON}RUN python3 -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\nRUN pip install six\n"
    yield Case("python3-venv is missing", own, "Dockerfile", root="bare", user="root", refused=False)


def _files() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    head = f"FROM debian:12\n{_PYTHON}"
    for run, imports in (
        ("pip install six", ("six",)),
        ("pip3 install --no-cache-dir six iniconfig", ("six", "iniconfig")),
        ("python3 -m pip install six", ("six",)),
        ("/usr/bin/python3 -m pip install six", ("six",)),
        ("/usr/bin/pip3 install six", ("six",)),
        ("pip3 install --user six", ("six",)),
        ("pip install --upgrade pip && pip install six", ("six",)),
        ("set -eux; pip3 install six; pip3 list", ("six",)),
        ("pip3 install \\\n    six \\\n    # comment\n    iniconfig", ("six", "iniconfig")),
        ("bash -c 'pip3 install six'", ("six",)),
        ('["pip3", "install", "six"]', ("six",)),
        ("<<EOF\nset -e\npip3 install six\nEOF", ("six",)),
        ("--mount=type=cache,target=/root/.cache/pip pip3 install six", ("six",)),
    ):
        yield f"RUN {' '.join(run.split())}", f"{head}RUN {run}\n", imports
    one = "apt-get update && apt-get install -y python3-pip"
    yield "all in one RUN", f"FROM debian:12\nRUN {one} && pip3 install six\n", ("six",)
    yield (
        "all in one RUN, continued",
        (
            "FROM debian:12\nRUN apt-get update \\\n && apt-get install -y \\\n    python3 \\\n    python3-pip \\\n"
            " && pip3 install six \\\n && rm -rf /var/lib/apt/lists/*\n"
        ),
        ("six",),
    )
    yield (
        "all in one RUN, with a clean-up and a use",
        (f"FROM debian:12\nRUN {one} && pip3 install six && python3 -c 'import sys'\nRUN python3 -c 'import six'\n"),
        ("six",),
    )
    yield (
        "COPY requirements.txt",
        f"{head}WORKDIR /app\nCOPY requirements.txt .\nRUN pip3 install -r requirements.txt\n",
        (
            "six",
            "iniconfig",
        ),
    )
    yield "COPY .", f'{head}WORKDIR /app\nCOPY . .\nRUN pip install .\nCMD ["python3", "check.py"]\n', ("own",)
    yield "-e .", f"{head}WORKDIR /app\nCOPY . .\nRUN pip install -e .\n", ("own",)
    yield "USER", f"{head}USER app\nRUN pip3 install six\n", ("six",)
    yield "USER with --user", f"{head}USER app\nWORKDIR /home/app\nRUN pip3 install --user six\n", ("six",)
    yield "USER behind", f"{head}RUN pip3 install six\nUSER app\nRUN python3 -c 'import six'\n", ("six",)
    yield (
        "two RUNs, the second as a user",
        f"{head}RUN pip3 install six\nUSER app\nRUN pip3 install iniconfig\n",
        (
            "six",
            "iniconfig",
        ),
    )
    yield (
        "two RUNs as users",
        f"{head}USER app\nRUN pip3 install six\nUSER root\nRUN pip3 install iniconfig\n",
        (
            "six",
            "iniconfig",
        ),
    )
    yield "USER by number", f"{head}USER 1000:1000\nRUN pip3 install six\n", ("six",)
    yield "SHELL bash", f'{head}SHELL ["/bin/bash", "-euo", "pipefail", "-c"]\nRUN pip3 install six | cat\n', ("six",)
    yield "a login shell", f'{head}SHELL ["/bin/bash", "-lc"]\nRUN pip3 install six\n', ("six",)
    yield "ARG in FROM", f"ARG TAG=12\nFROM debian:${{TAG}}\n{_PYTHON}RUN pip3 install six\n", ("six",)
    yield (
        "a later stage on an earlier one",
        f"FROM debian:12 AS base\n{_PYTHON}FROM base\nRUN pip3 install six\n",
        ("six",),
    )
    yield (
        "a stage on one with packages",
        (f"FROM debian:12 AS base\n{_PYTHON}RUN pip3 install six\nFROM base\nRUN pip3 install iniconfig\n"),
        ("six", "iniconfig"),
    )
    yield (
        "two stages, each its own",
        (
            f"FROM debian:12 AS build\n{_PYTHON}RUN pip3 install iniconfig\nRUN pip3 wheel -w /w six\n"
            f"FROM debian:12\n{_PYTHON}COPY --from=build /w /w\nRUN pip3 install /w/six*.whl\n"
        ),
        ("six",),
    )
    yield (
        "a stage whose user site is copied",
        (
            f"FROM debian:12 AS build\n{_PYTHON}RUN pip3 install --user six\n"
            "FROM debian:12\nRUN apt-get update && apt-get install -y python3\n"
            "COPY --from=build /root/.local /root/.local\n"
        ),
        ("six",),
    )
    yield (
        "a stage whose packages are copied",
        (
            f"FROM debian:12 AS build\n{_PYTHON}RUN pip3 install --prefix=/install six && pip3 install iniconfig\n"
            "FROM debian:12\nRUN apt-get update && apt-get install -y python3\n"
            "COPY --from=build /usr/local /usr/local\n"
        ),
        ("iniconfig",),
    )
    yield (
        "a venv that no RUN uses",
        f"{head}RUN apt-get install -y python3-venv && python3 -m venv /v\nRUN pip3 install six\n",
        ("six",),
    )
    yield (
        "a venv activated in another RUN",
        (
            f"{head}RUN apt-get install -y python3-venv && python3 -m venv /v && . /v/bin/activate\n"
            "RUN pip3 install six\n"
        ),
        ("six",),
    )
    yield (
        "lists removed",
        (
            "FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip && rm -rf /var/lib/apt/lists/*\n"
            "RUN pip3 install six\n"
        ),
        ("six",),
    )
    yield (
        "libraries from apt",
        (
            "FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip python3-iniconfig\n"
            "RUN pip3 install six\nRUN python3 -c 'import six, iniconfig'\n"
        ),
        ("six", "iniconfig"),
    )
    yield (
        "a use behind",
        f"{head}RUN pip3 install pyflakes\nRUN pyflakes --version && python3 -c 'import pyflakes'\n",
        ("pyflakes",),
    )
