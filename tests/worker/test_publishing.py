"""A table that is opened is told in two steps, and its counts are those of the Overview."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import text

from echodesk.main import Office
from echodesk.messages import Event, Table, TableDelta, TableQuery, Watch
from echodesk.store.database import Database, open_sqlite
from echodesk.worker.books import Books
from echodesk.worker.clock import MachineClock
from echodesk.worker.publish import FIRST_PAGE, OVERVIEW_S, OVERVIEW_SHARE, Publisher
from tests.capture.world import Server, client
from tests.databases import large_tables
from tests.databases.engines import fresh_sqlite

T = TypeVar("T")
ROWS = 2 * FIRST_PAGE + 300


class Hand(MachineClock):
    """Its hand stands where it is put."""

    now = 100.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now


class Watched:
    """A ledger and a sink that remember what was asked and told."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.asked: Counter[str] = Counter()
        self.told: list[TableDelta] = []
        self.clock = Hand("Europe/London")
        self.overview_takes_s = 0.0
        self.publisher = Publisher(self, client(Server()), self.clock, self, 120)

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        self.asked[step] += 1
        self.clock.now += self.overview_takes_s if step == "overview" else 0.0
        return self.office.read(work)

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        return self.office.write(work)

    def post(self, event: Event) -> None:
        """Remembers what is told of tables."""
        if isinstance(event, TableDelta):
            self.told.append(event)

    def round(self) -> list[TableDelta]:
        """What is told of tables in one round."""
        before = len(self.told)
        asyncio.run(self.publisher.once())
        return self.told[before:]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    database = fresh_sqlite(folder)
    large_tables.fill(database, ROWS)
    database.close()
    return folder / "fresh.sqlite"


@pytest.fixture
def watched(filled: Path, tmp_path: Path) -> Iterator[Watched]:
    (tmp_path / "copy.sqlite").write_bytes(filled.read_bytes())
    office = Office(Database(open_sqlite(tmp_path / "copy.sqlite")))
    yield Watched(office)
    office.close()


def keys(delta: TableDelta) -> list[int]:
    return [row.key for row in delta.upserts]


def test_the_newest_page_comes_first_and_the_whole_after_it(watched: Watched) -> None:
    watched.publisher.watch(Watch(Table.QUEUE, TableQuery(), 1))
    [first], [whole], nothing = watched.round(), watched.round(), watched.round()
    assert keys(first) == list(range(ROWS, ROWS - FIRST_PAGE, -1))
    assert (first.snapshot, first.more, sum(dict(first.counts).values())) == (True, True, ROWS)
    assert (keys(whole), whole.snapshot, whole.more) == (list(range(ROWS, 0, -1)), True, False)
    assert whole.base == first.cursor
    assert nothing == []


def test_what_fits_on_the_first_page_is_told_once(watched: Watched) -> None:
    watched.publisher.watch(Watch(Table.QUEUE, TableQuery("", ("FAILED",)), 1))
    [first], nothing = watched.round(), watched.round()
    assert (keys(first), first.more, nothing) == ([997], False, [])


def test_rows_that_no_worker_has_numbered_are_told_once(watched: Watched) -> None:
    watched.publisher.watch(Watch(Table.QUEUE, TableQuery(), 1))
    for _ in range(3):
        watched.round()
    assert watched.round() == []
    watched.office.database.write(
        lambda c: c.execute(
            text("INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, SETID, SLOTID) VALUES ('RETRY', 'UPDATE', 'S', 1)")
        )
    )
    [new] = watched.round()
    assert keys(new) == [ROWS + 1]


def test_counts_that_change_are_told_alone(watched: Watched) -> None:
    watched.publisher.watch(Watch(Table.NOTIFICATIONS, TableQuery(), 1))
    watched.round()
    watched.round()
    watched.office.write(lambda books: books.queue.begin([ROWS]))
    [soon] = watched.round()
    assert "IN_PROGRESS" not in dict(soon.counts), "the Overview has not looked again"
    watched.clock.now += OVERVIEW_S
    [later] = watched.round()
    assert (later.upserts, dict(later.counts)["IN_PROGRESS"]) == ((), 1)


def test_an_overview_that_takes_long_is_made_less_often(watched: Watched) -> None:
    watched.overview_takes_s = 0.5
    watched.round()
    watched.clock.now += 0.5 / OVERVIEW_SHARE - 1.0
    watched.round()
    assert watched.asked["overview"] == 1
    watched.clock.now += 1.0
    watched.round()
    assert watched.asked["overview"] == 2
