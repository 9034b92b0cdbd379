"""What staff may have to see to: what is listed is what there is, and it goes when it is put right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.errors import NothingDone, WrongUse
from echodesk.lessons import (
    ByOthers,
    FailureCause,
    FailureGroup,
    LateLesson,
    ListMatter,
    Matter,
    MatterListed,
    Running,
    UnknownPerson,
)
from echodesk.messages import LookForPeople, Overview, Refresh, Retry, SetAside
from echodesk.simulator.seed import Seed, SeedUser, plant
from echodesk.worker.causes import cause_of
from echodesk.worker.matters import listed
from tests.worker.by_hand import ByHand
from tests.worker.campus import PEOPLE, SETID, day, echo360_seed
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]
HOUR_S = 3_600.0
"""Tests begin at eight, on the first Monday."""


def found(w: World, matter: Matter, limit: int = 5_000) -> MatterListed:
    """The list now."""
    now = w.clock.campus_now()
    return w.look(lambda books: listed(books, ListMatter(matter, limit), now))


def people(w: World) -> list[UnknownPerson]:
    """Whom Echo360 does not know now."""
    return [one for one in found(w, Matter.PEOPLE).lines if isinstance(one, UnknownPerson)]


def overview(w: World) -> Overview:
    """What the Overview says."""
    now = w.clock.campus_now()
    return w.look(lambda books: books.screens.overview(now, 0))


def test_who_is_not_known_is_listed_until_echo360_knows_them(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(2, 3), lecturer="P9")
    w.lesson(2, room="R2", weeks=(2,), lecturer="P1")
    w.settle()
    assert overview(w).unknown_people == 1
    (person,) = people(w)
    assert (person.email, person.code, person.lessons) == (PEOPLE["P9"], "P9", 2)
    assert (person.date, person.times, person.room) == (day(2).isoformat(), "09:00-10:00", "R1")
    assert (person.room_name, person.title) == ("Room R1", "M1 LC01 Title of M1")
    plant(w.institution, Seed(users=(SeedUser(email=PEOPLE["P9"], first_name="No", last_name="Body"),)))
    w.ask(LookForPeople("ann"))
    assert [one.checked for one in people(w)] == [""]
    w.pass_time(5.0)
    w.settle()
    assert found(w, Matter.PEOPLE) == MatterListed(Matter.PEOPLE, (), 0)
    assert overview(w).unknown_people == 0
    assert {one.presenter for one in w.schedules().values()} == {PEOPLE["P1"], PEOPLE["P9"]}


def test_nobody_is_looked_for_where_everybody_is_known(world: Worlds) -> None:
    w = world()
    w.settle()
    with pytest.raises(NothingDone):
        w.ask(LookForPeople("ann"))


def test_whoever_teaches_next_comes_first_and_who_teaches_no_more_last(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(3,), lecturer="P9")
    w.settle()
    w.sql(
        "INSERT INTO STT_ECHO_MISSING_PERSON VALUES (:email, :then, :then)",
        email="left@example.ac.uk",
        then="2029-01-01T00:00:00.000Z",
    )
    lines = people(w)
    assert [(one.email, one.lessons, one.code) for one in lines] == [
        (PEOPLE["P9"], 1, "P9"),
        ("left@example.ac.uk", 0, ""),
    ]
    assert found(w, Matter.PEOPLE, limit=1) == MatterListed(Matter.PEOPLE, (lines[0],), 2)


def test_each_date_of_what_others_booked_is_listed_and_counted_once(world: Worlds) -> None:
    w = world()
    w.settle()
    hand = ByHand(w)
    hand.book("R1", day(1), "18:00-19:00", name="Evening class", endDate=day(3).isoformat(), daysOfWeek=["MO"])
    hand.book("R2", day(2), "12:00-13:00", name="Open day")
    for room in ("R1", "R2"):
        w.ask(Refresh("ann", room))
    w.settle()
    w.kill()
    w.loop.forward(24 * HOUR_S)
    assert w.clock.campus_now().date() > day(1), "the first evening is over, two are to come"
    titles = [(one.date, one.title) for one in found(w, Matter.OTHERS).lines if isinstance(one, ByOthers)]
    assert titles == [
        (day(2).isoformat(), "Open day"),
        (day(2).isoformat(), "Evening class"),
        (day(3).isoformat(), "Evening class"),
    ]
    assert overview(w).foreign == 3


def groups(w: World) -> list[FailureGroup]:
    """The failures now."""
    return [one for one in found(w, Matter.FAILURES).lines if isinstance(one, FailureGroup)]


def deaf_rooms(world: Worlds) -> World:
    """Two rooms without recorder, three lessons in one and one in the other; all have failed."""
    w = world(seed=echo360_seed(closed=("R1", "R2")))
    w.lesson(1, weeks=(2, 3))
    w.lesson(2, weeks=(2,), at="11:00-12:00")
    w.lesson(3, room="R2", weeks=(3,), lecturer="P2")
    w.settle()
    return w


def test_failures_are_grouped_by_cause_and_room_and_tried_again_as_a_group(world: Worlds) -> None:
    w = deaf_rooms(world)
    first, second = groups(w)
    assert (first.cause, first.room, first.room_name, first.count) == (
        FailureCause.NO_RECORDER,
        "R1",
        "Room R1",
        3,
    )
    assert (first.date, first.times) == (day(2).isoformat(), "09:00-10:00")
    assert (second.room, second.count, second.date) == ("R2", 1, day(3).isoformat())
    assert overview(w).failed == 4
    ByHand(w).recorders("R2")
    assert w.ask(Retry("ann", first.entries, first.notifications)).touched == 2, "lessons, of three weeks"
    w.settle()
    assert groups(w) == [second]


def test_a_group_is_set_aside_with_who_said_so_and_why(world: Worlds) -> None:
    w = deaf_rooms(world)
    first, second = groups(w)
    with pytest.raises(WrongUse):
        w.ask(SetAside("ann", "  ", first.entries, first.notifications))
    assert groups(w) == [first, second]
    assert w.ask(SetAside("ann", "no recorder will come.", first.entries, first.notifications)).touched == 3
    assert groups(w) == [second]
    assert set(w.notifications(1)) == {"SUPERSEDED"}
    assert w.entries(1) == ["SUPERSEDED"]
    assert w.message(1).startswith("Set aside by ann: no recorder will come. ")
    with pytest.raises(NothingDone):
        w.ask(SetAside("bob", "late", first.entries, first.notifications))
    w.settle()
    assert overview(w).failed == 1


def test_an_edit_that_could_not_be_read_is_a_failure_of_its_own(world: Worlds) -> None:
    w = world()
    w.settle()
    w.sql(
        "INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, SETID, SLOTID, STATUS, ERROR)"
        " VALUES ('TIMETABLE', 'UPDATE', :setid, 1, 'FAILED', 'Reading this entry stopped the worker 3 times.')",
        setid=SETID,
    )
    (group,) = groups(w)
    assert (group.cause, group.count, len(group.entries), group.notifications) == (FailureCause.STOPPED, 1, 1, ())
    assert overview(w).failed_unread == 1
    w.ask(SetAside("ann", "mended", group.entries))
    assert groups(w) == []
    assert overview(w).failed_unread == 0
    assert w.sql("SELECT STATUS, ERROR FROM STT_ECHO_QUEUE") == [
        ("SUPERSEDED", "Set aside by ann: mended. Reading this entry stopped the worker 3 times.")
    ]


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Device not found in Room", FailureCause.NO_RECORDER),
        ("Recorded as it was. the room has no recorder", FailureCause.NO_RECORDER),
        ("Room not found", FailureCause.MISSING),
        (
            "section M1_LC01 is not in Echo360, and the settings do not let EchoDesk make one.",
            FailureCause.MISSING,
        ),
        ("Echo360 refused it (0 SectionOfOtherYear): section M1_LC01 belongs to 2029/30", FailureCause.OTHER_YEAR),
        ("Sent 4 times without a clear answer; not sent again for a while.", FailureCause.NO_ANSWER),
        ("Planning this room and day stopped EchoDesk 3 times (KeyError)", FailureCause.STOPPED),
        ("Echo360 refused it (400 Validation): name too long", FailureCause.REFUSED),
        ("", FailureCause.REFUSED),
    ],
)
def test_what_is_told_of_a_failure_says_its_cause(message: str, cause: FailureCause) -> None:
    assert cause_of(message) is cause


def late(w: World) -> list[LateLesson]:
    """The lessons of today that are too late now; the Overview counts as many."""
    found_ = [one for one in found(w, Matter.TOO_LATE).lines if isinstance(one, LateLesson)]
    assert overview(w).too_late_today == len(found_)
    return found_


def test_a_lesson_that_is_left_out_today_is_too_late_once_it_is_about_to_begin(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(1, 2))
    w.settle()
    w.lesson(2, weeks=(1, 2), lecturer="P2", at="09:30-10:30")
    w.settle()
    assert late(w) == [], "staff can still decide otherwise"
    w.kill()
    w.loop.forward(1.45 * HOUR_S)
    (lesson,) = late(w)
    assert (lesson.external_id, lesson.slotid, lesson.module) == (external(2, 1), 2, "M2")
    assert (lesson.start, lesson.finish, lesson.running) == ("09:30", "10:30", Running.SOON)
    assert (lesson.room, lesson.room_name, lesson.building) == ("R1", "Room R1", "Old Hall")
    assert (lesson.recorded, lesson.why) == ("NO", "M1 LC01 Title of M1 keeps the room at that time.")
    w.loop.forward(0.25 * HOUR_S)
    assert [one.running for one in late(w)] == [Running.NOW]
    w.loop.forward(HOUR_S)
    assert [one.running for one in late(w)] == [Running.OVER]
    w.loop.forward(24 * HOUR_S)
    assert late(w) == [], "that was yesterday"


def test_what_changed_too_late_and_what_a_pause_kept_back_are_too_late(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(1,))
    w.lesson(2, weeks=(1,), room="R2", lecturer="P2", at="11:00-12:00")
    w.settle()
    w.kill()
    w.loop.forward(1.2 * HOUR_S)
    w.restart()
    w.settle()
    w.change(1, roomid="R3")
    w.settle()
    (moved,) = late(w)
    assert (moved.slotid, moved.room, moved.recorded, moved.running) == (1, "R3", "NO", Running.NOW)
    w.pause("exams", room="R4")
    w.lesson(3, weeks=(1,), room="R4", lecturer="P9", at="11:00-12:00")
    w.pass_time(5.0)
    assert [one.slotid for one in late(w)] == [1]
    w.kill()
    w.loop.forward(1.9 * HOUR_S)
    assert [(one.slotid, one.recorded, one.why) for one in late(w)][1:] == [
        (3, "", "What changed was not sent in time.")
    ]


def test_what_staff_decided_is_meant_so(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(1,))
    w.settle()
    w.sql(
        "INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON)"
        " VALUES (:id, :setid, 1, 1, 'R1', :date, 'decision')",
        id=external(1, 1),
        setid=SETID,
        date=day(1).isoformat(),
    )
    w.kill()
    w.loop.forward(2 * HOUR_S)
    assert late(w) == []
