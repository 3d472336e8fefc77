"""Which options keep pip and uv from looking for the marker, and which do not."""

from __future__ import annotations

import pytest

from pep668.installers._invocation import elsewhere

from .builder import install


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("pip install -t d x", elsewhere("--target")),
        ("pip install --targ d x", elsewhere("--target")),
        ("pip install --prefix=/usr/local x", elsewhere("--prefix")),
        ("pip install --root / x", elsewhere("--root")),
        ('pip install --target "$D" x', elsewhere("--target")),
        ('pip install --root "" x', ""),
        ("pip install --dry-run x", ""),
        ("pip install --report r x", ""),
        ("pip install --dry-run --report - x", "--dry-run with --report skips the check for the marker"),
        ("pip install --user x", ""),
        ("pip install", ""),
        ("pip install six==", ""),
        ("pip uninstall x", ""),
        ("pip uninstall", "usage error: nothing to uninstall"),
        ("pip uninstall $X", ""),
        ("pip freeze | xargs pip uninstall -y", ""),
        ("cat r.txt | xargs uv pip install --system", ""),
        ("pip uninstall --target d x", "usage error: no such option --target"),
        ("pip --break-system-packages install x", "usage error: no such option --break-system-packages"),
        ("pip install --nosuch x", "usage error: no such option --nosuch"),
        ("pip install -Z x", "usage error: no such option -Z"),
        ("pip install --re x", "usage error: ambiguous option --re"),
        ("pip install -r", "usage error: --requirement requires a value"),
        ("pip install --user=1 x", "usage error: --user takes no value"),
        ("pip install --retries many x", "usage error: invalid value many of --retries"),
        ("pip install --progress-bar never x", "usage error: invalid value never of --progress-bar"),
        ('pip install --progress-bar "$P" x', ""),
        ("pip install --python /usr/bin/python3 x", "usage error: --python must stand before the subcommand"),
        ("pip --python /usr/bin/python3 install x", ""),
        ("pip install --build b x", "usage error: no such option --build"),
        ("pip install --install-option=x y", ""),
        ("pip $OPTIONS install x", ""),
        ("pip install --$FLAG x", ""),
        ("uv pip install --system --target d x", elsewhere("--target")),
        ("uv pip sync --prefix d r.txt", elsewhere("--prefix")),
        ("uv pip uninstall --target d x", elsewhere("--target")),
        ("uv pip install --dry-run x", ""),
        ("uv pip install --user x", "usage error: uv has no --user"),
        ("uv pip install --system", "usage error: nothing is asked for"),
        ("uv pip install --group dev", ""),
        ("uv pip install --break-system x", "usage error: no such option --break-system"),
        ("uv --break-system-packages pip install x", "usage error: no such option --break-system-packages"),
        ("uv pip install --root / x", "usage error: no such option --root"),
        ("uv pip install --no-cache-dir --pre --trusted-host h x", ""),
        ("python -m ensurepip --root /t", elsewhere("--root")),
        ("python -m ensurepip --user", ""),
        ("python get-pip.py --prefix=/t", elsewhere("--prefix")),
        ("python get-pip.py --no-setuptools --no-wheel", ""),
    ],
)
def test_passes_check(line: str, why: str) -> None:
    assert install(line).passes_check == why


def test_where_the_command_names_its_python() -> None:
    assert install("pip --python v/bin/python install x").python.option == "v/bin/python"
    assert install("uv pip install --python 3.12 x").python.option == "3.12"
    assert install("uv pip install -p/usr/bin/python3 x").python.option == "/usr/bin/python3"
    assert install("uv pip install --system x").python.system
    assert not install("uv pip install x").python.system
    assert install("pipenv install --system").python.system
