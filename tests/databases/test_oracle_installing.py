"""Installing, mending and upgrading on Oracle, as far as it goes without one: what it is asked, in which order.

The dictionary's answers are made up (`oracle_dictionary`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from echodesk.errors import DatabaseTrouble, SchemaMismatch
from echodesk.store.connection import ORACLE
from echodesk.store.database import SCHEMA_VERSION, Database, check_schema
from echodesk.store.installing_oracle import AGAIN, install_oracle, mend_oracle, upgrade_oracle
from echodesk.store.upgrading import Upgraded
from tests.databases import oracle_dictionary as dictionary
from tests.databases.engines import SQL
from tests.databases.oracle_dictionary import STATEMENTS, WATCHING, Rows, with_last, without
from tests.databases.oracle_driver import Driver, opened_on

URL = "oracle+oracledb://ann@db.example.ac.uk"
UPDATE = "STT_ECHO_TIMETABLE_UPDATE"
TRIGGERS = [
    f"CREATE OR REPLACE TRIGGER STT_ECHO_{table}_{event}"
    for table in ("TIMETABLE", "REQUESTS")
    for event in ("INSERT", "UPDATE", "DELETE")
]


@pytest.fixture
def driver() -> Driver:
    """A connection to a database in which all is well."""
    return dictionary.well()


@pytest.fixture
def database(driver: Driver) -> Iterator[Database]:
    """On that connection."""
    made = opened_on(driver, URL)
    yield made
    made.close()


def ran(driver: Driver) -> list[str]:
    """The statements that make or drop something."""
    makes = ("CREATE", "ALTER", "DROP", "GRANT", "INSERT")
    return [one for one, _given in driver.asked if one.startswith(makes) and "SESSION SET NLS" not in one]


def test_everything_is_made_in_its_order_and_the_view_last(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.TABLES] = [("TIMETABLE",)]
    driver.answers[dictionary.WATCHED] = [(0,)]
    driver.heals["CREATE OR REPLACE VIEW"] = (dictionary.WATCHED, [(1,)])
    assert install_oracle(database, SQL, ORACLE.schemas)
    # On another connection than the one on which it looks afterwards: that one stands in the timetable's schema.
    begun = [one for one in ran(driver) if one.startswith("ALTER SESSION SET CURRENT_SCHEMA = ECHODESK")]
    assert len(begun) > 2
    made = [one for one in ran(driver) if one not in begun]
    assert made == [one for one in [*STATEMENTS, *WATCHING] if one not in begun and one != "COMMIT"]


def test_what_is_there_already_is_passed_over(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.TABLES] = [("TIMETABLE",)]
    driver.answers[dictionary.WATCHED] = [(0,)]
    driver.heals["CREATE OR REPLACE VIEW"] = (dictionary.WATCHED, [(1,)])
    driver.refuses = {"CREATE TABLE": "ORA-00955", "CREATE ROLE": "ORA-01921", "CREATE INDEX": "ORA-01408"}
    assert install_oracle(database, SQL, ORACLE.schemas)
    assert WATCHING[-1] in ran(driver)


def test_the_optional_triggers_are_made_anew_after_the_package_that_they_call(
    database: Database, driver: Driver
) -> None:
    well = [*driver.answers[dictionary.CODE], *dictionary.code_of(dictionary.ON_ROOM_FEATURES)]
    driver.answers[dictionary.CODE] = with_last("STT_ECHO_EDITS", "INVALID", 3)(well)
    driver.heals["CREATE OR REPLACE TRIGGER STT_ECHO_FEATURES_DELETE"] = (dictionary.CODE, well)
    assert set(mend_oracle(database, SQL, ORACLE.schemas)) == {"STT_ECHO_EDITS"}
    made = [one for one in ran(driver) if one.startswith("CREATE")]
    assert made[-3:] == [one for one in dictionary.ON_ROOM_FEATURES if one.startswith("CREATE")]


def test_it_stops_at_what_is_refused_and_names_it(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.TABLES] = [("TIMETABLE",)]
    driver.refuses = {"CREATE ROLE": "ORA-01031"}
    with pytest.raises(DatabaseTrouble) as told:
        install_oracle(database, SQL, ORACLE.schemas)
    assert told.value.title == "EchoDesk may not do this in the database"
    assert "CREATE ROLE STT_ECHO_WORKER" in told.value.message
    assert not [one for one in ran(driver) if one.startswith("CREATE OR REPLACE TRIGGER STT_ECHO_TIMETABLE")]


def test_without_sys_everything_is_installed_but_what_watches_it(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.TABLES] = [("TIMETABLE",)]
    driver.answers[dictionary.WATCHED] = [(0,)]
    driver.heals["CREATE OR REPLACE VIEW"] = (dictionary.WATCHED, [(1,)])
    driver.refuses = {"GRANT SELECT ON SYS.": "ORA-01031"}
    with pytest.raises(DatabaseTrouble) as told:
        install_oracle(database, SQL, ORACLE.schemas)
    assert told.value.title == "Everything is installed, but `check` cannot see the triggers"
    assert "--part watching" in told.value.next_step
    assert STATEMENTS[-1] in ran(driver)


def refused_at(database: Database, driver: Driver, statement: str, code: str) -> DatabaseTrouble:
    """What a first installation says that comes to its end there, and all that the next one finds."""
    driver.answers[dictionary.TABLES] = [("TIMETABLE",)]
    driver.answers[dictionary.WATCHED] = [(0,)]
    driver.answers[dictionary.MADE] = []
    driver.refuses = {statement: code}
    with pytest.raises(DatabaseTrouble, match=f"{code}.*{statement}") as told:
        install_oracle(database, SQL, ORACLE.schemas)
    assert not [one for one, _given in driver.asked if one.startswith("MERGE INTO STT_ECHO_META")]
    assert "by itself" not in told.value.next_step
    driver.answers[dictionary.TABLES] = [("STT_ECHO_META",), ("TIMETABLE",)]
    driver.asked.clear()
    driver.refuses = {"GRANT SELECT ON SYS.": "ORA-01031"}
    return told.value


def test_triggers_that_were_refused_are_made_the_next_time(database: Database, driver: Driver) -> None:
    """Without the view of the triggers nobody sees that they are missing."""
    told = refused_at(database, driver, TRIGGERS[0], "ORA-01031")
    assert told.next_step.endswith(AGAIN)
    with pytest.raises(DatabaseTrouble, match="ORA-01031") as at_the_view:
        install_oracle(database, SQL, ORACLE.schemas)
    assert at_the_view.value.title == "Everything is installed, but `check` cannot see the triggers"
    made = [one for one in ran(driver) if one.startswith(tuple(TRIGGERS))]
    assert len(made) == len(TRIGGERS) == 6
    assert [given for one, given in driver.asked if one.startswith("MERGE INTO STT_ECHO_META")] == [
        {"version": SCHEMA_VERSION}
    ]


def test_tables_that_were_refused_are_made_the_next_time(database: Database, driver: Driver) -> None:
    """The version, which is written at the end of them, is not there yet."""
    refused_at(database, driver, "CREATE TABLE STT_ECHO_MIRROR", "ORA-01536")
    driver.answers[dictionary.VERSION] = []
    driver.answers[dictionary.WATCHED] = [(1,)]
    assert install_oracle(database, SQL, ORACLE.schemas)
    assert [one for one in ran(driver) if one.startswith("CREATE TABLE STT_ECHO_MIRROR")]
    assert STATEMENTS[-1] in ran(driver)


def test_of_what_was_installed_before_nothing_is_said_that_nobody_sees(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.WATCHED] = [(0,)]
    driver.refuses = {"GRANT SELECT ON SYS.": "ORA-01031"}
    assert not install_oracle(database, SQL, ORACLE.schemas)
    with pytest.raises(DatabaseTrouble) as told:
        mend_oracle(database, SQL, ORACLE.schemas)
    assert told.value.title == "`check` cannot see the triggers"


def test_an_index_that_an_open_edit_holds_up_is_made_when_nobody_edits(database: Database, driver: Driver) -> None:
    told = refused_at(database, driver, "CREATE INDEX STT_ECHO_BY_ROOM", "ORA-00054")
    assert told.next_step == f"When nobody edits the timetable, {AGAIN}"


def test_a_package_that_does_not_compile_is_no_installation(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.TABLES] = [("TIMETABLE",)]
    driver.answers[dictionary.CODE] = with_last("STT_ECHO_EDITS", "INVALID", 3)(driver.answers[dictionary.CODE])
    with pytest.raises(DatabaseTrouble) as told:
        install_oracle(database, SQL, ORACLE.schemas)
    assert "STT_ECHO_EDITS is not valid" in told.value.message


def test_without_a_timetable_nothing_is_made(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.TABLES] = []
    with pytest.raises(SchemaMismatch) as told:
        install_oracle(database, SQL, ORACLE.schemas)
    assert "CMIS_OWNER" in told.value.message
    assert not [one for one in ran(driver) if one.startswith("CREATE")]


def test_installing_again_changes_nothing_where_all_is_well(database: Database, driver: Driver) -> None:
    assert not install_oracle(database, SQL, ORACLE.schemas)
    assert mend_oracle(database, SQL, ORACLE.schemas) == []
    assert not [one for one in ran(driver) if one.startswith(("CREATE", "DROP", "GRANT"))]


def test_what_is_odd_and_holds_nothing_is_made_anew(database: Database, driver: Driver) -> None:
    spoilt = with_last("STT_ECHO_BY_SLOT", "DISABLED")(driver.answers[dictionary.INDEXES])
    whole, driver.answers[dictionary.INDEXES] = driver.answers[dictionary.INDEXES], spoilt
    driver.heals["DROP INDEX"] = (dictionary.INDEXES, whole)
    assert mend_oracle(database, SQL, ORACLE.schemas) == ["STT_ECHO_BY_SLOT"]
    assert [one for one in ran(driver) if one.startswith("DROP")] == ["DROP INDEX CMIS_OWNER.STT_ECHO_BY_SLOT"]
    assert STATEMENTS[-1] in ran(driver)


def test_where_the_view_is_there_nobody_needs_sys(database: Database, driver: Driver) -> None:
    whole = driver.answers[dictionary.CODE]
    driver.answers[dictionary.CODE] = without(UPDATE)(whole)
    driver.heals["CREATE OR REPLACE TRIGGER"] = (dictionary.CODE, whole)
    driver.refuses = {"GRANT SELECT ON SYS.": "ORA-01031"}
    assert mend_oracle(database, SQL, ORACLE.schemas) == [UPDATE]


def test_where_the_view_alone_is_missing_the_triggers_are_left_alone(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.WATCHED] = [(0,)]
    driver.heals["CREATE OR REPLACE VIEW"] = (dictionary.WATCHED, [(1,)])
    assert mend_oracle(database, SQL, ORACLE.schemas) == ["STT_ECHO_CODE"]
    assert [one for one in ran(driver) if not one.startswith("ALTER SESSION")] == WATCHING


@pytest.mark.parametrize("version", ["2", "99", None])
def test_no_other_version_is_opened_or_upgraded(database: Database, driver: Driver, version: str | None) -> None:
    assert upgrade(database).copy is None
    driver.answers[dictionary.VERSION] = [(version,)]
    for work in (check_schema, upgrade):
        with pytest.raises(SchemaMismatch, match=version or "unknown"):
            work(database)


def upgrade(database: Database) -> Upgraded:
    """As `database upgrade` does it."""
    return upgrade_oracle(database, SQL, ORACLE.schemas)


NEW_TABLE = "STT_ECHO_BATCH_LEFT_OUT"
SAYS = "UPDATE STT_ECHO_META SET VALUE"
ENDS = "UPDATE STT_ECHO_LEASE SET HOLDER = NULL"
TELLS = "UPDATE STT_ECHO_QUEUE SET ACTION = 'INSERT'"


@pytest.fixture
def earlier(driver: Driver) -> Driver:
    """The same connection, to tables of an earlier version: one is not there yet."""
    whole = driver.answers[dictionary.COLUMNS]
    driver.answers[dictionary.VERSION] = [("3",)]
    driver.answers[dictionary.COLUMNS] = without(NEW_TABLE)(whole)
    driver.heals[f"CREATE TABLE {NEW_TABLE}"] = (dictionary.COLUMNS, whole)
    return driver


def test_what_an_earlier_version_lacks_is_made_and_then_it_is_this_one(
    database: Database, earlier: Driver
) -> None:
    earlier.refuses = {"CREATE TABLE STT_ECHO_QUEUE": "ORA-00955", "GRANT SELECT ON SYS.": "ORA-01031"}
    assert upgrade(database).was == "3"
    made = [one for one in ran(earlier) if not one.startswith("ALTER SESSION")]
    assert made == [one for one in STATEMENTS if not one.startswith(("ALTER SESSION", "COMMIT"))]
    asked = [one for one, _given in earlier.asked]
    (says,) = [at for at, one in enumerate(asked) if one.startswith(SAYS)]
    assert says > asked.index(STATEMENTS[-1])
    assert earlier.asked[says][1] == {"version": SCHEMA_VERSION}
    assert asked[says - 2].startswith(ENDS)
    assert asked[says - 1].startswith(TELLS)


def test_without_sys_it_is_this_version_all_the_same(database: Database, earlier: Driver) -> None:
    """Version 3 began without the view."""
    earlier.answers[dictionary.WATCHED] = [(0,)]
    earlier.refuses = {"GRANT SELECT ON SYS.": "ORA-01031"}
    with pytest.raises(DatabaseTrouble, match="ORA-01031") as told:
        upgrade(database)
    assert told.value.title == "Everything is installed, but `check` cannot see the triggers"
    assert [one for one, _given in earlier.asked if one.startswith(SAYS)]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"SELECT HOLDER": [("bo",)]}, "bo works with these tables"),
        ({dictionary.COLUMNS: [("STT_ECHO_SET", "NOTE", "VARCHAR2", 20, None, "Y")]}, "STT_ECHO_SET.CHANGED"),
    ],
    ids=["somebody sends", "another column"],
)
def test_what_cannot_be_upgraded_now_is_left_alone(
    database: Database, earlier: Driver, answers: dict[str, Rows], said: str
) -> None:
    earlier.answers = {**earlier.answers, **answers}
    with pytest.raises(SchemaMismatch, match=said) as told:
        upgrade(database)
    assert "Nothing was changed" in told.value.next_step
    assert not [one for one in ran(earlier) if not one.startswith("ALTER SESSION")]


def test_who_begins_to_send_while_all_is_made_keeps_the_earlier_version(
    database: Database, earlier: Driver
) -> None:
    earlier.heals[STATEMENTS[-1]] = ("SELECT HOLDER", [("bo",)])
    with pytest.raises(SchemaMismatch, match="bo works with these tables"):
        upgrade(database)
    assert not [one for one, _given in earlier.asked if one.startswith(SAYS)]


def test_an_upgrade_that_is_refused_leaves_the_earlier_version(database: Database, earlier: Driver) -> None:
    earlier.refuses = {f"CREATE TABLE {NEW_TABLE}": "ORA-01536"}
    with pytest.raises(DatabaseTrouble, match=f"CREATE TABLE {NEW_TABLE}"):
        upgrade(database)
    assert not [one for one, _given in earlier.asked if one.startswith(SAYS)]
    earlier.refuses = {}
    assert upgrade(database).was == "3"
    assert [one for one, _given in earlier.asked if one.startswith(SAYS)]


def test_tables_that_cannot_be_seen_are_told_as_such(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.TABLES] = []
    with pytest.raises(SchemaMismatch, match="or the user has no right on it"):
        check_schema(database)
