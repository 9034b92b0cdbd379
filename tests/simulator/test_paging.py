"""Lists: envelope, cursors, page sizes, filters (API facts §4.1, §5.1)."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.simulator.office import SCHEDULES, V1, Office, path_of


def fill(office: Office, count: int) -> None:
    """Books half-hour schedules, one per date, latest first."""
    for at in reversed(range(count)):
        month, day = divmod(at, 28)
        answer = office.book(
            externalId=f"e{at}", startDate=f"{2031 + month // 12}-{month % 12 + 1:02d}-{day + 1:02d}"
        )
        assert answer.status == 201


def test_a_short_list_is_one_page_without_next() -> None:
    office = Office()
    fill(office, 3)
    page = office.ask("GET", SCHEDULES).json
    assert set(page) == {"data", "has_more"}
    assert page["has_more"] is False
    assert [row["externalId"] for row in page["data"]] == ["e0", "e1", "e2"]
    assert Office(last_page_next="null").ask("GET", SCHEDULES).json["next"] is None


@pytest.mark.parametrize(("asked", "shown"), [(None, 100), ("7", 7), ("150", 150), ("500", 150)])
def test_page_sizes(asked: str | None, shown: int) -> None:
    office = Office()
    fill(office, 160)
    page = office.ask("GET", SCHEDULES + ("" if asked is None else f"?limit={asked}")).json
    assert len(page["data"]) == shown
    assert page["has_more"] is True
    url = urlsplit(page["next"])
    assert (url.scheme, url.netloc, url.path) == ("", "", SCHEDULES)
    assert parse_qs(url.query)["limit"] == [str(shown)]


def test_following_next_gives_every_row_once_in_order() -> None:
    office = Office()
    fill(office, 31)
    rows = office.pages(f"{SCHEDULES}?limit=7")
    assert [row["externalId"] for row in rows] == [f"e{at}" for at in range(31)]


def test_what_changes_behind_the_cursor_does_not_shift_the_pages() -> None:
    office = Office()
    fill(office, 10)
    first = office.ask("GET", f"{SCHEDULES}?limit=4").json
    office.ask("DELETE", path_of("e0"))
    office.ask("DELETE", path_of("e3"))
    rest = office.pages(first["next"])
    assert [row["externalId"] for row in rest] == [f"e{at}" for at in range(4, 10)]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=x", "limit=", "offset=100", "offset=bm90IG91cnM=", "offset=%FF"]
)
def test_a_bad_limit_or_cursor_is_refused_or_by_switch_ignored(query: str) -> None:
    assert Office().ask("GET", f"{SCHEDULES}?{query}").json["error"] == "JsonError"
    office = Office(bad_paging="ignored")
    fill(office, 2)
    assert len(office.ask("GET", f"{SCHEDULES}?{query}").json["data"]) == 2


def test_a_cursor_of_another_institution_is_refused() -> None:
    office = Office()
    fill(office, 2)
    following = office.ask("GET", f"{SCHEDULES}?limit=1").json["next"]
    assert office.ask("GET", following).status == 200
    office.institution.state.institution_id = "another"
    assert office.ask("GET", following).status == 400


def in_three_rooms(office: Office) -> dict[str, Any]:
    """Books one schedule in each of three rooms and returns the venues by external id of the schedule."""
    return {
        room: office.book(externalId=room, venue={"roomExternalId": room}).json["venue"]
        for room in ("BO/101", "BO 102", "Grün-1")
    }


def found(office: Office, query: str) -> set[str]:
    """External ids of what a filtered list holds, page by page."""
    return {row["externalId"] for row in office.pages(f"{SCHEDULES}?limit=1&{query}")}


def test_schedules_are_filtered_by_room_building_and_campus() -> None:
    office = Office()
    venues = in_three_rooms(office)
    boyd = venues["BO/101"]
    assert found(office, f"room={boyd['roomId']}") == {"BO/101"}
    assert found(office, f"building={boyd['buildingId']}") == {"BO/101", "BO 102"}
    assert found(office, f"campus={venues['Grün-1']['campusId']}") == {"Grün-1"}
    assert found(office, f"campus={venues['Grün-1']['campusId']}&room={boyd['roomId']}") == set()
    assert found(office, f"building={boyd['buildingId']}&room={boyd['roomId']}") == {"BO/101"}


def test_what_a_filter_may_hold_is_a_switch() -> None:
    for switch, by_external, by_name in (("id", 0, 0), ("id_or_external_id", 1, 0), ("any", 1, 2)):
        office = Office(list_filters=switch)
        in_three_rooms(office)
        assert len(found(office, f"room={quote('BO/101', safe='')}")) == by_external
        assert len(found(office, "room=101")) == by_name


def test_an_unknown_filter_value_finds_nothing_or_is_refused_by_switch() -> None:
    office = Office()
    in_three_rooms(office)
    assert found(office, "room=nowhere") == set()
    assert Office(unknown_filter="refused").ask("GET", f"{SCHEDULES}?room=nowhere").status == 400


def test_reference_data_is_paged_in_the_same_way() -> None:
    office = Office()
    for at in range(20):
        office.ask("POST", f"{V1}/campuses", {"name": f"Campus {at:02d}", "externalId": f"C{at}"})
    names = [row["name"] for row in office.pages(f"{V1}/campuses?limit=6")]
    assert names == sorted(names)
    assert len(names) == 22
