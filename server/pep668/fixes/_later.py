"""What of a script relies on the Python that its installs reached so far."""

from __future__ import annotations

from pep668.data.applications import applications_among
from pep668.data.names import normalized
from pep668.model import Judged

from ._index import last_runs


def relied_on(judged: Judged) -> bool:
    """Whether what follows in the text runs Python or an installed program by its bare name."""
    install = judged.install
    if applications_among(install.packages):
        return True
    end, packages = install.command.span.end, set(install.packages)
    return any(
        at >= end and (name.rstrip("0123456789.") == "python" or normalized(name) in packages)
        for name, at in last_runs(install.command.region).items()
    )
