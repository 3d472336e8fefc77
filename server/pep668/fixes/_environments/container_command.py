"""The string that a container's shell is started with (Compose, Kubernetes): the environment is activated in it.

What follows in the string, mostly the program itself, uses the environment then.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._scripts import host_of
from pep668.fixes._scripts import way as way_of_a_script
from pep668.fixes._way import Way
from pep668.model import Judged

ORDER = 30


def answers(judged: Judged) -> bool:
    return judged.install.command.region.origin is not None and host_of(judged).language in ("compose", "kubernetes")


def way(context: Context, judged: Judged) -> Way | None:
    return way_of_a_script(context, judged, inside=True)
