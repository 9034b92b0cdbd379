"""Plans of the whole year in tests: what goes wrong, and somebody who compares and applies."""

from __future__ import annotations

from collections.abc import Sequence

from echodesk.batches import Apply, Compare, Undo
from echodesk.planning.batches import BatchRecord, BatchState, StepState, confirmation
from tests.worker.by_hand import ByHand
from tests.worker.guarded import LESSONS, WEEKS
from tests.worker.values import external
from tests.worker.world import World


def spoil(w: World, slots: range = range(1, 4)) -> None:
    """By hand: lessons of week 2 removed, and one renamed."""
    hand = ByHand(w)
    for slot in slots:
        hand.remove(external(slot))
    hand.rename(external(slots.stop), "Staff meeting")


def plan(w: World, number: int) -> BatchRecord:
    found = w.look(lambda books: books.batches.get(number))
    assert found is not None
    return found


def steps(w: World, number: int) -> dict[StepState, int]:
    return dict(w.look(lambda books: books.batches.progress(number)).by_state)


def made(w: World, **scope: object) -> int:
    """A plan that is ready to be looked at."""
    number = w.ask(Compare("ann", **scope)).number  # type: ignore[arg-type]  # a scope
    w.until(lambda: plan(w, number).state is not BatchState.COMPARING, 120.0)
    return number


def ended(w: World, number: int, within_s: float = 300.0, every_s: float = 0.001) -> BatchRecord:
    """It has come to its end, or stands still."""
    w.until(lambda: plan(w, number).state not in (BatchState.CHECKING, BatchState.RUNNING), within_s, every_s)
    return plan(w, number)


def begin(w: World, number: int, **more: object) -> None:
    """Somebody says yes to a plan, in writing where a guard asks for it."""
    typed = confirmation(w.look(lambda books: books.batches.summary(number)))
    w.ask(Apply("ann", number, **{"confirm": typed, **more}))  # type: ignore[arg-type]  # its other fields


def applied(w: World, number: int, **more: object) -> BatchRecord:
    begin(w, number, **more)
    return ended(w, number)


def no_triggers(w: World) -> None:
    """No trigger sees an edit from now on, as after a broken import."""
    for (name,) in w.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        if name.startswith("STT_"):
            w.sql(f"DROP TRIGGER {name}")


def lose_many(w: World, lessons: int = 10) -> None:
    """Lessons are in the timetable no more, and no trigger saw it."""
    no_triggers(w)
    for slot in range(1, lessons + 1):
        w.cancel(slot)


def spoil_everything(w: World) -> int:
    """Two hundred names are wrong, and a plan repairs them."""
    hand = ByHand(w)
    for slot in LESSONS:
        for week in WEEKS:
            hand.rename(external(slot, week), "Staff meeting")
    return made(w)


def spread(w: World, weeks: Sequence[int] = (2,)) -> None:
    """Seven bookings of seven room-days of each week are gone: each is a piece of its own."""
    hand = ByHand(w)
    for week in weeks:
        for slot in range(1, 40, 6):
            hand.remove(external(slot, week))


def undo_of(w: World, number: int) -> int:
    """The plan that takes a plan back, ready to be looked at."""
    back = w.ask(Undo("bob", number)).number
    w.until(lambda: plan(w, back).state is not BatchState.COMPARING)
    return back


def later(w: World, hours: float) -> None:
    """Nobody is there for so many hours."""
    w.stop()
    w.loop.forward(hours * 3_600.0)
    w.restart()
    w.until(lambda: w.heard.state.mine)
