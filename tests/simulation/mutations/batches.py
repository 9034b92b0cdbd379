"""Plans of the whole year without one of their rules (design §4.12, decisions "Undo")."""

from __future__ import annotations

from echodesk.planning.batches import PlanDifference
from echodesk.planning.values import Standing
from echodesk.worker import comparing, flight, pieces
from echodesk.worker.gate import Gate
from tests.simulation.mutations.tools import Mutant, does_nothing, replaced, wrapped

PLANS = "tests/worker/test_plans.py::"
BATCHES = (
    Mutant(
        "undo_holds_nothing",
        "decisions: an undo leaves a pause on the room-days it touched",
        "lets ordinary requests through the pause of an undo that is being carried out",
        replaced((Gate, "use_pauses", does_nothing)),
        test=PLANS + "test_the_pause_of_an_undo_holds_an_ordinary_change_that_is_half_done",
        escapes="a request of several calls is on its way seldom when an undo begins: 1 history in 1,000 shows it",
    ),
    Mutant(
        "adopts_series",
        "design §4.12: foreign schedules are never touched but where a step adopts one that matches",
        "takes over one date of a series, and with it all others",
        replaced((Standing, "recurs", property(lambda _self: False))),
        test="tests/worker/test_adopting_safely.py::test_the_last_date_of_a_series_is_still_a_series",
        escapes="in the histories people book single lessons only",
    ),
    Mutant(
        "asides_together",
        "reconcile: killed between any two calls, one lesson at most is without a schedule",
        "lets lessons of many knots step aside at the same time",
        replaced((flight, "aside", lambda _asked: False), (pieces, "steps_aside", lambda _asked: False)),
        test="tests/worker/test_plans_knots.py::test_lessons_that_change_places_step_aside_one_at_a_time",
        escapes="everything converges all the same: only a process that ends leaves more without a schedule",
    ),
    Mutant(
        "stale_is_sent",
        "design §4.12: a plan whose sides changed is refused, with the difference",
        "sends what is left of a plan although the plan of now is another",
        wrapped(comparing, "plan_difference", lambda _real: lambda _shown, _now: PlanDifference((), ())),
        test=PLANS + "test_what_changed_since_the_preview_is_refused_with_the_new_plan",
        escapes="each piece is planned once more and goes out only as it was shown",
    ),
    Mutant(
        "undo_overwrites",
        "design §4.12: what changed since is not taken back",
        "takes back a step although what it made stands otherwise by now",
        wrapped(pieces, "_found", lambda _real: lambda _step, _stands, _leaves: None),
        test=PLANS + "test_what_changes_while_it_is_taken_back_stays_as_it_is_and_is_told",
        escapes="what is paused is not compared in the histories, and seldom changes just then",
    ),
)
