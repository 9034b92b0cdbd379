"""The timetable's tables as a person at CMIS fills them, and the queue as the triggers write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, column, select, table, text

SETID = "2023/24"
OTHER_SETID = "2024/25"

Value = str | int | None

LESSON: Mapping[str, Value] = {
    "setid": SETID,
    "slotid": 1,
    "slotentry": 1,
    "weekid": 1,
    "weekday": 1,
    "starttime": "09:00",
    "finishtime": "10:00",
    "moduleid": "COMP101",
    "modgrpcode": "LC01",
    "roomid": "R1",
    "roomgrpcode": "G1",
    "lecturerid": "P1",
    "sourcesid": "TEACH",
    "status": 2,
    "siteid": "B1",
    "capacity": 40,
    "datechanged": "202306011200",
}
"""A lesson that meets all nine criteria once `fill` has written what is around it."""

_ENTRY = (
    "id", "source", "action", "old_valid", "new_valid", "setid", "slotid", "weekid_old", "weekid_new",
    "weekday_old", "weekday_new", "starttime_old", "starttime_new", "finishtime_old", "finishtime_new",
    "roomid_old", "roomid_new", "roomgrpcode_old", "roomgrpcode_new", "moduleid", "modgrpcode", "lecturerid",
    "businessemail", "featureid", "status", "change_no",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A queue entry in short."""

    source: str
    action: str
    old_valid: int | None
    new_valid: int | None
    setid: str = SETID
    slotid: int = 1


