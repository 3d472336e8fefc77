"""Which line of which file issued the command that was refused: real output beside little projects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from machines import DEBIAN_12
from pep668.model import Machine
from pep668.render.explanation import as_json, as_text
from projects import DOCKERFILE, FOLDER, PIP, UV, explained, places, recorded, titles


@dataclass(frozen=True)
class Case:
    """`expected` are the places, one for each error, with the command that stands there."""

    command: str
    output: str
    files: dict[str, str]
    expected: list[str]
    written: str = ""
    code: int | None = 1
    machine: Machine | None = DEBIAN_12
    kwargs: dict[str, Any] = field(default_factory=dict)


SETUP = "#!/usr/bin/env bash\nset -euo pipefail\necho '==> Installing dependencies'\npip3 install -r requirements.txt\n"
MAKEFILE = (
    ".PHONY: all deps\nall: deps\n\ndeps:\n\tpython3 -m pip install -r requirements.txt\n\n"
    "other:\n\tpip3 install other\n"
)
TWO = "pip3 install attrs\npip3 install six\n"

CASES = {
    "a trace with places": Case(
        'cd proj && PS4="+ \\${BASH_SOURCE}:\\${LINENO}: " bash -x setup.sh',
        recorded("wrap-sh-x-ps4"),
        {"proj/setup.sh": SETUP},
        ["proj/setup.sh:4"],
        "pip3 install -r requirements.txt",
    ),
    "of equal commands the one that the trace names": Case(
        "bash -x setup.sh",
        "+ setup.sh:3: pip3 install six\n" + PIP,
        {"setup.sh": "if a; then pip3 install six; fi\nif b; then\n  pip3 install six\nfi\n"},
        ["setup.sh:3"],
    ),
    "of equal commands none, where nothing tells": Case(
        "bash -x setup.sh",
        "+ pip3 install six\n" + PIP,
        {"setup.sh": "if a; then pip3 install six; fi\nif b; then\n  pip3 install six\nfi\n"},
        [""],
    ),
    "of equal commands one after the other, where each is refused": Case(
        "bash -x setup.sh",
        ("+ pip3 install six\n" + PIP) * 2,
        {"setup.sh": "pip3 install six\necho\npip3 install six\n"},
        ["setup.sh:1", "setup.sh:3"],
    ),
    "by a pipe": Case(
        "cat proj/setup.sh | (cd proj && bash -s)",
        recorded("wrap-curl-pipe-bash"),
        {"proj/setup.sh": SETUP},
        ["proj/setup.sh:4"],
    ),
    "make": Case(
        "cd proj && make deps", recorded("wrap-make"), {"proj/Makefile": MAKEFILE}, ["proj/Makefile:5"], code=2
    ),
    "make's first target": Case("make", recorded("wrap-make"), {"Makefile": MAKEFILE}, ["Makefile:5"], code=2),
    "make in a folder, of another name": Case(
        "make -C sub -f build.mk deps", recorded("wrap-make"), {"sub/build.mk": MAKEFILE}, ["sub/build.mk:5"], code=2
    ),
    "make that calls make": Case(
        "cd nest && make all",
        recorded("wrap-make-nested"),
        {"nest/GNUmakefile": "all:\n\t$(MAKE) -f Makefile deps\n", "nest/Makefile": MAKEFILE},
        ["nest/Makefile:5"],
        code=2,
    ),
    "a makefile that another includes": Case(
        "cd proj && make",
        recorded("wrap-make"),
        {"proj/Makefile": "D := mk\ndefault: deps\ninclude $(D)/deps.mk no.mk\n", "proj/mk/deps.mk": MAKEFILE},
        ["proj/mk/deps.mk:5"],
        code=2,
    ),
    "a makefile that includes what is not known": Case(
        "make -s",
        PIP,
        {"Makefile": "all: deps\ninclude $(wildcard *.mk)\nother:\n\tpip3 install six\n", "a.mk": MAKEFILE},
        [""],
        code=2,
    ),
    "a makefile that includes itself": Case(
        "make -s deps", PIP, {"Makefile": f"include Makefile\n{MAKEFILE}"}, ["Makefile:6"], code=2
    ),
    "a module of Python": Case(
        "cd proj && python3 -m tools.deps --all -c x -m deps",
        PIP,
        {"proj/tools/deps.py": "import os\nos.system('pip3 install six')\n", "proj/deps.py": "pass\n"},
        ["proj/tools/deps.py:2"],
    ),
    "a package of Python": Case(
        "python3 -m tools",
        PIP,
        {"tools/__main__.py": "import os\nos.system('pip3 install six')\n"},
        ["tools/__main__.py:2"],
    ),
    "make without an echo: what other targets do does not matter": Case(
        "make -s deps", PIP, {"Makefile": MAKEFILE}, ["Makefile:5"], code=2
    ),
    "another target of the same makefile is not it": Case(
        "make other", recorded("wrap-make"), {"Makefile": MAKEFILE}, [""], code=2
    ),
    "make's variables": Case(
        "make",
        "pip install attrs six\n" + PIP,
        {"Makefile": "PKGS = attrs six\nPIP := pip\nall:\n\t@true\n\t$(PIP) install $(PKGS)\n"},
        ["Makefile:5"],
        code=2,
    ),
    "docker, BuildKit": Case(
        "docker build --progress=plain .",
        recorded("constructed-docker-buildkit-plain"),
        {"Dockerfile": DOCKERFILE},
        ["Dockerfile:4"],
        "pip3 install -r requirements.txt",
        code=None,
    ),
    "docker, of two equal instructions": Case(
        "docker buildx build --progress=plain -t x:y .",
        recorded("constructed-docker-buildkit-plain"),
        {
            "Dockerfile": "FROM debian:12\nRUN pip3 install -r requirements.txt\n\n"
            + DOCKERFILE.rpartition("RUN")[1]
            + " pip3 install -r requirements.txt\n"
        },
        ["Dockerfile:4"],
    ),
    "docker, the legacy builder counts": Case(
        "DOCKER_BUILDKIT=0 docker build -f build/Dockerfile .",
        recorded("constructed-docker-legacy"),
        {"build/Dockerfile": "FROM debian:12\nRUN pip3 install requests\n#\nRUN true\n\nRUN pip3 install requests\n"},
        ["build/Dockerfile:6"],
    ),
    "podman finds its Containerfile": Case(
        "podman build ctx",
        "STEP 2/2: RUN pip3 install requests\n" + PIP,
        {"ctx/Containerfile": "FROM debian:12\nRUN pip3 install requests\n"},
        ["ctx/Containerfile:2"],
    ),
    "compose": Case(
        "docker compose up --build -d web",
        recorded("constructed-docker-buildkit-plain"),
        {
            "compose.yaml": "services:\n  web:\n    build: ./web\n  db:\n    build: {context: db, dockerfile: D}\n",
            "web/Dockerfile": DOCKERFILE,
            "db/D": DOCKERFILE,
        },
        ["web/Dockerfile:4"],
    ),
    "npm run": Case(
        "cd npmq && npm run postinstall",
        recorded("wrap-npm-run"),
        {"npmq/package.json": '{"scripts": {\n"x": "pip3 install six",\n\n"postinstall": "pip3 install six"\n}}\n'},
        ["npmq/package.json:4"],
    ),
    "npm install": Case(
        "cd npmp && npm install",
        recorded("wrap-npm-install-preinstall-tty80"),
        {"npmp/package.json": '{"scripts": {\n  "preinstall": "python3 -m pip install -r requirements.txt"}}\n'},
        ["npmp/package.json:2"],
    ),
    "nox": Case(
        "cd mgr && nox -s deps",
        recorded("nox-none-backend-tty80"),
        {
            "mgr/noxfile.py": 'import nox\n\n\n@nox.session(venv_backend="none")\ndef deps(session):\n'
            '    session.run("python3", "-m", "pip", "install", "six")\n'
        },
        ["mgr/noxfile.py:6"],
    ),
    "subprocess": Case(
        "/usr/bin/python3 sub.py",
        recorded("wrap-subprocess-check_call"),
        {
            "sub.py": "import subprocess, sys\n\n\ndef main():\n"
            '    subprocess.check_call([sys.executable, "-m", "pip", "install", "requests"])\n\n\nmain()\n'
        },
        ["sub.py:5"],
    ),
    "just": Case(
        "just",
        "pip3 install six\n" + PIP + "error: Recipe `deps` failed on line 5 with exit code 1\n",
        {"justfile": "default: deps\n\techo done\n\ndeps:\n\tpip3 install six\n\nother:\n\tpip3 install six\n"},
        ["justfile:5"],
    ),
    "task": Case(
        "task deps",
        "task: [deps] pip3 install six\n" + PIP,
        {"Taskfile.yml": "version: '3'\ntasks:\n  deps:\n    cmds:\n      - pip3 install six\n  x: [pip3 install x]\n"},
        ["Taskfile.yml:5"],
        code=201,
    ),
    "ansible, a role": Case(
        "ansible-playbook -i hosts site.yml",
        'fatal: [box]: FAILED! => {"changed": false, "cmd": ["/usr/bin/python3", "-m", "pip.__main__", "install", '
        '"flask"], "msg": "stdout: \\n:stderr: error: externally-managed-environment\\n\\n× This environment is '
        "externally managed\\n╰─> To install Python packages system-wide, try apt install\\n    python3-xyz\\n\\n"
        "note: If you believe this is a mistake, please contact your Python installation or OS distribution "
        'provider.\\nhint: See PEP 668 for the detailed specification.\\n"}\n',
        {
            "site.yml": "- hosts: all\n  roles: [web]\n  tasks:\n    - ansible.builtin.pip:\n        name: six\n",
            "roles/web/tasks/main.yml": "- name: Flask\n  ansible.builtin.pip:\n    name: flask\n",
        },
        ["roles/web/tasks/main.yml:2"],
        code=2,
        machine=None,
    ),
    "vagrant": Case(
        "vagrant up",
        "    default: " + PIP.replace("\n", "\n    default: "),
        {"Vagrantfile": 'Vagrant.configure("2") do |c|\n  c.vm.provision "shell", inline: "pip3 install six"\nend\n'},
        ["Vagrantfile:2"],
    ),
    "files that run files, at most four deep": Case(
        "./a.sh",
        PIP,
        {
            "a.sh": '#!/bin/sh\ncd "$(dirname "$0")/sub"\n./b.sh\n',
            "sub/b.sh": '#!/bin/sh\nDIR="$(cd "$(dirname "$0")" && pwd)"\n"$DIR/c.sh"\n',
            "sub/c.sh": "#!/bin/sh\nmake -s -C .. deps\n",
            "Makefile": "deps:\n\tpip3 install six\n",
        },
        ["Makefile:2"],
    ),
    "no deeper": Case(
        "./0.sh",
        PIP,
        {**{f"{n}.sh": f"#!/bin/sh\n./{n + 1}.sh\n" for n in range(4)}, "4.sh": "#!/bin/sh\npip install six\n"},
        [""],
    ),
    "a script that runs itself": Case("./a.sh", PIP, {"a.sh": "#!/bin/sh\n./a.sh\npip install six\n"}, [""]),
    "fish": Case("fish x.fish", PIP, {"x.fish": "if true\n  pip3 install six\nend\n"}, ["x.fish:2"]),
    "tox": Case(
        "tox -e py",
        "py: commands[0]> python3 -m pip install six\n" + PIP,
        {"tox.ini": "[testenv]\ncommands =\n  python3 -m pip install attrs\n  python3 -m pip install six\n"},
        ["tox.ini:4"],
    ),
    "a notebook": Case(
        "jupyter nbconvert --to notebook --execute a.ipynb",
        PIP,
        {"a.ipynb": '{"cells": [\n{"cell_type": "code", "source": ["!pip install six"]}], "nbformat": 4}\n'},
        ["a.ipynb:2"],
    ),
    "CMake": Case(
        "cmake --build out",
        PIP,
        {
            "out/CMakeCache.txt": f"CMAKE_HOME_DIRECTORY:INTERNAL={FOLDER}\n",
            "CMakeLists.txt": "project(x)\nexecute_process(COMMAND pip3 install six)\n",
        },
        ["CMakeLists.txt:2"],
    ),
    "invoke": Case(
        "inv deps",
        "pip3 install six\n" + PIP,
        {"tasks.py": "@task\ndef deps(c):\n    c.run('pip3 install six')\n"},
        ["tasks.py:3"],
    ),
    "uv": Case(
        "bash setup.sh", UV, {"setup.sh": "pip install six\nuv pip install --system six\n"}, ["setup.sh:2"], code=2
    ),
    "several in one run, each by what stands beside it": Case(
        "bash multi.sh",
        PIP * 2 + "python3 -m pip install -r requirements.txt\n" + PIP + "make: *** [Makefile:5: deps] Error 1\n",
        {"multi.sh": "pip3 install attrs\npip3 install -q six || true\nmake deps\n", "Makefile": MAKEFILE},
        ["multi.sh:1", "multi.sh:2", "Makefile:5"],
    ),
    "what is named behind another is not this one's; a program's text is not its order": Case(
        "python3 sub.py",
        PIP + PIP + "Traceback (most recent call last):\n"
        "subprocess.CalledProcessError: Command '['/usr/bin/python3', '-m', 'pip', 'install', 'six']' "
        "returned non-zero exit status 1.\n",
        {
            "sub.py": 'import subprocess, sys\nsubprocess.run(["pip3", "install", "attrs"])\n'
            'subprocess.check_call([sys.executable, "-m", "pip", "install", "six"])\n'
        },
        ["", "sub.py:3"],
    ),
    "the only install": Case("sh x", PIP, {"x": "a=$(date)\n\nif true; then\n  pip install $a\nfi\n"}, ["x:4"]),
    "two that may be it": Case("sh x", PIP, {"x": "if a; then pip install b; fi\npip install c\n"}, [""]),
    "the first of two that are refused": Case("sh x", PIP, {"x": TWO}, ["x:1"]),
    "what is not seen cannot be it": Case("sh x", PIP, {"x": TWO.replace("attrs\n", "attrs 2>/dev/null\n")}, ["x:2"]),
    "an environment's own is not it": Case(
        "sh x", PIP, {"x": "python3 -m venv .venv\n.venv/bin/pip install a\npip install b\n"}, ["x:3"]
    ),
    "what is typed is no file's": Case("bash -x x; pip3 install six", PIP, {"x": "pip3 install six\n"}, [""]),
    "not what the echo shows": Case("bash -x x", "+ pip3 install attrs\n" + PIP, {"x": "pip3 install six\n"}, [""]),
    "a loop": Case(
        "bash -x x",
        "+ for p in six\n+ pip3 install six\n" + PIP,
        {"x": 'for p in six attrs; do\n  pip3 install "$p"\ndone\n'},
        ["x:2"],
    ),
    "a part that cannot be read": Case("sh x; ./missing.sh", PIP, {"x": "pip install a\n"}, [""]),
    "a build's log, of which nothing is known": Case(
        "", recorded("constructed-docker-buildkit-plain"), {"Dockerfile": DOCKERFILE}, ["Dockerfile:4"], machine=None
    ),
    "a build's log, whose place is another command's": Case(
        "", recorded("constructed-docker-buildkit-plain"), {"Dockerfile": TWO * 4}, [""], machine=None
    ),
    "a failure that names its place": Case(
        "bash setup.sh",
        "setup.sh: line 2: pip: command not found\n",
        {"setup.sh": "a\n  pip install six\n"},
        ["setup.sh:2"],
        "pip install six",
        code=127,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_places(name: str) -> None:
    case = CASES[name]
    found = explained(case.command, case.output, case.files, case.code, machine=case.machine)
    assert places(found) == case.expected
    if case.written:
        assert found.sources[0] is not None
        assert found.sources[0].written == case.written
    for source in found.sources:
        if source is not None:
            assert source.text[source.span.start : source.span.end].strip()


def test_the_place_is_among_the_first_actions() -> None:
    script = explained("bash setup.sh", PIP, {"setup.sh": SETUP})
    assert titles(script) == ["Create .venv and run it", "Show in setup.sh:4", "Explain"]
    image = explained("docker build .", recorded("constructed-docker-buildkit-plain"), {"Dockerfile": DOCKERFILE})
    assert titles(image) == ["Show in Dockerfile:4", "Explain"]
    assert image.advice is not None
    shown = image.advice.actions[0].to_json()
    assert shown["uri"] == "file:///home/dev/Dockerfile"
    assert shown["range"]["start"] == {"line": 3, "character": 4}


def test_the_first_place_that_is_known_is_shown() -> None:
    case = CASES["what is named behind another is not this one's; a program's text is not its order"]
    assert "Show in sub.py:3" in titles(explained(case.command, case.output, case.files))


def test_it_is_printed() -> None:
    found = explained("make deps", recorded("wrap-make"), {"Makefile": MAKEFILE}, 2)
    assert as_json(found, recorded("wrap-make"))["errors"][0]["source"] == {"path": "Makefile", "line": 5, "column": 2}
    assert "\nMakefile:5: python3 -m pip install -r requirements.txt\n" in as_text(found)
    assert "`Makefile:5` issued it" in found.markdown
    nothing = explained("pip3 install six", PIP, {})
    assert as_json(nothing, PIP)["errors"][0]["source"] is None


def test_an_unsaved_text_is_shown_by_its_own_lines() -> None:
    edited = {"setup.sh": "\n\npip3 install six\n"}
    found = explained("bash -x setup.sh", "+ setup.sh:1: pip3 install six\n" + PIP, edited, unsaved=("setup.sh",))
    assert places(found) == ["setup.sh:3"]
    twice = {"setup.sh": "pip3 install six\n" * 2}
    found = explained("bash -x setup.sh", "+ setup.sh:1: pip3 install six\n" + PIP, twice, unsaved=("setup.sh",))
    assert places(found) == [""]
