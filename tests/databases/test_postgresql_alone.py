"""What only PostgreSQL has: the codes of errors, its scripts, and timetablers who work at the same time."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.store.database import Database
from tests.databases.cmis import SETID, Cmis, deleted, inserted, otherwise, requested, updated, withdrawn
from tests.databases.engines import Opener
from tests.databases.postgres import run_script

_ERRORS = text("SELECT SOURCE, ACTION, SETID, SLOTID, CODE FROM STT_ECHO_ERROR ORDER BY ID")
_OURS = (
    "SELECT relname FROM pg_class WHERE relname LIKE 'stt_echo%%' UNION"
    " SELECT proname FROM pg_proc WHERE proname LIKE 'stt_echo%%' UNION"
    " SELECT tgname FROM pg_trigger WHERE tgname LIKE 'stt_echo%%'"
)


@pytest.fixture(scope="session")
def opener(postgresql_opener: Opener) -> Opener:
    """PostgreSQL alone."""
    return postgresql_opener


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("ALTER TABLE MODULEGROUPS RENAME TO ELSEWHERE", "42P01"),
        ("ALTER TABLE ROOMFEATURES DROP COLUMN FEATUREID CASCADE", "42703"),
        ("ALTER TABLE STT_ECHO_QUEUE ADD CHECK (SLOTID < 0) NOT VALID", "23514"),
        ("ALTER TABLE STT_ECHO_QUEUE RENAME TO ELSEWHERE", "42P01"),
        ("DROP FUNCTION STT_ECHO_ENTER(TEXT, TIMETABLE, TIMETABLE)", "42883"),
    ],
    ids=["a table is gone", "a column is gone", "the queue refuses it", "the queue is gone", "a function is gone"],
)
def test_an_error_inside_never_makes_an_edit_fail_and_is_told(cmis: Cmis, broken: str, code: str) -> None:
    cmis.lesson(slotid=3)
    cmis.conn.exec_driver_sql(broken)
    cmis.lesson()
    cmis.change(roomid="R2")
    cmis.delete("timetable", slotid=1)
    assert cmis.conn.execute(_ERRORS).all() == [
        ("TIMETABLE", action, "2023/24", 1, code) for action in ("INSERT", "UPDATE", "DELETE")
    ]


def test_a_request_goes_through_without_the_queue(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql("ALTER TABLE STT_ECHO_QUEUE RENAME TO ELSEWHERE")
    cmis.insert("roomrequests", setid="2023/24", slotid=9, slotentry=1, itemnum=1, featureid="VIDEOREC")
    assert cmis.conn.execute(_ERRORS).all() == [("ROOMREQUESTS", "INSERT", "2023/24", 9, "42P01")]


@pytest.mark.parametrize(
    "also",
    ["DROP TABLE STT_ECHO_ERROR", "DROP FUNCTION STT_ECHO_FAILED"],
    ids=["its table is gone", "what writes it is gone"],
)
def test_an_edit_goes_through_though_not_even_the_error_can_be_written(cmis: Cmis, also: str) -> None:
    cmis.conn.exec_driver_sql(also)
    cmis.conn.exec_driver_sql("ALTER TABLE STT_ECHO_QUEUE RENAME TO ELSEWHERE")
    cmis.lesson()
    cmis.insert("roomrequests", setid="2023/24", slotid=9, slotentry=1, itemnum=1, featureid="VIDEOREC")
    assert cmis.conn.execute(text("SELECT COUNT(*) FROM TIMETABLE")).scalar_one() == 1


def test_entries_of_timetablers_at_the_same_time_are_all_there_though_their_numbers_come_late(
    database: Database,
) -> None:
    """The first to edit is the last to commit: its entry has the lower number and is seen later."""
    with database.engine.connect() as early, database.engine.connect() as late:
        slow, quick, watching = Cmis(early), Cmis(late), Cmis(late)
        slow.lesson(slotid=1)
        quick.lesson(slotid=2)
        late.commit()
        assert watching.entries() == [inserted(2)]
        late.commit()
        early.commit()
        assert watching.entries() == [], "who asks for higher numbers only never sees it"
        watching = Cmis(late)
        assert watching.entries() == [inserted(1), inserted(2)]


def test_one_waits_for_another_who_edits_the_same_lesson(database: Database) -> None:
    with database.engine.begin() as conn:
        Cmis(conn).lesson()
    with database.engine.connect() as first, database.engine.connect() as second:
        Cmis(first).change(roomid="R2")
        second.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(Exception, match="lock timeout"):
            Cmis(second).change(weekday=3)
        second.rollback()
        first.commit()
        Cmis(second).change(weekday=3)
        second.commit()
    with database.engine.begin() as conn:
        assert Cmis(conn).entries() == [inserted(), updated(1, 1), updated(1, 1)]


def test_rows_that_a_subscription_brings_are_entered_as_edits(cmis: Cmis) -> None:
    """Whoever receives them writes them so (PostgreSQL's manual, session_replication_role)."""
    cmis.conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
    cmis.lesson()
    cmis.change(roomid="R2")
    cmis.delete("timetable", slotid=1)
    cmis.insert("roomrequests", setid=SETID, slotid=9, slotentry=1, itemnum=1, featureid="VIDEOREC")
    cmis.update("roomrequests", {"slotid": 9}, featureid="AUDIOREC")
    cmis.delete("roomrequests", slotid=9)
    assert cmis.entries() == [inserted(), updated(1, 1), deleted(), requested(9), otherwise(9), withdrawn(9)]
    cmis.update("roomfeatures", {"roomid": "R1"}, featureid="AUDIOREC")
    cmis.delete("roomfeatures", roomid="R1")
    assert len(cmis.commands()) == 2


def test_the_triggers_may_be_installed_again(database: Database) -> None:
    run_script(database, "triggers")
    run_script(database, "room_features")
    with database.engine.begin() as conn:
        cmis = Cmis(conn)
        cmis.lesson()
        cmis.delete("roomfeatures", roomid="R1")
        assert cmis.entries() == [inserted()]
        assert len(cmis.commands()) == 1


def test_uninstalling_leaves_the_timetable_and_its_rows_alone(database: Database) -> None:
    with database.engine.begin() as conn:
        Cmis(conn).lesson()
        assert conn.exec_driver_sql(_OURS).all()
    for _ in range(2):
        run_script(database, "uninstall")
    with database.engine.begin() as conn:
        assert conn.exec_driver_sql(_OURS).all() == []
        cmis = Cmis(conn)
        cmis.change(roomid="R2")
        assert cmis.update("roomfeatures", {"roomid": "R1"}, featureid="AUDIOREC") == 1
        assert conn.execute(text("SELECT ROOMID FROM TIMETABLE")).scalars().all() == ["R2"]
        assert conn.execute(text("SELECT COUNT(*) FROM STT_COMPONENT_TYPE")).scalar_one() == 1
