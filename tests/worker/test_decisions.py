"""What staff decide about lessons that meet: kept, taken back, void after an edit, for the fewest calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.errors import NothingDone, WrongUse
from echodesk.messages import CommandDone, Decide, Refresh, Withdraw
from echodesk.planning.values import DecisionKind
from echodesk.worker.control import as_args
from tests.worker.campus import SETID, day
from tests.worker.values import at, external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]
ONE, NEITHER = DecisionKind.RECORD_ONE, DecisionKind.RECORD_NEITHER
TOGETHER, NOT = DecisionKind.TOGETHER, DecisionKind.DO_NOT_RECORD


@pytest.fixture
def w(world: Worlds) -> World:
    """Lesson 1 has held R1 on Mondays at nine longest; 2, by another lecturer, overlaps it; weeks 2 and 3."""
    made = world()
    made.lesson(1, weeks=(2, 3))
    made.settle()
    made.lesson(2, weeks=(2, 3), lecturer="P2")
    made.settle()
    assert set(made.schedules()) == {external(1, 2), external(1, 3)}
    made.calls()
    return made


def decide(
    w: World,
    kind: DecisionKind,
    *lessons: int,
    winner: int | None = None,
    weeks: tuple[int, ...] = (),
    dates: tuple[str, ...] = (),
) -> CommandDone:
    done = w.ask(Decide("ann", "agreed with both", kind, SETID, lessons, winner, weeks, dates))
    w.settle()
    return done


def take_back(w: World, *numbers: int) -> None:
    w.ask(Withdraw("bob", "it was the other way round", numbers))
    w.settle()


def standing(w: World) -> set[str]:
    return set(w.schedules())


class TestRecordThisOne:
    def test_every_week_one_delete_and_one_post(self, w: World) -> None:
        done = decide(w, ONE, 1, 2, winner=2)
        assert w.calls() == {"DELETE": 2, "POST": 2}
        assert standing(w) == {external(2, 2), external(2, 3)}
        assert w.left_out() == {external(1, week): ("decision", external(2, week)) for week in (2, 3)}
        assert (done.number, done.touched) == (1, 2)
        assert done.text == "Decision 1: record lesson 2, not 1 whenever they meet (2 weeks from now on)."
        w.assert_equal()

    def test_one_date_alone(self, w: World) -> None:
        done = decide(w, ONE, 1, 2, winner=2, dates=(day(3).isoformat(),))
        assert w.calls() == {"DELETE": 1, "POST": 1}
        assert standing(w) == {external(1, 2), external(2, 3)}
        assert done.text == f"Decision 1: record lesson 2, not 1 in week 3 ({day(3)})."
        w.assert_equal()

    def test_what_is_there_already_costs_nothing(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=1)
        assert w.calls() == {}
        assert w.left_out() == {external(2, week): ("decision", external(1, week)) for week in (2, 3)}

    def test_it_outlives_the_seniority_that_it_overruled(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        w.calls()
        w.change(2, lecturer="P1", module="M5")
        w.settle()
        assert w.calls() == {"PUT": 2}
        assert standing(w) == {external(2, 2), external(2, 3)}
        w.assert_equal()

    def test_taken_back_everything_is_as_before(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        w.calls()
        take_back(w, 1)
        assert w.calls() == {"DELETE": 2, "POST": 2}
        assert standing(w) == {external(1, 2), external(1, 3)}
        assert w.left_out() == {external(2, week): ("clash", external(1, week)) for week in (2, 3)}
        w.assert_equal()

    def test_a_later_edit_of_the_loser_says_whose_decision_it_was(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        w.change(1, lecturer="P2")
        w.settle()
        assert w.notifications(1)[-2:] == ["IN_CONFLICT", "IN_CONFLICT"]
        assert w.message_of(external(1)) == (
            "Not recorded: staff decided so. M2 LC01 Title of M2 09:00-10:00 (2-2-2030-31) is recorded instead "
            "(decision 1 of ann, 2030-09-02)"
        )
        ((winner,),) = w.sql(
            "SELECT WINNER FROM STT_ECHO_NOTIFICATION WHERE EXTERNAL_ID = :one ORDER BY ID DESC LIMIT 1",
            one=external(1),
        )
        assert winner == external(2)

    def test_the_newer_decision_wins(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        decide(w, ONE, 1, 2, winner=1)
        assert standing(w) == {external(1, 2), external(1, 3)}
        take_back(w, 2)
        assert standing(w) == {external(2, 2), external(2, 3)}
        w.assert_equal()

    def test_a_lesson_that_echo360_refuses_leaves_the_room_to_the_other(self, world: Worlds) -> None:
        w = world()
        w.lesson(1)
        w.settle()
        w.lesson(2, lecturer="P2", module="M2", group="LC02")
        w.settle()
        section = w.institution.state.directory.sections.by_external("M2_LC02")
        assert section is not None
        w.institution.state.directory.sections.remove(section.id)
        decide(w, ONE, 1, 2, winner=2)
        assert standing(w) in ({external(1)}, {external(2)})
        w.assert_equal()


class TestVoid:
    @pytest.mark.parametrize("edit", [{"room": "R2"}, {"at": "09:30-10:30"}, {"weekday": 2}])
    def test_once_a_lesson_has_changed_and_again_when_it_is_back(self, w: World, edit: dict[str, object]) -> None:
        decide(w, ONE, 1, 2, winner=2)
        w.change(2, **edit)
        w.settle()
        w.assert_equal()
        assert external(1) in standing(w), "the loser comes back without a queue entry of its own"
        assert ("decision", external(2)) not in w.left_out().values()
        w.change(2, room="R1", at="09:00-10:00", weekday=1)
        w.settle()
        w.assert_equal()
        assert standing(w) == {external(2, 2), external(2, 3)}

    def test_once_a_lesson_is_gone_and_again_when_it_is_back(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        w.cancel(2)
        w.settle()
        assert standing(w) == {external(1, 2), external(1, 3)}
        w.lesson(2, weeks=(2, 3), lecturer="P2")
        w.settle()
        assert standing(w) == {external(2, 2), external(2, 3)}
        w.assert_equal()

    def test_a_withdrawn_recording_request_counts_as_gone(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        with w.edit() as cmis:
            cmis.withdraw(2)
        w.settle()
        assert standing(w) == {external(1, 2), external(1, 3)}
        w.assert_equal()

    def test_a_new_week_in_which_they_meet_is_decided_too(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        with w.edit() as cmis:
            cmis.alter(1, weeks=(2, 3, 4))
            cmis.alter(2, weeks=(2, 3, 4))
        w.settle()
        assert standing(w) == {external(2, week) for week in (2, 3, 4)}
        w.assert_equal()

    def test_a_third_lesson_changes_nothing_of_it(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        w.lesson(3, weeks=(2,), lecturer="P2", module="M3", at="09:30-10:30")
        w.settle()
        assert standing(w) == {external(2, 2), external(2, 3)}
        assert w.left_out()[external(3)] == ("clash", external(2))
        w.assert_equal()


class TestNeitherAndNot:
    def test_neither_removes_and_taken_back_it_is_made_again(self, w: World) -> None:
        decide(w, NEITHER, 1, 2)
        assert w.calls() == {"DELETE": 2}
        assert standing(w) == set()
        assert set(w.left_out().values()) == {("decision", None)}
        take_back(w, 1)
        assert w.calls() == {"POST": 2}
        assert standing(w) == {external(1, 2), external(1, 3)}
        w.assert_equal()

    def test_a_session_that_is_not_to_be_recorded_leaves_the_room_to_the_next(self, w: World) -> None:
        decide(w, NOT, 1, weeks=(2,))
        assert w.calls() == {"DELETE": 1, "POST": 1}
        assert standing(w) == {external(2, 2), external(1, 3)}
        w.assert_equal()

    def test_a_recorded_notification_says_that_it_is_recorded_no_more(self, w: World) -> None:
        decide(w, NOT, 1, weeks=(2,))
        statement = "SELECT RECORDED FROM STT_ECHO_NOTIFICATION WHERE EXTERNAL_ID = :one ORDER BY ID DESC LIMIT 1"
        assert w.sql(statement, one=external(1)) == [("NO",)]
        assert "decision 1 of ann" in w.message_of(external(1))
        take_back(w, 1)
        assert w.sql(statement, one=external(1)) == [("YES",)]


class TestTogether:
    def test_one_schedule_with_two_sections_by_one_put(self, w: World) -> None:
        decide(w, TOGETHER, 1, 2)
        assert w.calls() == {"PUT": 2}
        assert standing(w) == {external(1, 2), external(1, 3)}
        assert w.schedules()[external(1)].sections == ("M1_LC01", "M2_LC01")
        assert w.left_out() == {}
        w.assert_equal()

    def test_two_schedules_become_one_by_one_put_and_one_delete(self, world: Worlds) -> None:
        w = world()
        w.lesson(1)
        w.lesson(2, lecturer="P2", room="R2")
        w.settle()
        w.calls()
        w.pause()
        w.change(2, room="R1")
        w.ask(Decide("ann", "one lecture", TOGETHER, SETID, (1, 2)))
        w.pass_time(5.0)
        assert w.calls() == {}
        w.resume()
        w.settle()
        assert w.calls() == {"PUT": 1, "DELETE": 1}
        assert standing(w) == {external(1)}
        assert w.schedules()[external(1)].sections == ("M1_LC01", "M2_LC01")
        w.assert_equal()

    def test_taken_back_the_second_section_goes(self, w: World) -> None:
        decide(w, TOGETHER, 1, 2)
        w.calls()
        take_back(w, 1)
        assert w.calls() == {"PUT": 2}
        assert w.schedules()[external(1)].sections == ("M1_LC01",)
        w.assert_equal()

    def test_it_ends_when_one_of_them_moves(self, w: World) -> None:
        decide(w, TOGETHER, 1, 2)
        w.change(2, at="14:00-15:00")
        w.settle()
        assert place_of(w.schedules()[external(2)]) == at("R1", time="14:00-15:00")
        assert w.schedules()[external(1)].sections == ("M1_LC01",)
        w.assert_equal()


class TestWithPausesAndTheSweep:
    def test_a_pause_holds_what_was_decided(self, w: World) -> None:
        w.pause(room="R1")
        decide(w, ONE, 1, 2, winner=2)
        w.pass_time(5.0)
        assert w.calls() == {}
        w.resume()
        w.settle()
        assert w.calls() == {"DELETE": 2, "POST": 2}
        w.assert_equal()

    def test_decided_and_taken_back_in_a_pause_costs_nothing(self, w: World) -> None:
        w.pause()
        w.ask(Decide("ann", "agreed", ONE, SETID, (1, 2), 2))
        w.pass_time(5.0)
        w.ask(Withdraw("bob", "not so", (1,)))
        w.pass_time(5.0)
        w.resume()
        w.settle()
        assert w.calls() == {}

    def test_the_sweep_and_a_resync_find_nothing_to_do(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        w.calls()
        w.pass_time(700.0)
        assert w.calls() == {}
        w.ask(Refresh("ann", "R1", day(2).isoformat()))
        w.settle()
        assert set(w.calls()) == {"GET"}
        assert standing(w) == {external(2, 2), external(2, 3)}

    def test_it_survives_a_kill(self, w: World) -> None:
        w.ask(Decide("ann", "agreed", ONE, SETID, (1, 2), 2))
        w.restart()
        w.settle()
        assert standing(w) == {external(2, 2), external(2, 3)}
        w.assert_equal()

    def test_a_plan_shows_only_the_decisions_of_its_lessons(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        assert w.look(lambda books: books.decisions.standing([(SETID, 7)])) == []
        (found,) = w.look(lambda books: books.decisions.standing([(SETID, 1), (SETID, 2)]))
        assert (found.id, found.winner, found.by, found.on) == (1, 2, "ann", "2030-09-02")


class TestAsked:
    def test_by_another_process(self, w: World) -> None:
        kind, args = as_args(Decide("ann", "agreed", ONE, SETID, (1, 2), 2, (2,)))
        w.office.write(lambda books: books.office.post_command(kind, args, "ann"))
        w.settle()
        assert standing(w) == {external(2, 2), external(1, 3)}
        assert w.sql("SELECT WHO, ACTION, WHY FROM STT_ECHO_AUDIT WHERE ACTION = 'DECIDE'") == [
            ("ann", "DECIDE", f"Decision 1: record lesson 2, not 1 in week 2 ({day(2)}).")
        ]

    @pytest.mark.parametrize(
        ("asked", "title"),
        [
            (Decide("ann", " ", ONE, SETID, (1, 2), 2), "A decision needs a reason"),
            (Decide("ann", "x", ONE, SETID, (), 2), "Which lessons?"),
            (Decide("ann", "x", ONE, SETID, (1,), 1), "Between which lessons?"),
            (Decide("ann", "x", NOT, SETID, (1, 2)), "One lesson at a time"),
            (Decide("ann", "x", ONE, SETID, (1, 2), 3), "The lesson to record is not one of these"),
            (Decide("ann", "x", NEITHER, SETID, (1, 2), 1), "What is to be decided?"),
            (Decide("ann", "x", ONE, SETID, (1, 77), 1), "No such lesson"),
            (Decide("ann", "x", ONE, "1999/00", (1, 2), 1), "No such lesson"),
            (Decide("ann", "x", ONE, SETID, (1, 4), 1), "These lessons never meet"),
            (Decide("ann", "x", ONE, SETID, (1, 5), 1), "These lessons do not overlap"),
            (Decide("ann", "x", ONE, SETID, (1, 2, 5), 1), "These lessons do not overlap"),
            (Decide("ann", "x", NEITHER, SETID, (1, 5)), "These lessons do not overlap"),
            (Decide("ann", "x", TOGETHER, SETID, (1, 6)), "Their times differ"),
            (Decide("ann", "x", ONE, SETID, (1, 2), 2, (2, 9)), "They do not meet then"),
            (Decide("ann", "x", ONE, SETID, (1, 2), 2, (), ("2030-09-10",)), "They do not meet then"),
            (Decide("ann", "x", NOT, SETID, (7,)), "It is not recorded anyway"),
        ],
        ids=lambda one: one if isinstance(one, str) else "",
    )
    def test_what_cannot_be_meant_is_refused_and_changes_nothing(
        self, w: World, asked: Decide, title: str
    ) -> None:
        with w.edit() as cmis:
            cmis.add(4, weeks=(2, 3), room="R2")
            cmis.add(5, weeks=(2, 3), at="10:00-11:00", lecturer="P2")
            cmis.add(6, weeks=(2, 3), at="09:00-09:50", lecturer="P2")
            cmis.add(7, weeks=(2, 3), room="R3", status=1)
        w.settle()
        with pytest.raises(WrongUse) as refused:
            w.ask(asked)
        assert refused.value.title == title
        assert refused.value.message
        assert refused.value.next_step
        assert w.sql("SELECT count(*) FROM STT_ECHO_DECISION") == [(0,)]

    def test_weeks_that_have_passed(self, world: Worlds) -> None:
        w = world()
        w.lesson(1, weeks=(1, 2))
        w.settle()
        w.lesson(2, weeks=(1, 2), lecturer="P2")
        w.settle()
        w.loop.forward(24 * 3_600.0)
        with pytest.raises(NothingDone, match="Week 1"):
            w.ask(Decide("ann", "x", ONE, SETID, (1, 2), 2, (1,)))

    def test_the_same_twice(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        with pytest.raises(NothingDone):
            decide(w, ONE, 2, 1, winner=2)
        decide(w, ONE, 1, 2, winner=2, weeks=(2,))
        decide(w, ONE, 1, 2, winner=2)

    def test_taking_back(self, w: World) -> None:
        decide(w, ONE, 1, 2, winner=2)
        with pytest.raises(WrongUse, match="7"):
            w.ask(Withdraw("bob", "x", (7,)))
        with pytest.raises(WrongUse, match="reason"):
            w.ask(Withdraw("bob", "", (1,)))
        take_back(w, 1)
        with pytest.raises(NothingDone):
            w.ask(Withdraw("bob", "x", (1,)))
        (record,) = w.look(lambda books: books.decisions.records())
        assert (record.withdrawn_by, record.withdrawn_why) == ("bob", "it was the other way round")
        assert record.withdrawn
