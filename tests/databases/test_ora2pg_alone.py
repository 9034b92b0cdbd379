"""What ora2pg makes of Oracle's scripts: nothing is lost, and plpgsql_check finds nothing in it."""

from __future__ import annotations

import pytest

from tests.databases import ora2pg
from tests.databases.cmis import Cmis
from tests.databases.engines import Opener
from tests.databases.mariadb import oracle_script

pytestmark = pytest.mark.usefixtures("ora2pg_opener")


@pytest.fixture(scope="session")
def opener(ora2pg_opener: Opener) -> Opener:
    """The converted scripts alone."""
    return ora2pg_opener


def found(cmis: Cmis) -> list[str]:
    """What plpgsql_check has to say."""
    return [f"{name}: {said}" for name, _, _, said in cmis.conn.exec_driver_sql(ora2pg.FOUND_BY_CHECK)]


def test_nothing_is_found_in_the_package_and_the_triggers(cmis: Cmis) -> None:
    assert found(cmis) == []


FAULTS = {
    "a column that is not there": (
        "TRIM(F.ROOMID) = V_ROOMID",
        "TRIM(F.ROOMS) = V_ROOMID",
        "f.rooms does not exist",
    ),
    "a table that is not there": ("FROM MODULEGROUPS G", "FROM MODULEGROUP G", '"modulegroup" does not exist'),
    "a variable that nobody declared": (
        "RETURN V_FOUND;\n        END IF",
        "RETURN V_FIND;\n        END IF",
        "v_find",
    ),
    "a value too few": ("V_MODULEID, V_GROUP, V_LECTURER,", "V_MODULEID, V_GROUP,", "more target columns than"),
    "a sequence that is not there": (
        "(STT_ECHO_QUEUE_SEQ.NEXTVAL, 'ROOM",
        "(STT_ECHO_SEQ.NEXTVAL, 'ROOM",
        "stt_echo_seq",
    ),
    "a parameter that nobody uses": (
        "P_WEEKDAY_OLD, P_WEEKDAY_NEW,\n",
        "P_WEEKDAY_NEW, P_WEEKDAY_NEW,\n",
        "p_weekday_old",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "said"), FAULTS.values(), ids=FAULTS)
def test_each_fault_in_the_package_is_found_before_it_runs(cmis: Cmis, right: str, wrong: str, said: str) -> None:
    script = oracle_script("package")
    assert script.count(right) == 1
    ora2pg.load_package(cmis.conn, script.replace(right, wrong))
    (told,) = found(cmis)
    assert said in told


def test_a_fault_in_a_trigger_is_found_before_it_runs(cmis: Cmis) -> None:
    script = oracle_script("triggers")
    right, wrong = ":NEW.FEATUREID\n", ":NEW.FEATURE\n"
    assert right in script
    ora2pg.load_triggers(cmis.conn, script.replace(right, wrong, 1))
    (told,) = found(cmis)
    assert "feature" in told


@pytest.mark.parametrize(
    ("kind", "name", "right", "wrong"),
    [
        (
            "TRIGGER",
            "triggers",
            "AFTER INSERT ON TIMETABLE FOR EACH ROW",
            "FOR INSERT ON TIMETABLE COMPOUND TRIGGER",
        ),
        ("GUARD", "guard", "BODY STT_ECHO_EDITS AS", "BODY STT_ECHO_EDITS AUTHID DEFINER AS"),
    ],
    ids=["a trigger of several parts", "a package that says whose rights it has"],
)
def test_what_ora2pg_leaves_out_is_missed(kind: str, name: str, right: str, wrong: str) -> None:
    script = oracle_script(name)
    assert script.count(right) == 1
    with pytest.raises(AssertionError, match="came out"):
        ora2pg.converted(kind, script.replace(right, wrong))


def test_an_edit_that_finds_nothing_to_change_is_refused() -> None:
    with pytest.raises(AssertionError, match="nothing is like"):
        ora2pg.edited("TRIGGER", "SET check_function_bodies = false;\n\\set ON_ERROR_STOP ON\n")
