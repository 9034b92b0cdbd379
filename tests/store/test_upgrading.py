"""The tables of every earlier version become this version's, with all that they hold, or stay as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from echodesk import paths
from echodesk.errors import NotLeading, SchemaMismatch
from echodesk.store.database import (
    ROOM_FEATURES,
    SCHEMA_VERSION,
    Database,
    check_schema,
    install_sqlite,
    open_sqlite,
)
from echodesk.store.office import Office
from echodesk.store.upgrading import UPGRADABLE, upgrade_sqlite
from tests.store import unread_requests

SCHEMAS = Path(__file__).with_name("schemas")
STOOD_STILL = (
    "UPDATE STT_ECHO_LEASE SET HOLDER = 'ann', EPOCH = 7, UNTIL = '2001-01-01T00:00:00.000Z', STATE = '[]'"
)
"""A lease that has run out, of one who may wake and renew it."""
LEASE = "SELECT HOLDER, EPOCH, UNTIL, STATE FROM STT_ECHO_LEASE"


def made_by(version: str, file: Path) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((SCHEMAS / f"{version}.sql").read_text(encoding="utf-8"))
        connection.execute("INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES ('lead', '7', 'ann')")
        connection.execute(
            "INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, SETID, SLOTID) VALUES ('RETRY', 'UPDATE', '2030/31', 5)"
        )
        connection.commit()
    return file


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    database = Database(open_sqlite(tmp_path / "fresh.sqlite", create=True))
    install_sqlite(database, paths.sql_folder())
    yield database
    database.close()


def shape(database: Database) -> set[tuple[str, str]]:
    """Everything that the database is made of, with its SQL."""
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {(name, " ".join(sql.split())) for name, sql in rows if not name.startswith("sqlite_")}


def rows_of(file: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT NAME, VALUE, BY FROM STT_ECHO_SETTING").fetchall()
        return [*found, *connection.execute("SELECT ID, SETID, SLOTID, STATUS FROM STT_ECHO_QUEUE").fetchall()]


def test_there_is_a_script_of_each_version_that_can_be_upgraded() -> None:
    assert sorted(one.stem for one in SCHEMAS.glob("*.sql")) == sorted(UPGRADABLE["sqlite"])


@pytest.mark.parametrize("version", UPGRADABLE["sqlite"])
def test_it_ends_like_a_new_one_and_keeps_its_rows(version: str, tmp_path: Path, fresh: Database) -> None:
    file = made_by(version, tmp_path / "old.sqlite")
    before = rows_of(file)
    database = Database(open_sqlite(file))
    try:
        with pytest.raises(SchemaMismatch, match="another version"):
            check_schema(database)
        done = upgrade_sqlite(database, file, paths.sql_folder())
        check_schema(database)
        assert shape(database) == shape(fresh)
        assert rows_of(file) == before != []
        assert done.was == version
        assert done.copy is not None
        assert rows_of(done.copy) == before, "as it was, beside it"
        assert upgrade_sqlite(database, file, paths.sql_folder()).copy is None
    finally:
        database.close()


@pytest.mark.parametrize("there", ["all of them", "some of them"])
def test_the_optional_triggers_stay_and_are_this_version_s(there: str, tmp_path: Path, fresh: Database) -> None:
    script = (paths.sql_folder() / "sqlite" / f"{ROOM_FEATURES}.sql").read_text(encoding="utf-8")
    file = made_by(UPGRADABLE["sqlite"][-1], tmp_path / "old.sqlite")
    for one in (file, tmp_path / "fresh.sqlite"):
        with closing(sqlite3.connect(one)) as connection:
            connection.executescript(script)
            if one == file and there == "some of them":
                connection.execute("DROP TRIGGER STT_ECHO_ROOMFEATURES_UPDATE")
    database = Database(open_sqlite(file))
    try:
        upgrade_sqlite(database, file, paths.sql_folder())
        assert shape(database) == shape(fresh)
    finally:
        database.close()


def test_rows_that_have_no_place_stop_it_and_nothing_changes(tmp_path: Path) -> None:
    file = made_by("1", tmp_path / "old.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "INSERT INTO STT_ECHO_DECISION (KIND, SETID, SLOTIDS, FINGERPRINT, BY)"
            " VALUES ('x', 's', '[]', '[]', 'ann')"
        )
        connection.commit()
    database = Database(open_sqlite(file))
    try:
        before = shape(database)
        with pytest.raises(SchemaMismatch, match="cannot be upgraded"):
            upgrade_sqlite(database, file, paths.sql_folder())
        assert shape(database) == before
    finally:
        database.close()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE STT_ECHO_META SET VALUE = '99'", "cannot be upgraded"),
        ("UPDATE STT_ECHO_LEASE SET HOLDER = 'ann', UNTIL = '2999-01-01T00:00:00.000Z'", "is sending"),
    ],
)
def test_what_cannot_be_upgraded_now_is_left_alone(sql: str, said: str, tmp_path: Path) -> None:
    file = made_by("1", tmp_path / "old.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(sql)
        connection.commit()
    database = Database(open_sqlite(file))
    try:
        before = shape(database)
        with pytest.raises(SchemaMismatch, match=said):
            upgrade_sqlite(database, file, paths.sql_folder())
        assert shape(database) == before
        assert list(tmp_path.glob("*-schema-*")) == []
    finally:
        database.close()


@pytest.mark.parametrize("version", UPGRADABLE["sqlite"])
def test_who_led_and_stood_still_does_not_go_on_in_the_upgraded_tables(version: str, tmp_path: Path) -> None:
    file = made_by(version, tmp_path / "old.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(STOOD_STILL)
        connection.commit()
    database = Database(open_sqlite(file))
    try:
        upgrade_sqlite(database, file, paths.sql_folder())
        with pytest.raises(NotLeading):
            database.write(lambda connection: Office(connection).guard(7))
        assert not database.write(lambda connection: Office(connection).renew_lease("ann", 7, 30.0))
        with database.engine.connect() as now:
            assert tuple(now.exec_driver_sql(LEASE).one()) == (None, 8, None, None)
    finally:
        database.close()


@pytest.mark.parametrize("version", UPGRADABLE["sqlite"])
def test_requests_that_nobody_has_read_say_whether_a_recording_was_asked_for_where_none_was(
    version: str, tmp_path: Path
) -> None:
    file = made_by(version, tmp_path / "old.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        for one in unread_requests.ADDED:
            connection.execute(one)
        connection.commit()
    database = Database(open_sqlite(file))
    try:
        upgrade_sqlite(database, file, paths.sql_folder())
        with database.engine.connect() as now:
            found = now.exec_driver_sql(unread_requests.NUMBERS).scalars().all()
        assert found == unread_requests.NEWLY_ASKED
    finally:
        database.close()


def test_this_versions_number_belongs_to_these_tables() -> None:
    assert SCHEMA_VERSION not in UPGRADABLE["sqlite"]
