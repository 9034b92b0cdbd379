"""The rows of a whole timetable, one plain tuple for each row of a CMIS table (`sql/sqlite/cmis.sql`).

Field names are the column names in lower case. Texts and numbers are as CMIS has them (times `HH:MM`, DATECHANGED
text); only dates are typed. None stands for an empty column.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

CANCELLED = 3
DATE_CHANGED_FORMAT = "%Y%m%d%H%M"


class TimetableRow(NamedTuple):
    """A lesson: a weekly pattern in a set of weeks."""

    setid: str
    slotid: int
    slotentry: int
    slottotal: int
    weekid: int
    weekday: int
    starttime: str
    finishtime: str
    duration: int
    moduleid: str
    modgrpcode: str | None
    moduletype: str | None
    deptid: str | None
    siteid: str | None
    roomid: str | None
    roomgrpcode: str | None
    lecturerid: str | None
    sourcesid: str
    status: int
    classif: str | None
    locked: int
    capacity: int | None
    datechanged: str | None
    userchange: str | None


class WeekOfSet(NamedTuple):
    """WEEKMAPNUMERIC: one week of a week set."""

    setid: str
    weekid: int
    weeknumber: int


class WeekSetName(NamedTuple):
    """WEEKMAPSTRING: a week set in words."""

    setid: str
    weekid: int
    name: str
    weeks: str
    numweeks: int


class Week(NamedTuple):
    """WEEKSTRUCTURE: a week and its first day."""

    setid: str
    weeknumber: int
    startdate: dt.date
    description: str


class Module(NamedTuple):
    """MODULE: `owner` is the department."""

    setid: str
    moduleid: str
    name: str
    owner: str | None
    linkcode: str | None
    isactive: str


class ModuleGroup(NamedTuple):
    """MODULEGROUPS: a group of a module, such as LC01."""

    setid: str
    moduleid: str
    grpcode: str
    name: str
    csize: int | None


class ComponentType(NamedTuple):
    """STT_COMPONENT_TYPE: the first two characters of a group code."""

    module_subgroup_code: str
    name: str


class Room(NamedTuple):
    """ROOMS: `siteid` is the building."""

    setid: str
    siteid: str | None
    roomid: str
    name: str
    capacity: int | None
    type: str | None


class Site(NamedTuple):
    """SITES: a building."""

    setid: str
    siteid: str
    sitename: str
    campusid: str | None


class Department(NamedTuple):
    """DEPTS."""

    deptid: str
    name: str


class Lecturer(NamedTuple):
    """LECTURER."""

    setid: str
    lecturerid: str
    name: str
    linkcode: str | None
    owner: str | None


class Address(NamedTuple):
    """STT_EXT_PERSON: the mail address of a lecturer."""

    personno: str
    businessemail: str | None


class RoomRequest(NamedTuple):
    """ROOMREQUESTS: a lesson asks for recording."""

    setid: str
    slotid: int
    slotentry: int
    itemnum: int
    featureid: str


class RoomFeature(NamedTuple):
    """ROOMFEATURES: a room can record."""

    setid: str
    roomid: str
    featureid: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """A whole timetable of one academic year, ready to be loaded."""

    setid: str
    lessons: tuple[TimetableRow, ...]
    weeks: tuple[Week, ...]
    weeks_of_sets: tuple[WeekOfSet, ...]
    week_set_names: tuple[WeekSetName, ...]
    modules: tuple[Module, ...]
    groups: tuple[ModuleGroup, ...]
    components: tuple[ComponentType, ...]
    rooms: tuple[Room, ...]
    sites: tuple[Site, ...]
    departments: tuple[Department, ...]
    lecturers: tuple[Lecturer, ...]
    addresses: tuple[Address, ...]
    requests: tuple[RoomRequest, ...]
    features: tuple[RoomFeature, ...]
