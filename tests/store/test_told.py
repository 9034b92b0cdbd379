"""What staff are told of a lesson is what the newest edit came to, not the one that was read last."""

from __future__ import annotations

import pytest

from echodesk.main import Office
from echodesk.planning.records import Lost, NewNotification, NotificationOutcome
from echodesk.planning.statuses import NotificationStatus, Recorded
from echodesk.planning.values import RoomDay
from tests.store.test_queue import enter, rows
from tests.worker.campus import SETID, day

LESSON = "1-2-2030-31"
YES, NO, NOT_WANTED = Recorded.YES, Recorded.NO, Recorded.NOT_WANTED


@pytest.fixture
def told(office: Office) -> Office:
    """Two edits of lesson 1; the later one was read first and sent, and the other one is out of date."""
    enter(office, 1, 2)
    updates = [
        NewNotification(
            *(queue_id, LESSON, SETID, 1, 2, "UPDATE", True, True, RoomDay("R1", day(2))),
            *(RoomDay("R2", day(2)), "09:00", "10:00", None, "M1", "LC01", "P1", None, None),
        )
        for queue_id in (2, 1)
    ]
    office.write(lambda books: books.queue.add_notifications(updates))
    office.write(lambda books: books.queue.begin([1, 2]))
    ends = [(1, NotificationStatus.IN_CONFLICT), (2, NotificationStatus.OUT_OF_DATE)]
    office.write(
        lambda books: books.queue.finish(
            [NotificationOutcome(one, status.value, NO.value, "A clash.", None) for one, status in ends]
        )
    )
    assert rows(office, "SELECT ID, QUEUE_ID FROM STT_ECHO_NOTIFICATION ORDER BY ID") == [(1, 2), (2, 1)]
    return office


def answer(office: Office) -> Recorded | None:
    """What is told of the lesson."""
    return office.read(lambda books: books.told.of([LESSON])).get(LESSON)


def test_a_lesson_that_comes_back_and_goes_is_told_so(told: Office) -> None:
    assert answer(told) is NO
    told.write(lambda books: books.told.recorded_again({LESSON}))
    assert answer(told) is YES
    told.write(lambda books: books.queue.tell_lost([Lost(LESSON, NOT_WANTED.value, None, "Nobody wants it.")]))
    assert answer(told) is NOT_WANTED
    told.write(lambda books: books.told.recorded_again({LESSON}))
    assert answer(told) is YES
    ((said,),) = rows(told, "SELECT MESSAGE FROM STT_ECHO_NOTIFICATION WHERE QUEUE_ID = 2")
    assert str(said).endswith("the timetable asks for it again.")


def test_what_is_told_as_recorded_is_found_piece_by_piece(told: Office) -> None:
    last = told.read(lambda books: books.told.last())
    assert last == 2
    today = day(1).isoformat()
    assert told.read(lambda books: books.told.as_recorded(0, last, today)) == set()
    told.write(lambda books: books.told.recorded_again({LESSON}))
    assert told.read(lambda books: books.told.as_recorded(0, last, today)) == {LESSON}
    assert told.read(lambda books: books.told.as_recorded(1, last, today)) == set()
    assert told.read(lambda books: books.told.as_recorded(0, last, day(3).isoformat())) == set()
