"""Whatever goes wrong with a server is told in the office's words, and what was at work is whole or not there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from echodesk.errors import DatabaseBusy, DatabaseTrouble, RightMissing, RowRefused, SchemaMismatch
from echodesk.store.database import Database, check_schema
from echodesk.store.servers import install_postgresql
from echodesk.store.trouble import converted
from tests.databases.engines import SQL, Opener
from tests.databases.postgres import LOCKED, USER, at, by_copy, fresh, opened, run_statement

SETTING = text("INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES (:name, '1', 'ann')")
SETTINGS = text("SELECT count(*) FROM STT_ECHO_SETTING")


@pytest.fixture(scope="session")
def opener(postgres: Path) -> Opener:
    """PostgreSQL alone, without a timetable."""
    fresh(postgres, "trouble").close()
    return by_copy(postgres, "trouble", "trouble_copy")


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    """Another program on the same database."""
    made = at(database.engine.url)
    yield made
    made.close()


def trouble_of(work: Callable[[], Any]) -> DatabaseTrouble:
    with pytest.raises(DatabaseTrouble) as found:
        work()
    assert found.value.message
    assert found.value.next_step
    return found.value


def run(sql: str) -> Callable[[Connection], None]:
    return lambda connection: connection.exec_driver_sql(sql).close()


# ---- no way in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["", ":", ":wrong", ":late"], ids=["none", "empty", "wrong", "past its end"])
def test_a_password_that_is_wrong(postgres: Path, password: str) -> None:
    user = "late" if password == ":late" else "staff"
    run_statement(postgres, f"DROP DATABASE IF EXISTS {LOCKED}")
    run_statement(postgres, f"DROP ROLE IF EXISTS {user}")
    run_statement(postgres, f"CREATE DATABASE {LOCKED}")
    run_statement(postgres, f"CREATE ROLE {user} LOGIN PASSWORD '{user}' VALID UNTIL '2020-01-01'")
    if user == "staff":
        run_statement(postgres, "ALTER ROLE staff VALID UNTIL 'infinity'")
    database = at(f"postgresql+psycopg://{user}{password}@/{LOCKED}?host={postgres}")
    told = trouble_of(lambda: database.read(run("SELECT 1")))
    assert told.title == "The database does not let EchoDesk in"
    if password not in ("", ":"):
        assert password[1:] not in told.as_text().replace(f'"{user}"', "")


def test_a_user_that_is_not_known(postgres: Path) -> None:
    told = trouble_of(lambda: at(f"postgresql+psycopg://nobody@/postgres?host={postgres}").read(run("SELECT 1")))
    assert told.title == "The database does not let EchoDesk in"


def test_a_database_that_is_not_there(postgres: Path) -> None:
    told = trouble_of(lambda: opened(postgres, "nowhere").read(run("SELECT 1")))
    assert told.title == "There is no such database"


@pytest.mark.parametrize("address", [f"{USER}@127.0.0.1:1/x", f"{USER}@/x?host=/nowhere"])
def test_a_server_that_does_not_answer(address: str) -> None:
    told = trouble_of(lambda: at(f"postgresql+psycopg://{address}").read(run("SELECT 1")))
    assert told.title == "The database cannot be reached"


# ---- the connection is cut --------------------------------------------------------------------------------------

_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_connection_that_died_while_nobody_used_it_is_not_noticed(database: Database, other: Database) -> None:
    database.read(run("SELECT 1"))
    other.read(run(_OTHERS))
    database.write(lambda connection: connection.execute(SETTING, {"name": "a"}))
    assert database.read(lambda connection: connection.execute(SETTINGS).scalar_one()) == 1


def test_a_connection_that_dies_at_work_leaves_nothing_behind_and_the_next_one_works(
    database: Database, other: Database
) -> None:
    def work(connection: Connection, name: str) -> None:
        connection.execute(SETTING, {"name": name})
        if name == "a":
            other.read(run(_OTHERS))
        connection.execute(SETTING, {"name": f"{name} too"})

    told = trouble_of(lambda: database.write(lambda connection: work(connection, "a")))
    assert told.title == "The database cannot be reached"
    assert not isinstance(told, DatabaseBusy)
    database.write(lambda connection: work(connection, "b"))
    assert database.read(lambda connection: connection.execute(SETTINGS).scalar_one()) == 2


def test_who_falls_asleep_in_the_middle_of_writing_holds_nobody_up(database: Database, other: Database) -> None:
    asleep, awake = threading.Event(), threading.Event()

    def sleeper(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
        connection.execute(SETTING, {"name": "a"})
        asleep.set()
        assert awake.wait(20)
        connection.execute(SETTING, {"name": "b"})

    with ThreadPoolExecutor(1) as threads:
        sleeping = threads.submit(database.write, sleeper)
        assert asleep.wait(20)
        other.write(lambda connection: connection.execute(SETTING, {"name": "c"}))
        awake.set()
        told = trouble_of(sleeping.result)
    assert told.title == "The database cannot be reached"
    assert other.read(lambda connection: connection.execute(SETTINGS).scalar_one()) == 1


# ---- a statement is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "title", "kind"),
    [
        (
            ("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(20)"),
            "The database takes too long",
            DatabaseBusy,
        ),
        (
            ("CREATE ROLE guest", "SET LOCAL ROLE guest", "DELETE FROM STT_ECHO_SETTING"),
            "EchoDesk may not do this in the database",
            RightMissing,
        ),
        (
            ("SET TRANSACTION READ ONLY", "DELETE FROM STT_ECHO_SETTING"),
            "The database cannot be written",
            DatabaseTrouble,
        ),
        *(
            ((f"DO $$ BEGIN RAISE EXCEPTION 'told' USING ERRCODE = '{state}'; END $$",), title, DatabaseTrouble)
            for state, title in (
                ("53100", "The database's disk is full"),
                ("53300", "The database has no room for one more connection"),
                ("57P03", "The database cannot be reached"),
            )
        ),
        (("SELECT * FROM NOWHERE",), "The tables are not as this EchoDesk needs them", DatabaseTrouble),
        (
            ("SELECT NOTHING FROM STT_ECHO_META",),
            "The tables are not as this EchoDesk needs them",
            DatabaseTrouble,
        ),
        (("INSERT INTO STT_ECHO_LEASE (ID) VALUES (7)",), "The database refuses a row", RowRefused),
        (("INSERT INTO STT_ECHO_LEASE (ID, EPOCH) VALUES (7, 1)",), "The database refuses a row", RowRefused),
        (("SELECT CAST('x' AS INTEGER)",), "The database refuses a row", RowRefused),
        (("SELEC",), "The database refused a step", DatabaseTrouble),
    ],
)
def test_what_is_refused_says_what_to_do(
    database: Database, statements: tuple[str, ...], title: str, kind: type[DatabaseTrouble]
) -> None:
    def work(connection: Connection) -> None:
        for sql in statements:
            connection.exec_driver_sql(sql)

    told = trouble_of(lambda: database.write(work))
    assert (told.title, type(told)) == (title, kind)


def test_a_lock_that_is_not_let_go_is_a_busy_database(database: Database, other: Database) -> None:
    def work(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        connection.exec_driver_sql("LOCK TABLE STT_ECHO_SETTING")

    with other.engine.begin() as holder:
        holder.exec_driver_sql("LOCK TABLE STT_ECHO_SETTING")
        told = trouble_of(lambda: database.write(work))
    assert (told.title, type(told)) == ("The database is busy", DatabaseBusy)


def test_two_who_wait_for_each_other_are_a_busy_database_to_one_of_them(
    database: Database, other: Database
) -> None:
    first, second = "LOCK TABLE STT_ECHO_SETTING", "LOCK TABLE STT_ECHO_META"
    locked, waiting = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL deadlock_timeout = '50ms'")
        connection.exec_driver_sql(first)
        locked.set()
        assert waiting.wait(20)
        connection.exec_driver_sql(second)

    with ThreadPoolExecutor(1) as threads, other.engine.begin() as opposite:
        opposite.exec_driver_sql("SET LOCAL deadlock_timeout = '20s'")
        opposite.exec_driver_sql(second)
        working = threads.submit(database.write, work)
        assert locked.wait(20)
        waiting.set()
        opposite.exec_driver_sql(first)
        told = trouble_of(working.result)
    assert (told.title, type(told)) == ("The database is busy", DatabaseBusy)


def test_what_changed_under_a_snapshot_is_a_busy_database(database: Database, other: Database) -> None:
    def work() -> None:
        with converted(), database.engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("SELECT count(*) FROM STT_ECHO_META")
            other.write(run("UPDATE STT_ECHO_LEASE SET STATE = 'x'"))
            connection.exec_driver_sql("UPDATE STT_ECHO_LEASE SET STATE = 'y'")

    told = trouble_of(work)
    assert (told.title, type(told)) == ("The database is busy", DatabaseBusy)


def test_who_reads_cannot_write(database: Database) -> None:
    told = trouble_of(lambda: database.read(run("UPDATE STT_ECHO_LEASE SET STATE = 'y'")))
    assert told.title == "The database cannot be written"


# ---- the tables -------------------------------------------------------------------------------------------------


def refused(work: Callable[[Database], object], database: Database, why: str) -> None:
    with pytest.raises(SchemaMismatch, match=why):
        work(database)


def install(database: Database) -> None:
    install_postgresql(database, SQL)


def test_tables_are_made_beside_a_timetable_and_nowhere_else(postgres: Path) -> None:
    run_statement(postgres, "CREATE DATABASE empty_one")
    database = opened(postgres, "empty_one")
    refused(install, database, "timetable is not here")
    refused(check_schema, database, "not installed")
    count = "SELECT count(*) FROM pg_class WHERE relname LIKE 'stt_echo%%'"
    assert database.read(lambda connection: connection.exec_driver_sql(count).scalar_one()) == 0
    database.close()


def test_tables_of_another_version_are_left_alone(database: Database) -> None:
    install(database)
    check_schema(database)
    database.write(run("UPDATE STT_ECHO_META SET VALUE = '2' WHERE NAME = 'schema_version'"))
    refused(install, database, "version 2")
    refused(check_schema, database, "version 2")


def test_two_databases_are_told_apart(postgres: Path) -> None:
    def mark(name: str) -> str:
        database = fresh(postgres, name)
        asked = text("SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'database'")
        found = str(database.read(lambda connection: connection.execute(asked).scalar_one()))
        database.close()
        return found

    one, other = mark("one_mark"), mark("other_mark")
    assert one != other
    assert len(one) == len(other) == 32
