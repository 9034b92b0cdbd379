"""The optional triggers on ROOMFEATURES: a recorder that a room gains or loses counts before the next sweep."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.store.database import ROOM_FEATURES, statements
from echodesk.store.postgresql_still import run_script
from echodesk.worker.housekeeping import SWEEP_S
from tests.databases.engines import SQL
from tests.worker.campus import SETID
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]
SOON_S = SWEEP_S / 10


@pytest.fixture
def w(world: Worlds) -> World:
    """A lesson in R1 that stands, and one in R4."""
    made = world()
    with made.office.database.engine.begin() as connection:
        engine = connection.dialect.name
        script = (SQL / engine / f"{ROOM_FEATURES}.sql").read_text(encoding="utf-8")
        if engine == "sqlite":
            for statement in statements(script):
                connection.exec_driver_sql(statement)
        else:
            run_script(connection, script)
    made.lesson(1, room="R1", weeks=(2, 3))
    made.lesson(2, room="R4", weeks=(2, 3))
    made.settle()
    return made


IN_R1 = {external(1, 2), external(1, 3)}
IN_R4 = {external(2, 2), external(2, 3)}


def lose(w: World) -> None:
    with w.edit() as cmis:
        cmis.delete("roomfeatures", setid=SETID, roomid="R4")


def soon(w: World) -> None:
    """All that is asked is done, long before the sweep."""
    began = w.loop.now
    w.settle()
    assert w.loop.now - began < SOON_S


def test_a_room_that_loses_its_recorder_is_cleared_without_waiting(w: World) -> None:
    assert set(w.schedules()) == IN_R1 | IN_R4
    lose(w)
    soon(w)
    assert set(w.schedules()) == IN_R1
    w.assert_equal()


def test_a_room_that_gains_its_recorder_is_booked_without_waiting(w: World) -> None:
    lose(w)
    soon(w)
    with w.edit() as cmis:
        cmis.insert("roomfeatures", setid=SETID, roomid="R4", featureid="AUDIOREC")
    soon(w)
    assert set(w.schedules()) == IN_R1 | IN_R4
    w.assert_equal()


def test_the_audit_says_who_asked(w: World) -> None:
    lose(w)
    soon(w)
    assert w.sql("SELECT WHO FROM STT_ECHO_AUDIT WHERE ACTION = 'REFRESH'") == [("the timetable",)]
    assert w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("DONE",)]
