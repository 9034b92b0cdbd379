"""Where a row is about: room, building and date, for re-sync and pause."""

from __future__ import annotations

from dataclasses import dataclass

from echodesk.desk import formats
from echodesk.messages import NotificationRow, QueueRow, Row


@dataclass(frozen=True, slots=True)
class Place:
    """A room, perhaps on a date; '' for what the row does not say."""

    room: str
    room_name: str
    building: str
    date: str

    @property
    def room_text(self) -> str:
        """Name and code."""
        return f"{self.room_name} ({self.room})" if self.room_name and self.room_name != self.room else self.room

    @property
    def text(self) -> str:
        """Room and date in words."""
        return f"{self.room_text}, {formats.date(self.date)}" if self.date else self.room_text


def place_of(row: Row) -> Place:
    """The place a row is about: the new one, or the old one where there is no new."""
    if isinstance(row, QueueRow):
        if row.room_new:
            return Place(row.room_new, row.room_new_name, "", "")
        return Place(row.room_old, row.room_old_name, "", "")
    if isinstance(row, NotificationRow) and not row.room:
        return Place(row.old_room, row.old_room_name, "", row.old_date or row.date)
    return Place(row.room, row.room_name, row.building, row.date)
