"""Decisions of staff: one about lessons as they stand, and disturbed projections with some of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from echodesk.planning.decisions import seat_of
from echodesk.planning.values import Decision, DecisionKind, Occurrence, Situation
from tests.planning.situations import situations

ONE, NEITHER = DecisionKind.RECORD_ONE, DecisionKind.RECORD_NEITHER
TOGETHER, NOT = DecisionKind.TOGETHER, DecisionKind.DO_NOT_RECORD


def decided(
    kind: DecisionKind,
    *lessons: Occurrence,
    winner: int | None = None,
    weeks: Iterable[int] | None = None,
    number: int = 1,
) -> Decision:
    """A decision about these lessons as they stand."""
    return Decision(
        number,
        kind,
        "2026/27",
        tuple(one.slotid for one in lessons),
        winner,
        None if weeks is None else frozenset(weeks),
        tuple(seat_of(one) for one in lessons),
        "ann",
        "2026-09-01",
    )


@st.composite
def decided_situations(draw: st.DrawFn) -> Situation:
    """A disturbed projection with decisions about lessons that mostly meet; some are void, some contradict."""
    bare = draw(st.one_of(situations(), situations(soon=True)))
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))
    decisions = [
        made
        for number in range(draw(st.integers(1, 4)))
        if (made := _decision(chance, bare.occurrences, number)) is not None
    ]
    return replace(bare, decisions=tuple(decisions))


def _decision(chance: random.Random, lessons: tuple[Occurrence, ...], number: int) -> Decision | None:
    if not lessons:
        return None
    first = chance.choice(lessons)
    meeting = [
        one for one in lessons if one is not first and one.place == first.place and one.time.overlaps(first.time)
    ]
    kind = chance.choice(list(DecisionKind))
    if kind is TOGETHER:
        meeting = [one for one in meeting if one.time == first.time] or meeting
    chance.shuffle(meeting)
    named = [first, *meeting[: chance.choice([0, 1, 1, 2])]]
    if chance.random() < 0.1:
        named.append(chance.choice(lessons))
    named = list({one.slotid: one for one in named}.values())
    made = decided(kind, *named, winner=chance.choice(named).slotid if kind is ONE else None, number=number)
    if chance.random() < 0.1:
        made = replace(made, fingerprint=tuple("elsewhere" for _ in named))
    return replace(made, weeks=chance.choice([None, None, frozenset({1}), frozenset({2})]))
