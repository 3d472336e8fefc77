"""Shell scripts: run by the shell that their first line names."""

from __future__ import annotations

from collections.abc import Iterator

from prove.case import PROJECT, Case, Ran
from roots.layers import Layer

NAME = "shell script"
MACHINE = True


def replay(layer: Layer, case: Case, text: str) -> Ran:
    layer.write(PROJECT, {**case.files, case.path: text}, case.user)
    shell = "bash" if "bash" in text.partition("\n")[0] else "sh"
    outcome = layer.run([shell, case.path], user=case.user, folder=PROJECT)
    return Ran(outcome, layer, case.user)


# One way to say it each; what stands in front of the packages.
_PROGRAMS = (
    "pip install",
    "pip3 install",
    "python3 -m pip install",
    "/usr/bin/python3 -m pip install",
    "/usr/bin/pip3 install",
    "sudo pip install",
    "sudo -H python3 -m pip install",
    "pip install --user",
    "python3 -m pip install --user --upgrade",
    "pip3 install --quiet --no-cache-dir",
    "env LC_ALL=C pip install",
    "pip --no-cache-dir install",
)
_WHAT = {
    "six": ("six",),
    "'six>=1.10' iniconfig": ("six", "iniconfig"),
    "-r requirements.txt": ("six", "iniconfig"),
    "-e .": ("own",),
    ".": ("own",),
}
_STRICT = "#!/bin/sh\nset -e\n"
_BASH = "#!/usr/bin/env bash\nset -euo pipefail\n"


def cases() -> Iterator[Case]:
    wanted = list(_WHAT.items())
    for index, program in enumerate(_PROGRAMS):
        what, imports = wanted[index % len(wanted)]
        head = (_STRICT, _BASH)[index % 2]
        yield Case(f"{program} {what}", f"{head}{program} {what}\n", "setup.sh", imports)
    for name, text, imports in _scripts():
        yield Case(name, text, "setup.sh", imports)
    yield Case("as root", f"{_STRICT}pip3 install six\n", "setup.sh", user="root")
    yield Case("without set -e", "#!/bin/sh\npip install six\necho done\n", "setup.sh", stops=False)
    half = "python3 -m venv --without-pip .venv"
    yield Case("a half-made environment", f"{_STRICT}pip install six\n", "setup.sh", before=half)
    yield Case(
        "an environment of the folder's", f"{_STRICT}pip install six\n", "setup.sh", before="python3 -m venv env"
    )
    yield Case("no python3-venv", f"{_STRICT}pip install six\n", "setup.sh", root="pip")
    for root in ("pip", "venv"):
        text = f"{_STRICT}sudo apt-get update\nsudo apt-get install -y python3-pip\npip3 install six\n"
        yield Case(f"apt-get install python3-pip, then pip3 (root {root})", text, "setup.sh", root=root)
        chain = f"{_BASH}sudo apt-get update && sudo apt-get install -y python3-pip && sudo pip3 install six\n"
        yield Case(f"the same in one chain (root {root})", chain, "setup.sh", root=root)
    flag = f"{_STRICT}pip install --break-system-packages six\n"
    yield Case("--break-system-packages", flag, "setup.sh", refused=False)
    variable = f"{_STRICT}PIP_BREAK_SYSTEM_PACKAGES=1 pip install six\n"
    yield Case("PIP_BREAK_SYSTEM_PACKAGES=1 before the command", variable, "setup.sh", refused=False)
    sudo = f"{_BASH}sudo pip install --break-system-packages -r requirements.txt\n"
    yield Case("sudo pip --break-system-packages", sudo, "setup.sh", ("six", "iniconfig"), refused=False)
    app = f"{_STRICT}pip install pyflakes\n"
    yield Case("an application", app, "setup.sh", ("pyflakes",), root="tools", applications=("pyflakes",))
    mixed = f"{_STRICT}pip install pyflakes six\n"
    yield Case("an application and a library", mixed, "setup.sh", ("six",), root="tools", applications=("pyflakes",))
    some = f"{_STRICT}pip install six cowsay\n"
    yield Case("one that Debian has, one that it has not", some, "setup.sh", ("six", "cowsay"))
    uv = f"{_STRICT}uv pip install --system six\n"
    yield Case("uv pip install --system", uv, "setup.sh", root="tools", user="root")
    yield Case("the same without root", uv, "setup.sh", root="tools")
    made = f"{_STRICT}rm -rf .venv\nuv venv\n. .venv/bin/activate\npip install six\n"
    yield Case("uv venv, then pip", made, "setup.sh", root="tools")
    pipless = f"{_STRICT}python3 -m venv --without-pip .venv\n. .venv/bin/activate\npip install six\n"
    yield Case("venv --without-pip", pipless, "setup.sh")


