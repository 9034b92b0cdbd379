"""A short list of edits of a timetable and what the triggers have to enter for each, the same on every engine.

`database verify` goes through it on an Oracle; the tests do so on all engines that they have (`tests/databases`,
which know many more cases).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from echodesk.store.database import Database

Entry = tuple[str, str, int | None, int | None]
"""Source, action, and whether the lesson was and is to be recorded."""

_REQUEST = "INSERT INTO ROOMREQUESTS (SETID, SLOTID, SLOTENTRY, ITEMNUM, FEATUREID) VALUES"
GROUND = (
    "INSERT INTO STT_COMPONENT_TYPE (MODULE_SUBGROUP_CODE, NAME) VALUES ('LC', 'Lecture')",
    "INSERT INTO STT_EXT_PERSON (PERSONNO, BUSINESSEMAIL) VALUES ('P1', 'ann@example.ac.uk')",
    "INSERT INTO MODULE (SETID, MODULEID, NAME) VALUES ('TRIAL', 'M1', 'Logic')",
    "INSERT INTO MODULEGROUPS (SETID, MODULEID, GRPCODE) VALUES ('TRIAL', 'M1', 'LC01')",
    "INSERT INTO ROOMFEATURES (SETID, ROOMID, FEATUREID) VALUES ('TRIAL', 'R1', 'VIDEOREC')",
    "INSERT INTO ROOMFEATURES (SETID, ROOMID, FEATUREID) VALUES ('TRIAL', 'R2', 'AUDIOREC')",
    "INSERT INTO WEEKMAPNUMERIC (SETID, WEEKID, WEEKNUMBER) VALUES ('TRIAL', 1, 1)",
    f"{_REQUEST} ('TRIAL', 1, 1, 1, 'VIDEOREC')",
    f"{_REQUEST} ('TRIAL', 2, 1, 1, 'AUDIOREC')",
    "INSERT INTO STT_ECHO_SET (SETID, LIVE) VALUES ('TRIAL', 1)",
)
"""A year in which two lessons are asked for, and no lesson."""

_COLUMNS = (
    "SETID, SLOTID, SLOTENTRY, WEEKID, WEEKDAY, STARTTIME, FINISHTIME, MODULEID, MODGRPCODE, ROOMID, LECTURERID,"
    " SOURCESID, STATUS"
)
_LESSON = (
    f"INSERT INTO TIMETABLE ({_COLUMNS}) VALUES"  # noqa: S608 - of this file
    " ('TRIAL', 1, 1, 1, 1, '09:00', '10:00', 'M1', 'LC01', 'R1', 'P1', 'TEACH', 2)"
)
_SECOND = (
    f"INSERT INTO TIMETABLE ({_COLUMNS}) SELECT SETID, 2, 1, WEEKID, 2, STARTTIME, FINISHTIME, MODULEID,"  # noqa: S608 - of this file
    " MODGRPCODE, 'R2', LECTURERID, SOURCESID, STATUS FROM TIMETABLE"
)

IN, CHANGED, OUT = ("TIMETABLE", "INSERT", 0, 1), ("TIMETABLE", "UPDATE", 1, 1), ("TIMETABLE", "DELETE", 1, 0)
ENDS, BEGINS = ("TIMETABLE", "UPDATE", 1, 0), ("TIMETABLE", "UPDATE", 0, 1)
ASKED: Entry = ("ROOMREQUESTS", "INSERT", None, None)
ASKED_OTHERWISE: Entry = ("ROOMREQUESTS", "UPDATE", None, None)
WITHDRAWN: Entry = ("ROOMREQUESTS", "DELETE", None, None)

_ENTRIES = "SELECT SOURCE, ACTION, OLD_VALID, NEW_VALID FROM STT_ECHO_QUEUE"
_ERRORS = "SELECT MESSAGE FROM STT_ECHO_ERROR"
_FORGET = "DELETE FROM STT_ECHO_QUEUE"


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of a timetabler."""

    what: str
    edits: tuple[str, ...]
    entries: Sequence[Entry] = ()
    taken_back: bool = False


