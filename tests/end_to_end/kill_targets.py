"""At which points workers are killed, in which order, and which of them a worker has to be led to."""

from __future__ import annotations

import random
from collections import defaultdict

from tests.end_to_end.points import UNCOMMITTED, named_points

SELDOM = frozenset(
    {"strays", "rooms", "sweep", "sweep marks", "booked by others", "people", "person", "GET person", "timer"}
)
"""What a worker does every ten minutes or more seldom."""
PLANS = frozenset(
    {
        *("open plans", "rooms of a plan", "places", "compare", "plan", "progress", "next pieces", "pieces"),
        *("first steps", "mirror of a room", "mirror of a plan", "lacking", "make first", "made first"),
    }
)
"""What a worker does for a plan of many room-days that somebody applies."""
WINDOW = frozenset(
    {
        *("table", "detail", "safety stop", "plan file", "plans", "question", "not recorded"),
        *("settings", "table file", "tell what is open", "who has it open"),
    }
)
"""What a worker does for a window alone."""
DEFECTS = {
    "reading stopped": f"expand: {UNCOMMITTED}",
    "planning stopped": f"snapshot: {UNCOMMITTED}",
    "settling stopped": f"settle: {UNCOMMITTED}",
}
"""Steps that an exception of our own leads to, and where it is raised for that."""
PROVOKED = (
    SELDOM
    | PLANS
    | WINDOW
    | DEFECTS.keys()
    | {
        *("lease", "pass on", "leave marks", "release lease", "first mirror", "audit", "GET schedule"),
        *("ended pauses", "lift ended pauses", "undo"),
    }
)
"""Steps and requests that no worker comes to unless something leads it there."""
RANDOM = "random instant"


def targets(kills: int, dice: random.Random) -> list[str]:
    """At which points, in which order: one of every step and request first, then all the others, then named ones
    and random instants in turn. A tenth is left to random instants and repetitions."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for point in named_points():
        by_name[point.rpartition(": ")[0]].append(point)
    # Whoever dies at the last point of a step that has to be provoked has crossed the ones before it.
    first = [points[-1] if name in PROVOKED else dice.choice(points) for name, points in by_name.items()]
    rest = [point for point in named_points() if point not in first]
    dice.shuffle(first)
    dice.shuffle(rest)
    chosen = [*first, *rest][: max(len(first), kills - kills // 10)]
    while len(chosen) < kills:
        chosen.append(RANDOM if len(chosen) % 2 else dice.choice(named_points()))
    return chosen
