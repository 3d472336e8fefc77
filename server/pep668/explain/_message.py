"""The sentence that is shown: what happened, and what the first button does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pep668.model import Machine

from ._model import Action, Plan
from ._shells import Syntax

UNSEEN = (
    "The command line holds several lines, or characters that cannot be seen: nothing is run that is made of it, since "
    "what is shown would not be what runs."
)
_LONGEST = 240  # characters of a command line that the message holds
_AGAIN = "Do it again: "


def taken(plan: Plan, syntax: Syntax, machine: Machine | None) -> Plan:
    """The plan without the lines that this shell does not take."""

    def fits(action: Action) -> bool:
        return action.kind != "terminal" or syntax.takes(action.text, machine)

    if all(map(fits, (*plan.actions, *plan.more))):
        return plan
    names_one = any(not fits(a) and f"`{a.text}`" in plan.message for a in plan.actions)
    message = f"{plan.event}." if names_one and plan.event else plan.message
    return replace(
        plan, message=message, actions=tuple(filter(fits, plan.actions)), more=tuple(filter(fits, plan.more))
    )


def told(plan: Plan, walked: Collection[str]) -> Plan:
    """The plan with a step that was walked before in front, and with a message that holds the first command line."""
    actions = sorted(plan.actions, key=lambda a: a.step not in walked)
    if actions and actions[0].step in walked:
        actions[0] = _again(actions[0])
    first = next((a for a in actions if a.kind == "terminal"), None)
    return replace(plan, actions=tuple(actions), message=_sentence(plan, first))


def _again(action: Action) -> Action:
    title = action.title if action.text in action.title else action.title[:1].lower() + action.title[1:]
    return replace(action, title=f"{_AGAIN}{title}")


def _sentence(plan: Plan, first: Action | None) -> str:
    if first is None or not first.says or not plan.event:
        return plan.message
    if len(first.text) > _LONGEST:
        return f"{plan.event}: {first.says.partition(', run `')[0]}."
    if "{}" in first.says:
        return f"{plan.event}: {first.says.replace('{}', first.text)}."
    return f"{plan.event}: {first.says} with `{first.text}`."