def _ends_and_begins(what: str, column: str, wrong: str, right: str) -> tuple[Step, Step]:
    """A criterion that fails alone, and is met again."""
    setting = f"UPDATE TIMETABLE SET {column} = "  # noqa: S608 - of this file
    return (
        Step(f"{what}: not any more", (f"{setting}{wrong} WHERE SLOTID = 1",), (ENDS,)),
        Step(f"{what}: again", (f"{setting}{right} WHERE SLOTID = 1",), (BEGINS,)),
    )


STEPS = (
    Step("a lesson that is taken back", (_LESSON,), taken_back=True),
    Step("a lesson", (_LESSON,), (IN,)),
    Step("a room", ("UPDATE TIMETABLE SET ROOMID = 'R2' WHERE SLOTID = 1",), (CHANGED,)),
    Step("a room with spaces around it", ("UPDATE TIMETABLE SET ROOMID = ' R2  ' WHERE SLOTID = 1",)),
    Step("a column that does not count", ("UPDATE TIMETABLE SET CAPACITY = 90 WHERE SLOTID = 1",)),
    Step("the same values", ("UPDATE TIMETABLE SET ROOMID = ROOMID, STATUS = STATUS",)),
    *_ends_and_begins("not confirmed", "STATUS", "3", "2"),
    *_ends_and_begins("not teaching", "SOURCESID", "'EXAM'", "'TEACH'"),
    *_ends_and_begins("a room that cannot record", "ROOMID", "'R9'", "'R1'"),
    *_ends_and_begins("no room", "ROOMID", "''", "'R1'"),
    *_ends_and_begins("a module that is not there", "MODULEID", "'M9'", "'M1'"),
    *_ends_and_begins("a group that is not there", "MODGRPCODE", "'LC09'", "'LC01'"),
    Step("nobody who teaches", ("UPDATE TIMETABLE SET LECTURERID = NULL WHERE SLOTID = 1",), (CHANGED,)),
    Step("a second lesson, read from the table that it goes into", (_SECOND,), (IN,)),
    Step("both at once", ("UPDATE TIMETABLE SET WEEKDAY = WEEKDAY + 1",), (CHANGED, CHANGED)),
    Step("a request less", ("DELETE FROM ROOMREQUESTS WHERE SETID = 'TRIAL' AND SLOTID = 2",), (WITHDRAWN,)),
    Step("a lesson that is not asked for", ("UPDATE TIMETABLE SET WEEKDAY = 5 WHERE SLOTID = 2",)),
    Step(
        "a request for a lesson, and for its second entry",
        (
            f"{_REQUEST} ('TRIAL', 2, 1, 2, 'VIDEOREC')",
            f"{_REQUEST} ('TRIAL', 2, 2, 1, 'VIDEOREC')",
        ),
        (ASKED,),
    ),
    Step(
        "another kind of recording",
        ("UPDATE ROOMREQUESTS SET FEATUREID = 'AUDIOREC' WHERE SETID = 'TRIAL' AND SLOTID = 2 AND SLOTENTRY = 1",),
        (ASKED_OTHERWISE,),
    ),
    Step("the end of all", ("DELETE FROM TIMETABLE",), (OUT, OUT)),
)


def prepare(database: Database) -> None:
    """A year without a lesson."""

    with database.engine.begin() as connection:
        for one in GROUND:
            connection.exec_driver_sql(one)


def taken(database: Database, step: Step) -> str:
    """Take a step; what is wrong with what the triggers entered, '' if it is what they have to enter."""
    with database.engine.connect() as connection:
        with connection.begin() as transaction:
            for one in step.edits:
                connection.exec_driver_sql(one)
            if step.taken_back:
                transaction.rollback()
        with connection.begin():
            entered = sorted(tuple(row) for row in connection.exec_driver_sql(_ENTRIES))
            connection.exec_driver_sql(_FORGET)
            # In SQLite an edit fails with its trigger, and nothing is kept of it.
            keeps = connection.dialect.name != "sqlite"
            errors = connection.exec_driver_sql(_ERRORS).scalars().all() if keeps else ()
    if errors:
        return f"an error in a trigger: {errors[0]}"
    wanted = sorted(step.entries)
    return "" if entered == wanted else f"{entered} was entered, {wanted} should have been"
