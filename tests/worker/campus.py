"""A small university in the database and in Echo360: four rooms, nine modules, three lecturers, twelve weeks.

Week 1 begins on the Monday on which `virtual_time` begins; tests usually speak of week 2 or later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import text

from echodesk.simulator.seed import Seed, SeedRoom, SeedSection, SeedTerm, SeedUser
from tests.databases.cmis import Cmis, Value
from tests.worker.virtual_time import CAMPUS_AT_START

SETID = "2030/31"
OTHER_SETID = "2031/32"
ROOMS = ("R1", "R2", "R3", "R4")
MODULES = tuple(f"M{number}" for number in range(1, 10))
GROUPS = ("LC01", "LC02")
PEOPLE = {"P1": "ann.lee@example.ac.uk", "P2": "bo.ray@example.ac.uk", "P9": "nobody@example.ac.uk"}
"""Echo360 does not know the last of them."""
WEEKS = range(1, 13)
ASKED = range(1, 100)
"""Slots for which a recording is asked for already."""
FIRST_DAY = CAMPUS_AT_START.date()


def day(week: int, weekday: int = 1) -> dt.date:
    """The date of a weekday (1 = Monday) of a week."""
    return FIRST_DAY + dt.timedelta(days=7 * (week - 1) + weekday - 1)


def fill_university(cmis: Cmis) -> None:
    """What no year owns, and the year `SETID`, live."""
    cmis.insert("stt_component_type", module_subgroup_code="LC", name="Lecture")
    cmis.insert("depts", deptid="D1", name="Computing")
    for person, email in PEOPLE.items():
        cmis.insert("stt_ext_person", personno=person, businessemail=email)
    fill_year(cmis, SETID)


def fill_year(cmis: Cmis, setid: str, live: int = 1) -> None:
    """A year with its modules, groups, rooms and weeks; its lessons are added by the test."""
    for module in MODULES:
        add_module(cmis, module, setid=setid)
    cmis.insert("sites", setid=setid, siteid="B1", sitename="Old Hall", campusid=None)
    cmis.insert("sites", setid=setid, siteid="B2", sitename="New Hall", campusid=None)
    for number, room in enumerate(ROOMS):
        add_room(cmis, room, setid=setid, building="B1" if number < 3 else "B2")
    for week in WEEKS:
        cmis.insert("weekstructure", setid=setid, weeknumber=week, startdate=day(week).isoformat())
    cmis.insert_all(
        "roomrequests",
        [
            {"setid": setid, "slotid": slot, "slotentry": 1, "itemnum": 1, "featureid": "VIDEOREC"}
            for slot in ASKED
        ],
    )
    cmis.insert("stt_echo_set", setid=setid, live=live)


def add_module(cmis: Cmis, module: str, setid: str = SETID) -> None:
    """A module with both groups."""
    cmis.insert("module", setid=setid, moduleid=module, name=f"Title of {module}", owner="D1")
    for group in GROUPS:
        cmis.insert("modulegroups", setid=setid, moduleid=module, grpcode=group)


def add_room(cmis: Cmis, room: str, setid: str = SETID, feature: str = "VIDEOREC", building: str = "B1") -> None:
    """A room that can record."""
    cmis.insert("rooms", setid=setid, roomid=room, name=f"Room {room}", siteid=building)
    cmis.insert("roomfeatures", setid=setid, roomid=room, featureid=feature)


def week_set(cmis: Cmis, weeks: Sequence[int], setid: str = SETID) -> int:
    """The WEEKID of this set of weeks, made when it is first asked for."""
    weekid = sum(1 << week for week in weeks)
    known = cmis.conn.execute(
        text("SELECT count(*) FROM WEEKMAPNUMERIC WHERE SETID = :setid AND WEEKID = :weekid"),
        {"setid": setid, "weekid": weekid},
    ).scalar_one()
    if not known:
        for week in weeks:
            cmis.insert("weekmapnumeric", setid=setid, weekid=weekid, weeknumber=week)
    return weekid


LESSON: Mapping[str, Value] = {
    "setid": SETID,
    "slotentry": 1,
    "weekday": 1,
    "starttime": "09:00",
    "finishtime": "10:00",
    "modgrpcode": "LC01",
    "roomid": "R1",
    "lecturerid": "P1",
    "sourcesid": "TEACH",
    "status": 2,
    "siteid": "B1",
    "datechanged": "203006011200",
}
"""A lesson on Mondays at nine; its module follows from its slot."""


def echo360_seed(
    *, people: bool = True, sections: bool = True, rooms: Sequence[str] = ROOMS, closed: Collection[str] = ()
) -> Seed:
    """An Echo360 that knows the university, but for the address of P9; `closed` rooms have no recorder."""
    found = tuple(
        SeedRoom(
            external_id=room,
            name=f"Room {room}",
            building="Old Hall" if room != "R4" else "New Hall",
            building_external_id="B1" if room != "R4" else "B2",
            campus="Main",
            campus_external_id="Main",
            device=room not in closed,
        )
        for room in rooms
    )
    terms = (SeedTerm(name=SETID, external_id=SETID, start_date=str(day(1)), end_date=str(day(13))),)
    known = tuple(
        SeedSection(
            external_id=f"{module}_{group}",
            section_number=group,
            course_external_id=module,
            course_identifier=module,
            course_name=f"Title of {module}",
            term=SETID,
            department="Computing",
            department_external_id="D1",
            organization="University",
            organization_external_id="University",
        )
        for module in MODULES
        for group in GROUPS
    )
    users = tuple(
        SeedUser(email=email, first_name=person, last_name=person)
        for person, email in PEOPLE.items()
        if person != "P9"
    )
    return Seed(
        rooms=found,
        terms=terms,
        sections=known if sections else (),
        users=users if people else (),
    )
