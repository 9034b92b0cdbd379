"""Many rows in one statement arrive as they were given, whatever stands in their texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from echodesk.store.many import ManyRows

THINGS = ManyRows("THING", {"ID": "id", "NAME": "name", "COUNT": "count"})
STAMPED = ManyRows("THING", {"ID": "id", "NAME": "name"}, stamped="AT", replace=True)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE THING (ID INTEGER PRIMARY KEY, NAME TEXT, COUNT INTEGER, AT TEXT)"))
        yield connection
    engine.dispose()


def rows(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text("SELECT ID, NAME, COUNT FROM THING ORDER BY ID"))]


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
        "a\0b",
        None,
    ],
)
def test_a_text_arrives_as_it_was(connection: Connection, name: str | None) -> None:
    THINGS.insert(connection, [{"id": 1, "name": name, "count": 3}])
    assert rows(connection) == [(1, name, 3)]


def test_a_text_that_json_would_cut_leaves_its_neighbours_whole(connection: Connection) -> None:
    THINGS.insert(connection, [{"id": 1, "name": "a\0b", "count": 1}, {"id": 2, "name": "c", "count": None}])
    assert rows(connection) == [(1, "a\0b", 1), (2, "c", None)]


def test_numbers_and_truth_arrive_as_numbers(connection: Connection) -> None:
    THINGS.insert(connection, [{"id": 1, "name": "x", "count": True}, {"id": 2, "name": "y", "count": 2**53}])
    found = connection.execute(text("SELECT typeof(COUNT), COUNT FROM THING ORDER BY ID")).all()
    assert [tuple(row) for row in found] == [("integer", 1), ("integer", 2**53)]


def test_none_writes_nothing(connection: Connection) -> None:
    THINGS.insert(connection, [])
    assert rows(connection) == []


@pytest.mark.parametrize("name", ["new", "new\0"])
def test_a_stamped_row_takes_the_place_of_the_older_one(connection: Connection, name: str) -> None:
    connection.execute(text("INSERT INTO THING (ID, NAME, AT) VALUES (1, 'old', 'then')"))
    STAMPED.insert(connection, [{"id": 1, "name": name}])
    ((found, at),) = connection.execute(text("SELECT NAME, AT FROM THING")).all()
    assert found == name
    assert len(at) == len("2026-11-21T06:00:00.000Z")
    assert at != "then"
