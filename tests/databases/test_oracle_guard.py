"""What Oracle's triggers call lets an edit through whatever is gone behind it, and tells what it could not enter.

Oracle refuses a package that names what is not there (ORA-04063, ORA-06508). The engines here find that out later,
statement by statement; so the code itself is taken away.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.databases.cmis import SETID, Cmis
from tests.databases.conftest import ENGINES
from tests.databases.engines import Opener, marked

PACKAGES = [marked(one) for one in ("mariadb-oracle-mode", "ora2pg-postgresql", "oracle")]
GONE = {
    "mysql": "DROP PACKAGE BODY STT_ECHO_{package}",
    "oracle": "DROP PACKAGE BODY STT_ECHO_{package}",
    "postgresql": "DROP SCHEMA stt_echo_{package} CASCADE",
}


@pytest.fixture(scope="session", params=PACKAGES)
def opener(request: pytest.FixtureRequest) -> Opener:
    """The engines that run Oracle's packages."""
    found: Opener = request.getfixturevalue(ENGINES[request.param])
    return found


def _take_away(cmis: Cmis, package: str) -> None:
    cmis.conn.exec_driver_sql(GONE[cmis.conn.dialect.name].format(package=package))


def _edit_everything(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.change(roomid="R2")
    assert cmis.conn.execute(text("SELECT ROOMID FROM TIMETABLE")).scalars().all() == ["R2"]
    assert cmis.delete("timetable", slotid=1) == 1
    assert cmis.update("roomrequests", {"slotid": 1}, featureid="AUDIOREC") == 1
    cmis.insert("roomfeatures", setid=SETID, roomid="R9", featureid="VIDEOREC")


def test_an_edit_goes_through_without_the_code_behind_the_guard(cmis: Cmis) -> None:
    _take_away(cmis, "ENTRIES")
    _edit_everything(cmis)
    assert [error[:3] for error in cmis.errors()] == [
        *(("TIMETABLE", action, SETID) for action in ("INSERT", "UPDATE", "DELETE")),
        ("ROOMREQUESTS", "UPDATE", SETID),
        ("ROOMFEATURES", "UPDATE", SETID),
    ]
    assert all(said for *_, said in cmis.errors())


def test_an_edit_goes_through_without_the_code_that_tells_of_an_error(cmis: Cmis) -> None:
    for package in ("ENTRIES", "TROUBLE"):
        _take_away(cmis, package)
    _edit_everything(cmis)
    assert cmis.errors() == []
