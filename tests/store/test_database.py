"""Opening, checking and trouble: each with a message that says what to do, and nothing changed (design §5)."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from echodesk.errors import DatabaseBusy, DatabaseTrouble, SchemaMismatch
from echodesk.main import Office, data_folder
from echodesk.messages import Scope
from echodesk.store.database import SCHEMA_VERSION, Database, check_schema, install_sqlite, open_sqlite, statements
from echodesk.worker.books import Books
from tests.databases.engines import SQL


def fresh(path: Path, **options: float) -> Database:
    database = Database(open_sqlite(path, create=True, **options))
    install_sqlite(database, SQL)
    return database


def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="no database here"):
        open_sqlite(tmp_path / "echodesk.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_installing_twice_changes_nothing(tmp_path: Path) -> None:
    database = fresh(tmp_path / "a.sqlite")
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES ('lead', '7', 'ann')"))
    install_sqlite(database, SQL)
    check_schema(database)
    assert database.read(lambda c: c.execute(text("SELECT VALUE FROM STT_ECHO_SETTING")).scalar()) == "7"
    database.close()


@pytest.mark.parametrize("version", ["0", "1", str(int(SCHEMA_VERSION) + 1), "1.5", ""])
def test_another_version_of_the_tables_is_refused(tmp_path: Path, version: str) -> None:
    database = fresh(tmp_path / "a.sqlite")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE STT_ECHO_META SET VALUE = :v"), {"v": version})
    for open_again in (check_schema, lambda one: install_sqlite(one, SQL)):
        with pytest.raises(SchemaMismatch) as refused:
            open_again(database)
        assert "version" in refused.value.message
        assert "Nothing was changed" in refused.value.next_step
    database.close()


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE invoices (id INTEGER)")
    theirs.close()
    database = Database(open_sqlite(path))
    with pytest.raises(SchemaMismatch, match="not EchoDesk's"):
        install_sqlite(database, SQL)
    with pytest.raises(SchemaMismatch, match="not installed"):
        check_schema(database)
    names = database.read(lambda c: list(c.execute(text("SELECT name FROM sqlite_master")).scalars()))
    assert names == ["invoices"]
    database.close()


@pytest.mark.parametrize("content", [b"This is a letter, not a database. " * 40, b"\x00" * 8192])
def test_a_file_that_is_no_database_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.sqlite"
    path.write_bytes(content)
    database = Database(open_sqlite(path))
    with pytest.raises(DatabaseTrouble) as refused:
        check_schema(database)
    assert refused.value.next_step
    assert path.read_bytes()[:40] == content[:40]
    database.close()


def test_a_damaged_file_says_so_and_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = fresh(path)
    database.close()
    data = bytearray(path.read_bytes())
    data[4096 : len(data) // 2] = b"\xff" * (len(data) // 2 - 4096)
    path.write_bytes(bytes(data))
    damaged = Database(open_sqlite(path))
    with pytest.raises(DatabaseTrouble, match="damaged"):
        check_schema(damaged)
    damaged.close()


def test_a_locked_database_is_busy_and_works_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = fresh(path, busy_timeout_s=0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy, match="busy"):
        database.write(lambda c: c.execute(text("UPDATE STT_ECHO_LEASE SET STATE = 'x'")))
    assert database.read(lambda c: c.execute(text("SELECT count(*) FROM STT_ECHO_QUEUE")).scalar()) == 0
    other.execute("ROLLBACK")
    other.close()
    database.write(lambda c: c.execute(text("UPDATE STT_ECHO_LEASE SET STATE = 'x'")))
    database.close()


def test_a_read_only_database_can_be_read_and_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    fresh(path).close()
    database = Database(open_sqlite(path))
    # As root no mode of the file hinders anyone; this is what SQLite itself says then.
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.rollback()
    with pytest.raises(DatabaseTrouble) as refused:
        database.write(lambda c: c.execute(text("UPDATE STT_ECHO_LEASE SET STATE = 'x'")))
    assert refused.value.title == "The database cannot be written"
    check_schema(database)
    database.close()


def test_a_full_disk_keeps_nothing_of_the_step(tmp_path: Path) -> None:
    database = fresh(tmp_path / "a.sqlite")

    def fill(connection: Connection) -> None:
        for number in range(5_000):
            connection.execute(
                text("INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES (:n, :v, 'ann')"),
                {"n": str(number), "v": "x" * 4_000},
            )

    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.rollback()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
        connection.rollback()
    with pytest.raises(DatabaseTrouble, match="disk is full"):
        database.write(fill)
    assert database.read(lambda c: c.execute(text("SELECT count(*) FROM STT_ECHO_SETTING")).scalar()) == 0
    database.close()


def test_a_folder_that_vanished_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    database = Database(open_sqlite(folder / "a.sqlite", create=True))
    shutil.rmtree(folder)
    with pytest.raises(DatabaseTrouble, match="cannot be opened"):
        install_sqlite(database, SQL)
    database.close()


def test_a_transaction_that_fails_leaves_nothing(office: Office) -> None:
    class Defect(Exception):
        pass

    def half(books: Books) -> None:
        books.office.pause(Scope(), "exams", "ann", "")
        raise Defect

    with pytest.raises(Defect):
        office.write(half)
    assert office.read(lambda books: books.office.pauses()) == []


def test_a_read_is_one_snapshot_while_others_write(office: Office) -> None:
    def read(books: Books) -> tuple[int, int]:
        first = books.queue.waiting_entries()
        with office.database.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, SETID, SLOTID)"
                    " VALUES ('RETRY', 'UPDATE', '2030/31', 1)"
                )
            )
        return first, books.queue.waiting_entries()

    assert office.read(read) == (0, 0)
    assert office.read(lambda books: books.queue.waiting_entries()) == 1


def test_only_the_owner_may_read_the_data_folder(tmp_path: Path) -> None:
    data_folder(tmp_path / "data").install()
    if os.name == "posix":
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_script_that_ends_inside_a_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="inside a statement"):
        list(statements("CREATE TABLE a (b);\nCREATE TABLE c ("))
