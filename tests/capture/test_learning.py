"""What the answers of Echo360 teach about rooms, sections, years and people, and what they leave open."""

from __future__ import annotations

from typing import Any

import httpx

from echodesk.capture.answers import OTHER_YEAR
from echodesk.capture.client import Echo360
from echodesk.planning.answers import Done, Kind, Learned, Listing, Missing, Refused, Reply, Unclear
from tests.capture.directory import Directory, working
from tests.capture.world import SCHEDULES, JumpingClock, Server, booking, listing, row, thing


def test_a_booking_for_a_section_of_another_year_is_not_sent() -> None:
    server = Server()
    session = {"startDate": "2024-09-02", "endDate": "2025-06-13"}
    server.routes["GET", "/public/api/v1/rooms?limit=150"] = listing([thing("r-1", "S101")])
    server.routes["GET", "/public/api/v1/terms?limit=150"] = listing(
        [thing("t-0", "old", name="Old", session=session)]
    )
    server.routes["GET", "/public/api/v1/sections?limit=150"] = listing(
        [thing("s-1", "COMP101_LC01", termId="t-0")]
    )
    server.routes["GET", f"{SCHEDULES}?limit=150"] = listing([row()])

    async def work(echo: Echo360, _clock: JumpingClock) -> Any:
        async for _ in echo.list_all():
            continue
        return await echo.create(booking())

    assert working(server, work) == Reply(Refused(0, OTHER_YEAR, "section COMP101_LC01 belongs to Old"), ())
    assert not any(request.method == "POST" for request in server.seen)


def test_an_answer_teaches_the_room_and_the_one_new_section() -> None:
    server = Server(lambda request: httpx.Response(201, json=row()))

    async def work(echo: Echo360, _clock: JumpingClock) -> tuple[Any, tuple[Learned, ...], tuple[Learned, ...]]:
        answer = (await echo.create(booking())).answer
        return answer, echo.learned(), echo.learned()

    answer, learned, after = working(server, work)
    assert learned == (Learned(Kind.ROOM, "S101", "r-1"), Learned(Kind.SECTION, "COMP101_LC01", "s-1"))
    assert after == ()
    assert isinstance(answer, Done)


def two_sections(
    known: list[Learned], sent: tuple[str, ...], shown: list[str]
) -> tuple[tuple[str, ...], list[Learned]]:
    """The sections that the answer to a POST is taken to show, and what was learned about sections."""
    server = Server(
        lambda request: httpx.Response(201, json=row(sections=[{"sectionId": each} for each in shown]))
    )

    async def work(echo: Echo360, _clock: JumpingClock) -> tuple[Any, tuple[Learned, ...]]:
        echo.remember(known, clean=False)
        return (await echo.create(booking(sections=sent))).answer, echo.learned()

    answer, learned = working(server, work)
    assert isinstance(answer, Done)
    assert answer.standing is not None
    return answer.standing.content.sections, [each for each in learned if each.kind is Kind.SECTION]


def test_several_new_sections_are_taken_as_sent_and_none_is_learned() -> None:
    assert two_sections([], ("A", "B"), ["s-1", "s-2"]) == (("A", "B"), [])


def test_the_one_section_left_over_is_learned() -> None:
    known = [Learned(Kind.SECTION, "A", "s-1")]
    assert two_sections(known, ("A", "B"), ["s-2", "s-1"]) == (("A", "B"), [Learned(Kind.SECTION, "B", "s-2")])


def test_sections_that_contradict_the_map_are_shown_as_they_are() -> None:
    known = [Learned(Kind.SECTION, "A", "s-1"), Learned(Kind.SECTION, "C", "s-3")]
    assert two_sections(known, ("A",), ["s-3"]) == (("C",), [])
    assert two_sections(known, ("A",), ["s-9"]) == (("echo360:s-9",), [])
    assert two_sections(known, ("A", "B"), ["s-1"]) == (("A",), [])


def test_a_room_that_contradicts_the_map_is_shown_as_it_is() -> None:
    server = Server(lambda request: httpx.Response(201, json=row()))

    async def work(echo: Echo360, _clock: JumpingClock) -> Any:
        echo.remember([Learned(Kind.ROOM, "S101", "r-other"), Learned(Kind.ROOM, "S102", "r-1")], clean=False)
        return (await echo.create(booking())).answer

    answer = working(server, work)
    assert isinstance(answer, Done)
    assert answer.standing is not None
    assert answer.standing.place.room == "S102"


def test_known_people_and_others() -> None:
    server = Directory()
    server.add("users", "u-1", None, email="ada.byron@example.ac.uk")

    async def reference(request: httpx.Request) -> httpx.Response:
        if request.url.raw_path.endswith(b"/ada.byron%40example.ac.uk"):
            return httpx.Response(200, json=server.things["users"][0])
        if b"broken" in request.url.raw_path:
            return httpx.Response(500)
        return httpx.Response(400, json={"error": "NotFound", "message": "User not found"})

    server.answer = reference

    async def work(echo: Echo360, _clock: JumpingClock) -> list[Any]:
        names = ("ada.byron", "nobody", "broken")
        return [(await echo.person_known(f"{name}@example.ac.uk")).answer for name in names]

    known, unknown, broken = working(server, work)
    assert known == Done(None)
    assert isinstance(unknown, Missing)
    assert unknown.kind is Kind.PERSON
    assert isinstance(broken, Unclear)


def test_a_year_whose_days_cannot_be_read_forbids_nothing() -> None:
    """What is not certain keeps nobody from being recorded."""
    server = Server()
    server.routes["GET", "/public/api/v1/rooms?limit=150"] = listing([thing("r-1", "S101")])
    server.routes["GET", "/public/api/v1/terms?limit=150"] = listing(
        [thing("t-0", "old", name="Old", session={"startDate": "the second of May", "endDate": 20250613})]
    )
    server.routes["GET", "/public/api/v1/sections?limit=150"] = listing(
        [thing("s-1", "COMP101_LC01", termId="t-0")]
    )
    server.routes["GET", f"{SCHEDULES}?limit=150"] = listing([row()])
    server.routes["POST", SCHEDULES] = httpx.Response(201, json=row())

    async def work(echo: Echo360, _clock: JumpingClock) -> Any:
        async for _ in echo.list_all():
            continue
        return (await echo.create(booking())).answer

    assert isinstance(working(server, work), Done)


def test_answers_about_a_room_or_a_person_that_cannot_be_read_are_unclear() -> None:
    server = Server(lambda request: httpx.Response(200, content=b'{"id": "half'))

    async def work(echo: Echo360, _clock: JumpingClock) -> Any:
        person = await echo.person_known("ada.byron@example.ac.uk")
        server.answer = lambda request: (
            listing([]) if "limit" in str(request.url) else httpx.Response(200, content=b"[1")
        )
        return person.answer, (await echo.list_room("S101")).answer

    person, room = working(server, work)
    assert isinstance(person, Unclear)
    assert isinstance(room, Listing)
    assert not room.complete
