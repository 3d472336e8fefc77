"""What the tests of the machine share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .tree import Root


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)
