"""The optional triggers on ROOMFEATURES: a room that gains or loses its recorder is re-synced (design §4.2)."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from echodesk.messages import Refresh
from echodesk.worker.control import from_args
from tests.databases.cmis import OTHER_SETID, SETID, Cmis, Value, go_live

FEATURE: dict[str, Value] = {"setid": SETID, "roomid": "R9", "featureid": "VIDEOREC"}
BY = "the timetable"


def resynced(cmis: Cmis) -> list[str]:
    """The rooms for which who leads was asked for a re-sync since the last look, and for nothing else."""
    rooms = []
    for kind, args, by in cmis.commands():
        room = json.loads(args)["room"]
        assert (from_args(kind, args), by) == (Refresh(BY, room), BY)
        rooms.append(room)
    cmis.conn.execute(text("DELETE FROM STT_ECHO_COMMAND"))
    return rooms


def offer(cmis: Cmis, **changes: Value) -> None:
    cmis.insert("roomfeatures", **{**FEATURE, **changes})


@pytest.mark.parametrize("feature", ["AUDIOREC", "VIDEOREC", " VIDEOREC ", "AUDIOREC  "])
def test_gaining_and_losing_a_recorder_ask_for_one_resync_each(cmis: Cmis, feature: str) -> None:
    offer(cmis, featureid=feature)
    cmis.update("roomfeatures", {"roomid": "R9"}, featureid="PROJECTOR")
    cmis.update("roomfeatures", {"roomid": "R9"}, featureid=feature)
    cmis.delete("roomfeatures", roomid="R9")
    assert cmis.commands() == [("Refresh", '{"by":"the timetable","room":"R9"}', BY)] * 4
    assert cmis.entries() == []


@pytest.mark.parametrize("feature", ["PROJECTOR", "", "videorec"])
def test_any_other_feature_asks_for_nothing(cmis: Cmis, feature: str) -> None:
    offer(cmis, featureid=feature)
    cmis.update("roomfeatures", {"roomid": "R9"}, featureid="TEA")
    cmis.update("roomfeatures", {"roomid": "R9"}, roomid="R7")
    cmis.delete("roomfeatures", roomid="R7")
    assert resynced(cmis) == []


@pytest.mark.parametrize("live", [None, 0])
def test_a_year_that_is_not_live_asks_for_nothing(cmis: Cmis, live: int | None) -> None:
    if live is not None:
        go_live(cmis, OTHER_SETID, live)
    offer(cmis, setid=OTHER_SETID)
    cmis.update("roomfeatures", {"roomid": "R9"}, featureid="AUDIOREC")
    cmis.delete("roomfeatures", roomid="R9")
    assert resynced(cmis) == []


def test_a_year_is_known_by_its_text(cmis: Cmis) -> None:
    offer(cmis, setid=f"{SETID}  ")
    cmis.delete("roomfeatures", roomid="R9")
    assert resynced(cmis) == ["R9", "R9"]


def test_a_recorder_without_a_room_asks_for_nothing(cmis: Cmis) -> None:
    offer(cmis, roomid="  ")
    cmis.update("roomfeatures", {"roomid": "  "}, featureid="AUDIOREC")
    cmis.delete("roomfeatures", roomid="  ")
    assert resynced(cmis) == []


@pytest.mark.parametrize(
    ("changes", "rooms"),
    [
        ({"featureid": "AUDIOREC"}, ["R9"]),
        ({"featureid": "PROJECTOR"}, ["R9"]),
        ({"featureid": "VIDEOREC"}, []),
        ({"featureid": "VIDEOREC  "}, []),
        ({"roomid": "R9  "}, []),
        ({"setid": f"{SETID} "}, []),
        ({"roomid": "R7"}, ["R7", "R9"]),
        ({"roomid": "S1"}, ["R9", "S1"]),
        ({"roomid": "R7", "featureid": "AUDIOREC"}, ["R7", "R9"]),
        ({"roomid": "R7", "featureid": "TEA"}, ["R9"]),
        ({"setid": OTHER_SETID}, ["R9"]),
        ({"setid": OTHER_SETID, "roomid": "R7"}, ["R7", "R9"]),
        ({"setid": "1999/00"}, ["R9"]),
        ({"setid": "1999/00", "roomid": "R7"}, ["R9"]),
    ],
    ids=[
        *("other recorder", "no recorder", "the same", "padded feature", "padded room", "padded year"),
        *("room before", "room after", "room and recorder", "room without recorder"),
        *("other live year", "other live year and room", "year not live", "year not live and room"),
    ],
)
def test_a_changed_row(cmis: Cmis, changes: dict[str, Value], rooms: list[str]) -> None:
    go_live(cmis, OTHER_SETID)
    offer(cmis)
    resynced(cmis)
    cmis.update("roomfeatures", {"roomid": "R9"}, **changes)
    assert resynced(cmis) == rooms


def test_a_row_that_comes_from_a_year_that_is_not_live(cmis: Cmis) -> None:
    offer(cmis, setid="1999/00")
    cmis.update("roomfeatures", {"roomid": "R9"}, setid=SETID)
    assert resynced(cmis) == ["R9"]


def test_one_statement_over_many_rows_asks_for_each_room(cmis: Cmis) -> None:
    # R1 and R2 record; R8 begins to.
    cmis.update("roomfeatures", {"setid": SETID}, featureid="VIDEOREC")
    assert sorted(resynced(cmis)) == ["R2", "R8"]
    cmis.delete("roomfeatures", setid=SETID)
    assert sorted(resynced(cmis)) == ["R1", "R2", "R8"]


@pytest.mark.parametrize("room", ['The "Blue" Room', "C:\\Lab\\1", '\\"', "O'Hara {1}", "Röntgen 1/2", "{}[],:"])
def test_any_name_of_a_room_is_understood(cmis: Cmis, room: str) -> None:
    offer(cmis, roomid=f" {room} ")
    cmis.update("roomfeatures", {"roomid": f" {room} "}, featureid="AUDIOREC")
    cmis.delete("roomfeatures", roomid=f" {room} ")
    assert resynced(cmis) == [room] * 3


def test_the_timetable_is_never_read(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql("ALTER TABLE TIMETABLE RENAME TO TIMETABLE_ELSEWHERE")
    offer(cmis)
    assert resynced(cmis) == ["R9"]
