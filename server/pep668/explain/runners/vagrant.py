"""Vagrant: the Vagrantfile, and the scripts that it hands to its machines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"vagrant")
_COMMANDS = ("up", "provision", "reload", "resume")
_SCRIPT = re.compile(r"\bpath\s*(?:=>|:|=)\s*[\"']([\w./-]{1,200}\.(?:sh|bash|py))[\"']")
_PLAYBOOK = re.compile(r"\.playbook\s*=\s*[\"']([\w./-]{1,200})[\"']")


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, "", first_ends=True)
    path = call.find(call.folder, ("Vagrantfile",)) if found.words and found.words[0] in _COMMANDS else None
    content = call.read(path) if path is not None else None
    if path is None or content is None:
        return
    yield Run(path, "vagrantfile", elsewhere=True)
    for pattern, language in ((_SCRIPT, ""), (_PLAYBOOK, "ansible")):
        for named in dict.fromkeys(m[1] for m in pattern.finditer(content)):
            script = call.join(named)
            if script is not None:
                yield Run(script, language, elsewhere=True)
