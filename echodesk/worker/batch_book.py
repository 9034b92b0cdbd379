"""What one database transaction offers of batches (see `books`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from echodesk.planning.batches import BatchKind, BatchRecord, BatchState, Progress, StepState, Summary
from echodesk.planning.needed import Needed
from echodesk.planning.steps import PlanScope, Step
from echodesk.planning.values import LeftOut, RoomDay


class BatchBook(Protocol):
    """Saved plans, their steps, and the room-days that they are about."""

    def add(
        self,
        kind: BatchKind,
        by: str,
        scope: PlanScope,
        undoes: int | None = None,
        replaces: int | None = None,
    ) -> int:
        """A new batch, COMPARING; returns its id."""
        ...

    def get(self, batch: int) -> BatchRecord | None: ...

    def open(self) -> list[BatchRecord]:
        """Batches with which the worker has something to do, oldest first."""
        ...

    def newest(self, limit: int) -> list[BatchRecord]: ...

    def begun_after(self, batch: int) -> list[BatchRecord]:
        """Batches that were let go later than this one, or at all (0), whatever their numbers; the last first."""
        ...

    def taken_back(self, batch: int, *, whole: bool = False) -> bool:
        """True if an undo of it came to its end and was not taken back itself; `whole` if nothing is left of it to
        be tried again: nothing was refused, failed or left out."""
        ...

    def become(self, batch: int, state: BatchState, said: str = "") -> None:
        """Go on to this state. Raises `WrongUse` if that does not follow the state it is in."""
        ...

    def save(
        self,
        batch: int,
        summary: Summary,
        steps: Iterable[Step],
        places: Mapping[int, Collection[RoomDay]],
        guard: str,
        left_out: Iterable[LeftOut] = (),
    ) -> None:
        """What was compared and planned. `places` holds the room-days of each piece, `left_out` the lessons that
        are not recorded by it."""
        ...

    def weigh(self, batch: int, summary: Summary, guard: str) -> None:
        """What is to be sent of it, and why that must be confirmed in writing."""
        ...

    def forget_left_out(self, batches: Collection[int]) -> None:
        """Nobody needs to know any more which lessons these left out."""
        ...

    def summary(self, batch: int) -> Summary: ...

    def to_make(self, batch: int, lacking: Collection[Needed]) -> None:
        """So much is still to be made in Echo360 before its steps."""
        ...

    def say(self, batch: int, said: str) -> None:
        """Why it stands where it stands."""
        ...

    def agreed(self, batch: int, by: str) -> None:
        """Somebody said yes."""
        ...

    def tried(self, batch: int) -> None:
        """The first steps were looked at, and Echo360 held what had been sent."""
        ...

    def steps(
        self, batch: int, state: StepState | None = None, pieces: Collection[int] | None = None
    ) -> list[tuple[Step, StepState, str]]:
        """Steps with their state and Echo360's words, in their order."""
        ...

    def progress(self, batch: int, *, since_it_runs: bool = False) -> Progress: ...

    def next_pieces(self, batch: int, after: int, limit: int) -> dict[int, set[RoomDay]]:
        """The next pieces with open steps, with their room-days, beginning after this piece."""
        ...

    def places(self, batch: int, pieces: Collection[int] | None = None) -> dict[int, set[RoomDay]]:
        """Piece → its room-days, of all pieces or of these."""
        ...

    def open_at(self, places: Collection[RoomDay], *, checked: bool = False) -> dict[RoomDay, tuple[int, int]]:
        """Those of these room-days in which a batch that is being sent has open steps → (batch, piece); with
        `checked`, also one that is compared once more."""
        ...

    def open_identities(self, batch: int, identities: Collection[str]) -> set[str]:
        """Those of these identities that are open steps of the batch."""
        ...

    def end(self, batch: int, ended: Sequence[tuple[int, StepState, str]]) -> None:
        """(step, how it ended, what to tell of it), of open steps."""
        ...

    def adopting(self, batch: int, identities: Collection[str]) -> None:
        """Those of these identities that take something over are about to be sent: what they write over is owed to
        its owner until they are done."""
        ...

    def not_adopted(self, batch: int) -> list[Step]:
        """Steps that were to take something over, may have been sent, and are not done, however they ended."""
        ...

    def leave_out(self, batch: int, steps: Collection[int]) -> None:
        """These steps are not to be sent, as far as they are open."""
        ...

    def cancel_steps(self, batch: int, but: Collection[int]) -> int:
        """Open steps are not to be sent any more, but for these. Returns how many those were."""
        ...

    def under_way(self, batch: int) -> set[int]:
        """Open steps of pieces of which a request is on its way, or may still take effect."""
        ...

    def reopen(self, batch: int, steps: Collection[int]) -> list[str]:
        """Failed steps (all if none is named) are to be sent again; returns their external ids."""
        ...

    def pause_steps(self, batch: int, pause: int, state: StepState) -> None:
        """The pause covers every room-day of pieces with a step in this state."""
        ...

    def free_cancelled(self, batch: int) -> set[RoomDay]:
        """The pause covers pieces no more of which every step was cancelled; returns their room-days."""
        ...

    def free_torn(self, batch: int) -> set[RoomDay]:
        """The pause covers pieces no more in which a lesson stepped aside and will not be made again; returns
        their room-days."""
        ...
