"""Carries out what a script says a timetabler does, whatever is there already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tests.simulation.script import (
    Add,
    Alter,
    Drop,
    Feature,
    Group,
    Op,
    Person,
    Request,
    Title,
    WeekSet,
    WeekStart,
)
from tests.worker.campus import SETID, day
from tests.worker.edit import Edit


def carry_out(cmis: Edit, ops: Iterable[Op]) -> None:
    """All of them in the caller's transaction."""
    for op in ops:
        _one(cmis, op)


def _one(cmis: Edit, op: Op) -> None:
    if isinstance(op, Add):
        if not _there(cmis, "TIMETABLE", op.slot):
            cmis.add(
                op.slot,
                room=op.room,
                weekday=op.weekday,
                at=op.time,
                weeks=op.weeks,
                module=op.module,
                lecturer=op.lecturer,
            )
    elif isinstance(op, Alter):
        _alter(cmis, op)
    elif isinstance(op, Drop):
        cmis.delete("timetable", setid=SETID, slotid=op.slot)
    elif isinstance(op, Request):
        _request(cmis, op)
    elif isinstance(op, Feature):
        cmis.delete("roomfeatures", setid=SETID, roomid=op.room)
        if op.there:
            cmis.insert("roomfeatures", setid=SETID, roomid=op.room, featureid="VIDEOREC")
    elif isinstance(op, Group):
        cmis.delete("modulegroups", setid=SETID, moduleid=op.module, grpcode="LC01")
        if op.there:
            cmis.insert("modulegroups", setid=SETID, moduleid=op.module, grpcode="LC01")
    elif isinstance(op, Title):
        cmis.update("module", {"setid": SETID, "moduleid": op.module}, name=op.name)
    elif isinstance(op, WeekSet):
        _week_set(cmis, op)
    elif isinstance(op, WeekStart):
        start = day(op.week) + dt.timedelta(days=op.days)
        cmis.update("weekstructure", {"setid": SETID, "weeknumber": op.week}, startdate=start.isoformat())
    elif isinstance(op, Person):
        cmis.update("stt_ext_person", {"personno": op.personno}, businessemail=op.email)


def _alter(cmis: Edit, op: Alter) -> None:
    named = (("room", op.room), ("weekday", op.weekday), ("at", op.time), ("weeks", op.weeks))
    values: dict[str, object] = {name: value for name, value in named if value is not None}
    for name, text in (("module", op.module), ("lecturer", op.lecturer), ("status", op.status)):
        if text is not None:
            values[name] = text if text != "" else None
    if values:
        cmis.alter(op.slot, **values)


def _request(cmis: Edit, op: Request) -> None:
    there = _there(cmis, "ROOMREQUESTS", op.slot)
    if there and (op.anew or not op.wanted):
        cmis.withdraw(op.slot)
    if op.wanted and (op.anew or not there):
        cmis.ask(op.slot, op.feature or "VIDEOREC")
    elif op.wanted and op.feature:
        cmis.update("roomrequests", {"setid": SETID, "slotid": op.slot}, featureid=op.feature)


def _week_set(cmis: Edit, op: WeekSet) -> None:
    found = cmis.conn.exec_driver_sql(
        "SELECT WEEKID FROM TIMETABLE WHERE SETID = ? AND SLOTID = ? AND SLOTENTRY = 1", (SETID, op.slot)
    ).scalar()
    if found is None:
        return
    cmis.delete("weekmapnumeric", setid=SETID, weekid=found, weeknumber=op.week)
    if op.there:
        cmis.insert("weekmapnumeric", setid=SETID, weekid=found, weeknumber=op.week)


_THERE = {
    "TIMETABLE": "SELECT count(*) FROM TIMETABLE WHERE SETID = ? AND SLOTID = ?",
    "ROOMREQUESTS": "SELECT count(*) FROM ROOMREQUESTS WHERE SETID = ? AND SLOTID = ?",
}


def _there(cmis: Edit, table: str, slot: int) -> bool:
    return bool(cmis.conn.exec_driver_sql(_THERE[table], (SETID, slot)).scalar())
