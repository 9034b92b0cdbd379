"""The table of answers, row by row: over the wire, through the whole client, to the answer and its class.

What the worker then does for each class is in `tests/worker/test_classes.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from echodesk.capture import answers
from echodesk.capture.answers import TABLE, Row, Seen
from echodesk.capture.client import Echo360
from echodesk.capture.line import Got, Unanswered
from echodesk.capture.said import read
from echodesk.planning.answers import Answer, Class, Exists, Kind, Missing, Wait, class_of
from tests.capture.world import JumpingClock, Server, booking, client, refused, row, standing

Answers = Callable[[httpx.Request], httpx.Response]


def name_of(line: Row) -> str:
    """How a row is called in the program."""
    return next(name for name, value in vars(answers).items() if value is line)


def gives(
    status: int,
    content: bytes = b"",
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Answers:
    """Always this answer."""
    return lambda request: httpx.Response(
        status, content=content, headers={"content-type": content_type, **(headers or {})}
    )


def says(code: str, text: str, status: int = 400) -> Answers:
    """Always this refusal."""
    return lambda request: refused(code, text, status)


def raises(problem: type[Exception], text: str = "it broke") -> Answers:
    """The network fails in this way."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise problem(text)

    return fail


def shows(**changes: Any) -> Answers:
    """A success that shows this schedule."""
    return lambda request: httpx.Response(201, json=row(**changes))


PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"
WHOLE = json.dumps(row()).encode()

# Row → what came, with the number of its fault in the catalogue (reliability §3) where it has one.
CASES: dict[str, list[tuple[str, Answers]]] = {
    "UNSENT": [
        ("1 refused, no such host, no route", raises(httpx.ConnectError, "[Errno 111] Connection refused")),
        ("2 no connection in time", raises(httpx.ConnectTimeout)),
        ("no free connection in time", raises(httpx.PoolTimeout)),
    ],
    "UNANSWERED": [
        ("3, 4 reset while reading", raises(httpx.ReadError)),
        ("reset while writing", raises(httpx.WriteError)),
        ("reset while closing", raises(httpx.CloseError)),
        ("5-7 silent", raises(httpx.ReadTimeout)),
        ("not taken in time", raises(httpx.WriteTimeout)),
        ("4 cut off", raises(httpx.RemoteProtocolError, "peer closed connection without sending complete body")),
        ("wrong use of the protocol", raises(httpx.LocalProtocolError)),
        ("a proxy in between", raises(httpx.ProxyError)),
        ("a scheme that nobody speaks", raises(httpx.UnsupportedProtocol)),
        ("15 packed", gives(200, b"\x1f\x8b", headers={"content-encoding": "gzip"})),
        ("15 packed twice", gives(200, b"\x1f\x8b", headers={"content-encoding": "gzip, br"})),
        ("14 more than 20 MB", gives(201, b" " * (20 * 2**20 + 1))),
    ],
    "LIMIT": [
        ("10 seconds", gives(429, headers={"retry-after": "7"})),
        ("10 none", gives(429)),
        ("10 absurd", gives(429, headers={"retry-after": "-1"})),
        ("28 another client", says("TooManyRequests", "API call limit exceeded", 429)),
    ],
    "UNAVAILABLE": [
        ("8, 9", gives(503)),
        ("11 with a wait", gives(503, PAGE, "text/html", {"retry-after": "60"})),
    ],
    "FORBIDDEN": [("12", says("Forbidden", "no scope", 403))],
    "TROUBLE": [
        *((f"8, 9 {status}", gives(status)) for status in (500, 501, 502, 504, 507, 520, 599, 408)),
        ("13 login page by redirect", gives(302, headers={"location": "/login"})),
        ("13 another host", gives(301, headers={"location": "https://elsewhere.example.ac.uk/"})),
        ("13 http", gives(308, headers={"location": "http://127.0.0.1:8999/"})),
        (
            "13 keeps the method",
            gives(307, headers={"location": "https://elsewhere.example.ac.uk/public/api/v2/schedules"}),
        ),
        ("not modified", gives(304)),
    ],
    "NO_API": [
        ("a web page with 404", gives(404, PAGE, "text/html")),
        ("a web page that says JSON", gives(400, PAGE)),
        ("14 cut off", gives(400, b'{"error":"RoomNotFou')),
        ("14 nested without end", gives(400, b'{"error":' + b"[" * 100_000)),
        ("14 a list", gives(400, b'["RoomNotFound"]')),
        ("14 nothing at all", gives(400, b"")),
        ("14 null", gives(400, b"null")),
        ("14 a number", gives(400, b"0")),
        ("23 nothing but a brace", gives(400, b"{}")),
    ],
    "EXISTS": [
        ("19 by code", says("ExternalIdNotUnique", "x")),
        ("19 by words", says("Bad", "The external id is already taken")),
    ],
    "CLASH": [
        ("18 by code", says("TimingClash", "x", 409)),
        ("18 by words", says("Bad", "Schedule timing clash with another Schedule")),
    ],
    "IN_PAST": [("by code", says("TimeInPast", "x")), ("by words", gives(400, b"Time in past", "text/plain"))],
    "NO_DEVICE": [("by code", says("DeviceNotFound", "x")), ("by words", says("Bad", "Device not found in Room"))],
    "MISSING": [
        ("25 by code", says("RoomNotFound", "x")),
        ("by words", says("Bad", "Course ABC does not exist")),
        ("20 the schedule on POST", says("ScheduleNotFound", "x", 404)),
    ],
    "REFUSED": [
        ("by code", says("Teapot", "short", 418)),
        ("by words", gives(400, b"Invalid json", "text/plain")),
    ],
    "SHUT_OUT": [("12 expired for ever", says("Unauthorized", "expired", 401))],
    "NOT_THIS": [
        ("11 maintenance page with 200", gives(200, PAGE, "text/html")),
        ("accepted, not done", lambda request: httpx.Response(202, json=row())),
        ("17 another id", shows(externalId="1-1-2025-26")),
        ("17 no id", shows(externalId=None)),
        ("23 a number for a text", shows(name=7)),
        ("23 a date without sense", shows(startDate="2026-13-01")),
        ("23 a date and zone", shows(startDate="2026-03-09T00:00:00Z", startTime="09:00Z")),
        ("23 no venue", shows(venue=None)),
        ("14 empty", gives(200)),
        ("14 half", gives(200, WHOLE[:-1])),
        ("14 byte order mark", gives(200, b"\xef\xbb\xbf" + WHOLE)),
        ("14 NaN", gives(200, b'{"id": NaN}')),
        ("14 nested without end", gives(200, b"[" * 100_000)),
        ("14 half a surrogate", gives(200, b'{"id":"\\ud800"}')),
        ("14 not UTF-8", gives(200, b'{"id":"\xff"}')),
        ("14 a list", gives(200, b"[" + WHOLE + b"]")),
        ("14 twice the same member", gives(200, b'{"externalId":"617747-1-2025-26","externalId":"other"}')),
        ("other JSON", gives(200, b'{"status":"ok"}')),
    ],
    "DONE": [
        ("as it was sent", shows()),
        ("17 other times: shown as they stand", shows(startTime="11:00", endTime="12:00")),
        ("23 members that nobody knows", shows(somethingNew={"a": [1]}, anotherThing=True)),
    ],
}