def _scripts() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "several installs", f"{_STRICT}pip install six\npip3 install iniconfig\npython3 -m pip install .\n", ("own",)
    chain = f"{_STRICT}pip install --upgrade pip && pip install -r requirements.txt && pip install .\n"
    yield "a chain", chain, ("own", "iniconfig")
    yield "continued lines", f"{_BASH}pip3 install \\\n  --user \\\n  six \\\n  iniconfig\n", ("six", "iniconfig")
    yield "cd && pip", f"{_BASH}cd sub && pip install -r requirements.txt\n", ("six",)
    yield "cd, then pip", f"{_STRICT}cd sub\npip install -r requirements.txt\ncd ..\npip install .\n", ("six", "own")
    yield "pushd and popd", f"{_BASH}pushd sub\npip install -r requirements.txt\npopd\n", ("six",)
    yield "a subshell", f"{_STRICT}(cd sub && pip install -r requirements.txt)\npip install iniconfig\n", ("iniconfig",)
    yield "a function", f"{_BASH}deps() {{\n  pip install six\n}}\ndeps\n", ("six",)
    yield "a function with arguments", f'{_BASH}add() {{ pip install "$@"; }}\nadd six\nadd iniconfig\n', ("iniconfig",)
    yield "a loop", f'{_STRICT}for p in six iniconfig; do\n  pip install "$p"\ndone\n', ("six", "iniconfig")
    yield "if", f"{_STRICT}if [ -f requirements.txt ]; then\n  pip install -r requirements.txt\nfi\n", ("six",)
    yield "if ! pip", f"{_STRICT}if ! pip install six; then\n  echo no >&2\n  exit 1\nfi\n", ("six",)
    yield "|| exit", "#!/bin/sh\npip install six || exit 1\n", ("six",)
    yield "|| in a block", "#!/bin/bash\npip install six || { echo no; exit 1; }\n", ("six",)
    yield "a variable for packages", f"{_STRICT}PACKAGES='six iniconfig'\npip install $PACKAGES\n", ("six", "iniconfig")
    yield "a variable for pip", f"{_BASH}PIP=pip3\n$PIP install six\n", ("six",)
    yield "bash -c", f"{_STRICT}bash -c 'pip install six'\n", ("six",)
    yield "a heredoc", f"{_STRICT}sh -e <<EOF\npip install six\nEOF\n", ("six",)
    yield "xargs", f"{_BASH}cat requirements.txt | xargs pip install\n", ("six", "iniconfig")
    yield "a comment and a condition", f'{_STRICT}# deps\n[ -n "$SKIP" ] || pip install six # now\n', ("six",)
    yield "a venv that is not activated", f"{_STRICT}python3 -m venv env\npip install six\n", ("six",)
    yield (
        "a venv activated in another shell",
        f"{_STRICT}python3 -m venv env\n(. env/bin/activate)\npip install six\n",
        ("six",),
    )
    yield (
        "a venv, then the system's pip",
        (f"{_STRICT}python3 -m venv env\n. env/bin/activate\n/usr/bin/pip install six\n"),
        ("six",),
    )
    yield "a venv, then sudo pip", f"{_STRICT}python3 -m venv env\n. env/bin/activate\nsudo pip install six\n", ("six",)
