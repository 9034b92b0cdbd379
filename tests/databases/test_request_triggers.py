"""The triggers on ROOMREQUESTS: asking for a recording and withdrawing it (design §4.2)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.store.database import Database
from tests.databases.cmis import (
    OTHER_SETID,
    SETID,
    Cmis,
    Entry,
    Value,
    deleted,
    fill,
    go_live,
    inserted,
    otherwise,
    requested,
    withdrawn,
)

REQUEST: dict[str, Value] = {"setid": SETID, "slotid": 7, "slotentry": 1, "itemnum": 1, "featureid": "VIDEOREC"}


def ask(cmis: Cmis, **changes: Value) -> None:
    cmis.insert("roomrequests", **{**REQUEST, **changes})


@pytest.mark.parametrize("feature", ["AUDIOREC", "VIDEOREC", " VIDEOREC ", "AUDIOREC  "])
def test_asking_and_withdrawing_enter_the_lesson_and_which_it_was(cmis: Cmis, feature: str) -> None:
    ask(cmis, featureid=feature)
    cmis.delete("roomrequests", slotid=7)
    assert [
        {key: value for key, value in entry.items() if key != "id" and value is not None}
        for entry in cmis.full_entries()
    ] == [
        {
            "source": "ROOMREQUESTS",
            "action": action,
            "setid": SETID,
            "slotid": 7,
            "status": "UNPROCESSED",
        }
        for action in ("INSERT", "DELETE")
    ]


def test_asking_and_withdrawing_enter_one_each(cmis: Cmis) -> None:
    ask(cmis)
    assert cmis.entries() == [requested(7)]
    cmis.delete("roomrequests", slotid=7)
    assert cmis.entries() == [withdrawn(7)]


@pytest.mark.parametrize("feature", ["PROJECTOR", None, "", "videorec"])
def test_a_request_for_anything_else_enters_nothing(cmis: Cmis, feature: str | None) -> None:
    ask(cmis, featureid=feature)
    cmis.update("roomrequests", {"slotid": 7}, featureid="TEA")
    cmis.delete("roomrequests", slotid=7)
    assert cmis.entries() == []


def test_a_request_of_a_further_entry_enters_nothing(cmis: Cmis) -> None:
    ask(cmis, slotentry=2)
    cmis.update("roomrequests", {"slotid": 7}, featureid="AUDIOREC")
    cmis.delete("roomrequests", slotid=7)
    assert cmis.entries() == []


@pytest.mark.parametrize("live", [None, 0])
def test_a_request_in_a_year_that_is_not_live_enters_nothing(cmis: Cmis, live: int | None) -> None:
    if live is not None:
        go_live(cmis, OTHER_SETID, live)
    ask(cmis, setid=OTHER_SETID)
    cmis.update("roomrequests", {"slotid": 7}, featureid="AUDIOREC")
    cmis.delete("roomrequests", slotid=7)
    assert cmis.entries() == []


@pytest.mark.parametrize(
    ("old", "new", "entries"),
    [
        ("VIDEOREC", "AUDIOREC", [otherwise(7)]),
        ("AUDIOREC", " VIDEOREC ", [otherwise(7)]),
        ("VIDEOREC", "TEA", [withdrawn(7)]),
        ("TEA", "VIDEOREC", [requested(7)]),
        ("VIDEOREC", None, [withdrawn(7)]),
        (None, "AUDIOREC", [requested(7)]),
        ("TEA", "COFFEE", []),
        ("VIDEOREC", "VIDEOREC  ", []),
        ("VIDEOREC", "VIDEOREC", []),
        (None, "", []),
    ],
)
def test_a_changed_feature(cmis: Cmis, old: str | None, new: str | None, entries: list[Entry]) -> None:
    ask(cmis, featureid=old)
    cmis.entries()
    cmis.update("roomrequests", {"slotid": 7}, featureid=new)
    assert cmis.entries() == entries


@pytest.mark.parametrize(
    ("changes", "entries"),
    [
        ({"slotid": 8}, [withdrawn(7), requested(8)]),
        ({"slotentry": 2}, [withdrawn(7)]),
        ({"setid": OTHER_SETID}, [withdrawn(7), requested(7, OTHER_SETID)]),
        ({"setid": "1999/00"}, [withdrawn(7)]),
        ({"setid": f"{SETID}  "}, []),
        ({"itemnum": 5}, []),
    ],
    ids=["other slot", "further entry", "other live year", "year not live", "padded year", "item number"],
)
def test_a_request_that_moves(cmis: Cmis, changes: dict[str, Value], entries: list[object]) -> None:
    go_live(cmis, OTHER_SETID)
    ask(cmis)
    cmis.entries()
    cmis.update("roomrequests", {"slotid": 7}, **changes)
    assert cmis.entries() == entries


def test_a_further_entrys_request_that_becomes_the_firsts(cmis: Cmis) -> None:
    ask(cmis, slotentry=2)
    cmis.update("roomrequests", {"slotid": 7}, slotentry=1)
    assert cmis.entries() == [requested(7)]


def test_one_statement_over_many_requests_enters_each(cmis: Cmis) -> None:
    cmis.update("roomrequests", {"setid": SETID}, featureid="AUDIOREC")
    assert cmis.entries() == [otherwise(1), otherwise(2), otherwise(3)]


# ---- order of the lesson and its request ----


def test_request_before_its_lesson_in_one_transaction(cmis: Cmis) -> None:
    cmis.delete("roomrequests", slotid=1)
    cmis.entries()
    cmis.insert("roomrequests", **{**REQUEST, "slotid": 1})
    cmis.lesson()
    assert cmis.entries() == [requested(), inserted()]


def test_request_after_its_lesson_in_one_transaction(cmis: Cmis) -> None:
    cmis.delete("roomrequests", slotid=1)
    cmis.entries()
    cmis.lesson()
    cmis.insert("roomrequests", **{**REQUEST, "slotid": 1})
    assert cmis.entries() == [requested()]


@pytest.mark.parametrize("request_first", [True, False])
def test_request_and_lesson_in_two_transactions(database: Database, request_first: bool) -> None:
    with database.engine.begin() as conn:
        Cmis(conn).delete("roomrequests", slotid=1)
        conn.execute(text("DELETE FROM STT_ECHO_QUEUE"))
    for step in (request_first, not request_first):
        with database.engine.begin() as conn:
            if step:
                Cmis(conn).insert("roomrequests", **{**REQUEST, "slotid": 1})
            else:
                Cmis(conn).lesson()
    with database.engine.begin() as conn:
        assert Cmis(conn).entries() == ([requested(), inserted()] if request_first else [requested()])


def test_a_lesson_taken_away_before_its_request(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.entries()
    cmis.delete("timetable", slotid=1)
    cmis.delete("roomrequests", slotid=1)
    assert cmis.entries() == [deleted(), withdrawn()]


def test_a_request_withdrawn_before_its_lesson_goes(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.entries()
    cmis.delete("roomrequests", slotid=1)
    cmis.delete("timetable", slotid=1)
    assert cmis.entries() == [withdrawn()]


def test_two_live_years(cmis: Cmis) -> None:
    go_live(cmis, OTHER_SETID)
    fill(cmis, OTHER_SETID, slots=1)
    assert cmis.entries() == [requested(1, OTHER_SETID)]


def test_the_timetable_is_never_read(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql("ALTER TABLE TIMETABLE RENAME TO TIMETABLE_ELSEWHERE")
    ask(cmis)
    cmis.update("roomrequests", {"slotid": 7}, featureid="AUDIOREC")
    cmis.delete("roomrequests", slotid=7)
    assert cmis.entries() == [requested(7), otherwise(7), withdrawn(7)]
