"""Blocks of code in documentation; what stands in a sentence is shown, not edited."""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.model import Region

_BLOCKS = {
    "markdown": re.compile(
        r"[ \t>]*(?:`{3}|~{3}|:{3})|(?: {4}|[ \t]*\t)|.*?<(?:pre|code)\b", re.IGNORECASE | re.DOTALL
    ),
    "restructuredtext": re.compile(r"[ \t]|\.\. "),
}


def is_block(context: Context, region: Region) -> bool:
    """Whether a block shows the command, with room for other lines."""
    if region.written("\n") is None or region.anchor is None:
        return False
    block = _BLOCKS.get(region.parent.language) if region.parent is not None else None
    return block is None or block.match(context.text[region.anchor.start : region.anchor.end]) is not None


def in_sentence(context: Context, region: Region) -> bool:
    """Whether a text is code in a sentence, or in a cell of a table."""
    return region.fact("document") is not None and not is_block(context, region)
