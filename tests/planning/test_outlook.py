"""How lessons of a room-day stand to each other, and what a decision changes: two plans side by side."""

from __future__ import annotations

from dataclasses import replace

from echodesk.planning.decisions import DecisionIndex, seat_of
from echodesk.planning.outlook import effect, outcomes, seats
from echodesk.planning.plan import make_plan
from echodesk.planning.values import Decision, DecisionKind, Occurrence, Plan, Reason, Rules
from tests.planning.builders import external_id, lesson, situation, standing

FIRST, SECOND, THIRD = external_id(1), external_id(2), external_id(3)


def decided(kind: DecisionKind, *lessons: Occurrence, winner: int | None = None) -> Decision:
    """A decision about these for every week."""
    slots = tuple(one.slotid for one in lessons)
    return Decision(9, kind, "2026/27", slots, winner, None, tuple(seat_of(one) for one in lessons))


def test_a_lecture_under_two_modules_has_one_rival_and_not_itself_even_where_it_loses() -> None:
    there = [
        lesson(1, "9-10", lecturer="Ann", since="b"),
        lesson(2, "9-10", lecturer="Ann", since="b"),
        lesson(3, "9:30-11", since="a"),
        lesson(4, "11-12"),
    ]
    found = seats(there, Rules(), ())
    assert found[FIRST].together == found[SECOND].together == (FIRST, SECOND)
    assert (found[FIRST].rivals, found[THIRD].rivals) == ((THIRD,), (FIRST, SECOND))
    assert (found[external_id(4)].together, found[external_id(4)].rivals) == ((), ())
    apart = seats(there, Rules(together=False), ())
    assert (apart[FIRST].together, apart[FIRST].rivals) == ((), (SECOND, THIRD))


def test_minutes_between_two_bookings_count_and_so_does_record_together() -> None:
    there = [lesson(1, "9-10"), lesson(2, "9-10"), lesson(3, "10-11")]
    rules = Rules(turnaround=10)
    assert seats(there, rules, ())[THIRD].rivals == (FIRST, SECOND)
    counting = DecisionIndex([decided(DecisionKind.TOGETHER, there[0], there[1])]).counting(there)
    assert seats(there, rules, counting)[FIRST].together == (FIRST, SECOND)
    assert seats(there, rules, counting)[FIRST].rivals == (THIRD,)


def plan(*decisions: Decision, stands: tuple[int, ...] = ()) -> Plan:
    """Two lessons that overlap, 1 being the older; these stand."""
    lessons = [lesson(1, "9-10", since="a"), lesson(2, "9-10", since="b")]
    there = situation(lessons, [standing(slot, "9-10") for slot in stands])
    return make_plan(replace(there, decisions=decisions))


def test_what_would_be_sent_anyway_is_not_what_a_decision_costs() -> None:
    neither = decided(DecisionKind.RECORD_NEITHER, lesson(1, "9-10"), lesson(2, "9-10"))
    first = decided(DecisionKind.RECORD_ONE, lesson(1, "9-10"), lesson(2, "9-10"), winner=1)
    assert effect([plan()], [plan(first)]).calls == {}, "its POST waits already"
    assert effect([plan(stands=(1,))], [plan(neither, stands=(1,))]).calls == {"DELETE": 1}
    changed = effect([plan(stands=(1,))], [plan(neither, stands=(1,))])
    assert changed.before[FIRST].booking is not None
    assert changed.after[FIRST].reason is changed.after[SECOND].reason is Reason.DECISION


def test_every_lesson_of_the_plans_has_an_outcome() -> None:
    found = outcomes([plan()])
    assert found[FIRST].booking is not None
    assert (found[SECOND].booking, found[SECOND].reason) == (None, Reason.CLASH)
