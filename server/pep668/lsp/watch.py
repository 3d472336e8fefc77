"""Notices what happens to environments, from whatever terminal.

A client that watches files says what has changed, one that forwards terminals when a command has ended. Neither is
to be relied upon (an editor may exclude an environment's folder from watching), so that a look at the modification
times of a few folders is taken whenever the client asks for something and, while requirements are shown, now and then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import Server

log = logging.getLogger(__name__)

INTERVAL = 2.0  # seconds between two looks while requirements are shown
_PAUSE = 0.3  # events of one install come in crowds
_SELDOM = 0.5  # between two looks that requests cause


class Watch:
    """Tells the server when what it knows of environments is no longer true."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._seen: frozenset[tuple[str, int]] | None = None
        self._doubtful = True  # read again, whatever the times say
        self._looked = 0.0
        self._waiting: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._missed = False

    def soon(self) -> None:
        """Something may have happened to an environment: look, when the crowd is over."""
        self._doubtful = True
        self._schedule()

    def glance(self) -> None:
        """Somebody is looking at an answer: see whether it is still true, when it has been given."""
        if time.monotonic() - self._looked > _SELDOM:
            self._schedule()

    def _schedule(self) -> None:
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(_PAUSE, self._due)

    def _due(self) -> None:
        self._waiting = None
        self._look()

    def keep_looking(self) -> None:
        """Look now and then, as long as requirements are shown."""
        if self._timer is None and self._server.shows_requirements:
            self._timer = asyncio.get_running_loop().call_later(INTERVAL, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._look()
        self.keep_looking()

    def _look(self) -> None:
        self._looked = time.monotonic()
        if self._looking is not None:
            self._missed = True
            return
        self._looking = asyncio.ensure_future(self._compare())
        self._looking.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._looking = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("environments: %s", error, exc_info=error)
        if self._missed:
            self._missed = False
            self._look()

    async def _compare(self) -> None:
        session = self._server.session
        doubtful, self._doubtful = self._doubtful, False
        seen = await self._server.in_thread(session.signature)
        moved, self._seen = seen != self._seen, seen
        if moved:
            self._doubtful = True  # an install that is under way writes some files later than others
        if (moved or doubtful) and await self._server.in_thread(session.look_again):
            self._server.changed()
