"""The timetable as the worker asks for it: reference data and its parents (decisions: Parents)."""

from __future__ import annotations

import datetime as dt

import pytest

from echodesk.errors import TimetableFault
from echodesk.planning.answers import ReferenceFacts, SectionFacts
from echodesk.planning.values import Booking, Content, Interval, RoomDay
from echodesk.timetable.book import CmisBook
from echodesk.timetable.names import Names
from tests.databases.cmis import SETID, Cmis
from tests.timetable.conftest import Reading


@pytest.fixture
def book(cmis: Cmis, reading: Reading) -> CmisBook:
    return CmisBook(reading(), Names(cmis.conn))


def booking(*members: str, room: str = "R1") -> Booking:
    return Booking(
        "1-1-2023-24",
        SETID,
        1,
        1,
        RoomDay(room, dt.date(2023, 9, 18)),
        Interval(540, 600),
        Content("t", (), None, ()),
        members,
    )


def test_room_term_and_the_sections_of_all_members(cmis: Cmis, book: CmisBook) -> None:
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2, moduleid="COMP102", modgrpcode="LC02")
    assert book.reference_facts(booking("1-1-2023-24", "2-1-2023-24")) == ReferenceFacts(
        room="R1",
        room_name="Room R1",
        building="B1",
        building_name="Old Hall",
        campus="MAIN",
        sections=(
            SectionFacts("COMP101_LC01", "LC01", "COMP101", "Logic", "D1", "Computing"),
            SectionFacts("COMP102_LC02", "LC02", "COMP102", "Sets", "D1", "Computing"),
        ),
        term=SETID,
        term_first="2023-09-18",
        term_last="2023-10-15",
    )


def test_parents_that_the_timetable_does_not_name(cmis: Cmis, book: CmisBook) -> None:
    cmis.update("module", {"moduleid": "COMP101"}, owner=None, name=" ")
    cmis.lesson()
    facts = book.reference_facts(booking("1-1-2023-24", room="R99"))
    assert (facts.room_name, facts.building, facts.building_name, facts.campus) == (
        "R99",
        "No building",
        "No building",
        None,
    )
    assert facts.sections == (
        SectionFacts("COMP101_LC01", "LC01", "COMP101", "COMP101", "No department", "No department"),
    )


def test_a_lesson_that_is_gone_is_said(book: CmisBook) -> None:
    with pytest.raises(TimetableFault, match=r"1 \(2023/24\)"):
        book.reference_facts(booking("1-1-2023-24"))


def test_what_expansion_needs(cmis: Cmis, book: CmisBook) -> None:
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2, status=3)
    now = book.lessons_now([(SETID, 1), (SETID, 2), (SETID, 3)])
    assert {key[1]: lesson.eligible for key, lesson in now.items()} == {1: True, 2: False}
    one = now[(SETID, 1)]
    assert (one.weekid, one.weekday, one.room, one.start, one.finish) == (1, 1, "R1", "09:00", "10:00")
    assert (one.email, one.feature, one.room_group) == ("Ann.Lee@example.ac.uk", "VIDEOREC", "G1")
    assert book.weeks([(SETID, 2)]) == {(SETID, 2): {2, 4}}
    assert book.date_of(SETID, 2, 3) == "2023-09-27"
    assert book.date_of(SETID, 9, 3) is None
    assert book.external_id(SETID, 617747, 1) == "617747-1-2023-24"


def test_what_happened_to_requests_and_how_many_there_are(cmis: Cmis, book: CmisBook) -> None:
    cmis.update("roomrequests", {"slotid": 1}, featureid=" AUDIOREC ")
    for item, feature in enumerate(("VIDEOREC", "PROJECTOR"), 2):
        cmis.insert("roomrequests", setid=SETID, slotid=1, slotentry=1, itemnum=item, featureid=feature)
    cmis.insert("roomrequests", setid=SETID, slotid=1, slotentry=2, itemnum=1, featureid="VIDEOREC")
    cmis.lesson(slotid=1)
    cmis.delete("roomrequests", slotid=2)
    found = book.requests([(SETID, 1), (SETID, 2), (SETID, 3)])
    assert {key[1]: ([edit.action for edit in one.edits], one.standing) for key, one in found.items()} == {
        1: (["UPDATE", "INSERT"], 2),
        2: (["DELETE"], 0),
    }
    assert all(len(edit.created) == 24 for edit in found[(SETID, 1)].edits)
