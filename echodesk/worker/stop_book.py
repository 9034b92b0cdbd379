"""What one database transaction offers of safety stops (see `books`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from echodesk.messages import StopShown
from echodesk.planning.records import Mark
from echodesk.planning.stops import StopItem, StopKind, StopRecord, Tally
from echodesk.planning.values import RoomDay


class StopBook(Protocol):
    """Safety stops, what they hold, and what was removed lately."""

    def tally(self) -> Tally: ...

    def future(self, today: str, minute: int) -> int:
        """Schedules of ours in the mirror that have not begun."""
        ...

    def allowed(self, external_ids: Collection[str]) -> set[str]:
        """Those of these bookings that a yes of the last 24 hours is for."""
        ...

    def counted(self, external_ids: Collection[str]) -> set[str]:
        """Those of these that the tally counts as removed."""
        ...

    def waiting_at(self, places: Collection[RoomDay]) -> dict[str, StopKind]:
        """External ids on lists that wait for a yes, as far as they stand in these room-days, and which list."""
        ...

    def explained(self, lessons: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those of these lessons for which a queue entry waits that was not expanded yet."""
        ...

    def removing(self, external_ids: Collection[str], allowed: Collection[str]) -> None:
        """These are about to be removed; `allowed` of them with a yes."""
        ...

    def made_again(self, external_ids: Collection[str]) -> None:
        """These stand (again): they were not removed."""
        ...

    def hold(self, kind: StopKind, reason: str, items: Sequence[StopItem], seen: Collection[str]) -> int:
        """Put these on the list of this kind that waits for a yes, made if there is none. `seen` are bookings that
        stood on a waiting list in the same room-days: those that are not among `items` leave every such list."""
        ...

    def hold_places(self, places: Collection[RoomDay], marks: Collection[Mark]) -> None:
        """These room-days wait for a yes: they stay dirty and are not planned, unless a mark is newer than
        those that were read."""
        ...

    def tell_waiting(self, notifications: Collection[int], text: str) -> None:
        """Why these UNPROCESSED notifications wait."""
        ...

    def let_go(self, places: Collection[RoomDay]) -> None:
        """Plan these again: what held them is gone."""
        ...

    def held_in(self, room: str, today: str) -> set[RoomDay]:
        """Room-days of this room from today on that wait for a yes."""
        ...

    def open(self) -> list[StopRecord]:
        """Every stop that has not ended, those that wait for a yes first."""
        ...

    def shown(self) -> list[StopShown]:
        """The same as staff see them."""
        ...

    def items(self, stop: int) -> list[StopItem]:
        """What is on the list of a stop, next lesson first."""
        ...

    def yes(self, stop: int, by: str, why: str, last_item: int) -> set[RoomDay]:
        """Staff agree to what is on the list up to `last_item`; what came later goes on a new list. Returns the
        room-days that may be planned again."""
        ...

    def review(self) -> None:
        """Take off the lists what needs no removal any more, and end stops of which nothing is left."""
        ...

    def feed(self) -> dict[str, int]:
        """Lessons by year, as the timetable was when it was last planned from."""
        ...

    def feed_settled(self) -> dict[str, int]:
        """The same, but only years whose number is older than a day: those may become smaller."""
        ...

    def set_feed(self, lessons: Mapping[str, int]) -> None:
        """This is the size of these years now; years that are not named are forgotten."""
        ...

    def lessons_ahead(self, today: str) -> dict[str, int]:
        """Different lessons of ours that the mirror holds from today on, by year."""
        ...

    def stop_feed(self, reason: str) -> None:
        """Nothing is planned, for this reason; one such stop at a time."""
        ...

    def end_feed(self) -> None:
        """The timetable is well again."""
        ...
