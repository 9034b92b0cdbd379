"""The details of a lesson that is recorded under another lesson's booking show that booking."""

from __future__ import annotations

from sqlalchemy import text

from echodesk.main import Office
from echodesk.messages import Detail, Table
from echodesk.planning.values import Content, Interval, RoomDay, Standing
from echodesk.store.details import Details
from tests.worker.campus import SETID, day

_ENTRY = text(
    "INSERT INTO STT_ECHO_QUEUE (ID, SOURCE, ACTION, SETID, SLOTID) VALUES (1, 'RETRY', 'UPDATE', :s, 2)"
)
_UPDATE = text(
    "INSERT INTO STT_ECHO_NOTIFICATION (ID, QUEUE_ID, SETID, SLOTID, WEEKNUMBER, EXTERNAL_ID, ACTION, STATUS,"
    " RECORDED, NEW_ROOMID, LESSON_DATE, STARTTIME, FINISHTIME)"
    " VALUES (1, 1, :s, 2, 2, '2-2-2030-31', 'INSERT', 'SUCCESS', :recorded, 'R1', :date, '09:00', '10:00')"
)
_CALL = text(
    "INSERT INTO STT_ECHO_AUDIT (WHO, ACTION, EXTERNAL_ID, OUTCOME, STATUS)"
    " VALUES ('worker', 'POST', '1-2-2030-31', 'done', 201)"
)


def detail_of_an_update(office: Office, recorded: str) -> Detail:
    """An update of lesson 2, while lesson 1 carries a booking in its room at its time."""
    content = Content("Logic", ("M1_LC01", "M2_LC01"), None, ())
    booking = Standing("e1", "1-2-2030-31", True, RoomDay("R1", day(2)), Interval(540, 600), content)
    office.write(lambda books: books.mirror.put([booking]))
    with office.database.engine.begin() as connection:
        connection.execute(_ENTRY, {"s": SETID})
        connection.execute(_UPDATE, {"s": SETID, "recorded": recorded, "date": day(2).isoformat()})
        connection.execute(_CALL)
        detail = Details(connection).detail(Table.NOTIFICATIONS, 1)
    assert detail is not None
    return detail


def test_a_shared_booking_and_its_calls_are_shown(office: Office) -> None:
    detail = detail_of_an_update(office, "YES")
    ((_, said),) = detail.groups[1].lines
    assert "Logic" in said
    assert [call.action for call in detail.calls] == ["POST"]


def test_a_lesson_that_is_not_recorded_is_not_given_somebody_elses_booking(office: Office) -> None:
    detail = detail_of_an_update(office, "NO")
    assert detail.groups[1].lines == (("Stands in Echo360", "nothing for this lesson and week"),)
    assert detail.calls == ()
