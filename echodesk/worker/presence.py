"""Which room-day this window has open, for the others, and which of them have the same one open.

Every window tells it itself, whether it leads or not: nothing is planned or sent by it, so no epoch guards it.
Whoever may only look is told of the others all the same.
"""

from __future__ import annotations

import logging

from echodesk.clashes import AlsoOpen, OpenRoomDay
from echodesk.errors import DatabaseTrouble, RightMissing
from echodesk.messages import CommandDone
from echodesk.worker.books import Books
from echodesk.worker.ports import Clock, EventSink, Ledger

log = logging.getLogger(__name__)

ROUND_S = 1.0
"""How often the others are looked for while a room-day is open; what was chosen in between is not told."""
ALIVE_S = 20.0
"""How often a window gives a sign of life."""
GONE_S = 60.0
"""After so long without one, by the database's time, a window is gone."""
NOTHING = OpenRoomDay("")


class Presence:
    """Of one window. Owned by the worker's loop."""

    def __init__(self, ledger: Ledger, clock: Clock, sink: EventSink, holder: str, machine: str) -> None:
        self._ledger = ledger
        self._clock = clock
        self._sink = sink
        self._holder, self._machine = holder, machine
        self._open = self._written = NOTHING
        """What the window has open, and what the others know of it."""
        self._alive = clock.moment()
        """When that was written last."""
        self._told: AlsoOpen | None = None

    def open(self, wish: OpenRoomDay) -> CommandDone:
        """The window shows this from now on."""
        self._open = wish if wish.room else NOTHING
        self._told = None
        return CommandDone("")

    async def leave_unless(self, trouble: str) -> None:
        """Leave when the worker ends, unless the database is away."""
        if not trouble:
            await self.leave()

    async def run(self) -> None:
        """Tell and look until cancelled; a database that is away only means that nothing new is known."""
        while True:
            try:
                await self.once()
            except DatabaseTrouble as trouble:
                log.debug("who has which room-day open is not known: %s", trouble)
            await self._clock.sleep(ROUND_S)

    async def once(self) -> None:
        """One round."""
        await self._write()
        wish = self._open
        if wish == NOTHING:
            return
        others = await self._ledger.read(
            "who has it open", lambda books: books.windows.others(self._holder, wish.room, wish.date, GONE_S)
        )
        found = AlsoOpen(wish.room, wish.date, others)
        if wish == self._open and found != self._told:
            self._told = found
            self._sink.post(found)

    async def leave(self) -> None:
        """The window ends. Without its word the others find out by themselves, after a minute."""
        self._open = NOTHING
        await self._write()

    async def _write(self) -> None:
        """Tell the others what they do not know yet. What cannot be written keeps nobody from looking."""
        wish = self._open
        if wish == self._written and (wish == NOTHING or self._clock.age_s(self._alive) < ALIVE_S):
            return

        def work(books: Books) -> None:
            if wish == NOTHING:
                books.windows.close(self._holder)
            else:
                books.windows.tell(self._holder, wish.by, self._machine, wish.room, wish.date)

        began = self._clock.moment()
        try:
            await self._ledger.write("tell what is open", work)
        except RightMissing as error:
            # Tried again with the next sign of life: the right may have been given by then.
            log.info("this window may only look, and the others are not told of it: %s", error)
        except DatabaseTrouble as trouble:
            log.debug("the others are not told what this window has open: %s", trouble)
            return
        self._written, self._alive = wish, began
