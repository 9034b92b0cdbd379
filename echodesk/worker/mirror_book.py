"""What one database transaction offers of the mirror (see `books`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from echodesk.planning.records import MirrorRow
from echodesk.planning.values import RoomDay, Standing
from echodesk.worker.timetable_book import LessonKey


class MirrorBook(Protocol):
    """EchoDesk's memory of what Echo360 confirmed."""

    def complete(self) -> bool:
        """True once all schedules were listed."""
        ...

    def replace_all(self, standing: Sequence[Standing]) -> None: ...

    def at(self, places: Collection[RoomDay]) -> list[MirrorRow]:
        """What stands in these room-days; a recurring foreign schedule gives one row a date."""
        ...

    def of_external(self, external_ids: Collection[str]) -> list[MirrorRow]: ...

    def of_lessons(self, lessons: Collection[LessonKey]) -> list[MirrorRow]: ...

    def put(self, standing: Sequence[Standing]) -> None: ...

    def drop(self, echo_ids: Collection[str]) -> None: ...

    def replace_room(
        self, room: str, standing: Sequence[Standing], untouched: Collection[RoomDay], today: str
    ) -> set[RoomDay]:
        """Make the mirror of this room, from today on, equal to a complete listing, but for `untouched`
        room-days. Returns the room-days that differed."""
        ...

    def held(self, room: str, echo_ids: Collection[str], today: str) -> dict[str, list[Standing]]:
        """What stands in this room from today on, and under these echo ids wherever it is, by echo id."""
        ...

    def ours_but(self, external_ids: Collection[str], today: str) -> list[RoomDay]:
        """Where schedules of ours stand after today that have none of these external ids, one for each."""
        ...

    def by_others(self, first: str, last: str) -> list[MirrorRow]:
        """What others booked on these dates (ISO), one row for each date of what recurs."""
        ...

    def rooms_with_schedules(self) -> dict[str, int]: ...

    def holds_ours(self) -> bool:
        """True if Echo360 held at least one schedule of ours."""
        ...
