"""Oracle's tables of every earlier version become this version's, with all that they hold.

Its upgrade makes whatever is not there, and passes over what is: so no earlier version may have anything in
another form. MariaDB in its Oracle mode does it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pymysql  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import Connection

from echodesk.store.connection import ORACLE
from echodesk.store.database import SCHEMA_VERSION, Database
from echodesk.store.oracle_script import script_of, statements_of
from echodesk.store.upgrading import UPGRADABLE
from tests.databases import mariadb as mariadb_server
from tests.databases.engines import SQL
from tests.store import unread_requests
from tests.store.test_upgrading import LEASE, STOOD_STILL

SCHEMAS = Path(__file__).parents[1] / "store" / "schemas"
UPGRADE = script_of(SQL, "upgrade", ORACLE.schemas)
INSTALL = script_of(SQL, "install", ORACLE.schemas)
THERE_ALREADY = (1050, 1061)
"""A table or sequence, and an index: what Oracle says with ORA-00955."""
ORACLE_ALONE = re.compile(
    # It has other schemas and users, no index of an expression or of so long a key, and other functions.
    r"GRANT|CREATE ROLE|CREATE OR REPLACE SYNONYM|ALTER (?:SESSION|PACKAGE)|COMMIT|CREATE UNIQUE INDEX"
    r"|CREATE INDEX (?:STT_ECHO_BATCH_STEP_IDENTITY|\w+ ON \w+ \(.*\()|ALTER TABLE STT_ECHO_REFUSED"
    r"|.*(?:RAISE_APPLICATION_ERROR|RAWTOHEX)",
    re.DOTALL,
)
"""What MariaDB does not take."""
ROWS = (
    "SELECT KIND, ID, REASON FROM STT_ECHO_STOP"
    " UNION ALL SELECT SETID, SLOTID, STATUS FROM STT_ECHO_QUEUE WHERE ID < 100"
)
ADD = (
    "INSERT INTO STT_ECHO_STOP (KIND, REASON) VALUES ('DAY', 'seven')",
    "INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, SETID, SLOTID) VALUES ('RETRY', 'UPDATE', '2030/31', 5)",
)


def earlier(version: str) -> str:
    """What installed it."""
    return (SCHEMAS / "oracle" / f"{version}.sql").read_text(encoding="utf-8")


def kept(script: str) -> list[str]:
    """The statements that make what may hold something, or stands on it."""
    makes = re.compile(r"CREATE (?:TABLE|SEQUENCE|(?:UNIQUE )?INDEX)|ALTER TABLE")
    return [one for one in statements_of(script) if makes.match(one)]


def test_there_is_a_script_of_each_version_that_can_be_upgraded() -> None:
    for engine in ("postgresql", "oracle"):
        assert sorted(one.stem for one in (SCHEMAS / engine).glob("*.sql")) == sorted(UPGRADABLE[engine])
        assert SCHEMA_VERSION not in UPGRADABLE[engine]


@pytest.mark.parametrize("version", UPGRADABLE["oracle"])
def test_what_an_earlier_version_made_on_oracle_is_made_in_the_same_words(version: str) -> None:
    made = kept(earlier(version))
    assert len(made) > 90
    assert [one for one in made if one not in kept(INSTALL)] == []


def test_oracle_s_upgrade_installs_and_then_says_which_version_it_is() -> None:
    whole, made = list(statements_of(UPGRADE)), list(statements_of(INSTALL))
    assert whole[: len(made)] == made
    ends, asks, says, commits = whole[len(made) :]
    assert ends.startswith("UPDATE ECHODESK.STT_ECHO_LEASE SET HOLDER = NULL")
    assert tuple(re.findall(r"'(\d+)'", ends)) == UPGRADABLE["oracle"]
    assert asks.startswith("UPDATE ECHODESK.STT_ECHO_QUEUE E SET E.ACTION = 'INSERT'")
    assert says.startswith("UPDATE ECHODESK.STT_ECHO_META SET VALUE = ")
    assert tuple(re.findall(r"'(\d+)'", says)) == (SCHEMA_VERSION, *UPGRADABLE["oracle"])
    assert commits == "COMMIT"


def run(database: Database, script: str) -> None:
    """Run what MariaDB takes of a script; a statement for what is there fails, and the next one goes on."""
    with database.engine.begin() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        for one in statements_of(mariadb_server.edited(script)):
            if ORACLE_ALONE.match(one):
                continue
            with raw.cursor() as cursor:
                try:
                    cursor.execute(re.sub(r"\b(?:ECHODESK|CMIS_OWNER)\.", "", one))
                except pymysql.err.OperationalError as error:
                    if error.args[0] not in THERE_ALREADY:
                        raise


def dictionary(database: Database) -> None:
    """The part of Oracle's data dictionary that the upgrade looks at: the database is EchoDesk's schema."""
    for view, columns, table in (
        ("ALL_TABLES", "UPPER(TABLE_NAME) AS TABLE_NAME", "TABLES"),
        ("ALL_INDEXES", "UPPER(INDEX_NAME) AS INDEX_NAME", "STATISTICS"),
    ):
        with database.engine.begin() as connection:
            connection.exec_driver_sql(
                f"CREATE VIEW {view} AS SELECT 'ECHODESK' AS OWNER, {columns}"  # noqa: S608 - names from right above
                f" FROM information_schema.{table} WHERE TABLE_SCHEMA = DATABASE()"
            )


def version_of(database: Database) -> str:
    """What the tables say of themselves."""
    asked = "SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'schema_version'"
    with database.engine.begin() as connection:
        return str(connection.exec_driver_sql(asked).scalar_one())


def lease_of(database: Database) -> tuple[object, ...]:
    """Who leads, in which term."""
    with database.engine.begin() as connection:
        return tuple(connection.exec_driver_sql(LEASE).one())


def shape(database: Database) -> set[tuple[str, ...]]:
    """Everything that the database is made of, as the server writes it."""
    with database.engine.connect() as connection:
        return {(kind, name, text) for kind, name, text in _made(connection)}


def _made(connection: Connection) -> list[tuple[str, str, str]]:
    schema = str(connection.exec_driver_sql("SELECT DATABASE()").scalar_one())

    def shown(what: str, name: str) -> str:
        row = connection.exec_driver_sql(f"SHOW CREATE {what} {name}").one()
        return str(next(one for one in row[1:] if str(one).startswith("CREATE"))).replace(f'"{schema}".', "")

    tables = connection.exec_driver_sql("SHOW FULL TABLES").all()
    code = connection.exec_driver_sql(
        "SELECT ROUTINE_TYPE, ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES"
        " WHERE ROUTINE_SCHEMA = DATABASE() UNION ALL"
        " SELECT CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION, ' ', EVENT_OBJECT_TABLE), TRIGGER_NAME,"
        " ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()"
    ).all()
    found = [(str(kind), str(name), shown("TABLE", name)) for name, kind in tables]
    return found + [(str(kind), str(name), str(text)) for kind, name, text in code]


@pytest.mark.parametrize("version", UPGRADABLE["oracle"])
def test_mariadb_ends_like_a_new_one_and_keeps_its_rows(version: str, mariadb: Path) -> None:
    new = mariadb_server.fresh(mariadb, "installed", ("cmis",))
    old = mariadb_server.fresh(mariadb, "upgraded", ("cmis",))
    try:
        for database in (new, old):
            dictionary(database)
        run(new, INSTALL)
        run(old, earlier(version))
        with old.engine.begin() as connection:
            for one in (*ADD, STOOD_STILL, *unread_requests.ADDED):
                connection.exec_driver_sql(one)
        assert shape(old) != shape(new)
        for _once_more in range(2):
            run(old, UPGRADE)
            assert shape(old) == shape(new)
            with old.engine.begin() as connection:
                rows = {tuple(map(str, row)) for row in connection.exec_driver_sql(ROWS)}
                assert rows == {("DAY", "1", "seven"), ("2030/31", "5", "UNPROCESSED")}
            assert version_of(old) == SCHEMA_VERSION
            assert lease_of(old) == (None, 8, None, None), "who led before goes on with nothing"
            with old.engine.begin() as connection:
                asked = connection.exec_driver_sql(unread_requests.NUMBERS).scalars().all()
                assert asked == unread_requests.NEWLY_ASKED
        assert len(shape(new)) > 60
    finally:
        new.close()
        old.close()


LEADS = "UPDATE STT_ECHO_LEASE SET HOLDER = 'ann', UNTIL = '{until}'"


@pytest.mark.parametrize(
    ("trouble", "version"),
    [
        ("DROP TABLE STT_ECHO_BATCH_LEFT_OUT", "3"),
        ("DROP TABLE STT_ECHO_WINDOW", "3"),
        ("DROP INDEX STT_ECHO_DAY_ROOM_DATE ON STT_ECHO_DAY_ROOM", "3"),
        ("DROP INDEX STT_ECHO_AUDIT_WHO ON STT_ECHO_AUDIT", "3"),
        ("DROP INDEX STT_ECHO_AUDIT_ACTION ON STT_ECHO_AUDIT", "3"),
        ("DROP INDEX STT_ECHO_AUDIT_PLACE ON STT_ECHO_AUDIT", "3"),
        (LEADS.format(until="2999-01-01T00:00:00.000Z"), "3"),
        (LEADS.format(until="2001-01-01T00:00:00.000Z"), SCHEMA_VERSION),
    ],
    ids=[
        "no table",
        "no table 2",
        "no index",
        "no index 2",
        "no index 3",
        "no index 4",
        "somebody sends",
        "somebody sent",
    ],
)
def test_mariadb_tells_the_version_only_if_all_is_there_and_nobody_sends(
    trouble: str, version: str, mariadb: Path
) -> None:
    """A script in SQL*Plus goes on after a statement that was refused."""
    database = mariadb_server.fresh(mariadb, "told", ("cmis",))
    try:
        dictionary(database)
        run(database, INSTALL)
        with database.engine.begin() as connection:
            for one in ("UPDATE STT_ECHO_META SET VALUE = '3' WHERE NAME = 'schema_version'", trouble):
                connection.exec_driver_sql(one)
        run(database, "\n\n".join(f"{one};" for one in statements_of(UPGRADE) if one.startswith("UPDATE")))
        assert version_of(database) == version
        if trouble.startswith("UPDATE STT_ECHO_LEASE"):
            assert lease_of(database)[0] == ("ann" if version == "3" else None)
    finally:
        database.close()
