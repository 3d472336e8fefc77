"""PEP 668 where people meet it: see docs/architecture.md for how the parts fit."""

__version__ = "0.1.0"
