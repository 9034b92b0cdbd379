"""Who did what is found newest first, by person, kind, room, lesson and time, by index however much there is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import TextClause, text

from echodesk.activity import LEAD, WORKER, ActivityShown, ShowActivity
from echodesk.main import Office
from echodesk.planning.records import AuditLine
from echodesk.planning.values import RoomDay
from echodesk.store.activity import FOUND, TERMS
from echodesk.store.details import CALLS_OF_PLACE
from echodesk.worker.activity import activity
from tests.databases.cmis import Cmis
from tests.worker.campus import LESSON, SETID, day, week_set

Wish = str | int | bool | tuple[str, ...]
HOSTILE = "<b>Robert'); DROP TABLE STT_ECHO_AUDIT;--</b>"


def written(office: Office, *lines: AuditLine, epoch: int | None = None) -> None:
    office.write(lambda books: books.journal.audit(lines, epoch))


def found(office: Office, **wish: Wish) -> ActivityShown:
    asked = ShowActivity(**wish)  # type: ignore[arg-type]  # its fields
    return office.look(lambda books: activity(books, asked))


def whys(office: Office, **wish: Wish) -> list[str]:
    return [line.why for line in found(office, **wish).lines]


def call(why: str, room: str = "R1", external_id: str = "7-2-2030-31", action: str = "PUT") -> AuditLine:
    return AuditLine(
        WORKER, action, external_id, RoomDay(room, day(2)), why, "old", "new", "{}", 200, "yes", "done", 5
    )


@pytest.fixture
def busy(office: Office) -> Office:
    """A day on which three people and the worker did something."""
    written(
        office,
        AuditLine("ann", "PAUSE", why="first", sent='{"by":"ann"}'),
        call("second"),
        AuditLine("zoe", "RESUME", why="third"),
        call("fourth", "R2", "7-3-2030-31", "POST"),
        AuditLine(HOSTILE, "PAUSE", why="fifth"),
        call("sixth", "R1", "8-2-2030-31"),
    )
    return office


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({}, ["sixth", "fifth", "fourth", "third", "second", "first"]),
        ({"who": "ann"}, ["first"]),
        ({"who": "Nobody"}, []),
        ({"who": HOSTILE}, ["fifth"]),
        ({"who": WORKER}, ["sixth", "fourth", "second"]),
        ({"people": True}, ["fifth", "third", "first"]),
        ({"people": True, "actions": ("PAUSE",)}, ["fifth", "first"]),
        ({"people": True, "who": WORKER}, []),
        ({"actions": ("PAUSE",)}, ["fifth", "first"]),
        ({"actions": ("PUT", "POST"), "who": WORKER}, ["sixth", "fourth", "second"]),
        ({"actions": ("RESUME", "POST")}, ["fourth", "third"]),
        ({"room": "R1"}, ["sixth", "second"]),
        ({"room": "r1", "actions": ("POST",)}, []),
        ({"room": "room r2"}, ["fourth"]),
        ({"room": "100%"}, []),
        ({"lesson": "7-2-2030-31"}, ["second"]),
        ({"lesson": "7"}, ["fourth", "second"]),
        ({"lesson": "7", "room": "R2"}, ["fourth"]),
        ({"lesson": "7", "who": "ann"}, []),
        ({"lesson": "7", "people": True}, []),
        ({"lesson": "77"}, []),
        ({"lesson": "'"}, []),
    ],
)
def test_all_that_is_given_must_fit(busy: Office, wish: dict[str, Wish], said: list[str]) -> None:
    assert whys(busy, **wish) == said


def test_it_is_read_page_by_page(busy: Office) -> None:
    first = found(busy, limit=4)
    assert ([line.why for line in first.lines][-1], first.more) == ("third", True)
    second = found(busy, limit=4, before=first.lines[-1].key)
    assert ([line.why for line in second.lines], second.more) == (["second", "first"], False)
    assert found(busy, people=True, limit=3).more is False
    assert found(busy, people=True, limit=2).more is True


def test_a_line_has_all_that_the_audit_has_and_the_lesson_s_names(office: Office) -> None:
    with office.database.engine.begin() as connection:
        cmis = Cmis(connection)
        cmis.insert("timetable", **{**LESSON, "slotid": 7, "moduleid": "M1", "weekid": week_set(cmis, [2])})
    written(office, call("CHANGED"))
    (line,) = found(office).lines
    assert (line.who, line.action, line.external_id) == (WORKER, "PUT", "7-2-2030-31")
    assert (line.module, line.module_title, line.group) == ("M1", "Title of M1", "LC01")
    assert (line.room, line.room_name, line.date) == ("R1", "Room R1", day(2).isoformat())
    assert (line.before, line.after, line.sent, line.answer) == ("old", "new", "{}", "yes")
    assert (line.status, line.outcome, line.milliseconds) == (200, "done", 5)
    assert line.at.startswith("20")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"since": "2030-01-02T00:00:00.000Z"}, ["3", "2"]),
        ({"until": "2030-01-02T00:00:00.000Z"}, ["1"]),
        ({"since": "2030-01-02T00:00:00.000Z", "until": "2030-01-03T00:00:00.000Z"}, ["2"]),
        ({"since": "2030-01-09T00:00:00.000Z"}, []),
        ({"until": "2029-01-01T00:00:00.000Z"}, []),
        ({"since": "2030-01-02T00:00:00.000Z", "who": "bo"}, ["2"]),
        ({"until": "2030-01-03T00:00:00.000Z", "people": True}, ["2", "1"]),
    ],
)
def test_a_time_begins_with_its_first_moment_and_ends_before_its_last(
    office: Office, wish: dict[str, Wish], said: list[str]
) -> None:
    insert = text("INSERT INTO STT_ECHO_AUDIT (AT, WHO, ACTION, WHY) VALUES (:at, :who, 'PAUSE', :why)")
    with office.database.engine.begin() as connection:
        for number, who in enumerate(("ann", "bo", "ann"), 1):
            at = f"2030-01-0{number}T00:00:00.000Z"
            connection.execute(insert, {"at": at, "who": who, "why": str(number)})
    assert whys(office, **wish) == said


def test_a_year_that_was_sent_once_has_its_lessons_still(busy: Office) -> None:
    with busy.database.engine.begin() as connection:
        connection.execute(text("UPDATE STT_ECHO_SET SET LIVE = 0 WHERE SETID = :setid"), {"setid": SETID})
    assert whys(busy, lesson="7") == ["fourth", "second"]


@pytest.mark.parametrize("opener", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "by", "sorts"),
    [
        (FOUND["lessons"], ["EXTERNAL_ID=?"], True),
        (FOUND["rooms"], ["ROOMID=?"], True),
        (FOUND["who"], ["WHO=?", "ID<?"], False),
        (FOUND["people before"], ["WHO<?"], True),
        (FOUND["people after"], ["WHO>?"], True),
        (FOUND["action"], ["ACTION=?", "ID<?"], False),
        (FOUND["all"], ["rowid"], False),
        (CALLS_OF_PLACE, ["ROOMID=?", "LESSON_DATE=?"], False),
        (TERMS, ["ACTION=?"], False),
    ],
    ids=[*FOUND, "calls of a room-day", "terms"],
)
def test_it_is_read_by_index_in_the_order_of_its_numbers(
    office: Office, asked: TextClause, by: Sequence[str], sorts: bool
) -> None:
    with office.database.engine.begin() as connection:
        values = dict.fromkeys(asked.compile().params, 1)
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked.text}"), values)]
    (way,) = [step for step in plan if step.split()[1] in ("x", "t", "STT_ECHO_AUDIT")]
    assert way.startswith("SEARCH")
    assert all(one in way for one in by), way
    assert any("ORDER BY" in step for step in plan) == sorts


def test_a_call_is_from_the_machine_whose_term_it_was(office: Office) -> None:
    for epoch, machine in ((1, "PC-17"), (2, "PC-18")):
        begun = AuditLine(WORKER, LEAD, why="somebody", sent=f'{{"machine":"{machine}"}}')
        written(office, begun, epoch=epoch)
    for epoch in (1, 2, 3):
        written(office, call(str(epoch)), epoch=epoch)
    lines = found(office).lines
    assert [(line.why, line.machine) for line in lines] == [
        ("3", ""),
        ("2", "PC-18"),
        ("1", "PC-17"),
        ("somebody", "PC-18"),
        ("somebody", "PC-17"),
    ]


@pytest.mark.parametrize(
    ("sent", "machine"),
    [
        ('{"by":"ann","machine":"PC-17"}', "PC-17"),
        ('{"by":"ann"}', ""),
        ("no JSON", ""),
        ('{"machine":7}', ""),
        (None, ""),
    ],
)
def test_an_action_is_from_the_machine_on_which_it_was_asked_for(
    office: Office, sent: str | None, machine: str
) -> None:
    written(office, AuditLine("ann", "PAUSE", sent=sent))
    assert [line.machine for line in found(office).lines] == [machine]