async def create(echo: Echo360) -> Answer:
    return (await echo.create(booking())).answer


def asked(answer: Answers, work: Callable[[Echo360], Awaitable[Answer]] = create) -> Answer:
    """What the whole client makes of it."""

    async def run() -> Answer:
        return await work(client(Server(answer)))

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("line", "answer"),
    [(name, answer) for name, cases in CASES.items() for _, answer in cases],
    ids=[f"{name}: {case}" for name, cases in CASES.items() for case, _ in cases],
)
def test_what_comes_has_the_class_of_its_row(line: str, answer: Answers) -> None:
    expected: Row = getattr(answers, line)
    found = asked(answer)
    assert class_of(found) is expected.kind
    made = expected.answer(Seen("POST", Unanswered("x")))
    # Which thing is missing is only known from the words.
    assert type(found) is (Missing if line == "MISSING" else type(made))


def test_a_change_of_what_is_gone_has_the_class_of_its_row() -> None:
    async def change(echo: Echo360) -> Answer:
        return (await echo.change(booking(), standing())).answer

    async def remove(echo: Echo360) -> Answer:
        return (await echo.remove(standing())).answer

    for work in (change, remove):
        for code in ("ScheduleNotFound", "NotFound"):
            found = asked(says(code, "It is not here", 404), work)
            assert type(found).__name__ == "Gone"
            assert class_of(found) is answers.GONE.kind


def test_the_sign_in_has_the_class_of_its_rows() -> None:
    def signing(answer: Answers) -> Answer:
        server = Server(shows())
        server.token = lambda form: answer(httpx.Request("POST", "http://127.0.0.1/"))  # type: ignore[method-assign]  # the test server is ours to bend
        return asyncio.run(create(client(server)))

    assert class_of(signing(gives(400))) is answers.SHUT_OUT.kind
    for trouble in (gives(500), gives(200, PAGE, "text/html"), gives(302), gives(429)):
        found = signing(trouble)
        assert isinstance(found, Wait)
        assert class_of(found) is answers.SIGN_IN_TROUBLE.kind


TESTED_APART = {"GONE", "SIGN_IN_TROUBLE"}


def test_every_row_of_the_table_has_a_case() -> None:
    assert {name_of(line) for line in TABLE} == set(CASES) | TESTED_APART


