"""Several programs on one database at once: they write in turns, one leads, and no edit is lost between them."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, text

from echodesk.errors import NotLeading
from echodesk.main import AllBooks, Office
from echodesk.messages import QueueRow, Table, TableQuery
from echodesk.store.database import Database, open_sqlite
from tests.databases.cmis import Cmis
from tests.databases.postgres import at
from tests.store.test_office import run_out, take
from tests.worker.campus import LESSON, week_set

T = TypeVar("T")
SOON_S = 0.2
LONG_S = 20.0


def reopened(office: Office) -> Office:
    """Another program on the same database."""
    url = office.database.engine.url
    if url.drivername.startswith("sqlite"):
        return Office(Database(open_sqlite(Path(str(url.database)))))
    return Office(at(url))


@pytest.fixture
def more(office: Office) -> Iterator[Callable[[int], list[Office]]]:
    """So many other programs on the same database."""
    made: list[Office] = []

    def make(count: int) -> list[Office]:
        found = [reopened(office) for _ in range(count)]
        made.extend(found)
        return found

    yield make
    for one in made:
        one.close()


@pytest.fixture
def other(more: Callable[[int], list[Office]]) -> Office:
    return more(1)[0]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@contextmanager
def writing(office: Office, threads: ThreadPoolExecutor, work: Callable[[AllBooks], T]) -> Iterator[Future[T]]:
    """Within, a transaction has done its work and is not committed yet."""
    done, go_on = threading.Event(), threading.Event()

    def books(found: AllBooks) -> T:
        answer = work(found)
        done.set()
        assert go_on.wait(LONG_S)
        return answer

    future = threads.submit(office.keep, books)
    try:
        assert done.wait(LONG_S), future.exception(SOON_S)
        yield future
    finally:
        go_on.set()
    future.result(LONG_S)


def test_who_writes_waits_for_its_turn_and_finds_what_the_one_before_wrote(
    office: Office, other: Office, threads: ThreadPoolExecutor
) -> None:
    with writing(office, threads, lambda books: books.office.change_setting("lead", "7", "ann")):
        second = threads.submit(other.keep, lambda books: books.office.change_setting("lead", "9", "bo"))
        with pytest.raises(TimeoutError):
            second.result(SOON_S)
    assert second.result(LONG_S)[0] == "7"


def test_who_reads_waits_for_nobody_and_sees_one_state(
    office: Office, other: Office, threads: ThreadPoolExecutor
) -> None:
    def look(books: AllBooks) -> tuple[str | None, str | None]:
        first = books.office.setting("lead")
        office.keep(lambda found: found.office.change_setting("lead", "9", "ann"))
        return first, books.office.setting("lead")

    with writing(office, threads, lambda books: books.office.change_setting("lead", "7", "ann")):
        assert threads.submit(other.look, lambda books: books.office.setting("lead")).result(LONG_S) is None
    assert other.look(look) == ("7", "7")
    assert other.look(lambda books: books.office.setting("lead")) == "9"


@pytest.mark.parametrize("before", [None, "an ended one"])
def test_of_many_who_want_to_lead_at_once_one_does(
    office: Office, more: Callable[[int], list[Office]], threads: ThreadPoolExecutor, before: str | None
) -> None:
    if before is not None:
        take(office, before)
        run_out(office)
    others = more(8)
    ready = threading.Barrier(len(others))

    def lead(number: int) -> int | None:
        ready.wait(LONG_S)
        return take(others[number], f"holder {number}")

    epochs = list(threads.map(lead, range(len(others))))
    assert [epoch for epoch in epochs if epoch is not None] == [1 if before is None else 2]


def test_a_write_that_waited_while_another_took_over_is_refused(
    office: Office, other: Office, threads: ThreadPoolExecutor
) -> None:
    take(office, "ann")
    run_out(office)

    def late(books: AllBooks) -> None:
        books.office.guard(1)
        books.office.change_setting("lead", "7", "ann")

    with writing(other, threads, lambda books: books.office.take_lease("bo", 30.0)):
        stale = threads.submit(office.keep, late)
        with pytest.raises(TimeoutError):
            stale.result(SOON_S)
    with pytest.raises(NotLeading):
        stale.result(LONG_S)
    assert office.look(lambda books: books.office.setting("lead")) is None


def test_a_takeover_waits_for_the_write_that_is_at_work(
    office: Office, other: Office, threads: ThreadPoolExecutor
) -> None:
    take(office, "ann")
    run_out(office)

    def last(books: AllBooks) -> None:
        books.office.guard(1)
        books.office.change_setting("lead", "7", "ann")

    def lead(books: AllBooks) -> str | None:
        assert books.office.take_lease("bo", 30.0) is not None
        return books.office.setting("lead")

    with writing(office, threads, last):
        taking = threads.submit(other.keep, lead)
        with pytest.raises(TimeoutError):
            taking.result(SOON_S)
    assert taking.result(LONG_S) == "7", "the new leader sees all that the old one wrote"


@pytest.mark.parametrize("opener", ["postgresql"], indirect=True)
def test_a_transaction_that_began_before_the_takeover_writes_nothing_after_it(
    office: Office, other: Office
) -> None:
    """Even one that did not wait for its turn: what is there when it writes counts, not what it read before."""
    take(office, "ann")
    run_out(office)
    with office.database.engine.connect() as connection:
        books = AllBooks(connection)
        assert books.office.lease().epoch == 1
        take(other, "bo")
        with pytest.raises(NotLeading):
            books.office.guard(1)


# ---- edits of several timetablers -------------------------------------------------------------------------------


class Leader:
    """Claims what it sees, a few at a time, and asks as a screen does what has changed since."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.claimed: list[int] = []
        self.shown: dict[int, str] = {}
        self.cursor = 0

    def work(self) -> None:
        def claim(books: AllBooks) -> list[int]:
            found = [entry.id for entry in books.queue.claim(5)]
            books.queue.expanded(dict.fromkeys(found, (0, None)))
            return found

        self.look()
        self.claimed += self.office.keep(claim)
        self.look()

    def look(self) -> None:
        changes = self.office.look(
            lambda books: books.screens.changes(Table.QUEUE, self.cursor, TableQuery(), False, "")
        )
        self.cursor = changes.cursor
        for row in changes.upserts:
            assert isinstance(row, QueueRow)
            self.shown[row.key] = row.status


