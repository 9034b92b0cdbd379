"""What the list of room clashes says of a room-day beside its numbers: which modules and departments meet there,
and whether it looks like one lecture under several modules."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.messages import ChangeSetting, RoomDayRow, Table
from echodesk.store.screens import Tables
from tests.worker.world import World

Worlds = Callable[..., World]


def rows(w: World) -> dict[str, RoomDayRow]:
    """Room → its open room-day."""
    today = w.clock.campus_now().date().isoformat()
    ids = [row.ID for row in w.sql("SELECT ID FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL")]
    found = w.look(lambda books: Tables(books.connection).rows(Table.ROOM_DAYS, ids, today))
    return {row.room: row for row in found if isinstance(row, RoomDayRow)}


def test_the_modules_that_meet_and_their_department(world: Worlds) -> None:
    w = world()
    w.lesson(1, module="M3")
    w.lesson(5, module="M5", room="R2")
    w.settle()
    w.lesson(2, module="M1", lecturer="P2", at="09:30-10:30")
    w.settle()
    (row,) = rows(w).values()
    assert (row.room, row.modules, row.departments) == ("R1", ("M1", "M3"), ("Computing",))
    w.change(2, room="R3")
    w.settle()
    assert rows(w) == {}


def test_one_lecture_is_the_same_time_and_other_modules_with_no_two_lecturers(world: Worlds) -> None:
    w = world()
    w.ask(ChangeSetting("ann", "together", "off"))
    w.settle()
    second: dict[str, dict[str, str | None]] = {
        "R1": {"module": "M2", "lecturer": "P1"},
        "R2": {"module": "M2", "lecturer": None},
        "R3": {"module": "M2", "lecturer": "P2"},
        "R4": {"module": "M1", "lecturer": "P1", "group": "LC02"},
    }
    for slot, room in enumerate(second, 1):
        w.lesson(slot, module="M1", room=room)
    w.settle()
    for slot, (room, changes) in enumerate(second.items(), 11):
        w.lesson(slot, room=room, **changes)
    w.settle()
    assert {room: row.together_possible for room, row in rows(w).items()} == {"R1": 1, "R2": 1, "R3": 0, "R4": 0}
