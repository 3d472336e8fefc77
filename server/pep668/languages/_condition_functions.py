"""The functions that expressions of GitHub Actions and Azure Pipelines may call."""

from __future__ import annotations

import itertools
import re
from typing import Any

from ._conditions import _MOST, UNKNOWN, Unknown, _true, compared, written

_SURE = {"always": True, "success": True, "succeeded": True, "succeededorfailed": True}
_SURE |= {"cancelled": False, "canceled": False}
_PLACE = re.compile(r"\{(\d)\}")


def call(name: str, arguments: list[list[Any]]) -> list[Any]:
    """The values that a function may give; the arguments are all the values that each of them may have.

    A step is taken to run after others that went well.
    """
    if name in _SURE:
        return [_SURE[name]]
    if name in ("failure", "failed"):
        return [True, False]
    function = _FUNCTIONS.get(name)
    if function is None:
        return [UNKNOWN]
    try:
        several = itertools.islice(itertools.product(*arguments), _MOST * _MOST)
        return [answer for values in several for answer in function(*values)]
    except (TypeError, ValueError, IndexError, RecursionError):  # too few arguments, no JSON
        return [UNKNOWN]


def _contains(whole: Any, part: Any) -> tuple[bool, ...]:
    if isinstance(whole, tuple):
        answers = {answer for item in whole for answer in compared("==", item, part)[:1]}
        return (True, False) if any(isinstance(v, Unknown) for v in (*whole, part)) else (True in answers,)
    return _on_text(lambda a, b: b in a, whole, part)


def _on_text(test: Any, whole: Any, part: Any) -> tuple[bool, ...]:
    a, b = written(whole), written(part)
    return (True, False) if a is None or b is None else (test(a.lower(), b.lower()),)


def _format(template: Any, *values: Any) -> tuple[Any, ...]:
    texts = [written(v) for v in values]
    if not isinstance(template, str) or None in texts:
        return (UNKNOWN,)
    return (_PLACE.sub(lambda m: texts[int(m[1])] or "", template).replace("{{", "{").replace("}}", "}"),)


def _from_json(text: Any) -> tuple[Any, ...]:
    import json

    return (_frozen(json.loads(text)),) if isinstance(text, str) else (UNKNOWN,)


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(v) for v in value)
    if isinstance(value, dict):
        return {k: _frozen(v) for k, v in value.items()}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _all(*values: Any) -> tuple[bool, ...]:
    if any(v is not UNKNOWN and not _true(v) for v in values):
        return (False,)
    return (True, False) if UNKNOWN in values else (True,)


def _any(*values: Any) -> tuple[bool, ...]:
    if any(v is not UNKNOWN and _true(v) for v in values):
        return (True,)
    return (True, False) if UNKNOWN in values else (False,)


def _not(value: Any) -> tuple[bool, ...]:
    return (True, False) if value is UNKNOWN else (not _true(value),)


def _in(value: Any, *others: Any) -> tuple[bool, ...]:
    answers = [compared("==", value, other) for other in others]
    if (True,) in answers:
        return (True,)
    return (True, False) if (True, False) in answers else (False,)


def _choice(test: Any, then: Any, otherwise: Any) -> tuple[Any, ...]:
    return (then, otherwise) if test is UNKNOWN else ((then if _true(test) else otherwise),)


def _coalesce(*values: Any) -> tuple[Any, ...]:
    for index, value in enumerate(values):
        if value is UNKNOWN:
            return values[index:]
        if value not in ("", None):
            return (value,)
    return ("",)


def _cased(method: str) -> Any:
    return lambda value: (getattr(value, method)() if isinstance(value, str) else UNKNOWN,)


_FUNCTIONS: dict[str, Any] = {
    "contains": _contains,
    "startswith": lambda a, b: _on_text(str.startswith, a, b),
    "endswith": lambda a, b: _on_text(str.endswith, a, b),
    "format": _format,
    "fromjson": _from_json,
    "eq": lambda a, b: compared("==", a, b),
    "ne": lambda a, b: compared("!=", a, b),
    "and": _all,
    "or": _any,
    "not": _not,
    "in": _in,
    "notin": lambda value, *others: tuple(not a for a in _in(value, *others)),
    "iif": _choice,
    "coalesce": _coalesce,
    "lower": _cased("lower"),
    "upper": _cased("upper"),
}
