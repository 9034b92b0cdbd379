"""Marks, refresh marks and open rows of room-days (decisions: Dirt, snapshots, outcomes)."""

from __future__ import annotations

from sqlalchemy import text

from echodesk.main import AllBooks, Office
from echodesk.messages import Scope
from echodesk.planning.records import PlaceOutcome
from echodesk.planning.values import LeftOut, Reason, RoomDay
from tests.worker.campus import day

R1, R2 = RoomDay("R1", day(2)), RoomDay("R2", day(2))
TODAY = day(1).isoformat()


def outcome(
    place: RoomDay, *left: str, failed: int = 0, surprises: int = 0, refreshed: bool = False
) -> PlaceOutcome:
    out = tuple(
        LeftOut(one, "2030/31", int(one.split("-")[0]), 2, place, Reason.CLASH, "9-2-2030-31", "", "", "")
        for one in left
    )
    return PlaceOutcome(place, out, failed, surprises, refreshed, "words" if failed else None)


def marks(office: Office) -> list[tuple[str, int]]:
    return [
        (mark.place.room, mark.number)
        for mark in office.read(lambda books: books.places.next_marks(10, (), TODAY))
    ]


def test_a_mark_made_during_a_plan_survives_the_plans_end(office: Office) -> None:
    office.write(lambda books: books.places.mark([R1], "edit"))
    read = office.read(lambda books: books.places.next_marks(10, (), TODAY))
    office.write(lambda books: books.places.mark([R1], "another edit"))
    office.write(lambda books: books.places.clear(read))
    assert [room for room, _ in marks(office)] == ["R1"]
    again = office.read(lambda books: books.places.next_marks(10, (), TODAY))
    office.write(lambda books: books.places.clear(again))
    assert marks(office) == []


def test_the_next_lesson_goes_first_and_busy_past_and_waiting_rooms_not_at_all(office: Office) -> None:
    late, past = RoomDay("R1", day(5)), RoomDay("R1", day(0))
    office.write(lambda books: books.places.mark([late, R2, R1, past, RoomDay("R3", day(2))], "edit"))
    office.write(lambda books: books.places.hold_room("R3", "no recorder", 60.0))
    found = office.read(lambda books: books.places.next_marks(10, {R2}, TODAY))
    assert [mark.place for mark in found] == [R1, late]
    office.write(lambda books: books.places.free_rooms(["R3"]))
    found = office.read(lambda books: books.places.next_marks(2, {R2}, TODAY))
    assert [mark.place.room for mark in found] == ["R1", "R3"]


def test_a_new_mark_is_not_held_by_the_pause_of_the_old_one(office: Office) -> None:
    office.write(lambda books: books.places.mark([R1], "edit"))

    def hold(books: AllBooks) -> None:
        pause = books.office.pause(Scope(), "exams", "ann", "")
        books.places.hold(books.places.marks_at([R1]), pause)

    office.database.write(lambda connection: hold(AllBooks(connection)))
    assert marks(office) == []
    office.write(lambda books: books.places.mark([R1], "edit"))
    assert len(marks(office)) == 1


def test_a_mark_cannot_be_held_by_a_pause_that_was_lifted_meanwhile(office: Office) -> None:
    office.write(lambda books: books.places.mark([R1], "edit"))

    def hold(books: AllBooks) -> None:
        pause = books.office.pause(Scope(), "exams", "ann", "")
        books.office.resume([pause], "ann")
        books.places.hold(books.places.marks_at([R1]), pause)

    office.database.write(lambda connection: hold(AllBooks(connection)))
    assert len(marks(office)) == 1


def test_a_refresh_that_was_served_never_clears_a_later_one(office: Office) -> None:
    office.write(lambda books: books.places.mark_refresh([R1], 0.0, "clash"))
    due = office.read(lambda books: books.places.due_refresh())
    office.write(lambda books: books.places.mark_refresh([R1], 60.0, "no clear answer"))
    office.write(lambda books: books.places.clear_refresh([mark.id for mark in due]))
    assert office.read(lambda books: books.places.due_refresh()) == []
    assert office.read(lambda books: books.places.refresh_pending()) == 1


def test_there_is_one_open_row_a_room_day_and_it_is_resolved_when_nothing_is_wrong(office: Office) -> None:
    def rows() -> list[tuple[int, int, bool]]:
        found = office.database.read(
            lambda c: c.execute(text("SELECT LEFT_OUT, FAILED, RESOLVED FROM STT_ECHO_DAY_ROOM ORDER BY ID")).all()
        )
        return [(row[0], row[1], row[2] is not None) for row in found]

    office.write(lambda books: books.places.settle([outcome(R2)]))
    assert rows() == []
    office.write(lambda books: books.places.settle([outcome(R1, "1-2-2030-31", "2-2-2030-31")]))
    office.write(lambda books: books.places.settle([outcome(R1, "1-2-2030-31", failed=1)]))
    assert rows() == [(1, 1, False)]
    office.write(lambda books: books.places.settle([outcome(R1)]))
    assert rows() == [(0, 0, True)]
    office.write(lambda books: books.places.settle([outcome(R1, "3-2-2030-31")]))
    assert rows() == [(0, 0, True), (1, 0, False)]


def test_surprises_are_counted_until_one_plan_goes_well(office: Office) -> None:
    for _ in range(3):
        office.write(lambda books: books.places.settle([outcome(R1, surprises=1)]))
    assert office.read(lambda books: books.places.surprises([R1, R2])) == 3
    office.write(lambda books: books.places.settle([outcome(R1, "1-2-2030-31")]))
    assert office.read(lambda books: books.places.surprises([R1])) == 0


def test_what_is_left_out_follows_the_lesson_to_another_room(office: Office) -> None:
    office.write(lambda books: books.places.settle([outcome(R1, "1-2-2030-31")]))
    office.write(lambda books: books.places.settle([outcome(R1), outcome(R2, "1-2-2030-31")]))
    office.write(lambda books: books.places.settle([outcome(R1)]))
    found = office.database.read(lambda c: c.execute(text("SELECT ROOMID FROM STT_ECHO_LEFT_OUT")).all())
    assert found == [("R2",)]
