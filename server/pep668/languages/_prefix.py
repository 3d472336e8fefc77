"""What stands before the lines of a message: what passes it on, or what shows it."""

from __future__ import annotations

import functools
import re

RECORD = re.compile(r"\s*\{.*\"\s?:\s?\"$|(?:.*\s)?[A-Za-z][\w.]*=\"$")  # JSON, logfmt
RECORD_END = re.compile(r"\"(?:\s*,\s*\"|\s*[}\]]|\s[\w.]+=|\s*$)")
BORDER = re.compile(r"\s[│┃║|]\s*$")  # of a panel around it
LONGEST = 160
# cat -n, grep -n, diffs, comments, test reports: text that is shown, not an event
NUMBERED = re.compile(
    r"\s*\d+(?:\t|:(?!\d\d(?::\d|\s|$))|-(?!\d)|\s*[│|](?!\S+\s+\|)|\s{2,}$)|\s{2,}\d+\s+$"
    r"|(?!\d{4}-|\[)[^\s:=\"']*[A-Za-z_./][^\s:=\"']*(?::\d+[:-]|-\d+-\s*$)"
    r"|\^?[0-9a-f]{7,40}\s.*\d\d:\d\d:\d\d [+-]\d{4}\s+\d+\)"  # git blame
)
TAG = re.compile(r"\s*\d+:\s")  # a task's number, where it is the same in all lines
LISTED = re.compile(
    r"\s*[*;%]|\s*\+(?!\w[\w.-]*(?: \*\w+\*)?\s+\|)|\s*-(?!--)|\s*>\s|\s*#(?![#\d])|\s*//|E\s{2}"
    r"|.*<(?:pre|code|samp|kbd|p|li|t[dh])\b[^<>]*>"
)
# A string literal of a program, rather than one that a program printed.
CODE = re.compile(
    r"\s*(?:(?!std|out|err|msg|log)[A-Za-z_][\w.]*\s+=\s|echo\s|printf?\b|return\s|assert\s|raise\s|const\s|let\s)"
)
QUOTED = re.compile(r".*['\"`=(]")  # quotation, code
_TIME = re.compile(r"[\[(]?\d[\d:.,TZ+/-]*[\])]?|[\[(]\s?\d[\d.:]*[\])]")
_TOKEN = re.compile(
    r"[\d:.,TZ+/#()%-]+s?|\[[^\]]*\]?:?|[^\[]*\]:?|[\w./@+-]+[:|]|[|│]|:?(?:stderr|stdout|ERR!|npm|remote|error):?"
    r"|[A-Z]{4,8}:?",
)


def shape(prefix: str) -> str:
    """What stays the same in the prefixes of the lines of one message."""
    return re.sub(r"\s+", " ", re.sub(r"\d+", "0", prefix[-LONGEST:])).rstrip()


def is_clean(prefix: str) -> bool:
    """Whether a prefix is blank or what a runner or logger puts before each line."""
    if len(prefix) > LONGEST or is_shown(prefix):
        return False
    tokens = prefix.split()
    words = [t for t in tokens if not _TOKEN.fullmatch(t)]
    return not words or (len(words) <= 4 and any(_TIME.fullmatch(t) for t in tokens))


def is_shown(prefix: str) -> bool:
    """Whether a prefix says that a text is displayed (line numbers, a search's hits, a diff, code)."""
    prefix = prefix[-LONGEST:]
    return bool(NUMBERED.match(prefix) or LISTED.match(prefix) or QUOTED.match(prefix))


# BuildKit's last lines of a running step, drawn anew with each line, and its steps' lines in a summary.
DRAWN = re.compile(r"\s*=> => #\s?$")
# Ansible's result in YAML, and a member of a JSON object or list that is written over several lines.
RESULT = re.compile(r"FAILED! =>\s*(?:changed=\S+\s*)?$")
MEMBER = re.compile(r"(?P<indent>\s+)[\"'](?:\w+[\"']: [\"'])?")


@functools.lru_cache(maxsize=8)
def like(prefix: str) -> re.Pattern[str]:
    """Prefixes that differ from one in their numbers only."""
    return re.compile(re.sub(r"\d+", r"\\d+", re.escape(prefix[-LONGEST:])))


def inner(text: str, prefix: str) -> str | None:
    """What a line says behind a prefix, and within the string of a record; None where it has another."""
    match = like(prefix).match(text)
    if match is None:
        return None
    rest = text[match.end() :]
    end = RECORD_END.search(rest) if RECORD.match(prefix) else None
    return rest[: end.start()] if end else rest
