"""May a request be sent, right now? Asked again directly before each write (design §3.9, §4.4, §4.13).

One place knows all reasons to hold: stop, pause, a lost or tired lease, Echo360 asking to wait, Echo360 not
letting us in, a lesson that is about to begin.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

from echodesk.planning.answers import PROBE_S, NotAllowed, Wait
from echodesk.planning.records import PauseRecord
from echodesk.planning.values import Method, Request, RoomDay
from echodesk.worker.ports import Clock, Dice, Moment
from echodesk.worker.retries import RetryBudget
from echodesk.worker.tasks import first_of
from echodesk.worker.work import Fate

UNCLEAR_IN_A_ROW = 5
BACK_OFF_MAX_S = 20.0
"""How long sending stands still at most after unclear answers in a row: once Echo360 is well again, everything
must have arrived within L and a minute (reliability C1). A probe in 20 s is nothing beside 120 calls a minute."""
ROOM_WAIT_S = 3_600.0
"""A room without a recorder is tried once an hour (design §4.10)."""


class Gate:
    """What holds requests back. Owned by the worker's loop; no locks."""

    def __init__(
        self,
        clock: Clock,
        on_change: Callable[[], None],
        deadline_s: float,
        trust_s: float,
        renewed: Moment,
        dice: Dice,
    ) -> None:
        """The lease is ours beyond doubt for `trust_s` from when its last renewal, `renewed`, was begun."""
        self._dice = dice
        self.retries = RetryBudget(clock)
        self._clock = clock
        self._on_change = on_change
        self._deadline_s = deadline_s
        self._trust_s = trust_s
        self._woken = asyncio.Event()
        self._patient: set[asyncio.Timeout] = set()
        """Waits that end when everything is being stopped."""
        self._rooms_until: dict[str, float] = {}
        """Rooms without a recorder, and until when they wait."""
        self._blocked_until = 0.0
        self._unclear = 0
        self.renewed = renewed
        """When the last renewal of the lease that went through was begun."""
        self.pauses: tuple[PauseRecord, ...] = ()
        self.late_s = 0.0
        """L, in seconds."""
        self.undoing: frozenset[int] = frozenset()
        """Pauses under which a batch is taken back: its room-days are listed all the same."""
        self.stopping = False
        self.not_allowed = ""
        self.waiting_for = ""
        """Why Echo360 is being waited for, '' if it is not."""
        self._not_allowed_at = 0.0

    @property
    def may_plan(self) -> bool:
        """False while nothing could be sent anyway, so that no plan grows old."""
        if self.not_allowed and self._clock.monotonic() - self._not_allowed_at >= PROBE_S:
            self.try_again()
        everything = any(pause.everything for pause in self.pauses)
        return (
            not (self.stopping or self.not_allowed or everything) and self._blocked_for() <= 0 and self.trusted()
        )

    def may_write(self) -> bool:
        """False while everything is paused: a call that began before, with a sign-in or the making of a section,
        must not change anything after the pause was acknowledged (reliability A1)."""
        return not any(pause.everything for pause in self.pauses)

    def trusted(self) -> bool:
        """Whether a request begun now ends while the lease is ours beyond doubt (reliability L2, L6)."""
        return self.lease_left_s > self._deadline_s

    @property
    def lease_left_s(self) -> float:
        """For how long the lease is ours beyond doubt; a machine that slept has less than it feels."""
        return self._trust_s - self._clock.age_s(self.renewed)

    async def ready(self) -> None:
        """Wait as long as Echo360 asked for; ends at once when everything is being stopped."""
        while not self.stopping and (left := self._blocked_for()) > 0:
            self._woken.clear()
            await first_of(self._clock.sleep(left), self._woken.wait())
        if self.waiting_for and self._blocked_for() <= 0:
            self.waiting_for = ""
            self._on_change()

    async def unless_stopped(self, waiting: Callable[[], Awaitable[None]]) -> bool:
        """Wait for this; False if everything is being stopped, which ends the wait at once."""
        if self.stopping:
            return False
        patience = asyncio.timeout(None)
        try:
            async with patience:
                self._patient.add(patience)
                await waiting()
        except TimeoutError:
            return False
        finally:
            self._patient.discard(patience)
        return True

    def check(self, request: Request, lead_minutes: int, under: int | None = None) -> Fate | None:
        """None if this request may be sent now, else what becomes of it.

        The lead time is that of the plan which asks for it: by a longer one, what begins too soon would be asked
        for again at once. An undo goes `under` a pause of its own: neither that nor what another batch left behind
        holds it.
        """
        if self.stopping or self.not_allowed or not self.trusted():
            return Fate.HELD
        if request.booking is not None and self._waits(request.booking.place.room):
            return Fate.HELD
        if self.paused(request.places, () if under is None else self.of_batches()) is not None:
            return Fate.HELD
        now = self._clock.campus_now()
        late = now + dt.timedelta(minutes=lead_minutes)
        booking, standing, then = request.booking, request.standing, request.in_time_for
        if then is not None and _start(then.place, then.time.start) <= late + dt.timedelta(seconds=self.late_s):
            # What is to stand in its place could not be made in time for certain.
            return Fate.OVERTAKEN
        if booking is not None and _start(booking.place, booking.time.start) <= late:
            return Fate.OVERTAKEN
        if standing is not None and request.method is not Method.POST:
            too_soon = late if request.method is Method.PUT else now
            if _start(standing.place, standing.time.start) <= too_soon:
                return Fate.OVERTAKEN
        return None

    def use_pauses(self, pauses: tuple[PauseRecord, ...]) -> None:
        """These pauses stand from now on."""
        self.pauses = pauses
        self._on_change()

    def rooms_of_buildings(self, rooms_of: Mapping[int, frozenset[str]]) -> None:
        """The rooms that paused buildings have by now. Read a moment ago, it neither ends nor begins a pause."""
        pauses = tuple(
            dataclasses.replace(pause, rooms_of_building=rooms_of.get(pause.id, pause.rooms_of_building))
            for pause in self.pauses
        )
        if pauses != self.pauses:
            self.use_pauses(pauses)

    def of_batches(self) -> frozenset[int]:
        """The pauses that batches left on their room-days."""
        return frozenset(pause.id for pause in self.pauses if pause.batch is not None)

    def paused(self, places: Iterable[RoomDay], own: Collection[int] = ()) -> PauseRecord | None:
        """The first pause over any of these room-days, but for an undo's `own`."""
        for place in places:
            for pause in self.pauses:
                if pause.id not in own and pause.covers(place):
                    return pause
        return None

    async def told(self, answer: Wait | NotAllowed | None) -> None:
        """Echo360 asked to wait, or does not let us in, or (None) answered well."""
        if answer is None:
            self.retries.clean()
            if self._unclear or self.not_allowed:
                self._unclear = 0
                self._on_change()
        elif isinstance(answer, NotAllowed):
            self.not_allowed = answer.text
            self._not_allowed_at = self._clock.monotonic()
            self._wake()
        else:
            self.retries.throttled()
            self._block(answer.seconds, answer.text)

    def unclear(self, text: str) -> None:
        """An unclear answer; several in a row, or one while retries have no budget, slow everything down."""
        self._unclear += 1
        if self._unclear >= UNCLEAR_IN_A_ROW or self.retries.empty:
            more = max(0, self._unclear - UNCLEAR_IN_A_ROW)
            self._block(min(BACK_OFF_MAX_S, 2.0 ** min(more, 10)) * self._dice(), text)

    def try_again(self) -> None:
        """Someone has acted: sending may begin again at once."""
        self.not_allowed = ""
        self._unclear = 0
        self._blocked_until = 0.0
        self.try_rooms_again()
        self._wake()

    def no_device(self, room: str) -> None:
        """This room has no recorder: nothing more is booked there for a while."""
        self._rooms_until[room] = self._clock.monotonic() + ROOM_WAIT_S

    def try_rooms_again(self) -> None:
        """Someone may have put a recorder there."""
        self._rooms_until.clear()

    def stop(self) -> None:
        """Nothing more is sent; what waits here is let go. On the worker's loop."""
        self.stopping = True
        for patience in tuple(self._patient):
            patience.reschedule(0.0)
        self._wake()

    def _waits(self, room: str) -> bool:
        until = self._rooms_until.get(room)
        return until is not None and self._clock.monotonic() < until

    def _block(self, seconds: float, text: str) -> None:
        self._blocked_until = max(self._blocked_until, self._clock.monotonic() + seconds)
        self.waiting_for = text
        self._on_change()

    def _blocked_for(self) -> float:
        return self._blocked_until - self._clock.monotonic()

    def _wake(self) -> None:
        self._woken.set()
        self._on_change()


def _start(place: RoomDay, minute: int) -> dt.datetime:
    return dt.datetime.combine(place.date, dt.time()) + dt.timedelta(minutes=minute)
