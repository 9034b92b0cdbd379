"""What has begun is left alone by plans and by taking them back as well (design §4.4)."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.batches import Apply, Undo
from echodesk.planning.batches import BatchState
from echodesk.simulator.faults import FaultKind, FaultSettings
from tests.worker.by_hand import ByHand
from tests.worker.guarded import fill
from tests.worker.planned import applied, ended, made, plan
from tests.worker.values import at, external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]


def test_an_undo_leaves_alone_what_a_killed_worker_moved_into_today(world: Worlds) -> None:
    """The move was on its way when the undo began, and its answer was never written down: the mirror shows the
    lesson where the plan had put it, and it is being recorded elsewhere."""
    w = world()
    fill(w)
    w.lesson(99, weeks=(1,), weekday=4)
    w.settle()
    lesson = external(99, 1)
    ByHand(w).rename(lesson, "Staff meeting")
    number = made(w)
    applied(w, number)
    back = w.ask(Undo("bob", number)).number
    w.until(lambda: plan(w, back).state is BatchState.READY)
    w.simulator.use_faults(
        FaultSettings(rates={FaultKind.LATE_RESET: 1.0}, needle=lesson, methods=frozenset({"PUT"}), late_s=1.9)
    )
    before = len(w.wire.seen)

    def changes() -> int:
        return sum(one.method == "PUT" and lesson.encode() in one.body for one in w.wire.seen[before:])

    w.change(99, weekday=1, at="09:00-10:00")
    w.until(lambda: changes() == 1)
    w.ask(Apply("bob", back))
    w.until(lambda: plan(w, back).state is BatchState.RUNNING)
    w.until(lambda: place_of(w.schedules()[lesson]) == at("R1", 1, 1))
    today = w.schedules()[lesson]
    w.kill()
    w.faults()
    w.loop.forward(80 * 60.0)
    w.restart()
    ended(w, back)
    assert w.schedules()[lesson] == today
    w.resume()
    w.settle()
    assert w.schedules()[lesson] == today
    assert changes() == 1
    w.assert_equal()
