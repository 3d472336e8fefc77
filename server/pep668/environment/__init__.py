"""Environments: facts, state and this machine joined into one verdict for each install."""

from __future__ import annotations

from .state import Made, Override
from .walk import Walk

__all__ = ["Made", "Override", "Walk"]
