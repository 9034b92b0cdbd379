"""A list that is written into a file is told about while it is written, and is over when that fails as well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar, cast

import pytest

from echodesk.errors import EchoDeskError
from echodesk.messages import CommandDone, Event, Progress, SaveTable, Table, TableQuery
from echodesk.worker.books import Books
from echodesk.worker.saving import save_table
from echodesk.worker.tasks import Tasks

T = TypeVar("T")
WISH = SaveTable("C:/lists/changes.csv", Table.QUEUE, ("Module",), (1,), TableQuery())


class OneLedger:
    """A database of which nothing is read here; a sink that remembers."""

    def __init__(self) -> None:
        self.told: list[Progress] = []

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        return work(cast(Books, None))

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """Nothing is to be written into the database."""
        raise AssertionError(step)

    def post(self, event: Event) -> None:
        """Remembers progress."""
        if isinstance(event, Progress):
            self.told.append(event)


def test_how_far_it_is_can_be_seen() -> None:
    ledger = OneLedger()

    def write(books: Books, command: SaveTable, today: str, told: Callable[[int, int], None]) -> CommandDone:
        told(500, 1_200)
        return CommandDone(f"written on {today}", 1_200)

    done = asyncio.run(save_table(ledger, Tasks(ledger), write, WISH, "2026-11-23"))
    assert done == CommandDone("written on 2026-11-23", 1_200)
    assert [(one.done, one.total) for one in ledger.told] == [(0, 0), (500, 1_200), (1_200, 1_200)]
    assert {one.label for one in ledger.told} == {"Writing changes.csv"}


def test_one_that_fails_is_over_and_says_why() -> None:
    ledger = OneLedger()

    def write(books: Books, command: SaveTable, today: str, told: Callable[[int, int], None]) -> CommandDone:
        raise EchoDeskError("It could not be written", "The disk is full.", "Make room.")

    with pytest.raises(EchoDeskError, match="The disk is full"):
        asyncio.run(save_table(ledger, Tasks(ledger), write, WISH, "2026-11-23"))
    assert ledger.told[-1].done == ledger.told[-1].total
