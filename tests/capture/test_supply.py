"""Reference data: looked for, and made with its parents if that is allowed."""

from __future__ import annotations

import httpx
import pytest

from echodesk.capture.client import Echo360
from echodesk.planning.answers import (
    CannotSupply,
    Kind,
    Learned,
    Missing,
    Reply,
    SectionFacts,
    Supplied,
    SupplyAnswer,
)
from tests.capture.directory import ROOM, SECTION, Directory, supply, working
from tests.capture.world import EVERYTHING, Body, JumpingClock, facts, listing, refused


def test_a_room_is_made_with_its_building_and_campus() -> None:
    server = Directory()
    assert supply(server) == Supplied(("campus 'Main'", "building 'SCI'", "room 'S101'"))
    assert server.bodies() == [
        {"name": "Main", "externalId": "Main"},
        {"name": "Science", "campusId": "campuses-1", "externalId": "SCI"},
        {"name": "Science 101", "buildingId": "buildings-2", "externalId": "S101"},
    ]


def test_a_section_is_made_with_everything_above_it() -> None:
    server = Directory()
    answer = supply(server, SECTION)
    assert answer == Supplied(
        (
            "organization 'University'",
            "department 'CS'",
            "course 'COMP101'",
            "term '2025/26'",
            "section 'COMP101_LC01'",
        )
    )
    assert server.bodies() == [
        {"name": "University", "externalId": "University"},
        {"name": "Computer Science", "organizationId": "organizations-1", "externalId": "CS"},
        {
            "name": "Computing",
            "courseIdentifier": "COMP101",
            "organizationId": "organizations-1",
            "departmentId": "departments-2",
            "externalId": "COMP101",
        },
        {
            "name": "2025/26",
            "session": {"startDate": "2025-09-01", "endDate": "2026-06-12"},
            "exceptions": [],
            "externalId": "2025/26",
        },
        {"sectionNumber": "LC01", "courseId": "courses-3", "termId": "terms-4", "externalId": "COMP101_LC01"},
    ]


def test_only_what_is_missing_is_made() -> None:
    server = Directory()
    server.add("campuses", "c-1", "Main", name="Main")
    server.add("buildings", "b-1", "SCI", name="Science", campusId="c-1")
    assert supply(server) == Supplied(("room 'S101'",))
    assert server.bodies()[-1]["buildingId"] == "b-1"


def test_what_is_there_by_now_is_found_and_nothing_is_made() -> None:
    server = Directory()
    server.add("rooms", "r-1", "S101", name="anything")

    async def once(echo: Echo360, _clock: JumpingClock) -> tuple[Reply[SupplyAnswer], tuple[Learned, ...]]:
        return await echo.supply(ROOM, facts()), echo.learned()

    reply, learned = working(server, once, may_create=frozenset())
    assert reply.answer == Supplied(())
    assert len(reply.exchanges) == 1
    assert learned == (Learned(Kind.ROOM, "S101", "r-1"),)


