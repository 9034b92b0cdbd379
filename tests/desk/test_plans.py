"""Compare and repair on screen: what a plan would do, the yes to it, how far it is, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.batches import (
    Apply,
    CancelPlan,
    Compare,
    ContinuePlan,
    PlanDetail,
    PlanShown,
    RetrySteps,
    ShowPlan,
    StepRow,
    StopPlan,
    Undo,
    grouped,
)
from echodesk.desk import plan_words
from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.dialogs.plans import ApplyDialog, CompareDialog
from echodesk.desk.pages.plans_page import PlansPage
from tests.desk.driving import Desk, click, dialog_of, press, push, run_desk, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import overview

PAGE = 4


def plan(key: int = 3, state: str = "READY", **changes: object) -> PlanShown:
    """A plan of three calls."""
    shown = PlanShown(
        key=key, kind="RECONCILE", state=state, by="Ann", created="2026-11-23T09:00:00.000Z", scope="everything",
        said="", guard="", confirm="", undoes=0, compared=640, paused=2, foreign=5,
        counts=(("made", 1), ("changed", 0), ("moved", 1), ("handed_over", 0), ("removed", 1)), calls=3,
        left_out=(("clash", 4), ("foreign", 1)), unplanned=3, kept=(), kept_in_all=0,
        steps=(("OPEN", 3),), minutes=12.0,
    )  # fmt: skip
    return replace(shown, **changes)  # type: ignore[arg-type]  # any field may be named


def step(key: int, piece: int, action: str = "POST", **changes: object) -> StepRow:
    row = StepRow(
        key=key, piece=piece, action=action, external_id=f"61700{key}-9-2026-27", title="<b>BIOL1001</b> LC01",
        room="2950203", date=f"2026-11-2{key + 3}", time="10:00-11:00", was="", why="new", state="OPEN", answer="",
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]  # any field may be named


def test_what_echo360_lacks_is_told_before_anybody_says_yes() -> None:
    told = plan_words.facts(plan(to_make=(("room", 1), ("section", 1_200))))
    lacks = "Echo360 lacks 1 room and 1,200 sections"
    assert f"{lacks}, as far as is known: made first, with what they belong to." in told
    assert not any("lacks" in line for line in plan_words.facts(plan()))


MOVED = (("room", "2950203", "1040101"), ("date", "2026-11-23", "2026-11-25"))
STEPS = (
    step(1, 1, "DELETE", why="not_wanted", kind="removed"),
    step(2, 1, "PUT", why="moved", changes=MOVED, kind="moved"),
    step(3, 2, kind="made"),
)


def test_what_others_booked_is_never_touched_but_where_it_can_be_adopted() -> None:
    others = "Booked in Echo360 by others: 5;"
    assert f"{others} 2 never touched." in plan_words.facts(plan(counts=(("adopted", 3),)))
    assert f"{others} all of them can be adopted." in plan_words.facts(plan(counts=(("adopted", 5),)))


def with_plans(*plans: PlanShown, steps: tuple[StepRow, ...] = STEPS, kept: tuple[str, ...] = ()) -> object:
    def prepare(worker: FakeWorker) -> None:
        worker.first_overview = overview(plans=plans, plans_in_all=len(plans))
        worker.plan_details = {one.key: PlanDetail(one, steps, grouped(steps), kept=kept) for one in plans}

    return prepare


async def opened(desk: Desk, rows: int = len(STEPS)) -> PlansPage:
    desk.window.open_page(PAGE)
    page = desk.window.plans
    await until(lambda: page.steps.model.rowCount() == rows)
    return page


def run(app: QApplication, body: object, prepare: object) -> Desk:
    return run_desk(app, body, prepare=prepare)  # type: ignore[arg-type]  # functions of this file


def test_without_a_plan_the_page_says_what_to_do(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.window.open_page(PAGE)
        page = desk.window.plans
        assert page.state_pane.title.text() == "No plan was made yet"
        click(page.state_pane.button)
        dialog = await dialog_of(desk.window, CompareDialog)
        assert isinstance(dialog, CompareDialog)
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Compare)))
        assert desk.worker.sent(Compare) == [Compare("Ann")]

    run(qapp, body, with_plans())


def test_the_overview_counts_plans_that_wait_and_opens_them(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        await until(lambda: desk.window.overview.overview is not None)
        card = desk.window.overview.yes
        assert (card.number.text(), card.text.text()) == ("2", "Plan 3: everything. Waits for your yes")
        card.setFocus()
        press(card, Qt.Key.Key_Space)
        await until(desk.window.plans.isVisible)

    run(qapp, body, with_plans(plan(), plan(2, "STOPPED"), plan(1, "DONE")))


def test_the_overview_says_what_a_plan_waits_for(qapp: QApplication) -> None:
    said = "It waits for a yes, because plan 2 is not at its end."

    async def body(desk: Desk) -> None:
        await until(lambda: desk.window.overview.overview is not None)
        assert desk.window.overview.yes.text.text() == f"Plan 3: everything. {said}"

    run(qapp, body, with_plans(replace(plan(), said=said)))


def test_steps_are_a_tree_by_action_building_room_week_and_reason_and_a_group_filters_them(
    qapp: QApplication,
) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        tree = page.steps.groups
        roots = tree.findItems("", Qt.MatchFlag.MatchContains)
        told = {
            root.text(0): {
                child.text(0): child.text(1)
                for child in map(root.child, range(root.childCount()))
                if child is not None
            }
            for root in roots
        }
        assert told["All steps"] == {}
        assert told["What is done"] == {"Remove": "1", "Make": "1", "Change": "1"}
        assert told["Building"] == {"not known": "3"}
        assert told["Room"] == {"2950203": "3"}
        assert sum(int(count) for count in told["Week"].values()) == 3
        assert set(told["Why"]) == {"A new lesson", "The lesson moved", "Recording is no longer wanted"}
        tree.setFocus()
        for _ in range(2):
            QTest.keyClick(tree, Qt.Key.Key_Down)
        await turns()
        chosen = tree.currentItem()
        assert chosen is not None
        assert (chosen.text(0), page.steps.model.rowCount()) == ("Remove", 1)
        page.steps.field.setText("nothing like it")
        await until(lambda: page.steps.model.rowCount() == 0)
        page.steps.field.clear()
        tree.setCurrentItem(roots[0])
        await until(lambda: page.steps.model.rowCount() == len(STEPS))

    run(qapp, body, with_plans(plan()))


def test_the_page_answers_before_anything_is_sent(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.headline.text() == "Plan 3: everything. Waits for your yes"
        told = page.facts.text()
        assert "640 room-days compared: 1 to make, 1 to move, 1 to remove. About 12 min" in told
        assert "Not recorded: Room clash 4, " in told
        assert "2 room-days paused" in told
        assert "3 room-days could not be planned; the log says why." in told
        assert "Booked in Echo360 by others: 5; 5 never touched." in told
        cells = [[column.cell(row).line for column in page.steps.model.columns] for row in STEPS]
        assert cells[0][0] == "Remove (To be sent)"
        assert cells[1][4] == "The lesson moved (Room: 2950203 → 1040101; Date: Mon 23 Nov 2026 → Wed 25 Nov 2026)"
        assert cells[2][3] == "<b>BIOL1001</b> LC01 (617003-9-2026-27)"
        assert desk.worker.sent(Apply) == []

    run(qapp, body, with_plans(plan()))


def test_a_yes_sends_the_plan_and_enter_alone_does_not(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        press(dialog, Qt.Key.Key_Return)
        await turns()
        assert desk.worker.sent(Apply) == []
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert isinstance(dialog, ApplyDialog)
        assert dialog.yes_button.text() == "Send 3 calls"
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Apply)))
        assert desk.worker.sent(Apply) == [Apply("Ann", 3)]

    run(qapp, body, with_plans(plan()))


def test_a_safety_stop_wants_it_typed(qapp: QApplication) -> None:
    guarded = plan(guard="80 of 900 bookings of the year would be removed", confirm="remove 80")

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert "Safety stop: 80 of 900 bookings" in page.facts.text()
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert isinstance(dialog, ApplyDialog)
        assert not dialog.yes_button.isEnabled()
        QTest.keyClicks(dialog.confirm, "remove 8")
        assert not dialog.yes_button.isEnabled()
        QTest.keyClicks(dialog.confirm, "0")
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Apply)))
        assert desk.worker.sent(Apply) == [Apply("Ann", 3, (), "remove 80")]

    run(qapp, body, with_plans(guarded))


def test_a_plan_that_sends_nothing_and_switches_a_year_on_can_be_applied(qapp: QApplication) -> None:
    said = "Everything stands as it should. Applying it switches 2027/28 on."

    async def body(desk: Desk) -> None:
        page = await opened(desk, 0)
        await until(lambda: "Everything stands as it should." in page.facts.text())
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert isinstance(dialog, ApplyDialog)
        assert dialog.yes_button.text() == "Apply plan 3"
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Apply)))
        assert desk.worker.sent(Apply) == [Apply("Ann", 3)]

    run(qapp, body, with_plans(plan(said=said, counts=(), calls=0, steps=(), minutes=0.0), steps=()))


def test_steps_are_left_out_with_what_goes_with_them(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert not page.leave_out.isEnabled()
        assert page.steps.view.choose(1)
        click(page.leave_out)
        states = {row.key: row.state for row in page.steps.model.cache.rows()}  # type: ignore[union-attr]  # rows of steps
        assert states == {1: "LEFT_OUT", 2: "LEFT_OUT", 3: "OPEN"}
        assert page.facts.text().splitlines()[0] == (
            "2 calls left out, 1 of them because it hangs together with what was chosen: their rooms and days are"
            " paused until somebody lifts the pause. 1 call to send."
        )
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert isinstance(dialog, ApplyDialog)
        assert dialog.yes_button.text() == "Send 1 call"
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Apply)))
        assert desk.worker.sent(Apply) == [Apply("Ann", 3, (1,))]

    run(qapp, body, with_plans(plan()))


def test_a_running_plan_shows_how_far_it_is_and_can_be_stopped(qapp: QApplication) -> None:
    running = plan(state="RUNNING", steps=(("OPEN", 1_200), ("DONE", 800), ("FAILED", 3)), minutes=10.5)

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.progress.text() == "803 of 2,003 calls, 3 failed, about 11 min to go"
        assert (page.bar.value(), page.bar.maximum()) == (803, 2_003)
        assert not page.apply.isVisible()
        click(page.retry)
        await until(lambda: bool(desk.worker.sent(RetrySteps)))
        click(page.stop)
        await until(lambda: bool(desk.worker.sent(StopPlan)))
        asked = len(desk.worker.sent(ShowPlan))
        stopped = replace(running, state="STOPPED", said="Ann stopped it: from the window.")
        desk.worker.sink.post(overview(plans=(stopped,)))
        await until(page.go_on.isVisible)
        assert "Ann stopped it" in page.facts.text()
        await until(lambda: len(desk.worker.sent(ShowPlan)) == asked + 1)
        click(page.go_on)
        await until(lambda: bool(desk.worker.sent(ContinuePlan)))
        assert desk.worker.sent(ContinuePlan) == [ContinuePlan("Ann", 3)]
        click(page.cancel)
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        assert dialog.text.text().startswith("1,200 calls not sent")
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(CancelPlan)))

    run(qapp, body, with_plans(running))


def test_of_a_plan_that_stands_still_nothing_is_offered_that_would_be_refused(qapp: QApplication) -> None:
    """It goes on or is cancelled first; only then its failures are tried again, or it is taken back."""
    steps = (("OPEN", 5), ("DONE", 2), ("FAILED", 1))
    stopped = plan(state="STOPPED", steps=steps, can_undo=True)

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        shown = {one for one in page.buttons if one.isVisible()}
        assert shown == {page.go_on, page.cancel, page.missed, page.save}
        desk.worker.sink.post(overview(plans=(replace(stopped, state="CANCELLED"),)))
        await until(page.undo.isVisible)

    run(qapp, body, with_plans(stopped))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("RECONCILE", "5 calls not sent; their rooms and days are paused as they are."),
        (
            "UNDO",
            "5 calls not sent. Rooms and days where nothing was taken back follow the timetable again; the others"
            " stay paused.",
        ),
    ],
)
def test_who_cancels_a_plan_is_told_which_rooms_and_days_are_paused(
    qapp: QApplication, kind: str, says: str
) -> None:
    running = plan(state="RUNNING", kind=kind, steps=(("OPEN", 5), ("DONE", 2)))

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        click(page.cancel)
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        assert dialog.text.text() == says
        dialog.reject()

    run(qapp, body, with_plans(running))


def test_a_done_plan_can_be_taken_back_and_failures_are_told(qapp: QApplication) -> None:
    done = plan(state="DONE", steps=(("DONE", 2), ("FAILED", 1)), minutes=0.0, can_undo=True)
    steps = (*STEPS[:2], step(3, 2, state="FAILED", answer="Echo360 refused it (400): no"))

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert not page.cancel.isVisible()
        row = page.steps.model.cache.get(3)
        assert row is not None
        assert page.steps.model.columns[4].cell(row).line == "A new lesson (Echo360 refused it (400): no)"
        page.steps.field.setText("refused")
        assert page.steps.model.rowCount() == 1
        page.steps.field.setText("no such thing")
        assert page.steps.model.rowCount() == 0
        click(push(page, "Take &back…"))
        await until(lambda: bool(desk.worker.sent(Undo)))
        assert desk.worker.sent(Undo) == [Undo("Ann", 3)]

    run(qapp, body, with_plans(done, steps=steps))


def test_a_new_plan_comes_to_the_front_and_others_stay_in_the_list(qapp: QApplication) -> None:
    first, second = plan(3, "DONE"), plan(4, "READY", undoes=3)

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.list.count() == 1
        desk.worker.plan_details[4] = PlanDetail(second, STEPS[:1])
        desk.worker.sink.post(overview(plans=(second, first)))
        await until(lambda: page.list.count() == 2)
        assert page.headline.text() == "Plan 4: takes back plan 3. Waits for your yes"
        await until(lambda: page.steps.model.rowCount() == 1)
        page.list.setFocus()
        press(page.list, Qt.Key.Key_Down)
        assert page.headline.text() == "Plan 3: everything. Done"
        await until(lambda: page.steps.model.rowCount() == 3)
        desk.worker.sink.post(overview(plans=(replace(second, state="CANCELLED"), first)))
        await until(lambda: "Cancelled" in page.list.item(0).text())
        assert page.headline.text() == "Plan 3: everything. Done"

    run(qapp, body, with_plans(first))


def test_every_state_has_words() -> None:
    from echodesk.planning.batches import BatchState, StepState

    assert plan_words.STATES.keys() == {one.value for one in BatchState}
    assert plan_words.STEP_STATES.keys() == {one.value for one in StepState}
