"""A Vagrant box's shell provisioner: an environment in /opt (a user's: at home), activated for the rest of it.

What the box runs later, and other provisioners, find it there; whether they look is not known, so the fix is unsafe.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._scripts import host_of
from pep668.fixes._scripts import way as way_of_a_script
from pep668.fixes._session import root_of
from pep668.fixes._way import Way
from pep668.model import Judged

ORDER = 30


def answers(judged: Judged) -> bool:
    return host_of(judged).language == "vagrantfile"


def way(context: Context, judged: Judged) -> Way | None:
    user = root_of(judged.install.command).fact("user")
    outside = "/opt" if user is None or user.value == "root" else "$HOME"
    return way_of_a_script(context, judged, outside=outside, lasts=False)
