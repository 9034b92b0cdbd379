"""One random batch: a small university, drift that no trigger saw, a plan that is applied and then taken back."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from echodesk.batches import Apply, Compare, Undo
from echodesk.errors import EchoDeskError
from echodesk.planning.batches import BatchRecord, BatchState, StepState, confirmation
from echodesk.planning.values import Method, Why
from echodesk.simulator.bookings import Availability
from tests.databases.cmis import Cmis
from tests.databases.engines import fresh_sqlite
from tests.simulation.draw import TIMES
from tests.worker.by_hand import ByHand
from tests.worker.campus import MODULES, ROOMS, SETID, day, fill_university
from tests.worker.planned import no_triggers
from tests.worker.world import Died, World

WEEKS = (2, 3, 4)
LESSONS = 14
WITHIN_S = 400.0
HIDDEN = Availability(availability="Unavailable")
LATER = Availability(availability="Relative", relative_delay=3)


@dataclass(slots=True)
class Played:
    """What came of one batch."""

    seed: int
    calls: int = 0
    kills: int = 0
    adopted: int = 0
    """Steps that took over what others had booked."""
    without: int = 0
    """The most lessons without a schedule of those that stood before and are wanted after, at a kill."""
    wrong: list[str] = field(default_factory=list)


@contextmanager
def university() -> Iterator[Path]:
    """A database file with the small university, in memory where the system has a folder there."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as name:
        database = fresh_sqlite(Path(name))
        with database.engine.begin() as connection:
            fill_university(Cmis(connection))
            connection.exec_driver_sql("CREATE TABLE TEST_STATUS_STEP (KIND TEXT, ID INTEGER, OLD TEXT, NEW TEXT)")
        database.close()
        yield Path(name) / "fresh.sqlite"


def some(seeds: Sequence[int]) -> list[Played]:
    """Several in one process."""
    with university() as template:
        return [play(seed, template) for seed in seeds]


def play(seed: int, template: Path) -> Played:
    """Apply a plan and take it back; kills come at a random request of each, for half of the seeds."""
    folder = Path(tempfile.mkdtemp(dir=template.parent))
    try:
        with World(template, folder, publishing=False) as world:
            batch = _Batch(world, seed)
            try:
                batch.run()
            except (EchoDeskError, AssertionError) as error:
                # What was refused, or did not come to its end, is told as this seed's, and the others go on.
                batch.played.wrong.append(f"{type(error).__name__}: {error}")
            return batch.played
    finally:
        shutil.rmtree(folder)