def edit(connection: Connection, slot: int) -> None:
    cmis = Cmis(connection)
    cmis.insert("timetable", **{**LESSON, "slotid": slot, "moduleid": "M1", "weekid": 1 << 2})


@pytest.fixture
def leader(office: Office) -> Leader:
    with office.database.engine.begin() as connection:
        week_set(Cmis(connection), (2,))
    return Leader(office)


@pytest.mark.parametrize("opener", ["postgresql"], indirect=True)
@pytest.mark.parametrize("seed", range(6))
def test_edits_that_are_committed_out_of_order_are_each_claimed_and_shown_once(
    leader: Leader, more: Callable[[int], list[Office]], seed: int
) -> None:
    dice = random.Random(seed)
    slots = itertools.count(1)
    others = more(8)
    for _round in range(3):
        editors = [one.database.engine.connect() for one in others]
        for editor in editors:
            for _ in range(dice.randint(1, 4)):
                edit(editor, next(slots))
        dice.shuffle(editors)
        for editor in editors:
            editor.commit()
            editor.close()
            leader.work()
    while before := len(leader.claimed):
        leader.work()
        if len(leader.claimed) == before:
            break
    with leader.office.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT ID, STATUS, SLOTID FROM STT_ECHO_QUEUE ORDER BY ID")).all()
    assert len(rows) == next(slots) - 1
    assert leader.claimed != sorted(leader.claimed), "some came after ones with higher numbers"
    assert sorted(leader.claimed) == [row.ID for row in rows], "each once"
    assert leader.shown == {row.ID: row.STATUS for row in rows}
    assert set(leader.shown.values()) == {"PROCESSED"}


@pytest.mark.parametrize("opener", ["postgresql"], indirect=True)
def test_eight_editors_at_work_at_once_lose_nothing(
    leader: Leader, more: Callable[[int], list[Office]], threads: ThreadPoolExecutor
) -> None:
    each = 12
    offices = more(8)

    def edits(number: int) -> None:
        for step in range(each):
            with offices[number].database.engine.begin() as connection:
                edit(connection, 1 + number * each + step)

    working = [threads.submit(edits, number) for number in range(len(offices))]
    while not all(one.done() for one in working):
        leader.work()
    for one in working:
        one.result()
    for _ in range(each * len(offices)):
        leader.work()
    assert len(leader.claimed) == len(set(leader.claimed)) == each * len(offices)
    assert len(leader.shown) == each * len(offices)
    assert set(leader.shown.values()) == {"PROCESSED"}
