"""Misbehaviour: answers that lag behind, lists gone wrong, and others at work in the same account."""

from typing import Any

import pytest

from echodesk.simulator.faults import FaultKind
from tests.simulator.office import SCHEDULES, V1, Office, booking, path_of
from tests.simulator.trouble import K, body, get, post, troubled


@pytest.mark.parametrize("path", [SCHEDULES, path_of("1-1-2030-31")])
def test_stale_answers_show_what_was_a_moment_ago_and_no_longer(path: str) -> None:
    office = Office()
    made = office.book().json
    kind = K.STALE_LIST if path == SCHEDULES else K.STALE_READ
    troubled(kind, office=office, stale_s=0.5)
    assert get(office, path).fault is None
    office.clock.forward(1)
    office.ask("PUT", path_of(made["id"]), booking(startTime="11:00", endTime="12:00"))
    office.clock.forward(0.4)
    stale = get(office, path)
    assert stale.fault is kind
    shown = body(stale)["data"][0] if path == SCHEDULES else body(stale)
    assert shown == made
    office.clock.forward(0.2)
    assert get(office, path).fault is None


def test_stale_answers_still_know_what_was_deleted_and_not_yet_what_is_new() -> None:
    office = Office()
    office.book()
    troubled(K.STALE_LIST, K.STALE_READ, office=office, stale_s=0.5)
    office.clock.forward(1)
    office.ask("DELETE", path_of("1-1-2030-31"))
    office.book(externalId="new")
    assert [row["externalId"] for row in body(get(office))["data"]] == ["1-1-2030-31"]
    assert body(get(office, path_of("new")))["error"] == "ScheduleNotFound"


def test_reference_data_may_be_made_and_seen_only_later() -> None:
    office = troubled(K.REFERENCE_LAG)
    made = office.simulator.receive(office.request("POST", f"{V1}/campuses", {"name": "New", "externalId": "N"}))
    assert made.response is not None
    assert made.response.status == 201
    assert office.ask("GET", f"{V1}/campuses/N").status == 404
    assert made.late is not None
    assert office.simulator.apply_late(made.late) is None
    assert office.ask("GET", f"{V1}/campuses/N").json == body(made)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (K.ROW_DUPLICATED, lambda rows: len(rows) == 4 and len(set(rows)) == 3),
        (K.ROW_LOST, lambda rows: len(rows) == len(set(rows)) == 2),
        (K.ROWS_REORDERED, lambda rows: sorted(rows) == ["a", "b", "c"]),
    ],
)
def test_pages_with_rows_gone_wrong(kind: FaultKind, shown: Any) -> None:
    office = Office()
    for at, name in enumerate("abc"):
        office.book(externalId=name, startDate=f"2030-10-{7 + at:02d}")
    troubled(kind, office=office)
    outcome = get(office)
    assert outcome.fault is kind
    assert shown([row["externalId"] for row in body(outcome)["data"]])


def test_a_page_may_name_itself_as_the_next() -> None:
    office = Office()
    for at in range(2):
        office.book(externalId=str(at), startDate=f"2030-10-{7 + at:02d}")
    troubled(K.NEXT_LOOP, office=office)
    path = f"{SCHEDULES}?limit=1"
    assert body(get(office, path))["next"] == path
    assert get(office).fault is None


def test_a_foreign_schedule_in_the_way_makes_a_true_clash() -> None:
    office = troubled(K.FOREIGN_IN_THE_WAY, max_foreign=1)
    assert body(post(office))["error"] == "ScheduleTimingClash"
    (foreign,) = office.held()
    assert (foreign["startTime"], foreign["venue"]["roomName"]) == ("09:00", "101")
    assert "externalId" not in foreign
    assert post(office, externalId="2", startDate="2030-10-08").fault is None


def test_others_add_move_and_remove_schedules() -> None:
    office = Office()
    office.book()
    troubled(K.FOREIGN_ADDED, office=office)
    get(office)
    assert [(row["startTime"], "externalId" in row) for row in office.held()] == [
        ("09:00", True),
        ("10:00", False),
    ]
    troubled(K.FOREIGN_MOVED, office=office)
    for _ in range(20):
        get(office)
    assert office.held() != []
    moved = next(row for row in office.held() if "externalId" not in row)
    assert moved["startTime"] != "10:00" or office.simulator.injector.fired[K.FOREIGN_MOVED] > 1
    troubled(K.FOREIGN_REMOVED, office=office)
    get(office)
    assert [row["externalId"] for row in office.held()] == ["1-1-2030-31"]
    troubled(K.OURS_MOVED, office=office)
    get(office)
    troubled(K.OURS_REMOVED, office=office)
    get(office)
    assert office.held() == []
