"""A line to the server that is cut is noticed within seconds; and the lines that tests cut are cut as they say."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from echodesk.errors import DatabaseTrouble
from echodesk.store.database import Database
from echodesk.store.postgresql_calls import ANSWER_S, LimitedConnection
from echodesk.store.servers import CALL_S, CONNECT_S, UNHEARD_MS
from echodesk.store.site import reads_along
from echodesk.store.trouble import converted
from tests.databases import postgres as postgres_server
from tests.databases.cut_line import Cut, Line, Lines


@pytest.fixture
def line(postgres: Path) -> Iterator[Line]:
    with Lines(postgres) as lines:
        yield lines.lay()


@pytest.fixture
def over_line(line: Line) -> Iterator[Database]:
    made = postgres_server.at(f"postgresql+psycopg://{postgres_server.USER}@127.0.0.1:{line.port}/postgres")
    yield made
    made.close()


def one(database: Database) -> int:
    return database.read(lambda connection: int(connection.exec_driver_sql("SELECT 1").scalar_one()))


# 0.0.0.0 is this machine, under a name that EchoDesk does not take for it.
@pytest.mark.parametrize(("host", "told"), [("0.0.0.0", "0.0.0.0"), ("127.0.0.1", ""), ("localhost", "")])
def test_a_line_to_postgresql_that_others_may_read_is_told_as_such(line: Line, host: str, told: str) -> None:
    database = postgres_server.at(f"postgresql+psycopg://{postgres_server.USER}@{host}:{line.port}/postgres")
    try:
        assert database.read(reads_along) == told
    finally:
        database.close()


@pytest.mark.parametrize("cut", [Cut.RESET, Cut.REFUSED])
def test_a_line_to_postgresql_that_is_cut_lets_nobody_new_in_until_it_is_mended(
    line: Line, over_line: Database, cut: Cut
) -> None:
    assert one(over_line) == 1
    line.cut(cut)
    if cut is Cut.REFUSED:
        assert one(over_line) == 1, "what was there goes on"
        over_line.close()
    with pytest.raises(DatabaseTrouble):
        one(over_line)
    line.mend()
    assert one(over_line) == 1


def test_a_server_in_place_of_postgresql_that_takes_the_connection_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = postgres_server.at(f"postgresql+psycopg://me@127.0.0.1:{silent.getsockname()[1]}/x")
        begun = time.monotonic()
        with pytest.raises(DatabaseTrouble) as told:
            one(database)
        took_s = time.monotonic() - begun
        database.close()
    assert told.value.title == "The database cannot be reached"
    assert "The server does not answer" in told.value.message
    assert "check the network and whether the server runs" in told.value.next_step
    assert took_s < CONNECT_S + 2


def test_a_line_to_postgresql_that_falls_silent_says_nothing_until_it_is_mended(
    line: Line, over_line: Database
) -> None:
    assert one(over_line) == 1
    line.cut(Cut.SILENT)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(one, over_line)
        with pytest.raises(TimeoutError):
            asked.result(0.5)
        line.mend()
        assert asked.result(10.0) == 1, "the dead connection was noticed, and another one opened"


def test_postgresql_is_given_up_when_it_stands_still_in_the_middle_of_a_call(
    line: Line, over_line: Database
) -> None:
    """What is sent is acknowledged, and no answer comes."""
    assert ANSWER_S > CALL_S
    with over_line.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, LimitedConnection)
        assert raw.answer_s == ANSWER_S
        raw.answer_s = 0.5
        line.cut(Cut.SILENT)
        begun = time.monotonic()
        with pytest.raises(DatabaseTrouble) as told, converted():
            connection.exec_driver_sql("SELECT 1")
        assert time.monotonic() - begun < 5.0
        assert told.value.title == "The database cannot be reached"
    line.mend()
    assert one(over_line) == 1


def test_postgresql_is_given_up_when_nothing_is_acknowledged(over_line: Database) -> None:
    """A cable that is pulled while something is on its way: without this it takes a quarter of an hour."""
    with over_line.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        with socket.socket(fileno=os.dup(raw.fileno())) as beneath:
            assert beneath.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNHEARD_MS
        asked = "SELECT reset_val FROM pg_settings WHERE name = 'tcp_user_timeout'"
        assert connection.exec_driver_sql(asked).scalar_one() == str(UNHEARD_MS)
