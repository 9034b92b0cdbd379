"""Every statement of the store and the timetable in PostgreSQL's words: looked at by people, and by a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from tests.databases.postgres import fresh
from tests.databases.statements import SNAPSHOT, all_statements, snapshot, translator

STATEMENTS = all_statements()
WORDS = translator()


def test_the_words_are_those_that_were_looked_at() -> None:
    """`python -m tests.databases.statements` writes them anew; the difference belongs into the same commit."""
    assert snapshot() == SNAPSHOT.read_text(encoding="utf-8")


def test_none_is_forgotten() -> None:
    modules = {name.split()[0] for name in STATEMENTS}
    assert modules >= {"store.queue", "store.queue_rows", "store.office", "store.screens", "timetable.statements"}
    assert len(STATEMENTS) > 290


@pytest.fixture(scope="module")
def connection(postgres: Path) -> Iterator[Connection]:
    """A database in which nothing is."""
    database = fresh(postgres, "statements")
    with database.engine.connect() as connection:
        yield connection
    database.close()


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_server_takes_it_and_finds_a_way(connection: Connection, name: str) -> None:
    """Every table and column is there, every comparison is of one kind, every key of an upsert is one."""
    sql = "EXPLAIN " + WORDS.words(STATEMENTS[name])[0]
    asked = text(sql).compile(connection)
    with connection.begin():
        connection.exec_driver_sql(str(asked), asked.params)


@pytest.mark.parametrize(
    "name", ["store.figures _TRANSFERRED", "store.figures _CALLS", "store.figures _LAST_MINUTE"]
)
def test_what_happened_lately_is_found_by_index(connection: Connection, name: str) -> None:
    """The time is one for a whole statement: if it could be another for each row, each would be looked at."""
    asked = text("EXPLAIN " + WORDS.words(STATEMENTS[name])[0]).compile(connection)
    with connection.begin():
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(connection.exec_driver_sql(str(asked), asked.params).scalars())
    assert re.search(r"stt_echo_audit_at.*Index Cond: \(\(?at > ", plan, re.DOTALL), plan
