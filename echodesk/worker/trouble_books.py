"""More books of one transaction: what was sent in vain, and what stopped the worker (see `books.py`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from echodesk.planning.records import NewTry, Try
from echodesk.planning.values import Method, RoomDay


class PoisonedQueue(Protocol):
    """What the queue does about entries and notifications that cannot be worked on (part of `QueueBook`)."""

    def stopped(self, entries: Collection[int], error: str) -> None:
        """Reading these raised: they wait again, each alone, or are set aside after three times."""
        ...

    def park_at(self, places: Collection[RoomDay], text: str) -> None:
        """Set aside what waits for these room-days, unread: it may be what cannot be read."""
        ...


class PoisonedPlaces(Protocol):
    """What room-days do about it (part of `PlaceBook`)."""

    def clear_refresh_at(self, places: Collection[RoomDay]) -> None:
        """No refresh of these, whatever asked for it."""
        ...

    def waiting_refresh(self, room: str) -> set[RoomDay]:
        """Room-days of this room with a refresh mark, due or not."""
        ...

    def newest(self) -> tuple[int, int]:
        """The largest number of a mark, and the largest id of a refresh mark; 0 for none."""
        ...

    def fail(self, places: Collection[RoomDay], error: str) -> None:
        """Open rows that say why; what is left out there stays as it was."""
        ...


class TryBook(Protocol):
    """STT_ECHO_TRY: requests that were sent, as long as they count (reliability H1)."""

    def write(self, tries: Sequence[NewTry]) -> list[int]:
        """These are about to be sent; returns their ids. A changed body begins anew."""
        ...

    def of(self, external_ids: Collection[str]) -> list[Try]:
        """What was sent for these and counts, oldest first."""
        ...

    def not_looked_at(self, external_ids: Collection[str], today: str) -> set[str]:
        """Those that a request without a clear answer may have put into today, in a room that is yet to be
        listed."""
        ...

    def told(self, rows: Iterable[tuple[int, int, str]]) -> None:
        """(id, how often it was sent after all, what Echo360 said last)."""
        ...

    def drop(self, ids: Collection[int]) -> None:
        """These were never sent."""
        ...

    def answered(self, requests: Collection[tuple[str, Method]]) -> None:
        """(external id, method) that Echo360 answered clearly: what was sent so counts in its burst alone."""
        ...

    def forget(self, external_ids: Collection[str]) -> None:
        """The count of these begins anew."""
        ...

    def forget_at(self, places: Collection[RoomDay]) -> None:
        """The count of whatever touches these room-days begins anew."""
        ...

    def prune(self, burst_s: float) -> None:
        """What is older than a day counts no more, and what was answered, once its burst is over."""
        ...


class SuspectBook(Protocol):
    """STT_ECHO_SUSPECT: room-days with which the worker stopped (reliability Q5)."""

    def crashes(self) -> dict[RoomDay, int]:
        """How often the worker stopped with each of them; empty as a rule."""
        ...

    def begin(self, places: Collection[RoomDay]) -> None:
        """These are about to be planned: if the process ends now, it was with them."""
        ...

    def end(self, places: Collection[RoomDay]) -> None:
        """They were planned, and the process lives."""
        ...

    def stopped(self, places: Collection[RoomDay], error: str, *, afterwards: bool = False) -> None:
        """Once more something was stopped by these: while they were planned, or `afterwards`."""
        ...

    def recover(self, error: str) -> set[RoomDay]:
        """After a start: those with which the last process ended; counted for one that was alone."""
        ...

    def clear(self, places: Collection[RoomDay]) -> None:
        """These were carried through to their end."""
        ...
