"""What pip and uv say when they refuse."""

from __future__ import annotations

NOTE = (
    "note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. "
    "You can override this, at the risk of breaking your Python installation or OS, by passing "
    "--break-system-packages.\nhint: See PEP 668 for the detailed specification.\n"
)
BODY = """× This environment is externally managed
╰─> To install Python packages system-wide, try apt install
    python3-xyz, where xyz is the package you are trying to
    install.

    See /usr/share/doc/python3.11/README.venv for more information.
"""
PIP = f"error: externally-managed-environment\n\n{BODY}\n{NOTE}"
COLOURED = (
    PIP.replace(
        "error: externally-managed-environment", "\x1b[1;31merror\x1b[0m: \x1b[1mexternally-managed-environment\x1b[0m"
    )
    .replace("×", "\x1b[31m×\x1b[0m")
    .replace("╰─>", "\x1b[31m╰─>\x1b[0m")
)
UV = (
    "error: The interpreter at `/usr` is externally managed, and indicates the following:\n"
    "\n  Use apt.\n\nhint: Consider a venv\n"
)
