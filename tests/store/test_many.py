"""Many rows in one statement arrive as they were given, whatever stands in their texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from echodesk.main import Office
from echodesk.store.many import ManyRows

CALLS = ManyRows("STT_ECHO_AUDIT", {"WHO": "who", "ACTION": "action", "ANSWER": "answer", "MS": "ms"})
SINCE = ManyRows(
    "STT_ECHO_SENIORITY",
    {"SETID": "setid", "SLOTID": "slotid", "QUEUE_ID": "queue"},
    stamped="SINCE",
    replace=True,
)


@pytest.fixture
def connection(office: Office) -> Iterator[Connection]:
    with office.database.engine.begin() as connection:
        yield connection


def call(answer: str | None, ms: object) -> dict[str, object]:
    return {"who": "EchoDesk", "action": "GET", "answer": answer, "ms": ms}


def told(connection: Connection) -> list[tuple[object, ...]]:
    rows = connection.execute(text("SELECT ANSWER, MS FROM STT_ECHO_AUDIT ORDER BY ID"))
    return [tuple(row) for row in rows]


def kept(connection: Connection, name: str) -> str:
    """A text as the engine keeps it: PostgreSQL has no NUL character."""
    return name if connection.dialect.name == "sqlite" else name.replace("\0", "\ufffd")


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "",
        " space ",
        "a'b\"c\\d",
        "line\nbreak\ttab",
        "é ß 語 😀",
        '{"a": [1, null]}',
        "null",
        "7",
        "100 %(x)s :y",
        "\\u0000",
        None,
    ],
)
def test_a_text_arrives_as_it_was(connection: Connection, name: str | None) -> None:
    CALLS.insert(connection, [call(name, 3)])
    assert told(connection) == [(name, 3)]


def test_a_text_that_json_would_cut_is_whole_and_so_are_its_neighbours(connection: Connection) -> None:
    CALLS.insert(connection, [call("a\0b", 1), call("c", None)])
    assert told(connection) == [(kept(connection, "a\0b"), 1), ("c", None)]


def test_numbers_and_truth_arrive_as_numbers(connection: Connection) -> None:
    CALLS.insert(connection, [call("x", True), call("y\0", False), call("z", 1_000)])
    assert [ms for _answer, ms in told(connection)] == [1, 0, 1_000]
    assert connection.execute(text("SELECT sum(MS) FROM STT_ECHO_AUDIT")).scalar_one() == 1_001


def test_none_writes_nothing(connection: Connection) -> None:
    CALLS.insert(connection, [])
    assert told(connection) == []


@pytest.mark.parametrize("setid", ["2030/31", "2030\0"])
def test_a_stamped_row_takes_the_place_of_the_older_one(connection: Connection, setid: str) -> None:
    old = text("INSERT INTO STT_ECHO_SENIORITY (SETID, SLOTID, QUEUE_ID, SINCE) VALUES (:setid, 1, 1, 'then')")
    connection.execute(old, {"setid": setid})
    SINCE.insert(connection, [{"setid": setid, "slotid": 1, "queue": 2**53}])
    ((found, queue, at),) = connection.execute(text("SELECT SETID, QUEUE_ID, SINCE FROM STT_ECHO_SENIORITY")).all()
    assert (found, queue) == (kept(connection, setid), 2**53)
    assert len(at) == len("2026-11-21T06:00:00.000Z")
    assert at != "then"
