"""CMIS may pad a column in one table and not in another: what is read is what is read without the spaces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import Connection, text

from echodesk.main import Office
from echodesk.messages import Table, TableQuery
from echodesk.planning.values import Content, Interval, RoomDay, Standing
from echodesk.store.details import Details
from echodesk.store.figures import Figures
from echodesk.store.plans_shown import buildings
from echodesk.store.screens import Tables
from echodesk.store.searching import search
from tests.databases.cmis import Cmis
from tests.databases.statements import all_statements
from tests.store.test_queue import enter, expand
from tests.worker.campus import PEOPLE, SETID, day

DATE = day(2).isoformat()
PADDED = {
    "MODULE": ("SETID", "MODULEID", "NAME", "OWNER"),
    "ROOMS": ("SETID", "ROOMID", "NAME", "SITEID"),
    "SITES": ("SETID", "SITEID", "SITENAME"),
    "DEPTS": ("DEPTID", "NAME"),
    "LECTURER": ("SETID", "LECTURERID", "NAME"),
    "STT_EXT_PERSON": ("PERSONNO", "BUSINESSEMAIL"),
    "TIMETABLE": ("SETID", "STARTTIME", "FINISHTIME", "MODULEID", "MODGRPCODE", "ROOMID", "LECTURERID"),
}
"""Of TIMETABLE lesson 1 alone."""
LEFT_OUT = text(
    "INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON, WINNER)"
    " VALUES ('1-2-2030-31', :setid, 1, 2, 'R2', :date, 'clash', '5-2-2030-31')"
)
ROOM_DAY = text("INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, LEFT_OUT) VALUES ('R2', :date, 1)")


def pad(office: Office) -> None:
    """As CHAR columns hold them."""
    with office.database.engine.begin() as connection:
        for name, columns in PADDED.items():
            longer = ", ".join(f"{one} = {one} || '  '" for one in columns)
            where = " WHERE SLOTID = 1" if name == "TIMETABLE" else ""
            connection.execute(text(f"UPDATE {name} SET {longer}{where}"))  # noqa: S608 - of this file


@pytest.fixture
def clash(office: Office) -> Office:
    """Lesson 1 moved from R3 to R2, where lesson 5 of the same lecturer stands at its time and is kept."""
    with office.database.engine.begin() as connection:
        Cmis(connection).insert("lecturer", setid=SETID, lecturerid="P1", name="Ann Lee")
    kept = Standing(
        *("e5", "5-2-2030-31", True, RoomDay("R2", day(2)), Interval(540, 600), Content("Five", (), None, ()))
    )
    office.write(lambda books: books.mirror.put([kept]))
    enter(office, 1, 5)
    expand(office)
    with office.database.engine.begin() as connection:
        connection.execute(text("UPDATE STT_ECHO_QUEUE SET ROOMID_OLD = 'R3' WHERE ID = 1"))
        connection.execute(text("UPDATE STT_ECHO_NOTIFICATION SET OLD_ROOMID = 'R3' WHERE ID = 1"))
        connection.execute(LEFT_OUT, {"setid": SETID, "date": DATE})
        connection.execute(ROOM_DAY, {"date": DATE})
    return office


def shown(table: Table) -> Callable[[Connection], object]:
    return lambda c: (Tables(c).rows(table, [1], DATE), Details(c).detail(table, 1))


def found(table: Table, query: TableQuery) -> Callable[[Connection], object]:
    return lambda c: search(c, table, query, DATE).ids


READ: Mapping[str, tuple[Callable[[Connection], object], tuple[str, ...]]] = {
    "a timetable change": (shown(Table.QUEUE), ("Title of M1", "Ann Lee", "Room R2", "Room R3")),
    "a weekly update": (
        shown(Table.NOTIFICATIONS),
        ("Title of M1", "Ann Lee", "Room R2", "Room R3", "Old Hall"),
    ),
    "a room-day": (
        shown(Table.ROOM_DAYS),
        ("Room R2", "Old Hall", "M1", "M5", "Computing", "together_possible=1", "M1 LC01 Title of M1: Five"),
    ),
    "a change found by its module": (found(Table.QUEUE, TableQuery('"title of m1"')), ("1",)),
    "a change found by its lecturer": (found(Table.QUEUE, TableQuery('"ann lee"')), ("1",)),
    "a change found by its room": (found(Table.QUEUE, TableQuery('"room r2"')), ("1",)),
    "an update found by its module": (found(Table.NOTIFICATIONS, TableQuery('"title of m1"')), ("1",)),
    "an update found by its lecturer": (found(Table.NOTIFICATIONS, TableQuery('"ann lee"')), ("1",)),
    "an update found by its room": (found(Table.NOTIFICATIONS, TableQuery('"room r2"')), ("1",)),
    "a room-day found by its room": (found(Table.ROOM_DAYS, TableQuery('"room r2"')), ("1",)),
    "what is not recorded": (
        lambda c: Figures(c).missed(DATE),
        ("'09:00'", "'10:00'", "'M1'", "'LC01'", "Title of M1", "Room R2", "Old Hall"),
    ),
    "what is too late": (
        lambda c: Figures(c).too_late(dt.datetime.combine(day(2), dt.time(8, 59))),
        ("'M1'", "'LC01'", "Title of M1"),
    ),
    "the buildings of rooms": (buildings, ("'R2': 'Old Hall'", "'R4': 'New Hall'")),
}


@pytest.mark.parametrize("what", READ)
def test_spaces_around_codes_change_nothing(clash: Office, what: str) -> None:
    read, names = READ[what]
    before = clash.database.read(read)
    assert [one for one in names if one not in str(before)] == []
    pad(clash)
    assert clash.database.read(read) == before


def test_the_lessons_of_a_person_who_is_found_are_theirs(clash: Office) -> None:
    clash.write(lambda books: books.journal.missing_people([PEOPLE["P1"]]))
    pad(clash)
    lessons = clash.write(lambda books: books.journal.person_checked(PEOPLE["P1"], known=True))
    assert {(SETID, 1), (SETID, 5)} <= lessons


ASKED_FOR_FEW = (
    *("screens _QUEUE", "screens _NOTIFICATIONS", "screens _MODULES", "screens _TOGETHER"),
    *("searching _WORDS queue", "searching _WORDS notifications", "searching _NEWEST_WORDS queue"),
    *("searching _NEWEST_WORDS notifications", "details _LEFT_OUT"),
)


@pytest.mark.parametrize("opener", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ASKED_FOR_FEW)
def test_names_and_lessons_are_looked_up_by_index(office: Office, name: str) -> None:
    """An index of trimmed codes serves only a comparison that is written for it."""
    asked = text(f"EXPLAIN QUERY PLAN {all_statements()[f'store.{name}']}")
    given = dict.fromkeys(asked.compile().params, "[]") | {"limit": 1}
    with office.database.engine.begin() as connection:
        plan = [row.detail for row in connection.execute(asked, given)]
    looked = [step.split() for step in plan if " VIRTUAL " not in step and len(step.split()) > 1]
    assert not [step for step in looked if step[1] in "mlorstk" and "STT_ECHO_" not in " ".join(step)], plan
