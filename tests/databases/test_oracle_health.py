"""`check` on Oracle, as far as it goes without one.

The dictionary's answers are made up (`oracle_dictionary`); what it is asked is read by the strict grammar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from echodesk.checks import Line, State
from echodesk.commands.checking_database import database_lines, edit_lines
from echodesk.main import AllBooks
from echodesk.store.database import Database
from echodesk.store.health_oracle import odd_things
from tests.databases import oracle_dictionary as dictionary
from tests.databases.engines import SQL
from tests.databases.oracle_dictionary import Rows, with_last, without
from tests.databases.oracle_driver import Driver, opened_on

NOW = dt.datetime(2030, 9, 9, 12, tzinfo=dt.UTC)
URL = "oracle+oracledb://ann@db.example.ac.uk"
UPDATE = "STT_ECHO_TIMETABLE_UPDATE"
FEATURES = "STT_ECHO_FEATURES_UPDATE"
WITHOUT = "without their optional triggers: a recorder that a room gains or loses counts within ten minutes"


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


def lines(database: Database, *states: State) -> list[Line]:
    """What `check` says of the database, in these states."""
    found = database.read(lambda connection: database_lines(AllBooks(connection), NOW))
    return [one for one in found if one.state in states]


# ---- check ------------------------------------------------------------------------------------------------------


def test_where_all_is_well_it_says_so(database: Database) -> None:
    assert lines(database, State.WRONG, State.NOTE) == []
    assert [(one.check, one.text.split(",")[0]) for one in lines(database, State.OK)] == [
        ("Database", "Oracle 19.3.0.0.0"),
        ("Rights", "the database's user may do what EchoDesk needs"),
        ("Triggers", "all there"),
        ("Room features", WITHOUT),
    ]


def test_the_optional_triggers_are_told_of(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.CODE] += dictionary.code_of(dictionary.ON_ROOM_FEATURES)
    assert lines(database, State.WRONG, State.NOTE) == []
    assert lines(database, State.OK)[-1].text.startswith("with their optional triggers")


@pytest.mark.parametrize(
    ("spoil", "how"),
    [(without(FEATURES), "missing"), (with_last(FEATURES, "DISABLED"), "switched off")],
    ids=["one is missing", "one is switched off"],
)
def test_the_optional_triggers_are_right_where_they_are(
    database: Database, driver: Driver, spoil: Callable[[Rows], Rows], how: str
) -> None:
    optional = list(dictionary.code_of(dictionary.ON_ROOM_FEATURES))
    driver.answers[dictionary.CODE] += spoil(optional)
    (line,) = lines(database, State.WRONG, State.NOTE)
    assert (line.check, line.text) == ("Triggers", f"Trigger {FEATURES} is {how}.")


def test_nobody_sees_whether_the_optional_triggers_are_there(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.WATCHED] = [(0,)]
    assert [one.check for one in lines(database, State.SKIPPED)] == ["Room features"]


@pytest.mark.parametrize(
    ("part", "spoil", "check", "text", "step"),
    [
        (
            dictionary.CODE,
            without(UPDATE),
            "Triggers",
            f"Trigger {UPDATE} is missing.",
            "echodesk database install",
        ),
        (
            dictionary.CODE,
            with_last(UPDATE, "DISABLED"),
            "Triggers",
            f"Trigger {UPDATE} is switched off.",
            "echodesk database install",
        ),
        (
            dictionary.CODE,
            with_last(UPDATE, "INVALID", 3),
            "Triggers",
            f"Trigger {UPDATE} is not valid.",
            "echodesk database install",
        ),
        (
            dictionary.CODE,
            with_last(UPDATE, "NULL;\n", 2),
            "Triggers",
            f"Trigger {UPDATE} is not as this version makes it.",
            "echodesk database install",
        ),
        (
            dictionary.CODE,
            without("STT_ECHO_EDITS", "PACKAGE BODY"),
            "Triggers",
            "Package body STT_ECHO_EDITS is missing.",
            "echodesk database install",
        ),
        (
            dictionary.CODE,
            lambda rows: [
                (*row[:3], "INVALID", *row[4:]) if row[:2] == ("STT_ECHO_ENTRIES", "PACKAGE BODY") else row
                for row in rows
            ],
            "Triggers",
            "Package body STT_ECHO_ENTRIES is not valid.",
            "echodesk database install",
        ),
        (
            dictionary.WATCHED,
            lambda _rows: [(0,)],
            "Triggers",
            "View STT_ECHO_CODE is missing, or the user may not see it.",
            "--part watching",
        ),
        (
            dictionary.INDEXES,
            without("STT_ECHO_BY_SLOT"),
            "Database",
            "Index STT_ECHO_BY_SLOT is missing, or the user may not see it.",
            "echodesk database install",
        ),
        (
            dictionary.INDEXES,
            with_last("STT_ECHO_BY_SLOT", "DISABLED"),
            "Database",
            "Index STT_ECHO_BY_SLOT cannot be used.",
            "echodesk database install",
        ),
        (
            dictionary.COLUMNS,
            without("STT_ECHO_FEED"),
            "Database",
            "Table STT_ECHO_FEED is missing, or the user may not see it.",
            "backup",
        ),
        (
            dictionary.COLUMNS,
            without("STT_ECHO_SET", "CHANGED"),
            "Database",
            "Column STT_ECHO_SET.CHANGED is missing.",
            "backup",
        ),
        (
            dictionary.COLUMNS,
            lambda rows: [*rows, ("STT_ECHO_SET", "NOTE", "VARCHAR2", 20, None, "Y")],
            "Database",
            "Column STT_ECHO_SET.NOTE is not as this version makes it.",
            "backup",
        ),
        (
            dictionary.COLUMNS,
            without("SITES", "CAMPUSID"),
            "Timetable",
            "Column SITES.CAMPUSID of the timetable is missing.",
            "administrator of the timetable",
        ),
        (
            dictionary.COLUMNS,
            without("CCALMAPS"),
            "Timetable",
            "Table CCALMAPS of the timetable is missing, or the user may not see it.",
            "administrator of the timetable",
        ),
        (
            dictionary.RIGHTS,
            without("INSERT", "STT_ECHO_AUDIT"),
            "Rights",
            "The database's user has no right to INSERT on STT_ECHO_AUDIT.",
            "STT_ECHO_WORKER",
        ),
        (
            dictionary.RIGHTS,
            without("SELECT", "STT_ECHO_BATCH_SEQ"),
            "Rights",
            "The database's user has no right to SELECT on STT_ECHO_BATCH_SEQ.",
            "--part grants",
        ),
    ],
)  # fmt: skip
def test_what_is_not_right_is_one_line_that_says_what_to_do(
    database: Database,
    driver: Driver,
    part: str,
    spoil: Callable[[Rows], Rows],
    check: str,
    text: str,
    step: str,
) -> None:
    driver.answers[part] = spoil(driver.answers[part])
    (line,) = lines(database, State.WRONG, State.NOTE)
    assert (line.check, line.text) == (check, text)
    assert step in line.next_step
    assert line.compare == (check == "Triggers")


def test_who_may_only_look_is_told_so(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.RIGHTS] = [
        ("READ" if right == "SELECT" else right, table)
        for right, table in driver.answers[dictionary.RIGHTS]
        if right in ("SELECT", "READ") and not table.endswith("_SEQ")
    ]
    driver.answers[dictionary.EVERYWHERE] = [("SELECT ANY TABLE",)]
    assert [(one.check, one.state) for one in lines(database, State.WRONG, State.NOTE)] == [("Rights", State.NOTE)]


@pytest.mark.parametrize("who", ["owner", "administrator"])
def test_who_owns_everything_or_may_do_anything_lacks_nothing(
    database: Database, driver: Driver, who: str
) -> None:
    rights = driver.answers[dictionary.RIGHTS]
    driver.answers[dictionary.RIGHTS] = []
    if who == "owner":
        driver.answers[dictionary.OWNED] = [(table,) for _right, table in rights]
    else:
        may = ("SELECT", "INSERT", "UPDATE", "DELETE")
        anything = [f"{one} ANY TABLE" for one in may] + ["SELECT ANY SEQUENCE"]
        driver.answers[dictionary.EVERYWHERE] = [(one,) for one in anything]
    assert lines(database, State.WRONG, State.NOTE) == []


def test_a_way_that_is_not_encrypted_is_noted(database: Database, driver: Driver) -> None:
    driver.answers[dictionary.PROTOCOL] = [("tcp",)]
    (line,) = lines(database, State.WRONG, State.NOTE)
    assert (line.check, line.state, "db.example.ac.uk" in line.text) == ("Encryption", State.NOTE, True)


def test_edits_that_could_not_be_entered_are_told(database: Database, driver: Driver) -> None:
    assert database.read(lambda connection: edit_lines(AllBooks(connection), NOW))[0].state is State.OK
    driver.answers = {
        "SELECT stt_echo_error.written": [("2030-09-09T10:00:00.000Z", "ORA-01653: unable to extend table")],
        "SELECT count(": [(2, 7)],
        "SELECT stt_echo_error.id": [(7,)],
        **driver.answers,
    }
    (line,) = database.read(lambda connection: edit_lines(AllBooks(connection), NOW))
    assert (line.state, line.compare) == (State.WRONG, True)
    assert "2 could not be entered" in line.text
    assert "ORA-01653" in line.text
    asked = {one: given for one, given in driver.asked if "stt_echo_error" in one}
    assert 7 in [value for given in asked.values() for value in given.values()], "the newest is read"
    assert not [one for one in asked if "LIMIT" in one]


def test_nothing_is_odd_where_all_is_well(database: Database) -> None:
    assert database.read(lambda connection: odd_things(connection, SQL)) == []
