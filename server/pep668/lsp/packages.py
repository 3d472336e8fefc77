"""Asking this machine's package manager for a fix that somebody opens: in a thread, in a trusted workspace only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pep668 import provision

if TYPE_CHECKING:
    from pep668.context import Context
    from pep668.model import Query

    from .server import Server

_PATIENCE = 1.0  # seconds that a list of actions waits for answers; they count the next time then


class Asking:
    """What the package manager has said, for as long as it is believed."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._packages = provision.Packages()

    def answered(self, context: Context) -> Context:
        """The context with what has been said about packages until now."""
        machine = context.machine
        offered = self._packages.known() if machine is not None else {}
        return replace(context, machine=replace(machine, offered=offered)) if machine and offered else context

    async def ask(self, queries: Iterable[Query], context: Context, *, wait: bool) -> None:
        """Asks, and waits until it is answered or given up; without `wait` for a moment only."""
        folder = context.machine.folder if context.machine else ""
        wanted = set(queries)
        if not wanted or not self._server.trusted:
            return

        def work() -> None:
            for query in wanted:
                self._packages.ask(query.manager, query.packages, folder)

        running = asyncio.ensure_future(self._server.in_thread(work))
        await asyncio.wait([running], timeout=None if wait else _PATIENCE)
