"""Which lessons a decision names, and a room-day in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from echodesk.desk import clash_words
from echodesk.desk.words import Tone
from echodesk.planning.values import DecisionKind
from tests.desk.clash_rows import (
    OTHERS,
    lesson_then,
    lesson_there,
    meeting,
    room_day,
    supposed,
)
from tests.desk.rows import campus

ONE, NEITHER = DecisionKind.RECORD_ONE, DecisionKind.RECORD_NEITHER
TOGETHER, NOT = DecisionKind.TOGETHER, DecisionKind.DO_NOT_RECORD
FIRST, SECOND, THIRD = meeting(lesson_there(1), lesson_there(2), lesson_there(3, "10:30", "12:00"))
LATER = lesson_there(9, "14:00", "15:00")
DAY = room_day(FIRST, SECOND, THIRD, LATER)


@pytest.mark.parametrize(
    ("kind", "slotids"), [(ONE, (1, 2, 3)), (NEITHER, (1, 2, 3)), (TOGETHER, (1, 2)), (NOT, (2,))]
)
def test_a_decision_names_the_lessons_that_it_is_about(kind: DecisionKind, slotids: tuple[int, ...]) -> None:
    assert clash_words.named(DAY, SECOND, kind) == slotids


@pytest.mark.parametrize("kind", [ONE, NEITHER, TOGETHER])
def test_what_meets_nothing_cannot_win_and_a_day_that_has_passed_is_not_decided(kind: DecisionKind) -> None:
    assert clash_words.named(DAY, LATER, kind) == ()
    assert clash_words.named(replace(DAY, over=True), SECOND, kind) == ()


def test_of_a_chain_only_those_that_the_winner_overlaps_are_named() -> None:
    ids = [f"{slot}-9-2026-27" for slot in (1, 2, 3)]
    chain = (
        lesson_there(1, overlaps=(ids[1],)),
        lesson_there(2, "10:30", "11:30", overlaps=(ids[0], ids[2])),
        lesson_there(3, "11:15", "12:00", overlaps=(ids[1],)),
    )
    day = room_day(*chain)
    assert [one.slotid for one in clash_words.clash_of(day, chain[0])] == [1, 2, 3]
    assert clash_words.named(day, chain[0], ONE) == (1, 2)
    assert clash_words.named(day, chain[1], ONE) == (1, 2, 3)


def test_parts_of_one_lecture_stay_together_whoever_of_them_is_recorded() -> None:
    both = ("1-9-2026-27", "2-9-2026-27")
    rival = "3-9-2026-27"
    lessons = (
        lesson_there(1, together=both, overlaps=(rival,)),
        lesson_there(2, together=both, overlaps=(rival,)),
        lesson_there(3, overlaps=both, recorded="NO", cause="clash"),
    )
    day = room_day(*lessons)
    assert clash_words.named(day, lessons[0], ONE) == (1, 3), "the other part must not be left out"
    assert clash_words.named(day, lessons[0], TOGETHER) == (1, 2, 3)
    assert clash_words.named(room_day(*lessons[:2]), lessons[0], TOGETHER) == ()
    lines = {one.label: one for one in clash_words.compared(day, lessons, campus())}
    assert lines["One lecture with"].values == ("MOD2 LC01", "MOD1 LC01", "none")
    assert "MOD1 LC01: Recorded, one lecture with MOD2 LC01." in clash_words.aloud(day)


def test_a_command_says_what_was_seen_and_for_which_date() -> None:
    day = replace(DAY, newest=((1, 4), (3, 7)))
    once = clash_words.decision(day, SECOND, ONE, "Ann", this_date=True)
    assert (once.winner, once.lessons, once.dates, once.seen) == (2, (1, 2, 3), ("2026-11-24",), 7)
    weekly = clash_words.decision(DAY, SECOND, NEITHER, "Ann", this_date=False)
    assert (weekly.winner, weekly.dates, weekly.seen) == (None, (), 0)


def test_differing_fields_are_marked_and_equal_ones_are_not() -> None:
    lines = {one.label: one for one in clash_words.compared(DAY, (FIRST, THIRD), campus())}
    assert {label for label, one in lines.items() if one.differs} == {"Module", "Lecturer", "Time"}
    assert lines["Weeks"].values == ("8-10, 12", "8-10, 12")
    assert lines["Last changed"].values[0] == "Fri 20 Nov 2026, 09:00 by ann"
    assert lines["Why"].values[1] == "Not recorded: MATH2034 LC01 keeps the room at that time."
    assert "One lecture with" not in lines


def test_one_lecture_under_several_modules_is_told_by_its_lecturers() -> None:
    assert not clash_words.one_lecture(DAY, FIRST)
    unknown = meeting(lesson_there(1), lesson_there(2, lecturer=""))
    assert clash_words.one_lecture(room_day(*unknown), unknown[0])


def test_the_first_to_look_at_is_what_a_clash_leaves_out() -> None:
    failed = lesson_there(5, "08:00", "09:00", recorded="NO", cause="failed")
    assert clash_words.first_to_look_at(room_day(failed, *DAY.lessons)) == SECOND
    assert clash_words.first_to_look_at(room_day(LATER, failed)) == failed
    assert clash_words.first_to_look_at(room_day()) is None
    assert (clash_words.tone(SECOND), clash_words.tone(failed)) == (Tone.CLASH, Tone.BAD)


def test_the_day_and_a_result_in_words() -> None:
    day = replace(DAY, bookings=(*DAY.bookings, OTHERS))
    assert clash_words.summary(day) == "4 lessons, 2 not recorded. Others have 1 booking in Echo360."
    said = clash_words.aloud(day)
    assert "MOD2 LC01: Not recorded" in said
    assert "Guest talk, booked by others" in said
    assert clash_words.scale(supposed()) == (
        "4 room-days, Tue 24 Nov 2026 to Tue 15 Dec 2026. 8 calls to Echo360: 4 removed, 4 made."
    )
    assert (
        clash_words.scale(supposed(room_days=1, calls=()))
        == "1 room-day, Tue 24 Nov 2026. Nothing has to be sent."
    )
    assert clash_words.becomes(lesson_then(2, 0, 4)) == "MOD2 LC01: recorded in all 4 weeks; now not recorded"
    assert clash_words.becomes(lesson_then(1, 4, 0)) == (
        "MOD1 LC01: not recorded in any of 4 weeks (decided by staff); now recorded"
    )
    assert clash_words.becomes(lesson_then(3, 1, 1, 1)) == "MOD3 LC01: recorded, as now"
