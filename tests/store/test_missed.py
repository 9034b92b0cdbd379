"""The next lessons that will not be recorded: the coming seven days, soonest first, with their names."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from echodesk.main import Office
from echodesk.messages import MissedLesson
from echodesk.planning.values import Content, Interval, Reason, RoomDay, Standing
from echodesk.store.figures import MISSED, MISSED_SHOWN
from tests.databases.cmis import Cmis
from tests.worker.campus import LESSON, SETID, day, week_set

TODAY = day(2)
LEFT_OUT = text(
    "INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON, WINNER)"
    " VALUES (:id, :setid, :slot, 2, 'R1', :date, :reason, :winner)"
)


def leave_out(
    office: Office, slot: int, date: dt.date, start: str = "09:00", reason: Reason = Reason.CLASH, winner: str = ""
) -> None:
    """A lesson of a module that is not recorded on a date."""
    values = {"id": f"{slot}-{date}", "setid": SETID, "slot": slot, "date": date.isoformat()}
    with office.database.engine.begin() as connection:
        cmis = Cmis(connection)
        weekid = week_set(cmis, [2])
        lesson = {**LESSON, "starttime": start, "finishtime": "18:00", "moduleid": "M3", "weekid": weekid}
        cmis.insert("timetable", **{**lesson, "slotid": slot})
        connection.execute(LEFT_OUT, values | {"reason": reason.value, "winner": winner or None})


def missed(office: Office) -> tuple[int, tuple[MissedLesson, ...]]:
    return office.look(lambda books: books.figures.missed(TODAY.isoformat()))


def test_a_lesson_is_told_with_its_names_and_what_keeps_the_room(office: Office) -> None:
    content = Content("Logic", (), None, ())
    place = RoomDay("R1", TODAY)
    winner = Standing("e1", "1-2-2030-31", True, place, Interval(540, 600), content)
    office.write(lambda books: books.mirror.put([winner]))
    leave_out(office, 7, TODAY, winner="1-2-2030-31")
    assert missed(office) == (
        1,
        (
            MissedLesson(
                date=TODAY.isoformat(), start="09:00", finish="18:00", module="M3", module_title="Title of M3",
                group="LC01", room="R1", room_name="Room R1", building="Old Hall", reason="clash", winner="Logic",
            ),
        ),
    )  # fmt: skip


def test_seven_days_count_and_no_more(office: Office) -> None:
    leave_out(office, 1, TODAY - dt.timedelta(days=1))
    leave_out(office, 2, TODAY + dt.timedelta(days=6))
    leave_out(office, 3, TODAY + dt.timedelta(days=7))
    count, shown = missed(office)
    assert (count, [one.date for one in shown]) == (1, [(TODAY + dt.timedelta(days=6)).isoformat()])


def test_the_soonest_come_first_whatever_their_reason_and_all_are_counted(office: Office) -> None:
    for slot, reason in enumerate(Reason, start=1):
        leave_out(office, slot, TODAY, f"{18 - slot:02}:00", reason)
    leave_out(office, 50, TODAY, "08:00")
    count, shown = missed(office)
    assert count == len(Reason) + 1
    assert len(shown) == MISSED_SHOWN
    assert [one.start for one in shown] == sorted(one.start for one in shown)
    assert shown[0].start == "08:00"


def test_nothing_left_out_is_nothing_to_tell(office: Office) -> None:
    assert missed(office) == (0, ())


@pytest.mark.parametrize("opener", ["sqlite"], indirect=True)
def test_it_is_read_by_index_not_by_looking_at_everything(office: Office) -> None:
    values = {"reasons": "[]", "today": "", "last": "", "most": 1}
    with office.database.engine.begin() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {MISSED.text}"), values)]
    tables = ("o", "t", "m", "r", "s", "w")
    assert not [step for step in plan if step.split()[0] == "SCAN" and step.split()[1] in tables], plan
    assert any("STT_ECHO_LEFT_OUT_REASON" in step for step in plan), plan