class Cmis:
    """One connection of a timetabler. Every call is a statement; transactions are the connection's own."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._seen = 0

    def insert(self, name: str, /, **values: Value) -> None:
        """One row."""
        self.conn.execute(table(name, *map(column, values)).insert().values(**values))

    def insert_all(self, name: str, rows: list[dict[str, Value]]) -> None:
        """Many rows of the same columns."""
        if rows:
            self.conn.execute(table(name, *map(column, rows[0])).insert(), rows)

    def update(self, name: str, where: Mapping[str, Value], /, **values: Value) -> int:
        """All rows that match; returns how many."""
        target = table(name, *map(column, {**where, **values}))
        matches = and_(True, *(target.c[key] == value for key, value in where.items()))
        return self.conn.execute(target.update().where(matches).values(**values)).rowcount

    def delete(self, name: str, /, **where: Value) -> int:
        """All rows that match; returns how many."""
        target = table(name, *map(column, where))
        matches = and_(True, *(target.c[key] == value for key, value in where.items()))
        return self.conn.execute(target.delete().where(matches)).rowcount

    def lesson(self, **changes: Value) -> None:
        """Insert `LESSON`, changed."""
        self.insert("timetable", **{**LESSON, **changes})

    def change(self, **values: Value) -> None:
        """Update every row of slot 1."""
        self.update("timetable", {"slotid": 1}, **values)

    def full_entries(self) -> list[dict[str, Value]]:
        """Entries written since the last look, with every column that a trigger fills.

        An error inside a trigger must not pass for an edit that does not count: it fails here.
        """
        assert self.errors() == []
        queue = table("stt_echo_queue", *map(column, _ENTRY))
        rows = (
            self.conn.execute(select(queue).where(queue.c.id > self._seen).order_by(queue.c.id)).mappings().all()
        )
        if rows:
            self._seen = rows[-1]["id"]
        return [dict(row) for row in rows]

    def commands(self) -> list[tuple[str, str, str]]:
        """Kind, arguments and author of every command, oldest first; all of them wait."""
        assert self.errors() == []
        kept = self.conn.execute(text("SELECT * FROM STT_ECHO_COMMAND ORDER BY ID")).mappings().all()
        rows = [{name.lower(): value for name, value in row.items()} for row in kept]
        assert [row["state"] for row in rows] == ["WAITING"] * len(rows)
        return [(row["kind"], row["args"], row["by"]) for row in rows]

    def errors(self) -> list[tuple[Value, ...]]:
        """Source, action, year, slot and message of every edit that a trigger could not enter.

        SQLite keeps no such table: nothing there can be caught within a trigger.
        """
        if self.conn.dialect.name == "sqlite":
            return []
        kept = table("stt_echo_error", *map(column, ("id", "source", "action", "setid", "slotid", "message")))
        rows = self.conn.execute(select(*list(kept.c)[1:]).order_by(kept.c.id)).all()
        return [(source, action, setid, int(slotid or 0), said) for source, action, setid, slotid, said in rows]

    def entries(self) -> list[Entry]:
        """Entries written since the last look, in short."""
        return [
            Entry(
                str(row["source"]),
                str(row["action"]),
                None if row["old_valid"] is None else int(row["old_valid"]),
                None if row["new_valid"] is None else int(row["new_valid"]),
                str(row["setid"]),
                int(row["slotid"] or 0),
            )
            for row in self.full_entries()
        ]


def inserted(slotid: int = 1, setid: str = SETID) -> Entry:
    """What an eligible new row enters."""
    return Entry("TIMETABLE", "INSERT", 0, 1, setid, slotid)


def deleted(slotid: int = 1, setid: str = SETID) -> Entry:
    """What taking away an eligible row enters."""
    return Entry("TIMETABLE", "DELETE", 1, 0, setid, slotid)


def updated(old_valid: int, new_valid: int, slotid: int = 1, setid: str = SETID) -> Entry:
    """What a relevant change enters."""
    return Entry("TIMETABLE", "UPDATE", old_valid, new_valid, setid, slotid)


def requested(slotid: int = 1, setid: str = SETID) -> Entry:
    """What asking for a recording enters."""
    return Entry("ROOMREQUESTS", "INSERT", None, None, setid, slotid)


def otherwise(slotid: int = 1, setid: str = SETID) -> Entry:
    """What asking for another kind of recording enters."""
    return Entry("ROOMREQUESTS", "UPDATE", None, None, setid, slotid)


def withdrawn(slotid: int = 1, setid: str = SETID) -> Entry:
    """What withdrawing a recording enters."""
    return Entry("ROOMREQUESTS", "DELETE", None, None, setid, slotid)


def fill(cmis: Cmis, setid: str = SETID, slots: int = 3) -> None:
    """Everything around the lessons of one year: modules, groups, rooms, weeks, and a request for each slot."""
    cmis.insert_all(
        "module",
        [
            {"setid": setid, "moduleid": m, "name": n, "owner": "D1"}
            for m, n in (("COMP101", "Logic"), ("COMP102", "Sets"))
        ],
    )
    cmis.insert_all(
        "modulegroups",
        [
            {"setid": setid, "moduleid": module, "grpcode": group}
            for module in ("COMP101", "COMP102")
            for group in ("LC01", "LC02", "XX01", "LC1", "LC001", "LCA1", "LC1A", "LC\u0660\u0661", "LC1\u00b2")
        ],
    )
    for room, feature in (("R1", "VIDEOREC"), ("R2", "AUDIOREC"), ("R8", "PROJECTOR")):
        cmis.insert("rooms", setid=setid, roomid=room, name=f"Room {room}", siteid="B1")
        cmis.insert("roomfeatures", setid=setid, roomid=room, featureid=feature)
    cmis.insert("sites", setid=setid, siteid="B1", sitename="Old Hall", campusid="MAIN")
    cmis.insert_all(
        "roomrequests",
        [
            {"setid": setid, "slotid": slot, "slotentry": 1, "itemnum": 1, "featureid": "VIDEOREC"}
            for slot in range(1, slots + 1)
        ],
    )
    for weekid, weeks in ((1, (1, 2, 3)), (2, (2, 4))):
        for week in weeks:
            cmis.insert("weekmapnumeric", setid=setid, weekid=weekid, weeknumber=week)


def fill_once(cmis: Cmis) -> None:
    """What no year owns."""
    cmis.insert("stt_component_type", module_subgroup_code="LC", name="Lecture")
    cmis.insert("depts", deptid="D1", name="Computing")
    cmis.insert("stt_ext_person", personno="P1", businessemail="Ann.Lee@example.ac.uk")
    cmis.insert("stt_ext_person", personno="P2", businessemail="bo.ray@example.ac.uk")


def fill_live(cmis: Cmis) -> None:
    """One live year with everything that a lesson needs, and no lesson."""
    fill_once(cmis)
    fill(cmis)
    go_live(cmis)


def go_live(cmis: Cmis, setid: str = SETID, live: int = 1) -> None:
    """Make EchoDesk know a year; live years are sent, others once were."""
    cmis.insert("stt_echo_set", setid=setid, live=live)
