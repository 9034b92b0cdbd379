"""What a plan's steps need and Echo360 lacks is made first: once, held as steps are, and counted before Apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from echodesk.batches import CancelPlan, ContinuePlan, PlanShown, StopPlan
from echodesk.planning.batches import CALLS_TO_MAKE, LARGE, BatchState, StepState
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.wire import SimRequest, SimResponse, json_response
from tests.worker.campus import GROUPS, MODULES, echo360_seed
from tests.worker.planned import applied, begin, ended, made, plan, spoil, steps
from tests.worker.values import external
from tests.worker.world import Died, World

Worlds = Callable[..., World]

SECTIONS = len(MODULES)
"""Each module's first group has a lesson."""


def year(worlds: Worlds, *, weeks: Sequence[int] = (2, 3), **wishes: object) -> World:
    """Nine lessons of nine modules that are in the timetable alone, and no trigger saw them."""
    w = worlds(**{"seed": echo360_seed(sections=False), **wishes})
    w.settle()
    with w.edit() as cmis:
        for slot in range(1, SECTIONS + 1):
            cmis.add(slot, room=f"R{slot % 4 + 1}", weekday=slot % 5 + 1, module=MODULES[slot - 1], weeks=weeks)
    w.sql("DELETE FROM STT_ECHO_QUEUE")
    w.calls()
    return w


def asked_to_make(w: World) -> list[str]:
    """What was asked to be made, in order: sections by their key, all else by what it is."""
    found = []
    for request in w.wire.seen:
        plural = request.path.rsplit("/", 1)[1]
        if request.method == "POST":
            found.append("schedule" if "/schedules" in request.path else plural)
    return found


def shown(w: World, number: int) -> PlanShown:
    """The plan as the screens have it."""
    found = w.look(lambda books: books.screens.plan(number, 120, w.clock.campus_now().date().isoformat()))
    assert found is not None
    return found.plan


def test_it_is_made_before_the_first_step_and_no_request_is_refused_for_it(world: Worlds) -> None:
    w = year(world)
    number = made(w)
    assert shown(w, number).to_make == (("section", SECTIONS),)
    assert shown(w, number).minutes == round((2 * SECTIONS + CALLS_TO_MAKE * SECTIONS) / 120, 1)
    assert applied(w, number).state is BatchState.DONE
    asked = asked_to_make(w)
    assert asked.index("schedule") == len(asked) - 2 * SECTIONS
    assert Counter(asked) == {
        "organizations": 1,
        "departments": 1,
        "courses": SECTIONS,
        "sections": SECTIONS,
        "schedule": 2 * SECTIONS,
    }
    assert w.sql("SELECT count(*) FROM STT_ECHO_AUDIT WHERE STATUS = 400") == [(0,)]
    assert shown(w, number).to_make == ()
    w.assert_equal()


def test_where_everything_is_known_to_be_there_nothing_is_asked_about_it(w: World) -> None:
    spoil(w)
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    assert {request.path.split("/")[4] for request in w.wire.seen[-w.calls().get("GET", 0) :]} == {"schedules"}
    assert shown(w, number).to_make == ()


def dies_when_made(w: World, number: int) -> None:
    """The worker dies when Echo360 has made so many sections, before the last answer arrives."""

    def answered(request: SimRequest, response: SimResponse | None) -> None:
        if asked_to_make(w).count("sections") == number:
            w.wire.on_answered = lambda request, response: None
            w.life.over = True

    w.wire.on_answered = answered


def each_once(w: World) -> None:
    """Nothing was asked to be made twice, and no two things have one external id."""
    bodies = Counter((request.path, request.body) for request in w.wire.seen if request.method == "POST")
    assert set(bodies.values()) == {1}
    directory = w.institution.state.directory
    assert len({one.external_id for one in directory.sections}) == len(list(directory.sections))


def test_killed_while_things_are_made_it_goes_on_and_makes_nothing_twice(world: Worlds) -> None:
    w = year(world)
    number = made(w)
    dies_when_made(w, 4)
    with pytest.raises(Died):
        applied(w, number)
    assert asked_to_make(w).count("sections") == 4
    w.restart()
    assert shown(w, number).to_make == (("section", SECTIONS - 3),)
    assert ended(w, number).state is BatchState.DONE
    assert asked_to_make(w).count("sections") == SECTIONS
    each_once(w)
    w.assert_equal()


@pytest.mark.parametrize("how", ["stopped", "paused"])
def test_once_it_is_stopped_or_paused_nothing_more_is_made(world: Worlds, how: str) -> None:
    w = year(world)
    number = made(w)
    w.wire.latency_s = 0.2
    begin(w, number)
    w.until(lambda: asked_to_make(w).count("sections") == 3)
    w.ask(StopPlan("ann", number, "one moment")) if how == "stopped" else w.pause()
    asked = asked_to_make(w)
    w.pass_time(300.0)
    assert asked_to_make(w) == asked
    assert steps(w, number) == {StepState.OPEN: 2 * SECTIONS}
    w.ask(ContinuePlan("ann", number)) if how == "stopped" else w.resume()
    assert ended(w, number).state is BatchState.DONE
    each_once(w)
    w.assert_equal()


