"""Looking lessons up: who fits, their weeks, and one true sentence for each."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.lessons import LessonsFound, LookUp
from echodesk.messages import Refresh
from echodesk.worker.looking_up import booked_by_others, look_up
from tests.worker.by_hand import ByHand
from tests.worker.campus import SETID, day
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


def found(w: World, **wish: str | int) -> LessonsFound:
    """What is found now."""
    today = w.clock.campus_now().date()
    asked = LookUp(**wish)  # type: ignore[arg-type]  # its fields
    return w.look(lambda books: look_up(books, asked, today))


def answers(w: World, **wish: str | int) -> dict[str, tuple[str, str]]:
    """External id of each week to (recorded, why)."""
    return {
        week.external_id: (week.recorded, week.why) for lesson in found(w, **wish).lessons for week in lesson.weeks
    }


def test_each_week_of_a_clash_says_who_keeps_the_room(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(2,))
    w.settle()
    w.lesson(2, weeks=(2, 3), lecturer="P2")
    w.settle()
    assert answers(w, module="M2") == {
        external(2, 2): ("NO", "Not recorded: M1 LC01 Title of M1 keeps the room at that time."),
        external(2, 3): ("YES", "Recorded: Echo360 holds it as the timetable has it."),
    }
    assert answers(w, words="m1 lc01") == {
        external(1, 2): ("YES", "Recorded: Echo360 holds it as the timetable has it.")
    }


def test_a_lecture_of_several_modules_is_recorded_under_each(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        cmis.add(1)
        cmis.add(2)
    w.settle()
    assert [recorded for recorded, _why in answers(w, module="M2").values()] == ["YES"]
    assert all("together with M1 LC01" in said for _recorded, said in answers(w, module="M2").values())


def test_before_anything_was_sent_and_under_a_pause(world: Worlds) -> None:
    w = world()
    w.settle()
    w.pause("exams")
    w.lesson(1)
    w.pass_time(5.0)
    assert answers(w, module="M1") == {
        external(1): ("", "Not recorded yet: sending is paused for its room and day. Exams.")
    }


def test_a_lesson_that_nobody_asked_for_names_the_criterion(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.sql("DELETE FROM ROOMREQUESTS")
    w.settle()
    ((recorded, said),) = answers(w, module="M1").values()
    assert recorded == "NOT_WANTED"
    assert said == "Not to be recorded: recording was asked for: no."


def test_dates_rooms_and_people_choose(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(2, 3))
    w.lesson(2, room="R2", lecturer="P2", at="11:00-12:00")
    w.settle()
    date = day(week=2).isoformat()
    assert set(answers(w, first=date, last=date)) == {external(1, 2), external(2, 2)}
    assert set(answers(w, room="r2")) == {external(2, 2)}
    assert set(answers(w, lecturer="p2")) == {external(2, 2)}
    assert set(answers(w, lecturer="p2", room="R1")) == set()
    assert found(w, limit=1).in_all == 2
    assert [one.slotid for one in found(w, limit=1).lessons] == [1]


def test_a_year_that_is_not_sent_is_not_looked_through(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.sql("UPDATE STT_ECHO_SET SET LIVE = 0 WHERE SETID = :setid", setid=SETID)
    assert found(w).in_all == 0


def test_what_others_booked_is_listed_with_the_lessons_that_are_just_there_or_cannot_be_beside_it(
    world: Worlds,
) -> None:
    w = world()
    hand = ByHand(w)
    hand.book("R1", day(2), "09:00-10:00", name="Open day")
    hand.book("R2", day(2), "09:30-10:30", name="Staff <b>meeting</b>")
    hand.book("R3", day(3), "18:00-19:00", name="Evening class")
    w.lesson(1, weeks=(2,))
    w.lesson(2, room="R2", weeks=(2,))
    w.settle()
    for room, week in (("R1", 2), ("R2", 2), ("R3", 3)):
        w.ask(Refresh("ann", room, day(week).isoformat()))
    w.settle()
    listed = w.look(lambda books: booked_by_others(books, day(2), day(3)))
    assert [(one.fits_titles, one.in_the_way_titles) for one in listed] == [
        ("M1 LC01 Title of M1", ""),
        ("", "M2 LC01 Title of M2"),
        ("", ""),
    ]
    assert [(one.date, one.times, one.room, one.title, one.fits, one.in_the_way) for one in listed] == [
        (day(2).isoformat(), "09:00-10:00", "R1", "Open day", external(1), ""),
        (day(2).isoformat(), "09:30-10:30", "R2", "Staff <b>meeting</b>", "", external(2)),
        (day(3).isoformat(), "18:00-19:00", "R3", "Evening class", "", ""),
    ]
    assert (listed[0].room_name, listed[0].external_id) == ("Room R1", "")
    assert len(w.look(lambda books: booked_by_others(books, day(3), day(3)))) == 1
