"""Whom Echo360 does not know: who that is in the timetable, and what they teach from today on."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.main import Office
from echodesk.planning.values import Content, Interval, RoomDay, Standing
from echodesk.store.unknown_people import AHEAD
from tests.databases.cmis import Cmis, Value
from tests.worker.campus import LESSON, PEOPLE, day, week_set

UNKNOWN = PEOPLE["P9"]


def stands(office: Office, slot: int, week: int, presenter: str | None = None) -> None:
    """A recording of a lesson that P9 gives."""
    name = f"{slot}-{week}-2030-31"
    content = Content(f"Lesson {slot}", (), presenter, ())
    standing = Standing(f"e{name}", name, True, RoomDay("R1", day(week)), Interval(540, 600), content)
    office.write(lambda books: books.mirror.put([standing]))


def teach(office: Office, slot: int, **changes: Value) -> None:
    """A lesson of P9 in the timetable."""
    with office.database.engine.begin() as connection:
        cmis = Cmis(connection)
        lesson = {**LESSON, "slotid": slot, "moduleid": "M3", "lecturerid": "P9", **changes}
        cmis.insert("timetable", **lesson, weekid=week_set(cmis, [2, 3]))


def test_only_what_stands_ahead_without_presenter_counts(office: Office) -> None:
    office.write(lambda books: books.journal.missing_people([UNKNOWN]))
    teach(office, 1)
    teach(office, 2, lecturerid="P1")
    for week in (1, 2, 3):
        stands(office, 1, week)
    stands(office, 2, 2)
    stands(office, 1, 4, presenter="somebody@example.ac.uk")
    (person,) = office.look(lambda books: books.screens.unknown_people(day(2).isoformat()))
    assert (person.email, person.code, person.lessons) == (UNKNOWN, "P9", 2)
    assert (person.date, person.times, person.title) == (day(2).isoformat(), "09:00-10:00", "Lesson 1")


def test_an_address_of_several_people_names_them_all(office: Office) -> None:
    office.write(lambda books: books.journal.missing_people([UNKNOWN, "left@example.ac.uk"]))
    with office.database.engine.begin() as connection:
        Cmis(connection).insert("stt_ext_person", personno="P8", businessemail=UNKNOWN.upper())
    found = office.look(lambda books: books.screens.unknown_people(day(2).isoformat()))
    assert [(one.email, one.code, one.lessons) for one in found] == [
        ("left@example.ac.uk", "", 0),
        (UNKNOWN, "P8, P9", 0),
    ]


@pytest.mark.parametrize("opener", ["sqlite"], indirect=True)
def test_it_is_read_by_index_not_by_looking_at_everything(office: Office) -> None:
    with office.database.engine.begin() as connection:
        asked = text(f"EXPLAIN QUERY PLAN {AHEAD.text}")
        plan = [row.detail for row in connection.execute(asked, {"today": "2030-01-01"})]
    assert not [step for step in plan if step.split()[0] == "SCAN" and step.split()[1] in ("t", "p", "l")], plan
