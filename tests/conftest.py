from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what the cases in tests/cases render; review the diff"
    )


@pytest.fixture(scope="session")
def vsix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, packed from the sources as they are now."""
    packed = tmp_path_factory.mktemp("vsix") / "pep668.vsix"
    subprocess.run([sys.executable, ROOT / "scripts" / "package_vsix.py", "--output", packed], check=True)
    return packed
