"""The worker's database as named steps, at each of which a test may stand in the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from echodesk.main import AllBooks, Office
from echodesk.worker.books import Books
from tests.worker.virtual_time import Life, VirtualLoop

T = TypeVar("T")

BUSY_STEPS = 3_000
"""So many transactions without any time passing are a loop that runs hot."""

_CHANGED = (
    "SELECT CAST(coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) AS BIGINT) FROM pg_stat_xact_user_tables"
)


class Steps:
    """The worker's ledger: each transaction at once, on this thread, with its name known to the test."""

    def __init__(self, office: Office, loop: VirtualLoop, life: Life) -> None:
        self._office = office
        self._life = life
        self._loop = loop
        self._hot: tuple[float, Counter[str]] = (-1.0, Counter())
        self.before: Callable[[str], None] = lambda step: None
        """May raise in the place of the database."""
        self.after: Callable[[str], None] = lambda step: None
        self.saw: Callable[[object], None] = lambda answer: None
        """Told what every read came to."""
        self.wrote: Callable[[str, int], None] = lambda step, rows: None
        """Told of every committed write and how many rows it changed, triggers included."""
        self.done: Counter[str] = Counter()
        self.latency_s = 0.0
        """How long the database takes to answer."""

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        await self._begin(step)
        answer = self._office.read(work)
        self.saw(answer)
        return answer

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        await self._begin(step)
        rows = 0

        def counted(books: Books) -> T:
            nonlocal rows
            before = _changes(books)
            answer = work(books)
            rows = _changes(books) - before
            return answer

        answer = self._office.write(counted)
        self.wrote(step, rows)
        self.after(step)
        await self._life.go_on()
        return answer

    async def _begin(self, step: str) -> None:
        await asyncio.sleep(self.latency_s)
        now = self._loop.now
        if self._hot[0] != now:
            self._hot = (now, Counter())
        self._hot[1][step] += 1
        if self._hot[1].total() > BUSY_STEPS:
            raise AssertionError(f"the worker runs hot: {self._hot[1].most_common(6)}")
        self.done[step] += 1
        self.before(step)
        await self._life.go_on()


def _changes(books: Books) -> int:
    """Rows that this connection, or on a server this transaction, ever changed."""
    if not isinstance(books, AllBooks):
        raise TypeError("only the store's own books can be counted")
    if books.connection.dialect.name == "postgresql":
        return int(books.connection.exec_driver_sql(_CHANGED).scalar_one())
    driver = books.connection.connection.driver_connection
    return int(driver.total_changes)  # type: ignore[union-attr]  # it is sqlite3's, which counts them
