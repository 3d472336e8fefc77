"""A few machines that tests choose by name (`machine=debian12`), as `machine.py` would read them."""

from __future__ import annotations

from dataclasses import replace

from pep668.model import Distribution, DistributionPackage, Interpreter, Machine, Marker, VirtualEnvironment

_MESSAGE = """To install Python packages system-wide, try apt install
python3-xyz, where xyz is the package you are trying to
install.

If you wish to install a non-Debian-packaged Python package,
create a virtual environment using python3 -m venv path/to/venv."""


def _system(owner: str, version: str, *, marked: bool, pip: str) -> dict[str, Interpreter | None]:
    marker = Marker(f"/usr/lib/python{version}/EXTERNALLY-MANAGED", _MESSAGE) if marked else None
    names = ("python3", f"python{version}", "pip", "pip3")
    found = Interpreter("/usr/bin/python3", f"/usr/bin/python{version}", version, "/usr", False, marker, pip, owner)
    out: dict[str, Interpreter | None] = {}
    for name in names:
        out[name] = out[f"/usr/bin/{name}"] = found
    return out


DEBIAN_12 = Machine(
    distribution=Distribution("debian", "12", "bookworm", "Debian GNU/Linux 12 (bookworm)"),
    programs=_system("Debian", "3.11", marked=True, pip="23.0.1"),
    folder="/home/me/project",
)
DEBIAN_12_WITH_VENV = replace(
    DEBIAN_12,
    environments=(VirtualEnvironment("/home/me/project/env", "/home/me/project/env/bin/python", "3.11"),),
)
DEBIAN_12_WITH_PACKAGES = replace(
    DEBIAN_12,
    environments=(
        VirtualEnvironment(
            "/home/me/project/.venv",
            "/home/me/project/.venv/bin/python",
            "3.11",
            installed={"pip": "23.0.1", "six": "1.16.0", "flask": "3.0.3", "mypy": "1.11.0", "own": "", "odd": "x-y"},
        ),
    ),
)
DEBIAN_12_WITH_UV = replace(DEBIAN_12, programs={**DEBIAN_12.programs, "uv": None, "pipx": None})
DEBIAN_12_WITH_PROJECT = replace(DEBIAN_12_WITH_UV, project_tool="uv")
DEBIAN_12_WITHOUT_VENV = replace(
    DEBIAN_12, programs={n: p and replace(p, ensurepip=False) for n, p in DEBIAN_12.programs.items()}
)
_YAML = ("cloud-init", "ubuntu-drivers-common", "yq", "python3-kubernetes")
DEBIAN_12_WITH_DATABASE = replace(
    DEBIAN_12,
    packages={
        "pyyaml": (DistributionPackage("python3-yaml", "6.0", "apt", _YAML),),
        "six": (
            DistributionPackage("python3-six", "1.16.0", "apt", path="/usr/lib/python3/dist-packages/six.egg-info"),
        ),
        "old": (DistributionPackage("python3.9-old", "1", "apt", python="3.9"),),
    },
)
DEBIAN_12_ASKED = replace(
    DEBIAN_12, offered={"python3-requests": "2.32.3+dfsg-1~bpo12+1", "python3-numpy": "", "python3-six": "1.16.0-4"}
)
UBUNTU_22 = Machine(
    distribution=Distribution("ubuntu", "22.04", "jammy", "Ubuntu 22.04.5 LTS", ("debian",)),
    programs=_system("Ubuntu", "3.10", marked=False, pip="22.0.2"),
    folder="/home/me/project",
)
UBUNTU_24 = Machine(
    distribution=Distribution("ubuntu", "24.04", "noble", "Ubuntu 24.04.1 LTS", ("debian",)),
    programs=_system("Ubuntu", "3.12", marked=True, pip="24.0"),
    folder="/home/me/project",
)
ARCH = Machine(
    distribution=Distribution("arch", "", "", "Arch Linux"),
    programs=_system("Arch Linux", "3.13", marked=True, pip="25.1.1"),
    folder="/home/me/project",
)
_BREW = "/opt/homebrew/Cellar/python@3.13/3.13.1/Frameworks/Python.framework/Versions/3.13"
_MARKED = Marker("lib/python3.13/EXTERNALLY-MANAGED", _MESSAGE)
_OF_BREW = Interpreter(
    "/opt/homebrew/bin/python3", f"{_BREW}/bin/python3.13", "3.13", _BREW, False, _MARKED, "25.0", "Homebrew"
)
MACOS = Machine(
    distribution=Distribution("macos", "15.1", "", "macOS"),
    programs=dict.fromkeys(("python3", "python3.13", "pip3", "pip3.13"), _OF_BREW),
    folder="/home/me/project",
)
_UV = "/home/me/.local/share/uv/python/cpython-3.13"
_OF_UV = Interpreter(f"{_UV}/bin/python3", f"{_UV}/bin/python3.13", "3.13", _UV, False, _MARKED, "25.0", "uv")
DEBIAN_12_WITH_PYTHON_OF_UV = replace(
    DEBIAN_12, programs={**DEBIAN_12.programs, **dict.fromkeys(("python3.13", "pip3.13"), _OF_UV)}
)
ARCH_ASKED = replace(ARCH, offered={"python-requests": "2.32.3-4", "python-dateutil": "2.9.0-7", "python-six": ""})

MACHINES = {
    "debian12": DEBIAN_12,
    "debian12+venv": DEBIAN_12_WITH_VENV,
    "debian12+packages": DEBIAN_12_WITH_PACKAGES,
    "debian12+asked": DEBIAN_12_ASKED,
    "debian12+database": DEBIAN_12_WITH_DATABASE,
    "debian12+uv": DEBIAN_12_WITH_UV,
    "debian12+project": DEBIAN_12_WITH_PROJECT,
    "debian12-venv": DEBIAN_12_WITHOUT_VENV,
    "ubuntu22": UBUNTU_22,
    "ubuntu24": UBUNTU_24,
    "arch": ARCH,
    "arch+asked": ARCH_ASKED,
}
