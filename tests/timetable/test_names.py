"""Names beside codes."""

from __future__ import annotations

from echodesk.timetable.names import ModuleName, Names, RoomName
from tests.databases.cmis import OTHER_SETID, SETID, Cmis, go_live


def test_rooms_with_their_buildings(cmis: Cmis) -> None:
    names = Names(cmis.conn)
    assert names.rooms()["R1"] == RoomName("R1", "Room R1", "B1", "Old Hall", "MAIN")
    assert names.room(SETID, "R1") == RoomName("R1", "Room R1", "B1", "Old Hall", "MAIN")
    assert names.rooms_of_building("B1") == {"R1", "R2", "R8"}
    assert names.rooms_of_building("B9") == frozenset()
    assert (names.building_of_room("R1"), names.building_of_room("R99")) == ("B1", "")


def test_a_room_that_the_year_does_not_describe_is_called_by_its_code(cmis: Cmis) -> None:
    assert Names(cmis.conn).room(SETID, "R99") == RoomName("R99", "R99", "", "", None)


def test_a_room_without_name_or_building_row(cmis: Cmis) -> None:
    cmis.insert("rooms", setid=SETID, roomid="R5", name=" ", siteid="B7")
    assert Names(cmis.conn).rooms()["R5"] == RoomName("R5", "R5", "B7", "B7", None)


def test_of_several_years_the_live_one_names_a_room(cmis: Cmis) -> None:
    cmis.insert("rooms", setid=OTHER_SETID, roomid="R1", name="To be renamed", siteid="B1")
    assert Names(cmis.conn).rooms()["R1"].name == "Room R1"
    go_live(cmis, OTHER_SETID)
    assert Names(cmis.conn).rooms()["R1"].name == "To be renamed"


def test_modules_and_lecturers(cmis: Cmis) -> None:
    cmis.insert("lecturer", setid=SETID, lecturerid="P1  ", name="Ann Lee")
    cmis.insert("lecturer", setid=SETID, lecturerid="P2", name=None)
    names = Names(cmis.conn)
    assert names.modules([(SETID, "COMP101"), (SETID, "NONE"), (OTHER_SETID, "COMP101")]) == {
        (SETID, "COMP101"): ModuleName("COMP101", "Logic", "D1", "Computing")
    }
    assert names.lecturers([(SETID, "P1"), (SETID, "P2"), (SETID, "P3")]) == {
        (SETID, "P1"): "Ann Lee",
        (SETID, "P2"): "P2",
    }
    assert names.modules([]) == {}
