"""A whole timetable into an empty database; its lessons arrive through the triggers like a real roll-over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, TextClause, text

from echodesk.demo.rows import Timetable
from echodesk.errors import TimetableFault

_KNOWN_YEARS = text("SELECT COUNT(*) FROM STT_ECHO_SET")
_LESSONS = text("SELECT COUNT(*) FROM TIMETABLE")
_SWITCH_ON = text("INSERT INTO STT_ECHO_SET (SETID, LIVE) VALUES (:setid, 1)")

_INTO_WEEKSTRUCTURE = text(
    "INSERT INTO WEEKSTRUCTURE (SETID, WEEKNUMBER, STARTDATE, DESCRIPTION)"
    " VALUES (:setid, :weeknumber, :startdate, :description)"
)
_INTO_WEEKMAPNUMERIC = text(
    "INSERT INTO WEEKMAPNUMERIC (SETID, WEEKID, WEEKNUMBER) VALUES (:setid, :weekid, :weeknumber)"
)
_INTO_WEEKMAPSTRING = text(
    "INSERT INTO WEEKMAPSTRING (SETID, WEEKID, NAME, WEEKS, NUMWEEKS)"
    " VALUES (:setid, :weekid, :name, :weeks, :numweeks)"
)
_INTO_MODULE = text(
    "INSERT INTO MODULE (SETID, MODULEID, NAME, OWNER, LINKCODE, ISACTIVE)"
    " VALUES (:setid, :moduleid, :name, :owner, :linkcode, :isactive)"
)
_INTO_MODULEGROUPS = text(
    "INSERT INTO MODULEGROUPS (SETID, MODULEID, GRPCODE, NAME, CSIZE)"
    " VALUES (:setid, :moduleid, :grpcode, :name, :csize)"
)
_INTO_STT_COMPONENT_TYPE = text(
    "INSERT INTO STT_COMPONENT_TYPE (MODULE_SUBGROUP_CODE, NAME) VALUES (:module_subgroup_code, :name)"
)
_INTO_ROOMS = text(
    "INSERT INTO ROOMS (SETID, SITEID, ROOMID, NAME, CAPACITY, TYPE)"
    " VALUES (:setid, :siteid, :roomid, :name, :capacity, :type)"
)
_INTO_SITES = text(
    "INSERT INTO SITES (SETID, SITEID, SITENAME, CAMPUSID) VALUES (:setid, :siteid, :sitename, :campusid)"
)
_INTO_DEPTS = text("INSERT INTO DEPTS (DEPTID, NAME) VALUES (:deptid, :name)")
_INTO_LECTURER = text(
    "INSERT INTO LECTURER (SETID, LECTURERID, NAME, LINKCODE, OWNER)"
    " VALUES (:setid, :lecturerid, :name, :linkcode, :owner)"
)
_INTO_STT_EXT_PERSON = text(
    "INSERT INTO STT_EXT_PERSON (PERSONNO, BUSINESSEMAIL) VALUES (:personno, :businessemail)"
)
_INTO_ROOMREQUESTS = text(
    "INSERT INTO ROOMREQUESTS (SETID, SLOTID, SLOTENTRY, ITEMNUM, FEATUREID)"
    " VALUES (:setid, :slotid, :slotentry, :itemnum, :featureid)"
)
_INTO_ROOMFEATURES = text(
    "INSERT INTO ROOMFEATURES (SETID, ROOMID, FEATUREID) VALUES (:setid, :roomid, :featureid)"
)
_INTO_TIMETABLE = text(
    "INSERT INTO TIMETABLE (SETID, SLOTID, SLOTENTRY, SLOTTOTAL, WEEKID, WEEKDAY, STARTTIME, FINISHTIME,"
    " DURATION, MODULEID, MODGRPCODE, MODULETYPE, DEPTID, SITEID, ROOMID, ROOMGRPCODE, LECTURERID, SOURCESID,"
    " STATUS, CLASSIF, LOCKED, CAPACITY, DATECHANGED, USERCHANGE)"
    " VALUES (:setid, :slotid, :slotentry, :slottotal, :weekid, :weekday, :starttime, :finishtime,"
    " :duration, :moduleid, :modgrpcode, :moduletype, :deptid, :siteid, :roomid, :roomgrpcode, :lecturerid,"
    " :sourcesid, :status, :classif, :locked, :capacity, :datechanged, :userchange)"
)


def load(connection: Connection, timetable: Timetable) -> None:
    """Write every table in the caller's transaction: all but the lessons, the year goes live, the lessons.

    The order makes each eligible lesson one queue entry and nothing else one (design §4.1: triggers write nothing
    for a year that is not live). The caller commits; if anything is raised, nothing may be kept.

    Raises:
        TimetableFault: the database already holds a timetable.
    """
    if connection.scalar(_KNOWN_YEARS) or connection.scalar(_LESSONS):
        raise TimetableFault(
            "The timetable was not loaded",
            "The database already holds one.",
            "Choose an empty data folder.",
        )
    _insert(connection, _INTO_WEEKSTRUCTURE, timetable.weeks)
    _insert(connection, _INTO_WEEKMAPNUMERIC, timetable.weeks_of_sets)
    _insert(connection, _INTO_WEEKMAPSTRING, timetable.week_set_names)
    _insert(connection, _INTO_MODULE, timetable.modules)
    _insert(connection, _INTO_MODULEGROUPS, timetable.groups)
    _insert(connection, _INTO_STT_COMPONENT_TYPE, timetable.components)
    _insert(connection, _INTO_ROOMS, timetable.rooms)
    _insert(connection, _INTO_SITES, timetable.sites)
    _insert(connection, _INTO_DEPTS, timetable.departments)
    _insert(connection, _INTO_LECTURER, timetable.lecturers)
    _insert(connection, _INTO_STT_EXT_PERSON, timetable.addresses)
    _insert(connection, _INTO_ROOMREQUESTS, timetable.requests)
    _insert(connection, _INTO_ROOMFEATURES, timetable.features)
    connection.execute(_SWITCH_ON, {"setid": timetable.setid})
    _insert(connection, _INTO_TIMETABLE, timetable.lessons)


def _insert(connection: Connection, statement: TextClause, rows: Sequence[NamedTuple]) -> None:
    if rows:
        connection.execute(
            statement, [{name: _stored(value) for name, value in row._asdict().items()} for row in rows]
        )


def _stored(value: object) -> object:
    # The embedded database has no type for dates; ISO text sorts and compares as dates do.
    return value.isoformat() if isinstance(value, dt.date) else value
