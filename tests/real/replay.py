"""Instructions of a Dockerfile, run in order on one layer that is thrown away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from roots.layers import PATH, Outcome, Store

REFUSAL = "externally-managed-environment"
_VARIABLES = {
    "PATH": PATH,
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "/wheels",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
}


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile: `RUN`, `ENV` (name, value) or `USER`."""

    keyword: str
    value: str
    name: str = ""

    def __str__(self) -> str:
        return f'ENV {self.name}="{self.value}"' if self.keyword == "ENV" else f"{self.keyword} {self.value}"


def outcome(store: Store, root: Path, steps: tuple[Step, ...]) -> tuple[str, str]:
    """What the last RUN prints after those before it, each in a shell of its own; "" or why one of those failed."""
    variables, user, failed = dict(_VARIABLES), "root", ""
    last = Outcome(0, "")
    runs = sum(step.keyword == "RUN" for step in steps)
    with store.layer(root) as layer:
        for step in steps:
            if step.keyword == "ENV":
                variables[step.name] = re.sub(r"\$(\w+)", lambda m: variables.get(m[1], ""), step.value)
            elif step.keyword == "USER":
                user = step.value
            else:
                last = layer.run(["/bin/sh", "-c", step.value], user=user, variables=variables, folder="/tmp")
                runs -= 1
                if runs and not last.ok:
                    failed = f"failed before: {step.value}: {last.output[-300:]}"
    return last.output, failed
