"""Plain substrings, one of which occurs in every output that holds a refusal. An editor can look for them cheaply.

uv wraps its sentence at any blank, so that only single words are safe; escape sequences stand between words as well.
"""

from __future__ import annotations

NEEDLES = ("externally", "ExternallyManaged", "PEP 668")
# What stands in the lines that are worth a link: a needle alone stands in much prose.
LINKS = ("externally-managed-environment", "is externally managed", "ExternallyManagedEnvironment")
# Said by programs that end well, and still a step is left to take.
ASIDES = ("not on your PATH",)
