"""Plain text that tells people what to do: README, INSTALL and the like without an ending, or with `.txt`.

Most are written the way that reStructuredText reads (prompts, indented blocks, `::`), some are Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.text import SourceMap

from . import Language

_TOLD = (
    *("README", "INSTALL", "INSTALLATION", "INSTALLING", "HACKING", "CONTRIBUTING", "BUILDING", "DEVELOPMENT", "SETUP"),
    *("TESTING", "QUICKSTART", "HOWTO", "USAGE", "UPGRADING", "GETTING_STARTED", "DEPLOY", "DEPLOYMENT", "NOTES"),
)

LANGUAGE = Language(
    "text-document",
    names=(*_TOLD, "Readme", "readme"),  # `install` and `setup` are scripts
    patterns=(
        *(f"{form}.txt" for name in _TOLD for form in dict.fromkeys((name, name.title(), name.lower()))),
        *(
            f"{name}.{ending}"
            for name in ("README", "INSTALL")
            for ending in ("TXT", "dev", "linux", "unix", "windows")
        ),
        *("*instructions*.txt", "*install*.txt", "*howto*.txt", "*Instructions*.txt", "*Install*.txt", "*HOWTO*.txt"),
    ),
    comments=(),
)

_MARKDOWN = re.compile(r"[ \t>]{0,12}(?:```|~~~)|#{1,6} \S", re.MULTILINE)
_LITERAL = re.compile(r"::[ \t]*$|^[ \t]*\.\. [\w-]+::", re.MULTILINE)


def extract(region: Region) -> Iterator[Region]:
    """The text as the markup that it is nearest to."""
    text = region.text
    markdown = _MARKDOWN.search(text) and ("```" in text or "~~~" in text or not _LITERAL.search(text))
    language = "markdown" if markdown else "restructuredtext"
    yield region.inside(language, (text, SourceMap.identity(len(text))))
