"""Reference data: looked for, made with its parents if that is allowed, and each thing at most once."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx
import pytest

from echodesk.capture.client import OTHER_YEAR, Echo360
from echodesk.planning.answers import (
    CannotSupply,
    Done,
    Kind,
    Learned,
    Missing,
    NotAllowed,
    Refused,
    Reply,
    SectionFacts,
    Supplied,
    SupplyAnswer,
    Unclear,
    Wait,
)
from tests.capture.world import (
    EVERYTHING,
    SCHEDULES,
    Body,
    JumpingClock,
    Server,
    booking,
    client,
    facts,
    listing,
    refused,
    row,
    thing,
)

T = TypeVar("T")
ROOM = Missing(Kind.ROOM, "Room not found")
SECTION = Missing(Kind.SECTION, "Section not found")


class Directory(Server):
    """Echo360's reference data: lists with filters, look-up by id or external id, creates."""

    def __init__(self) -> None:
        super().__init__(self.reference)
        self.things: dict[str, list[Body]] = {}
        self.numbers = itertools.count(1)
        self.before_create: Callable[[str, Body], Awaitable[httpx.Response | None]] | None = None

    def add(self, plural: str, echo_id: str, key: str | None, **members: Any) -> None:
        self.things.setdefault(plural, []).append(thing(echo_id, key, **members))

    def created(self) -> list[str]:
        return [request.url.path.rsplit("/", 1)[1] for request in self.seen if request.method == "POST"]

    async def reference(self, request: httpx.Request) -> httpx.Response:
        raw_path = request.url.raw_path.decode().partition("?")[0]
        plural, _, key = raw_path.removeprefix("/public/api/v1/").partition("/")
        there = self.things.setdefault(plural, [])
        if request.method == "POST":
            return await self.create(plural, json.loads(request.content))
        if key:
            for each in there:
                if unquote(key) in (each["id"], each.get("externalId")):
                    return httpx.Response(200, json=each)
            return refused("NotFound", f"{plural} not found", 404)
        wanted = {name: value for name, value in request.url.params.items() if name.endswith("Id")}
        return listing([each for each in there if all(each.get(name) == value for name, value in wanted.items())])

    async def create(self, plural: str, body: Body) -> httpx.Response:
        if self.before_create is not None:
            response = await self.before_create(plural, body)
            if response is not None:
                return response
        if any(each.get("externalId") == body["externalId"] for each in self.things[plural]):
            return refused("ExternalIdNotUnique", "External Id not unique")
        self.add(plural, f"{plural}-{next(self.numbers)}", None, **body)
        return httpx.Response(201, json=self.things[plural][-1])


def working(
    server: Server, work: Callable[[Echo360, JumpingClock], Awaitable[T]], *, aged_s: float = 10.0, **changes: Any
) -> T:
    """What `work` gives back with a client that was made `aged_s` seconds ago."""
    clock = JumpingClock()
    given = {"may_create": EVERYTHING, "organization": "University", **changes}
    echo = client(server, clock, **given)
    clock.now += aged_s

    async def run() -> T:
        return await work(echo, clock)

    return asyncio.run(clock.run(run()))


def supply(server: Server, missing: Missing = ROOM, *, with_facts: Any = None, **changes: Any) -> SupplyAnswer:
    async def once(echo: Echo360, _clock: JumpingClock) -> SupplyAnswer:
        return (await echo.supply(missing, with_facts or facts())).answer

    return working(server, once, **changes)


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
        echo.remember([Learned(Kind.COURSE, "COMP101", "k-1")])
        return (await echo.supply(SECTION, facts())).answer

    answer = working(server, once)
    assert isinstance(answer, CannotSupply)
    assert "another course" in answer.text


def test_twenty_at_once_make_each_thing_once() -> None:
    server = Directory()

    async def many(echo: Echo360, _clock: JumpingClock) -> list[SupplyAnswer]:
        rooms = [facts(room=f"S{number % 2}", room_name=f"Room {number % 2}") for number in range(20)]
        return [reply.answer for reply in await asyncio.gather(*(echo.supply(ROOM, each) for each in rooms))]

    answers = working(server, many)
    assert all(isinstance(answer, Supplied) for answer in answers)
    assert sorted(server.created()) == ["buildings", "campuses", "rooms", "rooms"]


def test_what_was_made_and_is_not_shown_yet_is_not_made_again() -> None:
    server = Directory()

    async def twice(echo: Echo360, clock: JumpingClock) -> list[SupplyAnswer]:
        answers = [(await echo.supply(ROOM, facts())).answer]
        server.things["rooms"].clear()
        clock.now += 5
        answers.append((await echo.supply(ROOM, facts())).answer)
        clock.now += 700
        return [*answers, (await echo.supply(ROOM, facts())).answer]

    first, second, third = working(server, twice)
    assert isinstance(first, Supplied)
    assert isinstance(second, Wait)
    assert isinstance(third, CannotSupply)
    assert server.created().count("rooms") == 1


