"""Environments: facts, state and this machine joined into one verdict for each install."""

from __future__ import annotations

from .state import Override
from .walk import Walk

__all__ = ["Override", "Walk"]