@pytest.mark.parametrize("line", TABLE, ids=name_of)
def test_a_row_says_what_it_means_and_what_is_done(line: Row) -> None:
    assert line.came
    assert line.means
    assert line.done
    # A missing thing and a schedule that is gone are told apart by the words; both are definite.
    assert class_of(line.answer(Seen("POST", Unanswered("x")))) is line.kind


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        (Class.DEFINITE, {"GONE", "EXISTS", "CLASH", "IN_PAST", "MISSING", "DONE"}),
        (Class.PARK, {"NO_DEVICE", "REFUSED"}),
        (Class.WAIT, {"UNSENT", "LIMIT", "SIGN_IN_TROUBLE"}),
        (Class.AMBIGUOUS, {"UNANSWERED", "UNAVAILABLE", "TROUBLE", "NO_API", "NOT_THIS"}),
        (Class.AUTH, {"FORBIDDEN", "SHUT_OUT"}),
    ],
)
def test_the_classes_hold_what_they_should(kind: Class, may: set[str]) -> None:
    """Of all statuses only 429 says that nothing was done without a word of Echo360's (decisions)."""
    assert {name_of(line) for line in TABLE if line.kind is kind} == may


def test_the_code_comes_before_the_words_and_the_upper_row_before_the_lower() -> None:
    def found(code: str, text: str) -> str:
        got = Got(400, "application/json", json.dumps({"error": code, "message": text}).encode(), None)
        return name_of(answers.row_of(Seen("POST", got, read(got))))

    assert found("TimingClash", "external id is not unique") == "CLASH"
    assert found("Bad", "the external id is already taken") == "EXISTS"
    assert found("Bad", "device not found in Room") == "NO_DEVICE"
    assert found("Bad", "room with external id S101 does not exist") == "MISSING"


def test_503_waits_as_told_and_is_ambiguous_and_429_is_not() -> None:
    told = {"retry-after": "30"}
    unavailable, limited = asked(gives(503, headers=told)), asked(gives(429, headers=told))
    assert (unavailable, class_of(unavailable)) == (
        Wait(30.0, may_have_applied=True, text="Echo360 is not available at the moment."),
        Class.AMBIGUOUS,
    )
    assert (limited, class_of(limited)) == (
        Wait(30.0, may_have_applied=False, text="Echo360's call limit is reached."),
        Class.WAIT,
    )


DATE = "Mon, 02 Mar 2026 08:00:00 GMT"
WAITS = [
    ("17", {}, 17.0),
    ("0", {}, 1.0),
    ("3601", {}, 3600.0),
    ("9" * 400, {}, 3600.0),
    ("Mon, 02 Mar 2026 08:00:30 GMT", {"date": DATE}, 30.0),
    ("Mon, 02 Mar 2026 08:00:30 GMT", {}, 30.0),
    ("Mon, 02 Mar 2026 08:00:00 GMT", {"date": DATE}, 1.0),
    ("Tue, 02 Mar 2027 08:00:00 GMT", {"date": DATE}, 3600.0),
    ("Mon, 02 Mar 2026 07:00:00 GMT", {"date": DATE}, 5.0),
    ("-1", {}, 5.0),
    ("1e3", {}, 5.0),
    ("soon", {}, 5.0),
    ("", {}, 5.0),
    ("Mon, 99 Mar 2026 08:00:00 GMT", {"date": DATE}, 5.0),
]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("told", "headers", "wait_s"), WAITS, ids=[f"{one[0][:29]} {len(one[1])}" for one in WAITS]
)
def test_how_long_is_waited(status: int, told: str, headers: dict[str, str], wait_s: float) -> None:
    found = asked(gives(status, headers={"retry-after": told, **headers}))
    assert isinstance(found, Wait)
    assert found.seconds == pytest.approx(wait_s)


def test_a_limit_that_names_no_time_is_waited_out_longer_each_time() -> None:
    clock = JumpingClock()
    limited = [True] * 8 + [False, True]
    server = Server(lambda request: httpx.Response(429) if limited.pop(0) else httpx.Response(201, json=row()))

    async def work() -> list[float]:
        echo = client(server, clock)
        waits = []
        for _ in range(10):
            answer = await create(echo)
            waits.append(answer.seconds if isinstance(answer, Wait) else 0.0)
            clock.now += waits[-1]
        return waits

    assert asyncio.run(clock.run(work())) == [5, 10, 20, 40, 80, 160, 300, 300, 0, 5]


def test_an_existing_id_that_is_missing_in_the_same_words_is_missing() -> None:
    found = asked(says("Bad", "Section with external id A does not exist"))
    assert found == Missing(Kind.SECTION, "Section with external id A does not exist")
    assert isinstance(asked(says("DuplicateExternalId", "A")), Exists)
