"""Rows are found by words, by room and by the day they came, in a snapshot and in what changes."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.main import Office
from echodesk.messages import Table, TableQuery
from echodesk.store.searching import search
from tests.store.test_office import TODAY, changes, keys
from tests.store.test_queue import enter, expand, finish

OLD = "2026-01-01T00:00:00.000Z"
LATE = "2026-02-01T00:00:00.000Z"


def age(office: Office, entry: int) -> None:
    """An entry that came long ago."""
    office.database.write(
        lambda c: c.execute(
            text("UPDATE STT_ECHO_QUEUE SET CREATED = :at WHERE ID = :id"), {"at": OLD, "id": entry}
        )
    )


@pytest.mark.parametrize("room", ["R2", "r2", "room r2"])
def test_a_room_is_found_by_its_code_and_by_its_name(office: Office, room: str) -> None:
    enter(office, 1, 2, 3, 4, 5)
    query = TableQuery(room=room)
    assert keys(changes(office, 0, query, snapshot=True)) == [5, 1]
    assert sorted(keys(changes(office, 0, query))) == [1, 5]
    expand(office)
    updates = office.read(lambda b: b.screens.changes(Table.NOTIFICATIONS, 0, query, True, TODAY))
    assert sorted(keys(updates)) == [1, 5]


def test_what_came_before_that_day_is_not_found(office: Office) -> None:
    enter(office, 1, 2)
    age(office, 1)
    assert keys(changes(office, 0, TableQuery(since=LATE), snapshot=True)) == [2]
    assert keys(changes(office, 0, TableQuery(since=LATE))) == [2]
    assert keys(changes(office, 0, TableQuery(since=OLD), snapshot=True)) == [2, 1]


def test_each_word_is_to_be_found_and_quoted_ones_together(office: Office) -> None:
    enter(office, 1)
    assert keys(changes(office, 0, TableQuery("m1 of TITLE"), snapshot=True)) == [1]
    assert keys(changes(office, 0, TableQuery('"title of m1"'), snapshot=True)) == [1]
    assert keys(changes(office, 0, TableQuery('"m1 of title"'), snapshot=True)) == []


def test_a_room_day_is_found_by_its_room(office: Office) -> None:
    office.database.write(
        lambda c: c.execute(
            text("INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, FIRST_SEEN) VALUES (:room, :day, :at)"),
            [{"room": room, "day": TODAY, "at": OLD} for room in ("R1", "R2")],
        )
    )

    def found(query: TableQuery) -> list[int]:
        return keys(office.read(lambda b: b.screens.changes(Table.ROOM_DAYS, 0, query, True, TODAY)))

    assert found(TableQuery(room="R2")) == [2]
    assert found(TableQuery(since=LATE)) == []


def test_retry_of_all_that_match_keeps_to_the_room_and_the_day(office: Office) -> None:
    enter(office, 1, 2, 5)
    expand(office)
    finish(office, "FAILED", 1, 2, 3)
    age(office, 1)

    def retried(query: TableQuery) -> int:
        return office.write(lambda books: books.queue.retry_matching(Table.QUEUE, query, "ann"))

    assert retried(TableQuery(room="R2", since=LATE)) == 1
    assert retried(TableQuery(room="R2", since=LATE)) == 0
    assert retried(TableQuery(room="R2")) == 1


def test_where_all_since_that_day_was_looked_at_nothing_was_cut(office: Office) -> None:
    def cut(query: TableQuery) -> bool:
        return office.database.read(lambda c: search(c, Table.QUEUE, query, TODAY, looked_at=2)).cut

    enter(office, 1, 2, 3, 4)
    assert cut(TableQuery("m1", since=LATE))
    age(office, 3)
    assert not cut(TableQuery("m1", since=LATE))
    assert cut(TableQuery("m1", since=OLD))
