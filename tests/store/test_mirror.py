"""The mirror: what Echo360 confirmed, and what a listing of a room changes of it (design §2)."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sqlalchemy import text

from echodesk.main import Office
from echodesk.planning.values import Content, Interval, RoomDay, Standing
from tests.worker.campus import day

TODAY = day(1).isoformat()
CONTENT = Content("Logic", ("M1_LC01",), "ann.lee@example.ac.uk", ("display", "video"))


def standing(
    echo_id: str, slot: int = 1, room: str = "R1", date: dt.date | None = None, start: int = 540
) -> Standing:
    place = RoomDay(room, date or day(2))
    external_id = f"{slot}-2-2030-31"
    return Standing(echo_id, external_id, True, place, Interval(start, start + 60), CONTENT, '{"a":1}')


def foreign(echo_id: str, *dates: dt.date, external_id: str | None = None) -> list[Standing]:
    return [
        Standing(echo_id, external_id, False, RoomDay("R1", one), Interval(900, 960), CONTENT) for one in dates
    ]


def held(office: Office, *rooms: str) -> set[tuple[str, str, str]]:
    places = [RoomDay(room, day(week)) for room in rooms or ("R1", "R2") for week in range(0, 9)]
    rows = office.read(lambda books: books.mirror.at(places))
    return {(row.standing.echo_id, row.standing.place.room, row.standing.place.date.isoformat()) for row in rows}


def replace(office: Office, rows: list[Standing], untouched: set[RoomDay] | None = None) -> set[RoomDay]:
    return office.write(lambda books: books.mirror.replace_room("R1", rows, untouched or set(), TODAY))


def test_what_is_put_comes_back_as_it_was(office: Office) -> None:
    one = standing("e1")
    office.write(lambda books: books.mirror.put([one]))
    row = office.read(lambda books: books.mirror.at([one.place]))[0]
    assert (row.standing, row.setid, row.slotid, row.week) == (one, "2030/31", 1, 2)
    assert office.read(lambda books: books.mirror.of_external(["1-2-2030-31"]))[0] == row
    assert office.read(lambda books: books.mirror.of_lessons([("2030/31", 1)]))[0] == row


def test_a_listing_of_a_room_makes_its_mirror_equal(office: Office) -> None:
    office.write(lambda books: books.mirror.put([standing("e1"), standing("e2", 2, start=660)]))
    changed = replace(office, [dataclasses.replace(standing("e1"), time=Interval(600, 660)), standing("e3", 3)])
    assert changed == {RoomDay("R1", day(2))}
    assert {row[0] for row in held(office)} == {"e1", "e3"}


def test_a_listing_that_shows_what_is_known_changes_nothing(office: Office) -> None:
    known = [standing("e1"), *foreign("f1", day(2), day(3), day(4))]
    office.write(lambda books: books.mirror.put(known))
    assert replace(office, list(reversed(known))) == set()
    assert len(held(office)) == 4


def test_room_days_with_a_request_under_way_are_left_alone(office: Office) -> None:
    office.write(lambda books: books.mirror.put([standing("e1"), standing("e2", 2, date=day(3))]))
    assert replace(office, [], {RoomDay("R1", day(2))}) == {RoomDay("R1", day(3))}
    assert {row[0] for row in held(office)} == {"e1"}


def test_a_schedule_that_came_from_another_room_is_there_no_more(office: Office) -> None:
    office.write(lambda books: books.mirror.put([standing("e1", room="R2")]))
    changed = replace(office, [standing("e1", room="R1")])
    assert changed == {RoomDay("R1", day(2)), RoomDay("R2", day(2))}
    assert held(office) == {("e1", "R1", day(2).isoformat())}


def test_what_a_room_holds_is_told_with_what_came_from_it_to_another(office: Office) -> None:
    known = [
        standing("e1"),
        standing("e2", 2, room="R2"),
        standing("e3", 3, room="R2"),
        standing("e0", date=day(0)),
    ]
    office.write(lambda books: books.mirror.put([*known, *foreign("f1", day(2), day(3))]))
    found = office.read(lambda books: books.mirror.held("R1", ["e2", "e9"], TODAY))
    assert {key: [one.place.room for one in rows] for key, rows in found.items()} == {
        "e1": ["R1"],
        "e2": ["R2"],
        "f1": ["R1", "R1"],
    }


def test_ours_that_a_listing_does_not_show_are_those_after_today_under_no_id_of_it(office: Office) -> None:
    known = [standing("e1"), standing("e2", 2), standing("e3", 3, date=day(1)), *foreign("f1", day(2), day(3))]
    office.write(lambda books: books.mirror.put(known))
    assert office.read(lambda books: books.mirror.ours_but(["1-2-2030-31"], TODAY)) == [RoomDay("R1", day(2))]
    assert len(office.read(lambda books: books.mirror.ours_but([], TODAY))) == 2


def test_the_past_is_not_forgotten_by_a_listing(office: Office) -> None:
    past = standing("e0", date=day(0))
    office.write(lambda books: books.mirror.put([past, standing("e1")]))
    assert replace(office, [standing("e1")]) == set()
    assert ("e0", "R1", day(0).isoformat()) in held(office)


def test_a_booking_that_recurs_is_an_obstacle_on_each_date_and_loses_single_dates(office: Office) -> None:
    office.write(lambda books: books.mirror.put(foreign("f1", day(2), day(3), day(4))))
    assert {row[2] for row in held(office)} == {day(week).isoformat() for week in (2, 3, 4)}
    assert replace(office, foreign("f1", day(2), day(4))) == {RoomDay("R1", day(week)) for week in (2, 3, 4)}
    assert {row[2] for row in held(office)} == {day(2).isoformat(), day(4).isoformat()}
    assert replace(office, foreign("f1", day(4))) != set()
    assert {row[2] for row in held(office)} == {day(4).isoformat()}


def test_ours_is_judged_by_the_years_that_are_known_now(office: Office) -> None:
    stranger = dataclasses.replace(standing("e1"), external_id="1-2-2040-41", ours=False)
    office.write(lambda books: books.mirror.put([stranger]))
    assert not office.read(lambda books: books.mirror.at([stranger.place]))[0].standing.ours
    office.database.write(lambda c: c.execute(text("INSERT INTO STT_ECHO_SET (SETID) VALUES ('2040/41')")))
    office.write(lambda books: books.mirror.put([stranger]))
    row = office.read(lambda books: books.mirror.at([stranger.place]))[0]
    assert (row.standing.ours, row.setid) == (True, "2040/41")


def test_a_full_listing_replaces_everything_and_says_that_it_was_one(office: Office) -> None:
    assert not office.read(lambda books: books.mirror.complete())
    office.write(lambda books: books.mirror.put([standing("e1")]))
    office.write(lambda books: books.mirror.replace_all([standing("e2", 2)]))
    assert office.read(lambda books: books.mirror.complete())
    assert {row[0] for row in held(office)} == {"e2"}


def test_ids_of_any_kind_are_only_values(office: Office) -> None:
    odd = [
        standing(f"id '{one}\" ;--", room=one) for one in ("R'1", 'R"2', "R;3", "Gr\u00fcn \U0001f393", "a/b c")
    ]
    office.write(lambda books: books.mirror.put(odd))
    found = office.read(lambda books: books.mirror.at([one.place for one in odd]))
    assert {row.standing for row in found} == set(odd)
    office.write(lambda books: books.mirror.drop([one.echo_id for one in odd]))
    assert office.read(lambda books: books.mirror.rooms_with_schedules()) == {}
