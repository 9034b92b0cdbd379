"""What the cells say: names first, codes below, old values where something moved."""

from __future__ import annotations

import pytest

from echodesk.desk.places import Place, place_of
from echodesk.desk.tables.columns import columns_of, haystack, named
from echodesk.desk.tables.finding import Finder
from echodesk.desk.words import Tone
from echodesk.messages import Row, Table, TableQuery
from tests.desk.rows import campus, notification_row, queue_row, room_day_row


def cells(table: Table, row: Row) -> dict[str, tuple[str, str]]:
    return {
        column.title: (column.cell(row).text, column.cell(row).below) for column in columns_of(table, campus())
    }


def tone(table: Table, row: Row) -> Tone | None:
    found: Tone | None = columns_of(table, campus())[0].cell(row).tone
    return found


def test_a_timetable_change_shows_names_codes_and_what_it_was() -> None:
    row = queue_row(1, room_old="4100102", room_old_name="Darwin 1.02")
    assert cells(Table.QUEUE, row) == {
        "Status": ("Done", "11 of 11 weeks"),
        "Change": ("Changed", "Timetable"),
        "Arrived": ("09:12:31", "today"),
        "Module": ("Introductory Biology", "BIOL1001 · LC01"),
        "Room": ("Great Hall", "was Darwin 1.02"),
        "Day and time": ("Mon 10:00–11:00", "was Mon 09:00–10:00"),  # noqa: RUF001 - the dash is meant
        "Weeks": ("11 of 11", "done"),
        "Lecturer": ("Ada Fenwick", "L0011"),
    }


def test_a_cancelled_lesson_shows_where_it_was() -> None:
    row = queue_row(1, action="DELETE", room_new="", room_new_name="", start_new="", finish_new="", weekday_new=0)
    shown = cells(Table.QUEUE, row)
    assert shown["Room"] == ("Great Hall", "2950203")
    assert shown["Day and time"] == ("Mon 09:00–10:00", "")  # noqa: RUF001 - the dash is meant


@pytest.mark.parametrize(
    ("status", "worst", "error", "below", "feel"),
    [
        ("PROCESSED", "IN_CONFLICT", "", "Room clash", Tone.CLASH),
        ("PROCESSED", "REFRESHED", "", "11 of 11 weeks", Tone.GOOD),
        ("FAILED", "FAILED", "No recorder", "No recorder", Tone.BAD),
        ("IN_PROGRESS", "", "", "11 of 11 weeks", Tone.BUSY),
    ],
)
def test_the_status_of_a_change_names_its_worst_week(
    status: str, worst: str, error: str, below: str, feel: Tone
) -> None:
    row = queue_row(1, status=status, worst=worst, error=error)
    assert cells(Table.QUEUE, row)["Status"][1] == below
    assert tone(Table.QUEUE, row) is feel


def test_a_weekly_update_answers_first_whether_it_is_recorded() -> None:
    row = notification_row(1, status="IN_CONFLICT", recorded="NO", message="Linear Algebra keeps the room")
    shown = cells(Table.NOTIFICATIONS, row)
    assert next(iter(shown.items())) == ("Recorded?", ("Not recorded", "Room clash"))
    assert shown["Lesson"] == ("Tue 24 Nov 2026", "10:00–11:00 · week 9")  # noqa: RUF001 - the dash is meant
    assert shown["What happened"] == ("Linear Algebra keeps the room", "Changed")


def test_a_weekly_update_that_waits_shows_its_status() -> None:
    row = notification_row(1, status="UNPROCESSED", recorded="")
    assert cells(Table.NOTIFICATIONS, row)["Recorded?"] == ("Waiting", "")
    assert tone(Table.NOTIFICATIONS, row) is Tone.WAIT


def test_a_room_clash_counts_what_is_left_out() -> None:
    shown = cells(Table.ROOM_DAYS, room_day_row(1, left_out=3, together_possible=2))
    assert shown["Not recorded"] == ("3", "lessons")
    assert shown["Same lecture?"] == ("2 of 3", "look like one lecture")
    assert shown["Last re-sync"] == ("09:02:00", "today · 2 times")


def test_a_name_that_is_its_code_is_said_once() -> None:
    assert named("A1", "A1") == ("A1", "")
    assert named("", "A1") == ("A1", "")
    assert named("Hall", "A1") == ("Hall", "A1")


@pytest.mark.parametrize("row", [queue_row(1), notification_row(1), room_day_row(1)])
def test_rows_are_found_by_code_and_name_in_any_case(row: Row) -> None:
    assert "great hall" in haystack(row)
    assert "2950203" in haystack(row)
    accept = Finder().accept(TableQuery("GREAT h"))
    assert accept is not None
    assert accept(row)


def test_a_changed_row_is_found_by_its_new_text() -> None:
    finder = Finder()
    accept = finder.accept(TableQuery("darwin"))
    assert accept is not None
    assert not accept(queue_row(1))
    assert accept(queue_row(1, room_new_name="Darwin 1.02"))


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (queue_row(1), Place("2950203", "Great Hall", "", "")),
        (queue_row(1, room_new="", room_old="X"), Place("X", "Great Hall", "", "")),
        (notification_row(1), Place("2950203", "Great Hall", "Main Building", "2026-11-24")),
        (
            notification_row(1, room="", old_room="X", old_date="2026-11-20"),
            Place("X", "Great Hall", "", "2026-11-20"),
        ),
        (room_day_row(1), Place("2950203", "Great Hall", "Main Building", "2026-11-24")),
    ],
)
def test_the_place_of_a_row(row: Row, place: Place) -> None:
    assert place_of(row) == place