def test_stop_tells_of_the_call_that_is_on_its_way(world: Worlds) -> None:
    w = year(world)
    number = made(w)
    w.wire.latency_s = 0.2
    begin(w, number)
    w.until(lambda: asked_to_make(w).count("sections") == 3)
    assert "; up to 1 call(s) are on their way" in w.ask(StopPlan("ann", number, "one moment")).text
    assert ", up to 1 are on their way" in w.ask(CancelPlan("ann", number)).text
    w.pass_time(30.0)
    assert steps(w, number) == {StepState.CANCELLED: 2 * SECTIONS}
    assert "schedule" not in asked_to_make(w)


def test_what_a_paused_building_alone_needs_is_not_made(world: Worlds) -> None:
    w = year(world)
    w.pause(building="B2")
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    in_r4 = len([slot for slot in range(1, SECTIONS + 1) if slot % 4 == 3])
    assert asked_to_make(w).count("sections") == SECTIONS - in_r4


def test_a_refusal_to_make_one_fails_the_steps_that_need_it_with_its_words(world: Worlds) -> None:
    w = year(world)
    number = made(w)

    def refuse(request: SimRequest) -> SimResponse | None:
        if request.method == "POST" and request.path.endswith("/sections") and b'"M3_LC01"' in request.body:
            return json_response(400, {"error": "Odd", "message": "No more sections for M3"})
        return None

    w.wire.interfere = refuse
    assert applied(w, number).state is BatchState.DONE
    failed = w.look(lambda books: books.batches.steps(number, StepState.FAILED))
    assert [step.external_id for step, _state, _answer in failed] == [external(3), external(3, 3)]
    assert {answer for _step, _state, answer in failed} == {"Echo360 refuses: No more sections for M3"}
    assert steps(w, number)[StepState.DONE] == 2 * SECTIONS - 2
    lacking = w.look(lambda books: books.batches.summary(number)).lacking
    assert "M3_LC01" not in {one.key for one in lacking}


def test_what_most_steps_need_is_made_first(world: Worlds) -> None:
    w = year(world)
    w.sql("UPDATE TIMETABLE SET MODULEID = 'M7' WHERE SLOTID IN (5, 6)")
    w.sql("DELETE FROM STT_ECHO_QUEUE")
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    sections = [one.body for one in w.wire.seen if one.method == "POST" and one.path.endswith("/sections")]
    assert b'"M7_LC01"' in sections[0]
    assert len(sections) == SECTIONS - 2


def test_what_cannot_be_made_yet_holds_up_only_the_steps_that_need_it(world: Worlds) -> None:
    """After a takeover nothing is made before L is over: an earlier making may still take effect."""
    late_s = 60
    w = year(world, late_s=str(late_s))
    number = made(w)
    dies_when_made(w, SECTIONS - 1)
    with pytest.raises(Died):
        applied(w, number)
    w.restart()
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) == 2 * (SECTIONS - 1), late_s / 2)
    assert asked_to_make(w).count("sections") == SECTIONS - 1
    assert ended(w, number).state is BatchState.DONE
    each_once(w)
    w.assert_equal()


def test_an_unanswered_making_is_looked_for_after_l_and_made_once(world: Worlds) -> None:
    w = year(world)
    number = made(w)
    w.faults(FaultKind.RESET_APPLIED, methods=("POST",), needle="M3_LC01")
    assert applied(w, number).state is BatchState.DONE
    each_once(w)
    w.assert_equal()


def test_of_a_large_plan_only_what_its_first_steps_need_is_made_before_they_are_looked_at(world: Worlds) -> None:
    w = year(world, weeks=range(2, 13))
    with w.edit() as cmis:
        for slot in range(SECTIONS + 1, 2 * SECTIONS + 1):
            module = MODULES[slot - SECTIONS - 1]
            cmis.add(
                slot,
                weekday=slot % 5 + 1,
                at="15:00-16:00",
                room=f"R{slot % 4 + 1}",
                module=module,
                weeks=range(2, 13),
            )
        for slot, at in ((50, "18:00-19:00"), (51, "19:00-20:00")):
            cmis.add(slot, weekday=5, at=at, module="M9", group=GROUPS[1], weeks=(12,))
    w.sql("DELETE FROM STT_ECHO_QUEUE")
    number = made(w)
    assert sum(steps(w, number).values()) == LARGE
    begin(w, number)
    w.until(lambda: plan(w, number).tried, 600.0, every_s=0.5)
    early = [one.body for one in w.wire.seen if one.method == "POST" and one.path.endswith("/sections")]
    assert len(early) == SECTIONS
    assert ended(w, number, every_s=0.5).state is BatchState.DONE
    assert asked_to_make(w).count("sections") == SECTIONS + 1
    w.assert_equal()