def unanswered(applies: bool) -> tuple[Directory, list[SupplyAnswer]]:
    """A room whose making is never answered; asked for again at once, within L, and after L."""
    server = Directory()
    lost = True

    async def lose(plural: str, body: Body) -> httpx.Response | None:
        nonlocal lost
        if plural == "rooms" and lost:
            lost = False
            if applies:
                server.add("rooms", "r-late", None, **body)
            raise httpx.ReadError("connection reset")
        return None

    server.before_create = lose

    async def work(echo: Echo360, clock: JumpingClock) -> list[SupplyAnswer]:
        answers = []
        for pause_s in (0.0, 0.5, 2.0):
            clock.now += pause_s
            answers.append((await echo.supply(ROOM, facts())).answer)
        return answers

    return server, working(server, work)


def test_after_an_unanswered_create_nothing_is_made_before_it_can_no_longer_take_effect() -> None:
    server, (first, second, third) = unanswered(applies=False)
    assert isinstance(first, Unclear)
    assert isinstance(second, Wait)
    assert second.seconds == pytest.approx(1.5)
    assert third == Supplied(("room 'S101'",))
    assert server.created().count("rooms") == 2


def test_an_unanswered_create_that_took_effect_is_found() -> None:
    server, (first, second, third) = unanswered(applies=True)
    assert isinstance(first, Unclear)
    assert second == third == Supplied(())
    assert server.created().count("rooms") == 1


def test_a_cancelled_create_counts_as_unanswered() -> None:
    server = Directory()
    asked = asyncio.Event()

    async def hang(plural: str, _body: Body) -> httpx.Response | None:
        if plural == "rooms":
            asked.set()
            await asyncio.Event().wait()
        return None

    server.before_create = hang

    async def work(echo: Echo360, _clock: JumpingClock) -> SupplyAnswer:
        task = asyncio.ensure_future(echo.supply(ROOM, facts()))
        await asked.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return (await echo.supply(ROOM, facts())).answer

    assert isinstance(working(server, work), Wait)
    assert server.created().count("rooms") == 1


def test_a_fresh_start_makes_nothing_before_a_dead_workers_requests_are_over() -> None:
    server = Directory()
    answer = supply(server, aged_s=0.5)
    assert isinstance(answer, Wait)
    assert answer.seconds == pytest.approx(1.5)
    assert server.created() == []


def test_external_id_in_use_by_someone_quicker_is_found() -> None:
    server = Directory()

    async def quicker(plural: str, body: Body) -> httpx.Response | None:
        if plural == "rooms":
            server.add("rooms", "r-quick", None, **body)
            return refused("Conflict", "conflict", 409)
        return None

    server.before_create = quicker
    answer = supply(server)
    assert isinstance(answer, Supplied)
    assert "room 'S101'" not in answer.made


def test_a_parent_that_is_gone_is_looked_for_again() -> None:
    server = Directory()
    server.add("campuses", "c-1", "Main", name="Main")

    async def refuse_stale(plural: str, body: Body) -> httpx.Response | None:
        stale = plural == "rooms" and body["buildingId"] == "b-stale"
        return refused("BuildingNotFound", "Building not found") if stale else None

    server.before_create = refuse_stale

    async def once(echo: Echo360, _clock: JumpingClock) -> SupplyAnswer:
        echo.remember([Learned(Kind.BUILDING, "SCI", "b-stale")])
        return (await echo.supply(ROOM, facts())).answer

    assert working(server, once) == Supplied(("building 'SCI'", "room 'S101'"))


def test_a_refusal_is_remembered_and_not_asked_for_again_for_each_lesson() -> None:
    server = Directory()

    async def refuse(plural: str, _body: Body) -> httpx.Response | None:
        return refused("Odd", "Rooms are full") if plural == "rooms" else None

    server.before_create = refuse

    async def thrice(echo: Echo360, clock: JumpingClock) -> tuple[SupplyAnswer, int, int]:
        first = (await echo.supply(ROOM, facts())).answer
        calls = len(server.seen)
        assert (await echo.supply(ROOM, facts())).answer == first
        again = len(server.seen) - calls
        clock.now += 601
        await echo.supply(ROOM, facts())
        return first, again, server.created().count("rooms")

    answer, again, rooms = working(server, thrice)
    assert answer == CannotSupply("Echo360 refuses: Rooms are full")
    assert (again, rooms) == (0, 2)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(429), Wait),
        (httpx.Response(503), Wait),
        (httpx.Response(500), Unclear),
        (httpx.Response(403), NotAllowed),
        (httpx.Response(201, content=b"{"), Unclear),
        (httpx.Response(201, json={"id": "r-1", "externalId": "S999"}), Unclear),
        (httpx.Response(200, html="<html>"), Unclear),
    ],
)
def test_trouble_while_making_is_passed_on(response: httpx.Response, kind: type) -> None:
    server = Directory()

    async def trouble(plural: str, _body: Body) -> httpx.Response | None:
        return response if plural == "rooms" else None

    server.before_create = trouble
    assert isinstance(supply(server), kind)


def test_trouble_while_looking_makes_nothing() -> None:
    for status in (500, 503, 429, 302):
        server = Server(lambda request, status=status: httpx.Response(status))  # type: ignore[misc]  # bound to this turn
        assert isinstance(supply(server), Wait | Unclear)
        assert all(request.method == "GET" for request in server.seen)


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
        echo.remember(known)
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
        echo.remember([Learned(Kind.ROOM, "S101", "r-other"), Learned(Kind.ROOM, "S102", "r-1")])
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
