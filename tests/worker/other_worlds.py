"""The worker under virtual time on a file, and on PostgreSQL: each transaction there begins by saying what time it
is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from echodesk.main import Office
from echodesk.store.database import Database
from echodesk.store.postgresql_still import run_script
from tests.databases import postgres
from tests.databases.cmis import Cmis
from tests.databases.engines import Opener
from tests.worker.campus import fill_university
from tests.worker.quick_store import on_file
from tests.worker.virtual_time import UTC_AT_START
from tests.worker.world import World

_TIME = """
CREATE OR REPLACE FUNCTION STT_ECHO_NOW() RETURNS TEXT LANGUAGE SQL STABLE AS
$$ SELECT current_setting('echodesk.now') $$;
CREATE OR REPLACE FUNCTION STT_ECHO_NOW(SHIFT TEXT) RETURNS TEXT LANGUAGE SQL STABLE AS
$$ SELECT to_char(CAST(replace(current_setting('echodesk.now'), 'Z', '') AS TIMESTAMP) + CAST(SHIFT AS INTERVAL),
                  'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
"""
_WATCH = """
CREATE TABLE TEST_STATUS_STEP (KIND TEXT, ID BIGINT, OLD TEXT, NEW TEXT);
CREATE FUNCTION TEST_STEP() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$ BEGIN
    INSERT INTO TEST_STATUS_STEP VALUES (TG_ARGV[0], NEW.ID, OLD.STATUS, NEW.STATUS);
    RETURN NEW;
END $$;
CREATE TRIGGER TEST_QUEUE AFTER UPDATE OF STATUS ON STT_ECHO_QUEUE FOR EACH ROW
    WHEN (OLD.STATUS <> NEW.STATUS) EXECUTE FUNCTION TEST_STEP('QUEUE');
CREATE TRIGGER TEST_NOTIFICATION AFTER UPDATE OF STATUS ON STT_ECHO_NOTIFICATION FOR EACH ROW
    WHEN (OLD.STATUS <> NEW.STATUS) EXECUTE FUNCTION TEST_STEP('NOTIFICATION');
"""


def university(socket: Path) -> Opener:
    """Opens databases with the year filled in and every step of a status written down."""
    return postgres.by_copy(socket, postgres.filled(socket, "campus", _fill), "world")


def _fill(database: Database) -> None:
    give_database_time(database.engine, lambda: 0.0)
    with database.engine.begin() as connection:
        run_script(connection, _TIME + _WATCH)
        fill_university(Cmis(connection))


def give_database_time(engine: Engine, now: Callable[[], float]) -> None:
    """Every transaction of this engine is at this moment, in seconds of the test."""

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        at = UTC_AT_START + dt.timedelta(seconds=now())
        stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
        connection.exec_driver_sql(f"SET LOCAL echodesk.now = '{stamp}'")


class FileWorld(World):
    """On a database file, through SQLAlchemy and everything that the office has."""

    copied = on_file


class ServerWorld(World):
    """On a server, through SQLAlchemy and everything that the office has."""

    def copied(self, template: Path | Opener, folder: Path) -> Office:
        """A database of its own on the server."""
        if isinstance(template, Path):
            raise TypeError("a server copies no file")
        database: Database = template(folder)
        give_database_time(database.engine, lambda: self.loop.now)
        return Office(database)

    def damaged(self) -> bool:
        """A server looks after its files by itself."""
        return False
