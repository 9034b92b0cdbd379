"""The book of staff's decisions, inside one transaction: what the worker asks of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from echodesk.planning.records import DecisionRecord
from echodesk.planning.values import Decision


class DecisionBook(Protocol):
    """STT_ECHO_DECISION: what staff decided about lessons of one room-day."""

    def standing(self, lessons: Collection[tuple[str, int]]) -> list[Decision]:
        """Decisions that nobody took back and that name at least one of these lessons, oldest first."""
        ...

    def records(self) -> list[DecisionRecord]:
        """Every decision that was ever made, newest first."""
        ...

    def add(self, decision: Decision, why: str) -> int:
        """Write a decision down (its own `id` and `on` do not count); returns its number."""
        ...

    def add_all(self, decisions: Sequence[Decision], why: str) -> list[int]:
        """The same for several that were made in one moment, which is how they are known to belong together."""
        ...

    def withdraw(self, numbers: Collection[int], by: str, why: str) -> list[int]:
        """Take decisions back; returns the numbers of those that stood."""
        ...
