"""Opening Oracle, as far as it goes without one: what the driver is asked, and what becomes of its errors.

The driver of these tests is a fake behind SQLAlchemy's own dialect; where nobody listens it is oracledb itself.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import oracledb
import pytest
from sqlalchemy import text
from sqlalchemy.exc import CompileError, DatabaseError

from echodesk.errors import DatabaseBusy, DatabaseTrouble, RowRefused, WrongUse
from echodesk.store.connection import ORACLE, checked_schema
from echodesk.store.database import Database
from echodesk.store.oracle import CALL_S, CONNECT_S, PING_S, open_oracle
from echodesk.store.oracle_sign_in import ANSWER_S
from echodesk.store.trouble import converted
from tests.databases.engines import SQL
from tests.databases.oracle_driver import Driver, Told, Var, opened_on

ADD = text("INSERT INTO STT_ECHO_STOP (KIND, REASON) VALUES (:kind, :reason) RETURNING ID")
TAKE = text("UPDATE STT_ECHO_DIRTY SET GUARDED = :guarded WHERE MARK = :mark RETURNING ROOMID, LESSON_DATE")


@pytest.fixture
def driver() -> Driver:
    """A connection that answers everything."""
    return Driver()


@pytest.fixture
def database(driver: Driver) -> Iterator[Database]:
    """On that connection, through SQLAlchemy's dialect for oracledb."""
    made = opened_on(driver)
    yield made
    made.close()


def said(driver: Driver) -> list[str]:
    """The statements that it was asked, in their order."""
    return [one for one, _given in driver.asked]


def test_a_session_begins_with_what_all_rely_on(database: Database, driver: Driver) -> None:
    database.read(lambda connection: None)
    assert "NLS_SORT = BINARY NLS_COMP = BINARY" in said(driver)[0]
    assert said(driver)[1] == "ALTER SESSION SET CURRENT_SCHEMA = ECHODESK"


def test_reading_is_one_snapshot(database: Database, driver: Driver) -> None:
    database.read(lambda connection: connection.execute(text("DELETE FROM STT_ECHO_INTENT")))
    begun = said(driver).index("SET TRANSACTION READ ONLY")
    assert said(driver)[begun + 1] == "DELETE FROM STT_ECHO_INTENT"


def test_who_writes_waits_for_its_turn_and_not_for_ever(database: Database, driver: Driver) -> None:
    database.write(lambda connection: connection.execute(text("DELETE FROM STT_ECHO_INTENT")))
    assert "SET TRANSACTION READ ONLY" not in said(driver)
    turn = said(driver).index("SELECT EPOCH FROM STT_ECHO_LEASE WHERE ID = 1 FOR UPDATE WAIT 10")
    assert said(driver)[turn + 1 :][:2] == ["DELETE FROM STT_ECHO_INTENT", "COMMIT"]


def test_no_call_lasts_longer_than_it_may(database: Database, driver: Driver) -> None:
    for _time in range(2):
        database.write(lambda connection: connection.execute(text("DELETE FROM STT_ECHO_INTENT")))
    # Two for the session; then a question and its answer, once without and once with a ping before it.
    work, ping = CALL_S * 1000, PING_S * 1000
    assert driver.timeouts == [ping, ping, work, work, ping, work, work]


def test_what_is_returned_comes_as_rows(database: Database, driver: Driver) -> None:
    driver.returns = [[41]]
    made = database.write(lambda connection: connection.execute(ADD, {"kind": "DAY", "reason": "x"}).scalar_one())
    assert made == 41
    asked, given = next(one for one in driver.asked if one[0].startswith("INSERT"))
    assert asked == "INSERT INTO STT_ECHO_STOP (KIND, REASON) VALUES (:kind, :reason) RETURNING ID INTO :ret_0"
    assert (given["kind"], given["reason"]) == ("DAY", "x")
    assert isinstance(given["ret_0"], Var)


def test_many_rows_are_returned_by_name_and_truth_goes_as_a_number(database: Database, driver: Driver) -> None:
    driver.returns = [["R1", "R2"], ["2030-09-09", "2030-09-10"]]
    rows = database.write(lambda connection: connection.execute(TAKE, {"guarded": True, "mark": 7}).all())
    assert [(row.ROOMID, row.LESSON_DATE) for row in rows] == [("R1", "2030-09-09"), ("R2", "2030-09-10")]
    given = next(one for said, one in driver.asked if said.startswith("UPDATE"))
    assert given["guarded"] == 1
    assert type(given["guarded"]) is int


def test_no_row_is_returned_of_none(database: Database, driver: Driver) -> None:
    driver.returns = [[], []]
    assert database.write(lambda connection: connection.execute(TAKE, {"guarded": 0, "mark": 7}).all()) == []


def test_what_is_not_known_is_refused(database: Database) -> None:
    with database.engine.connect() as connection, pytest.raises(CompileError):
        connection.execute(text("SELECT ID FROM STT_ECHO_STOP WHERE KIND LIKE 'B%'"))


def test_a_connection_that_does_not_answer_is_made_anew(database: Database, driver: Driver) -> None:
    database.read(lambda connection: None)
    driver.silent = True
    database.read(lambda connection: None)
    assert len([one for one in said(driver) if one.startswith("ALTER SESSION SET NLS")]) == 2


