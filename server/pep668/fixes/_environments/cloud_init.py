"""cloud-init's runcmd: an environment in /opt, activated for the commands that follow, which are one script.

`python3-venv` goes to the `packages` that bring Python. What the machine runs later finds the environment there;
whether it looks is not known, so the fix is unsafe.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._packages import PACKAGE, brings_python, has_venv
from pep668.fixes._scripts import host_of
from pep668.fixes._scripts import way as way_of_a_script
from pep668.fixes._way import Way
from pep668.model import Edit, Judged
from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Scalar
from pep668.text import Span, newline_of

ORDER = 30


def answers(judged: Judged) -> bool:
    return host_of(judged).language == "cloud-init"


def way(context: Context, judged: Judged) -> Way | None:
    return way_of_a_script(context, judged, outside="/opt", lasts=False, prepare=_package)


def _package(context: Context, first: Judged) -> tuple[Edit, ...] | None:
    """The edit that adds the package to `packages`, as the list is written; none where nothing there brings Python."""
    if first.install.tool == "uv":
        return ()
    host = host_of(first)
    root = yaml.parse(host.text)
    listed = [n for n in root.items("packages") if isinstance(n, Scalar)] if isinstance(root, Mapping) else []
    named = [node for node in listed if brings_python(node.value)]
    if not named or has_venv(context, first.install.command) or any(n.value == PACKAGE for n in listed):
        return ()
    at = named[-1].span
    begin = host.text.rfind("\n", 0, at.start) + 1
    lead = host.text[begin : at.start].rstrip("\"'")
    new = f"\n{lead}{PACKAGE}" if lead.strip() == "-" else f", {PACKAGE}"
    written = host.written(new)
    outer = host.outer(Span(at.end, at.end))
    return None if written is None else (Edit(outer, written.replace("\n", newline_of(context.text))),)
