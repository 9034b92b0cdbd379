"""Names beside codes: rooms, buildings, modules, departments, lecturers, for screens and for reference data.

Several years may describe a room; without a year named, the live one counts, and of several the latest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from echodesk.timetable import statements

CodeKey = tuple[str, str]
"""(SETID, MODULEID or LECTURERID)."""


@dataclass(frozen=True, slots=True)
class RoomName:
    """A room in words, codes where there are no names. `building` is SITEID, '' if there is none."""

    room: str
    name: str
    building: str
    building_name: str
    campus: str | None


@dataclass(frozen=True, slots=True)
class ModuleName:
    """A module in words, codes where there are no names. `department` is MODULE.OWNER, '' if there is none."""

    module: str
    name: str
    department: str
    department_name: str


class Names:
    """Names as they are in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def rooms(self) -> dict[str, RoomName]:
        """Every room of ROOMS by its code."""
        found: dict[str, RoomName] = {}
        for room, *rest in self._conn.execute(statements.ROOM_NAMES):
            if room:
                found[room] = _room(room, rest)
        return found

    def room(self, setid: str, room: str) -> RoomName:
        """A room as one year describes it; its code stands for everything that the year does not say."""
        rows = self._conn.execute(statements.ROOM_IN_SET, {"setid": setid, "room": room}).all()
        return _room(room, rows[0]) if rows else RoomName(room, room, "", "", None)

    def rooms_of_building(self, building: str) -> frozenset[str]:
        """The rooms whose SITEID this is."""
        return frozenset(code for code, room in self.rooms().items() if room.building == building)

    def building_of_room(self, room: str) -> str:
        """The SITEID of a room, '' if it has none."""
        found = self.rooms().get(room)
        return "" if found is None else found.building

    def modules(self, keys: Iterable[CodeKey]) -> dict[CodeKey, ModuleName]:
        """These modules; those that MODULE does not have are not in the answer."""
        return {
            (setid, module): ModuleName(
                module, name or module, department or "", department_name or department or ""
            )
            for setid, module, name, department, department_name in statements.MODULES.rows(self._conn, keys)
        }

    def lecturers(self, keys: Collection[CodeKey]) -> dict[CodeKey, str]:
        """The names of these lecturers; codes for those without name, nothing for those LECTURER does not have."""
        return {
            (setid, lecturer): name or lecturer
            for setid, lecturer, name in statements.LECTURERS.rows(self._conn, keys)
        }


def _room(room: str, columns: Sequence[str | None]) -> RoomName:
    name, building, building_name, campus = columns
    return RoomName(room, name or room, building or "", building_name or building or "", campus or None)
