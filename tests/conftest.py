from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# The same examples in every run, so that a change is judged by what it changes; `HYPOTHESIS_PROFILE=search` looks for
# other ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


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
