"""Which plans the screens list, what is said of each, and how a plan differs from the one before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest

from echodesk.batches import CAME, PlanDetail, PlanShown
from echodesk.main import AllBooks, Office
from echodesk.messages import Scope
from echodesk.planning.batches import BatchKind, BatchState, StepState, Summary
from echodesk.planning.steps import PlanScope, Step
from echodesk.planning.stops import StopItem, StopKind
from echodesk.planning.values import Booking, Content, Interval, Method, RoomDay, Standing, Why
from echodesk.store.plans_shown import NEWEST, OLDER
from tests.worker.campus import SETID, day
from tests.worker.values import external

TODAY = day(1).isoformat()
PLACE, OTHER, PAST = RoomDay("R1", day(2)), RoomDay("R2", day(2)), RoomDay("R1", day(-3))
PIECES = {PLACE: 1, OTHER: 2, PAST: 3}
NINE = Interval(540, 600)


def standing(slot: int, place: RoomDay = PLACE) -> Standing:
    return Standing(f"e{slot}", external(slot), True, place, NINE, Content("M1", ("M1_1",), None, ("video",)))


def change(number: int, place: RoomDay = PLACE, title: str = "M2") -> Step:
    """A schedule of ours gets another title."""
    before = standing(number, place)
    content = replace(before.content, title=title, presenter="ann@example.ac.uk")
    after = Booking(external(number), SETID, number, 2, place, NINE, content, ())
    return Step(number, PIECES[place], Method.PUT, external(number), before, after, (), Why.CHANGED)


def plan(
    office: Office,
    steps: Sequence[Step] = (),
    state: BatchState = BatchState.READY,
    done: Sequence[int] = (),
    *,
    replaces: int | None = None,
    undoes: int | None = None,
    refused: tuple[str, ...] = (),
) -> int:
    """A plan with these steps in this state, of which these are done."""
    way = {
        BatchState.READY: [BatchState.READY],
        BatchState.RUNNING: [BatchState.READY, BatchState.CHECKING, BatchState.RUNNING],
        BatchState.STOPPED: [BatchState.READY, BatchState.CHECKING, BatchState.RUNNING, BatchState.STOPPED],
        BatchState.STALE: [BatchState.READY, BatchState.CHECKING, BatchState.STALE],
        BatchState.DONE: [BatchState.READY, BatchState.CHECKING, BatchState.RUNNING, BatchState.DONE],
        BatchState.FAILED: [BatchState.FAILED],
    }

    def write(books: AllBooks) -> int:
        kind = BatchKind.UNDO if undoes else BatchKind.RECONCILE
        number = books.batches.add(kind, "ann", PlanScope(), undoes, replaces)
        places = {step.piece: {step.place} for step in steps}
        books.batches.save(number, Summary(compared=1, calls=len(steps), refused=refused), steps, places, "")
        for one in way[state]:
            books.batches.become(number, one)
        books.batches.end(number, [(one, StepState.DONE, "") for one in done])
        return number

    return office.keep(write)


def listed(office: Office) -> dict[int, PlanShown]:
    return {one.key: one for one in office.look(lambda books: books.screens.plans(120, TODAY))}


def detail(office: Office, number: int) -> PlanDetail:
    found = office.look(lambda books: books.screens.plan(number, 120, TODAY))
    assert found is not None
    return found


def test_what_waits_or_can_be_taken_back_stays_in_the_list_whatever_came_after(office: Office) -> None:
    ready = plan(office, [change(1)])
    can_go_back = plan(office, [change(1), change(2, PAST)], BatchState.DONE, [1, 2])
    over = plan(office, [change(1), change(2, PAST)], BatchState.DONE, [2])
    taken_back = plan(office, [change(1)], BatchState.DONE, [1])
    plan(office, [change(1)], BatchState.DONE, undoes=taken_back)
    later = [plan(office, state=BatchState.FAILED) for _ in range(NEWEST)]
    found = listed(office)
    assert list(found) == [*reversed(later), can_go_back, ready]
    assert (found[can_go_back].can_undo, found[ready].can_undo) == (True, False)
    assert not detail(office, over).plan.can_undo
    overview = office.look(lambda books: books.screens.overview(dt.datetime.fromisoformat(TODAY), 120))
    assert (overview.plans, overview.plans_in_all) == (tuple(found.values()), NEWEST + 5)


@pytest.mark.parametrize(
    ("refused", "failed", "offered"),
    [((), False, False), ((f"{external(1)}: It was changed since.",), False, True), ((), True, True)],
)
@pytest.mark.parametrize("sent", [False, True])
def test_what_was_taken_back_in_part_can_be_taken_back_again(
    office: Office, refused: tuple[str, ...], *, failed: bool, offered: bool, sent: bool
) -> None:
    """An undo that refused or failed leaves something to be tried again, whether it sent anything or not."""
    done = plan(office, [change(1), change(2)], BatchState.DONE, [1, 2])
    both = [change(1), change(2)]
    back = plan(office, both, BatchState.DONE, [1] if sent else (), undoes=done, refused=refused)
    if failed:
        office.keep(lambda books: books.batches.end(back, [(2, StepState.FAILED, "Echo360 refused it.")]))
    assert listed(office)[done].can_undo == offered


def test_a_plan_that_stands_still_is_not_to_be_taken_back(office: Office) -> None:
    stopped = plan(office, [change(1), change(2)], BatchState.STOPPED, [1])
    assert not listed(office)[stopped].can_undo
    office.keep(lambda books: books.batches.become(stopped, BatchState.CANCELLED))
    assert listed(office)[stopped].can_undo


def test_an_undo_that_found_nothing_it_may_take_back_leaves_the_way_back(office: Office) -> None:
    done = plan(office, [change(1)], BatchState.DONE, [1])

    def refuse(books: AllBooks) -> None:
        back = books.batches.add(BatchKind.UNDO, "ann", PlanScope(), undoes=done)
        books.batches.save(back, Summary(refused=(f"{external(1)}: It was changed since.",)), [], {}, "")
        books.batches.become(back, BatchState.DONE, "Nothing can be taken back.")

    office.keep(refuse)
    assert listed(office)[done].can_undo


def test_a_plan_in_the_list_says_how_much_cannot_be_taken_back_and_only_its_details_list_all(
    office: Office,
) -> None:
    refused = tuple(f"{external(number)}: It was made again since." for number in range(5_000))
    number = plan(office, [change(1)], undoes=plan(office, [change(1)], BatchState.DONE, [1]), refused=refused)
    shown = listed(office)[number]
    assert (shown.kept, shown.kept_in_all) == (refused[:3], 5_000)
    assert detail(office, number).kept == refused


def test_older_plans_come_a_few_at_a_time(office: Office) -> None:
    numbers = [plan(office, state=BatchState.FAILED) for _ in range(OLDER + 3)]
    first = office.look(lambda books: books.screens.plans_before(0, 120, TODAY))
    assert ([one.key for one in first.plans], first.more) == (numbers[:2:-1], True)
    rest = office.look(lambda books: books.screens.plans_before(first.plans[-1].key, 120, TODAY))
    assert ([one.key for one in rest.plans], rest.more) == (numbers[2::-1], False)


def test_a_step_says_which_fields_it_changes(office: Office) -> None:
    (row,) = detail(office, plan(office, [change(1)])).steps
    assert row.changes == (("title", "M1", "M2"), ("presenter", "", "ann@example.ac.uk"))
    assert row.kind == "changed"


def test_the_plan_of_now_is_shown_beside_the_stale_one(office: Office) -> None:
    shown = plan(office, [change(1), change(2), change(3)], BatchState.STALE)
    now = plan(office, [change(1), change(3, title="M3"), change(4)], replaces=shown)
    found = detail(office, now)
    assert [(row.key, row.title) for row in found.gone] == [(2, "M2"), (3, "M2")]
    assert [(row.key, row.since) for row in found.steps] == [(1, ""), (3, CAME), (4, CAME)]
    assert found.by["since"] == {"CAME": 2, "GONE": 2}
    assert found.by["action"] == {"PUT": 3}
    assert (found.plan.replaces, detail(office, shown).plan.replaced_by) == (shown, now)
    assert "since" not in detail(office, shown).by
    assert {row.state for row in detail(office, shown).steps} == {"CANCELLED"}
    assert {row.state for row in found.steps} == {"OPEN"}


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        ([Scope(room="R1"), Scope(room="R2")], "the pause “Exams” of ann and the pause “Exams” of ann"),
        ([Scope(room="R1")], ""),
        ([Scope()], "the pause “Exams” of ann"),
        ([], ""),
    ],
)
def test_a_plan_of_which_all_that_is_left_is_paused_says_so(
    office: Office, scopes: Sequence[Scope], told: str
) -> None:
    number = plan(office, [change(1), change(2, OTHER), change(3, OTHER)], BatchState.RUNNING, [3])
    for scope in scopes:
        office.keep(lambda books, scope=scope: books.office.pause(scope, "Exams", "ann", ""))  # type: ignore[misc]  # bound at once
    assert listed(office)[number].waits_for == told


@pytest.mark.parametrize(
    ("own", "told"), [(False, "the pause “Exams” of ann"), (True, "the pause “left out” of ann")]
)
def test_a_plan_whose_days_wait_for_the_pause_of_a_linked_room_names_that_pause(
    office: Office, own: bool, told: str
) -> None:
    """A lesson was moved from R2, which is paused, into R1: both are planned once the pause is lifted."""
    number = plan(office, [change(1), change(3, PAST)], BatchState.RUNNING, [3])

    def hold(books: AllBooks) -> None:
        pause = books.office.pause(Scope(room="R2"), "left out" if own else "Exams", "ann", "")
        if own:
            books.batches.pause_steps(number, pause, StepState.LEFT_OUT)
        books.places.mark([PLACE], "edit")
        books.places.hold(books.places.marks_at([PLACE]), pause)

    office.keep(hold)
    assert listed(office)[number].waits_for == told
    office.keep(lambda books: books.places.mark([PLACE], "edit"))
    assert listed(office)[number].waits_for == ""


def test_an_undo_waits_for_no_pause_of_another_undo_and_for_those_of_staff(office: Office) -> None:
    """The later plan was taken back first, and its undo left a pause on the same room-days."""
    first = plan(office, [change(1), change(2, OTHER)], BatchState.DONE, [1, 2])
    later = plan(office, [change(1), change(2, OTHER)], BatchState.DONE, [1, 2])
    undone = plan(office, [change(1), change(2, OTHER)], BatchState.DONE, [1, 2], undoes=later)

    def leave(books: AllBooks) -> None:
        pause = books.office.pause(Scope(), f"undone plan {later}", "bob", "")
        books.batches.pause_steps(undone, pause, StepState.DONE)
        books.places.mark([OTHER], "undone")
        books.places.hold(books.places.marks_at([OTHER]), pause)

    office.keep(leave)
    back = plan(office, [change(1), change(2, OTHER)], BatchState.RUNNING, undoes=first)
    assert listed(office)[back].waits_for == ""
    for room in ("R1", "R2"):
        office.keep(lambda books, room=room: books.office.pause(Scope(room=room), "Exams", "ann", ""))  # type: ignore[misc]  # bound at once
    assert listed(office)[back].waits_for == "the pause “Exams” of ann and the pause “Exams” of ann"


BRAKE = "the answer to safety stop 1: 1 booking would be removed"


@pytest.mark.parametrize(
    ("listed", "held", "paused", "told", "stops"),
    [
        ([PLACE], [PLACE, OTHER], (), BRAKE, (1,)),
        ([PLACE], [PLACE], (OTHER,), f"the pause “Exams” of ann and {BRAKE}", (1,)),
        ([PLACE], [PLACE], (), "", ()),
        ([], [], (), "the answer to safety stop 1: nothing is planned", (1,)),
    ],
)
def test_a_plan_of_which_all_that_is_left_waits_for_an_answer_says_which(
    office: Office,
    listed: Sequence[RoomDay],
    held: Sequence[RoomDay],
    paused: Sequence[RoomDay],
    told: str,
    stops: tuple[int, ...],
) -> None:
    """A list names the room-days of its bookings; what is planned with them is held as well."""
    number = plan(office, [change(1), change(2, OTHER), change(3, OTHER)], BatchState.RUNNING, [3])

    def hold(books: AllBooks) -> None:
        for place in paused:
            books.office.pause(Scope(room=place.room), "Exams", "ann", "")
        books.places.mark(held, "sweep")
        if not listed:
            books.stops.stop_feed("The timetable is empty.")
            return
        items = [
            StopItem(external(1), one.room, one.date.isoformat(), 540, 600, "M1", None, "not_wanted", None)
            for one in listed
        ]
        books.stops.hold(StopKind.BRAKE, "Too many at once.", items, ())
        books.stops.hold_places(held, books.places.marks_at(held))

    office.keep(hold)
    found = detail(office, number).plan
    assert (found.waits_for, found.stops) == (told, stops)
    if stops:
        office.keep(lambda books: books.stops.yes(1, "bob", "meant", 99))
        found = detail(office, number).plan
        assert found.stops == ()
        assert "safety stop" not in found.waits_for
