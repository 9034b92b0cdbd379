"""What the worker needs from the outside, as Protocols; `main.py` puts the real parts in.

Tests put others in: the whole worker runs under a virtual clock, each call below being one named step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from echodesk.batches import SavePlan
from echodesk.errors import NothingDone
from echodesk.messages import CommandDone, Event, SaveTable
from echodesk.planning.answers import Answer, Learned, Listing, Missing, ReferenceFacts, Reply, SupplyAnswer
from echodesk.planning.needed import Needed
from echodesk.planning.values import Booking, Standing
from echodesk.worker.books import Books

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant by both clocks of a machine; only for asking how long ago it was."""

    monotonic: float
    wall: float
    """Seconds of the wall clock."""


Dice = Callable[[], float]
"""A fraction from 0 to 1, drawn anew each time: the jitter of waits. `main.py` seeds it for each process."""


def whole() -> float:
    """No jitter: every wait is as long as it may be."""
    return 1.0


PlanWriter = Callable[[Books, SavePlan, int, str], CommandDone]
"""Writes a plan into a file, in the caller's transaction: with the calls a minute and today's date. Raises an
`EchoDeskError` if it cannot."""


def no_files(books: Books, command: SavePlan, calls_per_minute: int, today: str) -> CommandDone:
    """For a worker without a window: nobody there could look at the file."""
    raise NothingDone(
        "This EchoDesk writes no files",
        f"Plan {command.plan} was not written to {command.path}.",
        f"Use the window, or `echodesk plans {command.plan}` with --csv or --xlsx.",
    )


TableWriter = Callable[[Books, SaveTable, str, Callable[[int, int], None]], CommandDone]
"""Writes rows of a table into a file, in the caller's transaction: with today's date, and whom to tell how many of
how many are written. Raises an `EchoDeskError` if it cannot."""


def no_tables(books: Books, command: SaveTable, today: str, told: Callable[[int, int], None]) -> CommandDone:
    """For a worker without a window: nobody there could look at the file."""
    raise NothingDone("This EchoDesk writes no files", f"{command.path} was not written.", "Use the window.")


class Clock(Protocol):
    """Time and waiting. Nothing else in the worker may ask for either."""

    def monotonic(self) -> float:
        """Seconds that never go back; for waits and deadlines on this machine only. The machine's sleep counts."""
        ...

    def campus_now(self) -> dt.datetime:
        """Wall-clock time of the campus by the database's clock, without zone (decisions: Time)."""
        ...

    def moment(self) -> Moment:
        """Now, by both clocks of the machine."""
        ...

    def age_s(self, moment: Moment) -> float:
        """Seconds since, by whichever clock says more: one may have stood still while the machine slept."""
        ...

    def follow(self, utc: dt.datetime, asked: Moment) -> None:
        """The database's clock said `utc` at some time between `asked` and now; from now on campus time goes by
        it. Less than 2 s of difference is ignored."""
        ...

    @property
    def fault(self) -> str:
        """What to tell people about this machine's clock, '' when it is right."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait. Cancelling is allowed at any moment."""
        ...


class Capture(Protocol):
    """The lecture-capture system. Every method answers with a value; only a defect of our own raises.

    `create`, `change` and `remove` expect that the caller has awaited `turn()` just before: they send one
    call at once. All other methods take their own turns. The deadline of a call is total (decisions: 20 s).
    """

    async def turn(self) -> None:
        """Wait until the call budget allows one more call, and take it."""
        ...

    async def create(self, booking: Booking, still: Callable[[], bool], before: Standing | None) -> Reply[Answer]:
        """POST, if `still` says so right before the wire: nothing was sent else, and the answer is to wait.

        `before` is what stood and is made again: the fields EchoDesk does not own come back with it.
        """
        ...

    async def change(self, booking: Booking, standing: Standing, still: Callable[[], bool]) -> Reply[Answer]:
        """PUT of the whole schedule to its own id; the fields EchoDesk does not own go back as last read."""
        ...

    async def remove(self, standing: Standing, still: Callable[[], bool]) -> Reply[Answer]: ...

    async def read(self, external_id: str) -> Reply[Answer]:
        """`Done` with what stands under this external id, or `Gone`."""
        ...

    async def list_room(self, room: str) -> Reply[Listing | Answer]:
        """All pages of one room. A room that Echo360 does not know answers an empty complete listing."""
        ...

    def list_all(self) -> AsyncIterator[Reply[Listing | Answer]]:
        """All schedules, a page at a time; the last item is an empty complete `Listing`, or the answer that
        ended the listing early. The caller keeps nothing unless the end was reached."""
        ...

    async def lacks(self, needed: Collection[Needed]) -> Reply[frozenset[Needed] | Answer]:
        """Those of these rooms and sections that Echo360 does not have and the settings let EchoDesk make, as far
        as that is known, or told by a listing in fewer calls than the refused requests would be."""
        ...

    async def supply(
        self, missing: Missing, facts: ReferenceFacts, may_make: Callable[[], bool]
    ) -> Reply[SupplyAnswer]:
        """Look for what a request missed, by external id and by name; make it with its parents if the settings
        allow it, and as long as `may_make` does: it is asked right before each write."""
        ...

    async def person_known(self, email: str) -> Reply[Answer]:
        """`Done(None)` if Echo360 knows a user with this address, `Missing(PERSON)` if not."""
        ...

    def remember(self, known: Iterable[Learned], *, clean: bool) -> None:
        """Take over what the REFERENCE table holds, at the start; `clean` if no earlier run left a request behind,
        so that nothing can still appear late."""
        ...

    def learned(self) -> tuple[Learned, ...]:
        """What was learned about reference data since the last call, to be stored."""
        ...

    def limit(self, calls_per_minute: int) -> None:
        """Another call limit from now on, 0 for none."""
        ...

    def try_again(self) -> None:
        """Someone has acted: if Echo360 did not let us in, it is asked at once whether it does now."""
        ...

    def only_while(self, may_send: Callable[[], bool], may_write: Callable[[], bool] = lambda: True) -> None:
        """From now on `may_send` is asked right before every request of any kind, and `may_write` before each that
        changes something; while False it is not sent, and the answer is a `Wait` after which nothing happened
        (reliability L2, L6, A1)."""
        ...

    def calls(self) -> dict[str, int]:
        """Calls sent so far by method; sign-ins apart under `sign_ins`."""
        ...

    async def close(self) -> None: ...


class EventSink(Protocol):
    """Where the worker tells what happened; never blocks, may be called from the worker thread only."""

    def post(self, event: Event) -> None: ...


class Ledger(Protocol):
    """The database: whole transactions, one per call (decisions: Transactions)."""

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction; `step` names it for tests and logs."""
        ...

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction; everything or nothing."""
        ...