def test_names_of_schemas_are_looked_at() -> None:
    assert checked_schema("echodesk_1", ORACLE) == "ECHODESK_1"
    for name in ("", "1A", "A B", "A;DROP", 'A"', "A" * 129):
        with pytest.raises(WrongUse):
            checked_schema(name, ORACLE)


def _tried(port: int, protocol: str = "tcp") -> tuple[DatabaseTrouble, float]:
    address = f"oracle+oracledb://me:secret@127.0.0.1:{port}/?service_name=x&protocol={protocol}"
    database = Database(open_oracle(address, SQL))
    begun = time.monotonic()
    try:
        with pytest.raises(DatabaseTrouble) as told:
            database.read(lambda connection: connection.execute(text("DELETE FROM STT_ECHO_INTENT")))
    finally:
        database.close()
    return told.value, time.monotonic() - begun


def test_where_nobody_listens_it_is_said_within_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    told, took_s = _tried(port)
    assert told.title == "The database cannot be reached"
    assert "secret" not in str(told)
    assert took_s < CONNECT_S + 2


@pytest.mark.parametrize("protocol", ["tcp", "tcps"])
def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up(protocol: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told, took_s = _tried(silent.getsockname()[1], protocol)
    assert told.title == "The database cannot be reached"
    assert "The server does not answer" in told.message
    assert "check the network and whether the server runs" in told.next_step
    assert took_s < CONNECT_S + 2 * ANSWER_S + 2


def _packet(kind: int, held: bytes) -> bytes:
    """One of Oracle's protocol: 5 sends the driver elsewhere, 6 says where, behind its flags."""
    return struct.pack(">HHBBH", 8 + len(held), 0, kind, 0, 0) + held


# The driver leaves the first connection for Python to close.
@pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_sends_the_driver_to_one_that_says_nothing_is_given_up() -> None:
    """As clusters do: it is another connection, on which the first one's limit is gone."""
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as silent:
        where = (
            f"(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT={silent.getsockname()[1]}))\0(DESCRIPTION=)".encode()
        )

        def send_elsewhere() -> None:
            with first.accept()[0] as asking:
                asking.recv(8192)
                asking.sendall(_packet(5, struct.pack(">H", len(where))) + _packet(6, b"\0\0" + where))
                silent.settimeout(ANSWER_S)
                with silent.accept()[0] as sent:
                    while sent.recv(8192):
                        pass

        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(send_elsewhere)
            told, took_s = _tried(first.getsockname()[1])
            asked.result(ANSWER_S)
    assert told.title == "The database cannot be reached"
    assert took_s < CONNECT_S + 2 * ANSWER_S + 2


def test_after_the_sign_in_its_limits_are_gone(database: Database, driver: Driver) -> None:
    driver.operation_callback = driver.round_trip_callback = print
    database.read(lambda connection: None)
    assert (driver.operation_callback, driver.round_trip_callback) == (None, None)


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("ORA-01017", "The database does not let EchoDesk in"),
        ("ORA-28001", "The database does not let EchoDesk in"),
        ("ORA-12514", "There is no such database"),
        ("ORA-01435", "There is no such schema"),
        ("DPY-6001", "There is no such database"),
        ("DPY-4011", "The database cannot be reached"),
        ("ORA-00028", "The database cannot be reached"),
        ("ORA-01653", "The database's disk is full"),
        ("ORA-02391", "The database has no room for one more connection"),
        ("ORA-30006", "The database is busy"),
        ("DPY-4024", "The database takes too long"),
        ("ORA-01031", "EchoDesk may not do this in the database"),
        ("ORA-16000", "The database cannot be written"),
        ("ORA-00372", "The database cannot be written"),
        ("ORA-01647", "The database cannot be written"),
        ("ORA-00904", "The tables are not as this EchoDesk needs them"),
        ("ORA-00942", "The tables are not as this EchoDesk needs them"),
        ("ORA-00600", "The database refused a step"),
    ],
)
def test_an_error_of_oracles_says_what_to_do(code: str, title: str) -> None:
    error = oracledb.DatabaseError(Told(code))
    with pytest.raises(DatabaseTrouble) as told, converted():
        raise DatabaseError("SELECT", {}, error)
    assert told.value.title == title
    assert isinstance(told.value, DatabaseBusy) == (code in ("ORA-30006", "DPY-4024"))


@pytest.mark.parametrize("code", ["ORA-00942", "ORA-02289", "ORA-04043"])
def test_what_oracle_does_not_show_may_be_there_without_a_right_on_it(code: str) -> None:
    with pytest.raises(DatabaseTrouble) as told, converted():
        raise DatabaseError("SELECT", {}, oracledb.DatabaseError(Told(code)))
    assert "or a right on it" in told.value.message
    assert "ask the database's administrator for the right" in told.value.next_step


@pytest.mark.parametrize("code", ["ORA-12899", "ORA-01400", "ORA-20001"])
def test_a_row_that_does_not_fit_is_refused_alone(code: str) -> None:
    with pytest.raises(RowRefused), converted():
        raise DatabaseError("INSERT", {}, oracledb.DatabaseError(Told(code)))
