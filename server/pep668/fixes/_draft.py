"""A document while a fix of several steps is made: each step looks at what the ones before it left."""

from __future__ import annotations

from collections.abc import Iterable

from pep668.context import Context
from pep668.model import Judged, Verdict
from pep668.text import Edit, Pieces, apply_edits

from . import _environments
from ._edits import Rewrite, drop_overrides

_WEIGHT = {Verdict.ALLOWED: 0, Verdict.DEPENDS: 1, Verdict.REFUSED: 2}
MOST_INSTALLS = 50  # installs that one fix moves


_MOST_READ = 2_000_000  # characters, some seconds' worth, for all findings of a document


def affordable(context: Context, steps: int) -> bool:
    """Whether a document can be understood again that many times: a hostile one would take hours."""
    return context.again is not None and steps * len(context.text) <= _MOST_READ


class Draft:
    """`context` understands the document as it is now; `edits` lead there from the document as it was."""

    def __init__(self, context: Context) -> None:
        self.before = self.context = context
        self._pieces = Pieces(len(context.text))
        self.titles: list[str] = []  # of what was done to installs
        self.by_hand: list[str] = []  # what has to be written by hand

    @classmethod
    def with_edits(cls, context: Context, edits: Iterable[Edit]) -> Draft:
        draft = cls(context)
        draft.apply(edits)
        return draft

    def apply(self, edits: Iterable[Edit]) -> None:
        made = tuple(dict.fromkeys(edits))
        assert self.context.again is not None
        context = self.context.again(apply_edits(self.context.text, made))
        self._pieces.apply(made)
        self.context = context

    def original(self, offset: int) -> int:
        """Where a place of the text as it is now was at first."""
        return self._pieces.original(offset)

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(self._pieces.edits())

    def worse(self) -> list[Judged]:
        """The installs that were let through before, or might be, and now are not."""
        known = {_at(j): j for j in self.before.judged}
        found = []
        for judged in self.context.judged:
            old = known.get(self._pieces.original(_at(judged)))
            if old is not None and _WEIGHT[judged.environment.verdict] > _WEIGHT[old.environment.verdict]:
                found.append(judged)
        return found

    def drop_user(self) -> bool:
        """Drops `--user` of installs that reach an environment now, which has no place for it.

        False if one stays that might have worked before.
        """
        edits: list[Edit] = []
        for judged in self.failing():
            rewrite = Rewrite(self.context.text, judged.install.command)
            drop_overrides(rewrite, judged.install)
            edits += rewrite.edits() or ()
        if edits:
            self.apply(edits)
        known = {_at(j): j for j in self.before.judged}
        left = [known.get(self._pieces.original(_at(j))) for j in self.failing()]
        return all(j is not None and j.environment.verdict is Verdict.REFUSED for j in left)

    def failing(self, *, passed_before: bool = False) -> list[Judged]:
        """The installs that stop at a usage error, and did not before; only those that were not refused, on demand."""
        known = {_at(j): j for j in self.before.judged}
        found = []
        for judged in self.context.judged:
            old = known.get(self._pieces.original(_at(judged)))
            if not judged.environment.usage_error or (old is not None and old.environment.usage_error):
                continue
            if not passed_before or old is None or old.environment.verdict is not Verdict.REFUSED:
                found.append(judged)
        return found

    def move_installs(self) -> bool:
        """Gives each install that is refused since an earlier step an environment; False where one gets none.

        Then `by_hand` says what to write.
        """
        for _ in range(MOST_INSTALLS):
            judged = next(iter(self.worse()), None)
            if judged is None:
                return self.drop_user()
            way = _environments.way(self.context, judged)
            self.by_hand.append(way.explanation)
            count = len(self.worse())
            if way.edits is None or judged.install.operation == "uninstall":
                return False
            self.titles.append(way.title)
            self.apply(way.edits)
            if len(self.worse()) >= count:
                return False
        return False


def _at(judged: Judged) -> int:
    return judged.install.command.outer(judged.install.program).start


def with_later(context: Context, judged: Judged, edits: tuple[Edit, ...] | None) -> tuple[Edit, ...] | None:
    """The edits, and those that later installs with `--user` need which reach the environment by them."""
    others = (j.install for j in context.judged if j is not judged)
    if not edits or not any(i.option("--user", "user") for i in others):
        return edits
    if not affordable(context, 2 * len(context.judged)):
        return None
    draft = Draft.with_edits(context, edits)
    if not draft.failing():
        return edits
    if draft.drop_user():
        return draft.edits
    # One that fails already is none the worse, whatever it says then.
    return edits if not Draft.with_edits(context, edits).failing(passed_before=True) else None
