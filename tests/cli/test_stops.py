"""`stops` and `allow` while nobody is sending: what waits for a yes, and the yes (design §4.12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from echodesk.main import open_office
from echodesk.planning.stops import StopItem, StopKind
from echodesk.planning.values import RoomDay
from echodesk.worker.books import Books
from tests.cli.conftest import Run

Sql = Callable[..., list[tuple[Any, ...]]]
DATE = "2990-01-01"
DAY = dt.date(2990, 1, 1)


def hold(folder: Path, *slots: int) -> None:
    """A safety stop holds a booking of each of these lessons."""

    def write(books: Books) -> None:
        items = [
            StopItem(f"{slot}-1-2990-91", "B1 Hall", DATE, 540, 600, f"ENGL{slot}", None, "not_wanted", None)
            for slot in slots
        ]
        books.stops.hold(StopKind.BRAKE, "Too many at once.", items, ())
        place = RoomDay("B1 Hall", DAY)
        books.places.mark([place], "edit")
        books.stops.hold_places([place], books.places.marks_at([place]))

    office = open_office(folder)
    office.write(write)
    office.close()


def test_nothing_waits(run: Run, folder: Path) -> None:
    assert run("stops", "--data", folder).out == "Nothing waits for a yes.\n"
    assert run("stops", "--data", folder, "--json").json == {"stops": []}
    said = run("allow", 1, "--why", "meant", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (3, "Safety stop 1 does not wait")


def test_a_stop_is_shown_and_a_yes_lets_it_go(run: Run, folder: Path, sql: Sql) -> None:
    hold(folder, 1, 2)
    text = run("stops", "--data", folder).out
    assert "Safety stop 1: 2 bookings would be removed" in text
    assert "2990-01-01 09:00-10:00  B1 Hall  ENGL1" in text
    assert 'echodesk allow 1 --why "…"' in text
    (stop,) = run("stops", "--data", folder, "--json").json["stops"]
    assert (stop["id"], stop["kind"], stop["bookings"], stop["waits"]) == (1, "BRAKE", 2, True)
    assert [one["external_id"] for one in stop["items"]] == ["1-1-2990-91", "2-1-2990-91"]
    status = run("status", "--data", folder, "--json").json
    assert (status["waiting_for_yes"], status["pending"]["guarded"]) == ([1], 1)
    assert "2 bookings would be removed (safety stop 1)" in run("status", "--data", folder).out

    said = run("allow", 1, "--why", "the course was cancelled", "--data", folder, "--json")
    assert said.json == {"text": "2 booking(s) may be removed now; no others.", "touched": 2, "carried_out_by": ""}
    assert sql("SELECT WHY, YES_AT IS NOT NULL FROM STT_ECHO_STOP") == [("the course was cancelled", 1)]
    assert sql("SELECT GUARDED FROM STT_ECHO_DIRTY WHERE LESSON_DATE = '2990-01-01'") == [(0,)]
    assert "yes was said" in run("stops", "--data", folder).out
    again = run("allow", 1, "--why", "again", "--data", folder, "--json")
    assert (again.code, again.error["title"]) == (3, "Safety stop 1 is over")


def test_a_yes_without_a_reason_is_wrong_use(run: Run, folder: Path, sql: Sql) -> None:
    hold(folder, 1)
    assert run("allow", 1, "--data", folder, "--json").code == 2
    said = run("allow", 1, "--why", " ", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "A yes needs a reason")
    assert sql("SELECT YES_AT FROM STT_ECHO_STOP") == [(None,)]


def test_a_long_list_is_cut_for_people_only(run: Run, folder: Path) -> None:
    hold(folder, *range(1, 26))
    assert "and 5 more; --json lists all" in run("stops", "--data", folder).out
    (stop,) = run("stops", "--data", folder, "--json").json["stops"]
    assert len(stop["items"]) == 25
