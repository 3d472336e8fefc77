"""Ansible playbooks: ansible-core runs them inside the system, by the local connection and the system's own Python."""

from __future__ import annotations

from collections.abc import Iterator

from prove.case import PROJECT, Case, Ran
from roots.layers import Layer

NAME = "Ansible playbook"
MACHINE = True
_VARIABLES = {
    "LC_ALL": "C.UTF-8",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_LOCALHOST_WARNING": "0",
    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
}


def replay(layer: Layer, case: Case, text: str) -> Ran:
    layer.write(PROJECT, {**case.files, case.path: text}, case.user)
    command = ["/opt/ansible/bin/ansible-playbook", "-i", "localhost,", "-c", "local", case.path]
    return Ran(layer.run(command, user=case.user, variables=_VARIABLES, folder=PROJECT), layer, case.user)


def _book(*tasks: str, play: str = "") -> str:
    written = "".join(f"    - name: Task {number}\n{task}" for number, task in enumerate(tasks))
    return f"- hosts: localhost\n  gather_facts: false\n{play}  tasks:\n{written}"


def _pip(**options: str) -> str:
    return "      ansible.builtin.pip:\n" + "".join(f"        {k}: {v}\n" for k, v in options.items())


_APT = "      ansible.builtin.apt:\n        name: python3-pip\n        update_cache: true\n"


def cases() -> Iterator[Case]:
    for name, text, imports in _books():
        for user in ("app", "root"):
            if user == "root" or "become" in text:
                yield Case(f"{name} ({user})", text, "playbook.yml", imports, root="ansible", user=user)
    override = _book(_pip(name="six", extra_args="--break-system-packages"))
    yield Case("the override", override, "playbook.yml", root="ansible", user="root", refused=False)


def _books() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "one package", _book(_pip(name="six")), ("six",)
    yield "a list", _book(_pip(name="[six, iniconfig]")), ("six", "iniconfig")
    yield "become for the play", _book(_pip(name="six"), play="  become: true\n"), ("six",)
    yield "become for the task", _book(_pip(name="six") + "      become: true\n"), ("six",)
    yield "requirements", _book(_pip(requirements=f"{PROJECT}/requirements.txt")), ("six", "iniconfig")
    yield "two tasks", _book(_pip(name="six"), _pip(name="iniconfig", state="latest")), ("six", "iniconfig")
    yield "executable", _book(_pip(name="six", executable="pip3")), ("six",)
    yield "behind apt", _book(_APT, _pip(name="six"), play="  become: true\n"), ("six",)
    yield "short form", _book("      pip: name=six\n"), ("six",)
    yield (
        "shell",
        _book(f"      ansible.builtin.shell: pip3 install six\n      args:\n        chdir: {PROJECT}\n"),
        ("six",),
    )
    yield "command", _book("      ansible.builtin.command: pip3 install six\n"), ("six",)
    yield "command with argv", _book("      ansible.builtin.command:\n        argv: [pip3, install, six]\n"), ("six",)
    yield (
        "a loop",
        _book(_pip(name='"{{ item }}"') + "      loop:\n        - six\n        - iniconfig\n"),
        ("six", "iniconfig"),
    )
    yield "--user", _book(_pip(name="six", extra_args="--user")), ("six",)
    yield "a block", _book("      block:\n        - ansible.builtin.pip:\n            name: six\n"), ("six",)
