"""Python scripts that call pip."""

from __future__ import annotations

from collections.abc import Iterator

from prove.case import PROJECT, Case, Ran
from roots.layers import Layer

NAME = "Python script"
MACHINE = True
_HEAD = "import os\nimport subprocess\nimport sys\n\n"


def replay(layer: Layer, case: Case, text: str) -> Ran:
    layer.write(PROJECT, {**case.files, case.path: text}, case.user)
    return Ran(layer.run(["python3", case.path], user=case.user, folder=PROJECT), layer, case.user)


def cases() -> Iterator[Case]:
    for line in (
        'subprocess.run("pip install six", shell=True, check=True)',
        'subprocess.check_call([sys.executable, "-m", "pip", "install", "six"])',
        'subprocess.run(["pip", "install", "six"], check=True)',
        'subprocess.run(["pip3", "install", "-r", "requirements.txt"], check=True)',
        'subprocess.check_call("pip3 install six iniconfig", shell=True)',
        'subprocess.check_call(["sudo", "pip", "install", "six"])',
        'subprocess.check_output(["python3", "-m", "pip", "install", "--user", "six"])',
        'subprocess.run("cd sub && pip install -r requirements.txt", shell=True, check=True)',
        'subprocess.run(["bash", "-c", "pip install six"], check=True)',
        'subprocess.check_call(["pip", "install", "-e", "."])',
        'subprocess.run(\n    "pip install six && pip install iniconfig",\n    shell=True,\n    check=True,\n)',
        'if os.system("pip install six") != 0:\n    sys.exit(1)',
        'sys.exit(os.system("pip install six") >> 8)',
    ):
        imports = ("own",) if '"."' in line else ("six",)
        yield Case(" ".join(line.split()), f"{_HEAD}{line}\n", "setup_environment.py", imports)
    text = f'{_HEAD}subprocess.check_call(["pip", "install", "--break-system-packages", "six"])\n'
    yield Case("the override", text, "setup_environment.py", refused=False)
