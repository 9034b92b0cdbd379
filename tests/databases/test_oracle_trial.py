"""`database verify` as far as it goes without an Oracle: what it makes, reads, takes away, and what it refuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import echodesk.cli  # noqa: F401 - as every command is begun
from echodesk.commands.verifying import tried
from echodesk.errors import DatabaseTrouble, WrongUse
from echodesk.store.database import Database
from echodesk.store.oracle_trial import odd_in, refused_statements, scratch
from tests.databases import oracle_dictionary as dictionary
from tests.databases.engines import SQL
from tests.databases.oracle_driver import Driver, opened_on
from tests.databases.oracle_server import OneSchema, emptying
from tests.databases.oracle_statements import oracle_statements
from tests.databases.statements import all_statements

OBJECTS = "USER_OBJECTS"


@pytest.fixture
def driver() -> Driver:
    """A connection to an empty schema."""
    made = dictionary.well()
    made.answers |= {OBJECTS: [], "SELECT SOURCE, ACTION": [], "SELECT MESSAGE": []}
    return made


@pytest.fixture
def database(driver: Driver) -> Iterator[Database]:
    """On that connection."""
    made = opened_on(driver)
    yield made
    made.close()


def names(driver: Driver, verb: str) -> list[str]:
    """Kind and name of what was made or dropped, in its order and without a schema."""
    form = re.compile(rf"{verb} (?:OR REPLACE |UNIQUE )?(PACKAGE BODY|\w+) (?:\w+\.)?(\w+)")
    return [f"{one[1]} {one[2]}" for said, _given in driver.asked if (one := form.match(said))]


def test_what_is_made_is_taken_away_again_and_nothing_of_others(database: Database, driver: Driver) -> None:
    with scratch(database, SQL, "TRIAL"):
        assert names(driver, "DROP") == []
        assert odd_in(database, SQL) == []
    # An index goes with its table, the audit's triggers with the audit, and a body with its package.
    made = {
        one
        for one in names(driver, "CREATE")
        if not one.startswith(("INDEX", "PACKAGE BODY", "TRIGGER STT_ECHO_AUDIT"))
    }
    dropped = {one for one in names(driver, "DROP") if not one.startswith("INDEX")}
    assert dropped == made
    assert {one.split()[0] for one in made} == {"TABLE", "SEQUENCE", "TRIGGER", "PACKAGE", "VIEW"}
    assert "TABLE TIMETABLE" in made
    said = "\n".join(one for one, _given in driver.asked)
    assert not re.search(r"ROLE|SYNONYM STT|SYS\.|GRANT|&", re.sub(r"--.*|SESSION_ROLES|ALL_SYNONYMS", "", said))


def test_a_schema_that_holds_anything_is_left_alone(database: Database, driver: Driver) -> None:
    driver.answers[OBJECTS] = [("TABLE", "TIMETABLE")]
    with pytest.raises(WrongUse) as told, scratch(database, SQL, "TRIAL"):
        pass
    assert "TABLE TIMETABLE" in told.value.message
    assert names(driver, "CREATE") == names(driver, "DROP") == []


def test_also_what_is_refused_half_way_is_taken_away(database: Database, driver: Driver) -> None:
    driver.refuses = {"CREATE OR REPLACE TRIGGER": "ORA-01031"}
    with pytest.raises(DatabaseTrouble) as told, scratch(database, SQL, "TRIAL"):
        pass
    assert "CREATE OR REPLACE TRIGGER" in told.value.message
    assert "TABLE TIMETABLE" in names(driver, "DROP")


def test_what_is_gone_already_is_passed_over(database: Database, driver: Driver) -> None:
    driver.refuses = {"DROP TRIGGER": "ORA-04080", "DROP INDEX": "ORA-01418", "DROP VIEW": "ORA-00942"}
    with scratch(database, SQL, "TRIAL"):
        pass
    assert "TABLE TIMETABLE" in names(driver, "DROP")


def test_what_is_left_is_named(database: Database, driver: Driver) -> None:
    driver.heals["DROP TABLE"] = (OBJECTS, [("SEQUENCE", "MINE")])
    with pytest.raises(DatabaseTrouble, match="SEQUENCE MINE"), scratch(database, SQL, "TRIAL"):
        pass


def test_every_statement_is_read_by_the_server_and_none_carried_out(database: Database, driver: Driver) -> None:
    count, refused = refused_statements(database, SQL)
    assert (count, refused) == (len(driver.read), [])
    assert set(driver.read) == set(oracle_statements().values())
    assert not {said for said, _given in driver.asked} & set(driver.read)


def test_a_statement_that_is_refused_is_named(database: Database, driver: Driver) -> None:
    driver.refuses = {"STT_ECHO_SUSPECT": "ORA-00942"}
    count, refused = refused_statements(database, SQL)
    assert count == len(driver.read)
    assert refused
    assert all("STT_ECHO_SUSPECT" in one for one in refused)


def test_the_command_knows_every_statement_by_itself() -> None:
    """In a process of its own: here, other tests have loaded more."""
    program = (
        "import json, echodesk.cli, echodesk.store.oracle_trial as trial;"
        "print(json.dumps([one.text for one in trial.loaded_statements()]))"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    assert set(json.loads(done.stdout)) == set(all_statements().values())


def test_a_schema_is_emptied_in_an_order_that_is_possible() -> None:
    """The rows that name others go before those; the triggers of the timetable before the queue."""
    order = [one.split()[2] for one in emptying() if one.startswith(("DELETE", "TRUNCATE"))]
    files = ("cmis", "tables", "worker_tables")
    made = "\n".join((SQL / "oracle" / f"{name}.sql").read_text(encoding="utf-8") for name in files)
    assert sorted(order) == sorted(re.findall(r"^CREATE TABLE (\w+)", made, re.MULTILINE))
    for table, body in re.findall(r"^CREATE TABLE (\w+) \(\n(.*?)^\);", made, re.MULTILINE | re.DOTALL):
        for named in re.findall(r"REFERENCES (\w+)", body):
            assert order.index(table) <= order.index(named), table
    assert order.index("ROOMREQUESTS") < order.index("STT_ECHO_QUEUE")
    assert [one.split()[0] for one in emptying()][-4:] == ["INSERT", "INSERT", "INSERT", "COMMIT"]


def test_what_the_command_tells_of_each_check(database: Database, driver: Driver) -> None:
    """No trigger enters anything here, and no statement of the store has an answer."""
    told = dict(tried(database, "TRIAL"))
    assert told["everything is as the scripts make it"] == told["installing again changes nothing"] == ""
    assert told[f"{len(all_statements())} statements are read by the server"] == ""
    assert told["edit: a column that does not count"] == ""
    assert told["edit: a room"] == "[] was entered, [('TIMETABLE', 'UPDATE', 1, 1)] should have been"
    assert list(told)[-1] == "everything was taken away"
    assert "TABLE TIMETABLE" in names(driver, "DROP")


class Changed(Driver):
    """A schema in which something is made or renamed."""

    def change(self, name: str) -> None:
        """From now on there is this, too."""
        self.answers["LAST_DDL_TIME"] = [("TABLE", name, "2030-09-09 12:00:00")]


def test_a_schema_is_emptied_for_the_next_test_and_made_anew_where_one_changed_it(tmp_path: Path) -> None:
    driver = Changed(answers={"LAST_DDL_TIME": []})
    filled: list[Database] = []

    def fill(database: Database) -> None:
        filled.append(database)
        database.close()

    opener = OneSchema(lambda: opened_on(driver, "oracle+oracledb://trial@127.0.0.1"), fill)
    opener(tmp_path).close()
    assert (names(driver, "CREATE"), len(filled)) == ([], 1)
    for _test in range(2):
        opener.shared(tmp_path)
    assert (names(driver, "CREATE"), len(filled)) == ([], 2)
    driver.change("ELSEWHERE")
    opener.shared(tmp_path)
    assert "TABLE ELSEWHERE" in names(driver, "DROP")
    assert ("TABLE TIMETABLE" in names(driver, "CREATE"), len(filled)) == (True, 3)
    opener.shared(tmp_path)
    assert len(filled) == 3
    opener.close()