def test_what_is_found_by_its_external_id_in_a_list_alone_counts_as_found() -> None:
    server = Directory()
    server.add("campuses", "c-1", "Main", name="Main")
    server.add("buildings", "b-1", "SCI", name="Science", campusId="c-1")
    server.add("rooms", "r-1", "S101", name="Other name", buildingId="b-1")
    by_reference = server.reference

    async def no_external_ids(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/S101"):
            return refused("NotFound", "no", 404)
        return await by_reference(request)

    server.answer = no_external_ids
    assert supply(server) == Supplied(())
    assert server.created() == []


@pytest.mark.parametrize(
    ("key", "words"), [("SCI-101", "under the external id 'SCI-101'"), (None, "without an external")]
)
def test_the_same_name_under_another_external_id_is_said_and_nothing_is_made(key: str | None, words: str) -> None:
    server = Directory()
    server.add("campuses", "c-1", "Main", name="Main")
    server.add("buildings", "b-1", "SCI", name="Science", campusId="c-1")
    server.add("rooms", "r-1", key, name="science 101 ", buildingId="b-1")
    answer = supply(server)
    assert isinstance(answer, CannotSupply)
    assert words in answer.text
    assert server.created() == []


def test_the_same_name_in_another_building_is_another_room() -> None:
    server = Directory()
    server.add("campuses", "c-1", "Main", name="Main")
    server.add("buildings", "b-1", "SCI", name="Science", campusId="c-1")
    server.add("buildings", "b-2", "ART", name="Arts", campusId="c-1")
    server.add("rooms", "r-1", "A101", name="Science 101", buildingId="b-2")
    assert supply(server) == Supplied(("room 'S101'",))


@pytest.mark.parametrize("forbidden", [Kind.ROOM, Kind.BUILDING, Kind.CAMPUS])
def test_what_may_not_be_made_is_named_and_nothing_below_it_is_made(forbidden: Kind) -> None:
    server = Directory()
    answer = supply(server, may_create=EVERYTHING - {forbidden})
    assert isinstance(answer, CannotSupply)
    assert f"do not let EchoDesk make a {forbidden}" in answer.text
    assert "rooms" not in server.created()
    if forbidden is Kind.ROOM:
        assert server.created() == []


def test_people_are_never_made() -> None:
    server = Directory()
    assert isinstance(supply(server, Missing(Kind.PERSON, "")), CannotSupply)
    assert server.seen == []


def test_a_room_without_any_campus_asks_for_one() -> None:
    answer = supply(Directory(), campus="")
    assert isinstance(answer, CannotSupply)
    assert "campus" in answer.text


def test_a_list_that_ignores_its_filter_misleads_nobody() -> None:
    server = Directory()
    server.add("campuses", "c-1", "Main", name="Main")
    server.add("buildings", "b-1", "SCI", name="Science", campusId="c-1")
    server.add("rooms", "r-1", "A101", name="Science 101", buildingId="b-2")
    by_reference = server.reference

    async def unfiltered(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path.endswith("/rooms"):
            return listing(server.things["rooms"])
        return await by_reference(request)

    server.answer = unfiltered
    assert supply(server) == Supplied(("room 'S101'",))


def test_every_section_of_a_shared_lesson_is_supplied() -> None:
    both = (*facts().sections, SectionFacts("MATH101_LC01", "LC01", "MATH101", "Algebra", "MA", "Mathematics"))
    server = Directory()
    supply(server, SECTION, with_facts=facts(sections=both))
    assert sorted(each["externalId"] for each in server.things["sections"]) == ["COMP101_LC01", "MATH101_LC01"]
    assert server.created().count("terms") == 1


def test_a_section_of_another_year_is_not_used() -> None:
    server = Directory()
    session = {"startDate": "2024-09-02", "endDate": "2025-06-13"}
    server.add("terms", "t-0", "2024/25", name="2024/25", session=session)
    server.add("sections", "s-1", "COMP101_LC01", termId="t-0", courseId="k-1", sectionNumber="LC01")
    assert supply(server, SECTION) == CannotSupply("section COMP101_LC01 belongs to 2024/25")


def test_a_term_with_the_years_own_external_id_is_the_year_whatever_its_days() -> None:
    server = Directory()
    session = {"startDate": "2024-09-02", "endDate": "2025-06-13"}
    server.add("terms", "t-1", "2025/26", name="2025/26", session=session)
    server.add("sections", "s-1", "COMP101_LC01", termId="t-1", courseId="k-1", sectionNumber="LC01")
    assert supply(server, SECTION) == Supplied(())


def test_a_section_of_another_course_is_not_used() -> None:
    server = Directory()
    server.add("sections", "s-1", "COMP101_LC01", courseId="k-other", sectionNumber="LC01")

    async def once(echo: Echo360, _clock: JumpingClock) -> SupplyAnswer:
        echo.remember([Learned(Kind.COURSE, "COMP101", "k-1")], clean=False)
        return (await echo.supply(SECTION, facts())).answer

    answer = working(server, once)
    assert isinstance(answer, CannotSupply)
    assert "another course" in answer.text


def test_a_parent_that_is_gone_is_looked_for_again() -> None:
    server = Directory()
    server.add("campuses", "c-1", "Main", name="Main")

    async def refuse_stale(plural: str, body: Body) -> httpx.Response | None:
        stale = plural == "rooms" and body["buildingId"] == "b-stale"
        return refused("BuildingNotFound", "Building not found") if stale else None

    server.before_create = refuse_stale

    async def once(echo: Echo360, _clock: JumpingClock) -> SupplyAnswer:
        echo.remember([Learned(Kind.BUILDING, "SCI", "b-stale")], clean=True)
        return (await echo.supply(ROOM, facts())).answer

    assert working(server, once) == Supplied(("building 'SCI'", "room 'S101'"))
