"""Two more books of one transaction: what was sent in vain, and what stopped the worker (see `books.py`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from echodesk.planning.records import NewTry, Try
from echodesk.planning.values import RoomDay


class TryBook(Protocol):
    """STT_ECHO_TRY: requests that were sent and not answered well since (reliability H1)."""

    def write(self, tries: Sequence[NewTry]) -> list[int]:
        """These are about to be sent; returns their ids. A changed body begins anew."""
        ...

    def of(self, external_ids: Collection[str]) -> list[Try]:
        """What was sent for these and not answered well since, oldest first."""
        ...

    def told(self, rows: Iterable[tuple[int, int, str]]) -> None:
        """(id, how often it was sent after all, what Echo360 said last)."""
        ...

    def drop(self, ids: Collection[int]) -> None:
        """These were never sent."""
        ...

    def forget(self, external_ids: Collection[str]) -> None:
        """The count of these begins anew."""
        ...

    def forget_at(self, places: Collection[RoomDay]) -> None:
        """The count of whatever touches these room-days begins anew."""
        ...

    def prune(self) -> None:
        """What is older than a day counts no more."""
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

    def stopped(self, places: Collection[RoomDay], error: str) -> None:
        """Once more something was stopped by these."""
        ...

    def recover(self, error: str) -> set[RoomDay]:
        """After a start: those with which the last process ended."""
        ...

    def clear(self, places: Collection[RoomDay]) -> None:
        """These were carried through to their end."""
        ...
