"""The queue and its notifications: order, poison, retry, and statuses that move as they may (design §4.7)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.main import Office
from echodesk.messages import Table, TableQuery
from echodesk.planning.records import NewNotification, NotificationOutcome
from echodesk.planning.values import RoomDay
from tests.worker.campus import SETID, day
from tests.worker.edit import Edit


def enter(office: Office, *slots: int) -> None:
    """One transaction of a timetabler for each lesson."""
    for slot in slots:
        with Edit(office.database) as cmis:
            cmis.add(slot, room=f"R{slot % 4 + 1}")


def expand(office: Office, limit: int = 100) -> list[int]:
    """Claim, and write one notification for each entry; returns the ids of the entries."""
    entries = office.write(lambda books: books.queue.claim(limit))
    rows = [
        NewNotification(
            *(one.id, f"{one.slotid}-2-2030-31", SETID, one.slotid, 2, "INSERT", False, True, None),
            *(RoomDay(f"R{one.slotid % 4 + 1}", day(2)), "09:00", "10:00", None, "M1", "LC01", "P1", None, None),
        )
        for one in entries
    ]
    office.write(lambda books: books.queue.add_notifications(rows))
    office.write(lambda books: books.queue.expanded({one.id: (1, None) for one in entries}))
    return [one.id for one in entries]


def rows(office: Office, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in office.database.read(lambda c: c.execute(text(statement)).all())]


def finish(office: Office, status: str, *ids: int) -> None:
    office.write(lambda books: books.queue.begin(ids))
    outcomes = [NotificationOutcome(one, status, "NO", "words", None) for one in ids]
    office.write(lambda books: books.queue.finish(outcomes))


def statuses(office: Office) -> list[tuple[object, ...]]:
    return rows(office, "SELECT STATUS FROM STT_ECHO_QUEUE ORDER BY ID")


def test_entries_are_taken_in_order_and_only_once(office: Office) -> None:
    enter(office, 3, 1, 2)
    first = office.write(lambda books: books.queue.claim(2))
    second = office.write(lambda books: books.queue.claim(2))
    assert [one.slotid for one in (*first, *second)] == [3, 1, 2]
    assert office.write(lambda books: books.queue.claim(2)) == []
    assert [one.attempts for one in first] == [0, 0]


def test_an_entry_that_was_tried_before_comes_alone(office: Office) -> None:
    enter(office, 1, 2, 3)
    office.write(lambda books: books.queue.claim(2))
    office.write(lambda books: books.queue.recover())
    taken = [[one.slotid for one in office.write(lambda books: books.queue.claim(100))] for _ in range(3)]
    assert taken == [[3], [1], [2]], "and nobody waits for those that may stop the worker"


def test_entries_that_were_tried_before_need_not_wait_for_all_others(office: Office) -> None:
    enter(office, 1, 2, 3)
    office.write(lambda books: books.queue.claim(1))
    office.write(lambda books: books.queue.recover())
    assert [one.slotid for one in office.write(lambda books: books.queue.claim(100, tried_first=True))] == [1]


def test_entries_whose_reading_raised_wait_again_and_are_set_aside_after_three_times(office: Office) -> None:
    enter(office, 1, 2)
    office.write(lambda books: books.queue.claim(2))
    office.write(lambda books: books.queue.stopped([1, 2], "ValueError: no"))
    assert statuses(office) == [("UNPROCESSED",), ("UNPROCESSED",)]
    for _ in range(2):
        taken = office.write(lambda books: books.queue.claim(2))
        assert [one.slotid for one in taken] == [1]
        office.write(lambda books: books.queue.stopped([1], "ValueError: no"))
        taken = office.write(lambda books: books.queue.claim(2))
        if taken and taken[0].slotid == 2:
            office.write(lambda books: books.queue.expanded({2: (0, None)}))
    assert statuses(office) == [("FAILED",), ("PROCESSED",)]


def test_an_entry_that_stopped_the_worker_three_times_is_set_aside(office: Office) -> None:
    enter(office, 1)
    for _ in range(3):
        assert statuses(office) == [("UNPROCESSED",)]
        office.write(lambda books: books.queue.claim(1))
        assert office.write(lambda books: books.queue.recover()) == 1
    assert statuses(office) == [("FAILED",)]
    assert office.write(lambda books: books.queue.claim(1)) == []


def test_a_notification_in_progress_at_a_stop_waits_again_however_often(office: Office) -> None:
    enter(office, 1)
    expand(office)
    for _ in range(5):
        office.write(lambda books: books.queue.begin([1]))
        office.write(lambda books: books.queue.recover())
    assert rows(office, "SELECT STATUS FROM STT_ECHO_NOTIFICATION") == [("UNPROCESSED",)]


@pytest.mark.parametrize(
    ("status", "entry"),
    [("SUCCESS", "PROCESSED"), ("IN_CONFLICT", "PROCESSED"), ("FAILED", "FAILED"), ("UNPROCESSED", "IN_PROGRESS")],
)
def test_an_entry_follows_its_notifications(office: Office, status: str, entry: str) -> None:
    enter(office, 1)
    expand(office)
    finish(office, status, 1)
    assert statuses(office) == [(entry,)]


def test_what_is_not_in_progress_cannot_be_finished(office: Office) -> None:
    enter(office, 1)
    expand(office)
    office.write(lambda books: books.queue.finish([NotificationOutcome(1, "SUCCESS", "YES", None, None)]))
    assert rows(office, "SELECT STATUS FROM STT_ECHO_NOTIFICATION") == [("UNPROCESSED",)]
    finish(office, "SUCCESS", 1)
    finish(office, "FAILED", 1)
    assert rows(office, "SELECT STATUS FROM STT_ECHO_NOTIFICATION") == [("SUCCESS",)]


def test_a_retry_is_a_new_entry_linked_to_the_old_one(office: Office) -> None:
    enter(office, 1, 2)
    expand(office)
    finish(office, "FAILED", 1)
    finish(office, "SUCCESS", 2)
    assert office.write(lambda books: books.queue.retry([1, 2], [], "ann")) == 1
    assert statuses(office) == [("SUPERSEDED",), ("PROCESSED",), ("UNPROCESSED",)]
    assert rows(office, "SELECT SOURCE, SLOTID, RETRY_OF FROM STT_ECHO_QUEUE WHERE ID = 3") == [("RETRY", 1, 1)]
    assert rows(office, "SELECT STATUS, MESSAGE FROM STT_ECHO_NOTIFICATION WHERE ID = 1") == [
        ("SUPERSEDED", "Tried again by ann. words")
    ]
    assert office.write(lambda books: books.queue.retry([1], [1], "ann")) == 0


def test_retry_all_that_match_takes_what_is_not_shown_as_well(office: Office) -> None:
    enter(office, *range(1, 31))
    expand(office)
    finish(office, "FAILED", *range(1, 31))
    query = TableQuery("R3", limit=2)
    count = office.write(lambda books: books.queue.retry_matching(Table.NOTIFICATIONS, query, "ann"))
    assert count == len([slot for slot in range(1, 31) if slot % 4 == 2])
    nothing = TableQuery("", ("SUCCESS",))
    assert office.write(lambda books: books.queue.retry_matching(Table.QUEUE, nothing, "ann")) == 0


def test_put_right_reaches_failures_of_the_occurrence_only(office: Office) -> None:
    enter(office, 1, 2, 3)
    expand(office)
    finish(office, "FAILED", 1, 2)
    finish(office, "SUCCESS", 3)
    office.write(lambda books: books.queue.put_right(["1-2-2030-31", "3-2-2030-31"], "a check"))
    assert rows(office, "SELECT STATUS FROM STT_ECHO_NOTIFICATION ORDER BY ID") == [
        ("SUPERSEDED",),
        ("FAILED",),
        ("SUCCESS",),
    ]
    assert statuses(office) == [("SUPERSEDED",), ("FAILED",), ("PROCESSED",)]


def test_the_later_entry_decides_seniority_whatever_comes_last(office: Office) -> None:
    key = (SETID, 1)
    office.write(lambda books: books.queue.set_seniority({key: (7, "later")}))
    office.write(lambda books: books.queue.set_seniority({key: (5, "earlier")}))
    assert rows(office, "SELECT QUEUE_ID, SINCE FROM STT_ECHO_SENIORITY") == [(7, "later")]


def test_a_message_of_any_length_fits(office: Office) -> None:
    enter(office, 1)
    expand(office)
    office.write(lambda books: books.queue.begin([1]))
    long = NotificationOutcome(1, "FAILED", "NO", "\u00fc" * 50_000, None)
    office.write(lambda books: books.queue.finish([long]))
    assert rows(office, "SELECT length(MESSAGE) FROM STT_ECHO_NOTIFICATION") == [(2_000,)]
