"""Refusals that were only shown: by a script that prints a log, say."""

from __future__ import annotations

from pep668.languages._nature import code_prints, command_prints

from ._trace import Ran, Step, Text, Trace

_CODE = frozenset(("python",))


def only_shown(trace: Trace) -> bool:
    """Whether a line runs files, all of them are known, and nothing in them can be refused.

    Then what they print is nobody's refusal, like the output of `cat`.
    """
    if not trace.complete or not trace.ran or any(ran.unsaved for ran in trace.files.values()):
        return False
    return _text(trace.typed)


def _text(text: Text) -> bool:
    return text.region.language == "shell" and all(map(_step, text.steps))


def _step(step: Step) -> bool:
    if step.found is not None:
        return not step.found.open and not step.found.inherits
    if step.ran:
        return all(map(_ran, step.ran))
    command = step.command
    return not command.words or command_prints(command) or (bool(step.inner) and all(map(_text, step.inner)))


def _ran(ran: Ran) -> bool:
    if ran.run.elsewhere or ran.run.parts is not None:
        return False
    language = ran.language
    if language in _CODE:
        return not ran.installs and code_prints(ran.text)
    return language == "shell" and all(map(_text, ran.texts))
