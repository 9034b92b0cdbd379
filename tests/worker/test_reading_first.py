"""What is planned too early is planned twice: edits that wait are read first, for a short while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from echodesk.worker.expand import BATCH
from echodesk.worker.planner import READ_FIRST_S
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


def many_changes(w: World, slot: int, count: int) -> None:
    """So many changes of one lesson in one transaction; the lecturer is another each time."""
    with w.edit() as cmis:
        for number in range(count):
            cmis.alter(slot, lecturer=f"P{number % 3 + 1}")


def test_edits_that_wait_are_read_before_anything_is_planned(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.pause()
    many_changes(w, 1, 2 * BATCH + 50)
    w.calls()
    steps: list[str] = []
    w.steps.before = steps.append
    w.resume()
    w.settle()
    assert steps.count("expand") == 3
    last_read = max(at for at, step in enumerate(steps) if step == "expand")
    first_sent = min(at for at, step in enumerate(steps) if step == "intents")
    assert last_read < first_sent
    assert sum(w.calls().values()) <= 1


def test_a_stream_of_edits_never_keeps_planning_waiting_for_long(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    left = [40]

    def another(step: str) -> None:
        """More edits than are read at once come with every look."""
        if step == "expand" and left[0]:
            left[0] -= 1
            many_changes(w, 1, BATCH + 1)
            w.loop.forward(1.0)

    w.lesson(2, room="R2")
    many_changes(w, 1, BATCH + 1)
    began = w.loop.time()
    w.steps.before = another
    w.until(lambda: external(2) in w.schedules(), within_s=READ_FIRST_S + 10.0)
    assert left[0] > 0, "they still come"
    assert w.loop.time() - began < READ_FIRST_S + 10.0


def somewhere(slot: int) -> dict[str, Any]:
    """A room-day of its own for each of thirty lessons."""
    return {"room": f"R{slot % 4 + 1}", "weekday": slot % 5 + 1, "weeks": (slot % 3 + 2,)}


def test_a_first_fill_makes_nothing_that_it_gives_over_at_once(world: Worlds) -> None:
    """Who was there first is known when all edits are read: the second lessons' rows look older than they are."""
    w = world()
    w.lesson(99, room="R4", weekday=5, weeks=(9,))
    w.settle()
    w.pause()
    w.calls()
    with w.edit() as cmis:
        for slot in range(1, 31):
            cmis.add(slot, at="09:00-10:00", **somewhere(slot))
        for number in range(BATCH):
            cmis.alter(99, lecturer=f"P{number % 2 + 1}")
        for slot in range(1, 31):
            more = {"lecturer": "P2", "datechanged": "203001011200"}
            cmis.add(slot + 30, at="09:30-10:30", **more, **somewhere(slot))
    w.resume()
    w.settle()
    w.assert_equal()
    assert w.calls().get("DELETE", 0) == 0
    assert len(w.schedules()) == 31, "thirty pairs overlap"
