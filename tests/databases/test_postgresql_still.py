"""What hangs on the timetable in PostgreSQL is made while people edit: never at the cost of an edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from echodesk.errors import DatabaseBusy, RightMissing
from echodesk.store import health_postgresql
from echodesk.store.connection import Schemas
from echodesk.store.database import SCHEMA_VERSION, VERSION, Database
from echodesk.store.postgresql_still import PAUSE_S, run_script
from echodesk.store.servers import install_postgresql, postgresql_part
from echodesk.store.upgrading_postgresql import upgrade_postgresql
from tests.databases import postgres as server
from tests.databases.cmis import SETID, Cmis, fill_live, inserted
from tests.databases.engines import SQL

EARLIER = Path(__file__).parents[1] / "store" / "schemas" / "postgresql" / "4.sql"
SPOILT = "DROP INDEX STT_ECHO_QUEUE_STATUS"
OLD_TRIGGER = "CREATE TRIGGER STT_ECHO_OLD AFTER INSERT ON TIMETABLE EXECUTE FUNCTION STT_ECHO_ON_TIMETABLE()"
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND starts_with(query, 'SELECT pg_sleep')"
)


def upgrade(database: Database, tries: int) -> object:
    """As `database upgrade`."""
    return upgrade_postgresql(database, SQL, tries).was


def mend(database: Database, tries: int) -> object:
    """As `database install` where the tables are."""
    return health_postgresql.mend(database, SQL, tries=tries)


def install(database: Database, tries: int) -> object:
    """As `database install` where they are not."""
    return install_postgresql(database, SQL, tries=tries)


STEPS: dict[str, tuple[Callable[[Database, int], object], object]] = {
    "upgrade": (upgrade, "4"),
    "mend": (mend, ["STT_ECHO_QUEUE_STATUS"]),
    "install": (install, True),
}


@pytest.fixture(params=STEPS)
def step(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def database(postgres: Path, step: str) -> Iterator[Database]:
    """A timetable that is to be upgraded, mended or installed."""
    name = f"still_{step}"
    server.run_statement(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    made = server.timetable(postgres, name)
    if step != "install":
        with made.engine.begin() as connection:
            if step == "upgrade":
                run_script(connection, EARLIER.read_text(encoding="utf-8"))
        if step == "mend":
            install_postgresql(made, SQL)
        with made.engine.begin() as connection:
            fill_live(Cmis(connection))
            connection.exec_driver_sql("DELETE FROM STT_ECHO_QUEUE")
            if step == "mend":
                connection.exec_driver_sql(SPOILT)
    yield made
    made.close()
    server.run_statement(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def test_an_edit_that_is_open_goes_on_and_is_entered(database: Database, step: str) -> None:
    """CMIS writes a request and then its lesson; in between somebody changes what hangs on both."""
    work, said = STEPS[step]
    with ThreadPoolExecutor(1) as threads:
        with database.engine.begin() as connection:
            editing = Cmis(connection)
            editing.insert("roomrequests", setid=SETID, slotid=50, slotentry=1, itemnum=1, featureid="VIDEOREC")
            working = threads.submit(work, database, 200)
            while not database.read(lambda other: other.exec_driver_sql(WAITING).scalar_one()):
                assert not working.done(), working.result()
            editing.lesson(slotid=50)
            entries = [] if step == "install" else [(one.source, one.slotid) for one in editing.entries()]
        assert working.result(60) == said
    assert entries == ([] if step == "install" else [("ROOMREQUESTS", 50), ("TIMETABLE", 50)])
    with database.engine.begin() as connection:
        editing = Cmis(connection)
        if step == "install":
            fill_live(editing)
        editing.full_entries()
        editing.lesson(slotid=2)
        assert editing.entries() == [inserted(2)]
        assert connection.execute(VERSION).scalar_one() == SCHEMA_VERSION


def test_where_an_edit_stays_open_it_gives_up_in_plain_words_and_has_done_nothing(
    database: Database, step: str
) -> None:
    work, said = STEPS[step]
    with database.engine.begin() as connection:
        Cmis(connection).lesson(status=1)
        with pytest.raises(DatabaseBusy) as raised:
            work(database, 3)
        assert raised.value.title == "The timetable is being edited"
        assert f"{3 * PAUSE_S:.0f} seconds" in raised.value.message
        assert "Nothing was changed" in raised.value.next_step
    assert work(database, 1) == said


@pytest.mark.parametrize("step", ["upgrade", "mend"], indirect=True)
def test_who_has_only_looked_is_not_ended_when_going_on_to_edit(database: Database, step: str) -> None:
    """A trigger is taken away, which even who has read the timetable stands against."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(OLD_TRIGGER)
        connection.exec_driver_sql("DROP INDEX STT_ECHO_BY_ROOM")
        connection.exec_driver_sql("CREATE INDEX STT_ECHO_BY_ROOM ON TIMETABLE (ROOMID)")
    work, said = STEPS[step]
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM TIMETABLE")
        with pytest.raises(DatabaseBusy):
            work(database, 2)
        Cmis(connection).lesson()
    assert work(database, 1) == (said if step == "upgrade" else ["STT_ECHO_BY_ROOM", "STT_ECHO_QUEUE_STATUS"])


@pytest.mark.parametrize("step", ["upgrade", "mend"], indirect=True)
def test_who_owns_nothing_is_told_who_may(postgres: Path, database: Database, step: str) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS bea")
        connection.exec_driver_sql("CREATE ROLE bea LOGIN")
        connection.exec_driver_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO bea")
    other = server.at(f"postgresql+psycopg://bea@/still_{step}?host={postgres}")
    try:
        with pytest.raises(RightMissing) as raised:
            STEPS[step][0](other, 3)
    finally:
        other.close()
    assert raised.value.title == "Only the owner of the tables may do this"
    assert any(words in raised.value.message for words in ("must be owner", "permission denied for schema"))
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY bea")
        connection.exec_driver_sql("DROP ROLE bea")


@pytest.mark.parametrize("step", ["install"], indirect=True)
@pytest.mark.parametrize("part", ["install", "room_features", "uninstall"])
def test_a_script_that_is_run_by_hand_waits_for_nobody_either(database: Database, part: str) -> None:
    if part != "install":
        install_postgresql(database, SQL)
    script = postgresql_part(SQL, part, Schemas())
    with database.engine.begin() as connection:
        Cmis(connection).lesson()
        with (
            database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as by_hand,
            pytest.raises(Exception, match="could not obtain lock"),
        ):
            run_script(by_hand, script)
