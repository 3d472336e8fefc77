"""The commands that are run for real: states of a Dockerfile times ways to install, each pair once in a while.

A sequence is a list of instructions whose last RUN holds one install. Which pairs are taken is decided by a seeded
generator, so that each run has the same ones: every way in the plain state, every state with a few ways, and some more.
"""

from __future__ import annotations

import random

from .replay import Step

_MORE_PAIRS = 15


def run(text: str) -> Step:
    return Step("RUN", text)


def env(name: str, value: str) -> Step:
    return Step("ENV", value, name)


# One install each; `{marker}` is the marker's path, `{python}` the version.
INSTALLS = (
    "pip install six",
    "pip3 install six",
    "python3 -m pip install six",
    "/usr/bin/python3 -m pip install six",
    "/usr/bin/pip3 install six",
    "python3 -I -m pip install six",
    "python{python} -m pip install six",
    "command pip install six",
    "env pip install six",
    "nohup pip install six",
    "sh -c 'pip install six'",
    "(pip install six)",
    "{{ pip install six; }}",
    "true && pip install six",
    "false || pip install six",
    "pip install six | cat",
    "if true; then pip install six; fi",
    "for p in six; do pip install $p; done",
    "echo six | xargs pip install",
    'f() {{ pip install "$@"; }}; f six',
    "P=pip; $P install six",
    "cd / && pip install -r r.txt",
    "pip install --user six",
    "pip install -U pip",
    "pip install",
    "pip install six==",
    "pip install -r nosuch.txt",
    "pip install --dry-run six",
    "pip install --dry-run --report r.json six",
    "pip install --rep r.json --dry six",
    "pip install -t t six",
    "pip install --targ t six",
    "pip install --prefix=/tmp/p six",
    "pip install --root / six",
    "pip install --break-system-packages six",
    "pip install --break six",
    "pip --break-system-packages install six",
    "pip install --nosuch six",
    "pip --isolated install six",
    "pip install --ignore-installed six",
    "pip install -qqq six; test $? = 0 || echo externally-managed-environment",
    "pip --python /usr/bin/python3 install six",
    "PIP_BREAK_SYSTEM_PACKAGES=1 pip install six",
    "PIP_BREAK_SYSTEM_PACKAGES=0 pip install six",
    "env PIP_BREAK_SYSTEM_PACKAGES=1 pip install six",
    "env -i PATH=$PATH pip install six",
    "export PIP_BREAK_SYSTEM_PACKAGES=1; pip install six",
    "export PIP_BREAK_SYSTEM_PACKAGES=1; unset PIP_BREAK_SYSTEM_PACKAGES; pip install six",
    "PIP_BREAK_SYSTEM_PACKAGES=1; pip install six",
    "PIP_TARGET=t pip install six",
    "PIP_REQUIRE_VIRTUALENV=1 pip install six",
    "pip uninstall -y wheel",
    "pip uninstall -y --break-system-packages wheel",
    "pip uninstall",
    "pip download six",
    "pip wheel six",
    "pip list",
    "pip config list",
    "pip freeze",
    "python3 -m ensurepip",
    "python3 -m venv v && v/bin/pip install six",
    "python3 -m venv v && . v/bin/activate && pip install six",
    "python3 -m venv v && (. v/bin/activate); pip install six",
    "python3 -m venv --system-site-packages v && v/bin/python -m pip install six",
    "python3 -m venv v && v/bin/pip --python /usr/bin/python3 install six",
    "python3 -m venv --without-pip v && PATH=$PWD/v/bin:$PATH && pip install six",
)
FEW = ("pip install six", "python3 -m pip uninstall -y wheel", "/usr/bin/pip3 install --user six")
STATES: tuple[tuple[Step, ...], ...] = (
    (),
    *((env("PIP_BREAK_SYSTEM_PACKAGES", value),) for value in ("1", "true", "Yes", "on", "0", "false", "", "maybe")),
    (env("UV_BREAK_SYSTEM_PACKAGES", "1"),),
    (env("PIP_TARGET", "/tmp/t"),),
    (env("PIP_PREFIX", "/tmp/p"),),
    (env("PIP_ROOT", "/tmp/r"),),
    (env("PIP_TARGET", ""),),
    (env("PIP_USER", "1"),),
    (env("PIP_DRY_RUN", "1"),),
    (env("PIP_REQUIRE_VIRTUALENV", "1"),),
    (env("PIP_PYTHON", "/usr/bin/python3"),),
    (run("python3 -m venv /v"), env("PIP_PYTHON", "/v/bin/python")),
    (run("python3 -m venv /v"), env("PATH", "/v/bin:$PATH"), env("PIP_PYTHON", "/usr/bin/python3")),
    (run("rm {marker}"),),
    (run("rm -f /usr/lib/python3*/EXTERNALLY-MANAGED"),),
    (run("mv {marker} {marker}.old"),),
    (run("find /usr/lib -name EXTERNALLY-MANAGED -delete"),),
    (run("find /usr/lib -name EXTERNALLY-MANAGED | xargs rm"),),
    (run("find / -xdev -name EXTERNALLY-MANAGED -exec rm -f {{}} +"),),
    (run('for f in /usr/lib/python3*/EXTERNALLY-MANAGED; do rm "$f"; done'),),
    (run("cd /usr/lib/python{python} && rm EXTERNALLY-MANAGED"),),
    (run('M={marker}; if [ -f "$M" ]; then rm "$M"; fi'),),
    (run("test ! -e {marker} || rm {marker}"),),
    (run("python3 -c \"import os; os.remove('{marker}')\""),),
    (run("ln -sf /dev/null {marker}"),),
    (run(": > {marker}"),),
    (run("truncate -s 0 {marker}"),),
    (run("echo '[externally-managed]' > {marker}"),),
    (run("rm -f /usr/lib/python3.9/EXTERNALLY-MANAGED"),),
    (run("pip config set global.break-system-packages true"),),
    (run("pip config set install.break-system-packages true"),),
    (run("pip config set global.break-system-packages false"),),
    (run("pip config --global set global.break-system-packages true"),),
    (run("pip config set global.break-system-packages true && pip config unset global.break-system-packages"),),
    (run("printf '[global]\\nbreak-system-packages = true\\n' > /etc/pip.conf"),),
    (run("mkdir -p ~/.config/pip && printf '[install]\\nbreak-system-packages = yes\\n' > ~/.config/pip/pip.conf"),),
    (run("pip config set global.break-system-packages true"), Step("USER", "app")),
    (run("pip config --global set global.break-system-packages true"), Step("USER", "app")),
    (run("pip config set global.break-system-packages true"), env("PIP_BREAK_SYSTEM_PACKAGES", "0")),
    (Step("USER", "app"),),
    (run("export PIP_BREAK_SYSTEM_PACKAGES=1"),),
    (run("python3 -m venv /v"),),
    (run("python3 -m venv /v && . /v/bin/activate"),),
    (run("python3 -m venv /v"), env("VIRTUAL_ENV", "/v")),
    (run("python3 -m venv /v"), env("PATH", "/v/bin:$PATH")),
    (run("python3 -m venv /v"), env("VIRTUAL_ENV", "/v"), env("PATH", "$VIRTUAL_ENV/bin:$PATH")),
    (run("pip install --break-system-packages six"),),
)


def sequences(python: str) -> list[tuple[Step, ...]]:
    """All of them, for the version of Python that the release has."""
    pairs = [(STATES[0], install) for install in INSTALLS]
    pairs += [(state, FEW[0]) for state in STATES[1:]]
    pairs += [(state, FEW[1 + index % 2]) for index, state in enumerate(STATES[1:])]
    chosen = random.Random(668)
    pairs += [(chosen.choice(STATES[1:]), chosen.choice(INSTALLS)) for _ in range(_MORE_PAIRS)]
    known = {"marker": f"/usr/lib/python{python}/EXTERNALLY-MANAGED", "python": python}
    out = []
    for state, install in dict.fromkeys(pairs):
        steps = [step if step.keyword != "RUN" else run(step.value.format(**known)) for step in state]
        out.append((*steps, run(install.format(**known))))
    return out