class _Batch:
    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._dice = random.Random(f"plan {seed}")
        self.played = Played(seed)
        self._hand = ByHand(world)
        self._kills = self._dice.random() < 0.5
        self._evening = 18
        self._next = LESSONS + 1

    def run(self) -> None:
        """The whole story."""
        world, played = self._world, self.played
        self._fill()
        self._decorate()
        applied: list[tuple[int, list[str], list[str]]] = []
        sends = False
        for _plan in range(self._dice.choice((1, 1, 2, 3))):
            # What a killed process had sent is looked at first, or that would find the drift and repair it.
            world.settle()
            self._drift()
            before = self._held()
            number = self._made(Compare("ann", adopt=self._dice.random() < 0.5))
            sends = self._state(number).state is not BatchState.DONE
            if sends:
                self._apply(number, leave_out=self._dice.random() < 0.2)
                applied.append((number, before, self._held()))
            if world.compared().differing:
                played.wrong.append(f"after plan {number} Echo360 differs in {world.compared().differing[:3]}")
        for at, (number, before, after) in enumerate(reversed(applied)):
            back = self._taken_back(number)
            # What people did after a plan is nobody's to take back, be it that it led to no plan of its own.
            if at == 0 and sends:
                self._equal(f"plan {number} taken back", before)
                # What was given back to its owner is not taken again, but by a comparison that adopts.
                if back is not None and self._dice.random() < 0.4 and not self._adopts(number):
                    forth = self._taken_back(back)
                    self._equal(f"plan {back} taken back, which took back plan {number}", after)
                    if forth is not None:
                        self._taken_back(forth)
                        self._equal(f"plan {forth} taken back", before)
        if world.sql("SELECT 1 FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL"):
            world.resume()
        world.settle()
        if world.compared().differing:
            played.wrong.append("after the pause was lifted Echo360 differs")

    def _taken_back(self, number: int) -> int | None:
        """The plan that took it back; None if there was nothing to send."""
        back = self._made(Undo("bob", number))
        if self._state(back).state is not BatchState.READY:
            return None
        self._apply(back)
        return back

    def _adopts(self, number: int) -> bool:
        steps = self._world.look(lambda books: books.batches.steps(number))
        return any(step.why is Why.ADOPTED for step, _state, _said in steps)

    def _equal(self, when: str, wanted: list[str]) -> None:
        if (held := self._held()) != wanted:
            lost, new = sorted(set(wanted) - set(held)), sorted(set(held) - set(wanted))
            self.played.wrong.append(f"{when}: {len(lost)} are not as they were: {lost[:1]} became {new[:1]}")

    # ---- the university -----------------------------------------------------------------------------------

    def _fill(self) -> None:
        with self._world.edit() as cmis:
            for slot in range(1, LESSONS + 1):
                cmis.add(slot, **self._lesson())
        self._world.settle()

    def _lesson(self) -> dict[str, object]:
        dice = self._dice
        return {
            "room": dice.choice(ROOMS),
            "weekday": dice.randint(1, 3),
            "at": dice.choice(TIMES),
            "weeks": tuple(sorted(dice.sample(WEEKS, dice.randint(1, 3)))),
            "module": dice.choice(MODULES),
            "lecturer": dice.choice(("P1", "P2", None)),
        }

    def _decorate(self) -> None:
        """People give to some what EchoDesk does not own: captions, qualities, a live stream, guests who
        present, and to sections when their students see the recording."""
        bookings, dice = self._world.institution.state.bookings, self._dice
        for one in list(bookings):
            if dice.random() < 0.3:
                live = dice.random() < 0.5
                changed = msgspec.structs.replace(
                    one,
                    caption=dice.random() < 0.5,
                    stream_live=live,
                    stream_quality=dice.choice(("Medium", "High")) if live else one.stream_quality,
                    guest=dice.choice((None, "Dr Guest")),
                    sections=tuple(
                        msgspec.structs.replace(link, availability=dice.choice((None, HIDDEN, LATER)))
                        for link in one.sections
                    ),
                )
                bookings.put(changed, self._world.institution.state.monotonic())

    def _drift(self) -> None:
        """What no trigger sees: hands in Echo360, and edits of the timetable behind EchoDesk's back."""
        world, dice = self._world, self._dice
        no_triggers(world)
        ids = sorted(world.schedules())
        for external_id in dice.sample(ids, min(len(ids), dice.randint(0, 5))):
            kind = dice.choice(("remove", "rebook", "shift", "rename"))
            if kind == "remove":
                self._hand.remove(external_id)
            elif kind == "rebook":
                there = world.schedules()[external_id]
                self._hand.remove(external_id)
                self._hand.book(there.room, dt.date.fromisoformat(there.date), there.time)
            elif kind == "shift":
                self._hand.shift(external_id, dice.randint(8 * 12, 18 * 12) * 5)
            else:
                self._hand.rename(external_id, f"Meeting {dice.randint(1, 9)}")
        if dice.random() < 0.3:
            self._hand.book(
                dice.choice(ROOMS), day(2, dice.randint(1, 3)), f"{self._evening}:00-{self._evening}:50"
            )
            self._evening += 1
        with world.edit() as cmis:
            for slot in dice.sample(range(1, LESSONS + 1), dice.randint(0, 8)):
                if dice.random() < 0.15:
                    cmis.delete("timetable", setid=SETID, slotid=slot)
                else:
                    lesson = self._lesson()
                    chosen = dice.sample(sorted(lesson), dice.randint(1, 3))
                    cmis.alter(slot, **{name: lesson[name] for name in chosen})
            for slot in range(self._next, self._next + dice.randint(0, 2)):
                cmis.add(slot, **self._lesson())
                self._next = slot + 1

    def _held(self) -> list[str]:
        """All that Echo360 holds, field by field, but for its own ids and through which door it was booked."""
        held = self._world.institution.state.bookings
        return sorted(repr(msgspec.structs.replace(one, id="", foreign=False)) for one in held)

    # ---- plans --------------------------------------------------------------------------------------------

    def _state(self, number: int) -> BatchRecord:
        found = self._world.look(lambda books: books.batches.get(number))
        assert found is not None
        return found

    def _made(self, command: Compare | Undo) -> int:
        number = self._world.ask(command).number
        self._world.until(lambda: self._state(number).state is not BatchState.COMPARING, WITHIN_S)
        return number

    def _apply(self, number: int, *, leave_out: bool = False) -> None:
        world, played = self._world, self.played
        summary = world.look(lambda books: books.batches.summary(number))
        shown = [step for step, _state, _said in world.look(lambda books: books.batches.steps(number))]
        leave_out = leave_out and len({step.piece for step in shown}) > 1
        without = (self._dice.choice(shown).number,) if leave_out else ()
        world.ask(Apply("ann", number, without, confirmation(summary)))
        if self._kills:
            self._kill(number, self._dice.randint(1, summary.calls))
        busy = (BatchState.CHECKING, BatchState.RUNNING)
        world.until(lambda: self._state(number).state not in busy, WITHIN_S)
        played.calls += summary.calls
        ended = dict(world.look(lambda books: books.batches.progress(number)).by_state)
        state = self._state(number)
        played.adopted += sum(step.why is Why.ADOPTED for step in shown)
        wanted = {StepState.DONE, StepState.LEFT_OUT} if leave_out else {StepState.DONE}
        if state.state is not BatchState.DONE or ended.keys() - wanted:
            played.wrong.append(f"plan {number} ended {state.state.value} {state.said}: {ended}")

    def _kill(self, number: int, nth: int) -> None:
        """The worker's process ends at the nth write of this plan."""
        world = self._world
        sent = 0

        def writes() -> int:
            return sum(
                1 for one in world.wire.seen if one.method in ("POST", "PUT", "DELETE") and "/v2/" in one.path
            )

        sent = writes()
        try:
            world.until(lambda: writes() - sent >= nth or self._state(number).state is BatchState.DONE, WITHIN_S)
            if self._state(number).state is BatchState.DONE:
                return
            world.kill()
            world.pass_time(0.01)
        except Died:
            self.played.kills += 1
            self._torn(number)
            world.restart()
            world.until(lambda: world.heard.state.mine)

    def _torn(self, number: int) -> None:
        """Nothing else than what steps aside is without a schedule, wherever the process ended."""
        standing = self._world.schedules()
        steps = [step for step, _state, _said in self._world.look(lambda books: books.batches.steps(number))]
        made = {step.external_id for step in steps if step.method is Method.POST}
        gone = {step.external_id for step in steps if step.method is Method.DELETE}
        torn = (made & gone) - standing.keys()
        self.played.without = max(self.played.without, len(torn))
