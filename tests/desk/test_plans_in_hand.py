"""Plans on screen: before and after, what is new since the preview, older ones, files, and who carries one on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from echodesk.batches import (
    CAME,
    GONE,
    Apply,
    ListPlans,
    PlanDetail,
    PlanList,
    RetrySteps,
    SavePlan,
    ShowPlan,
    StepRow,
    grouped,
)
from echodesk.desk import plan_words
from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.dialogs.plans import ApplyDialog
from echodesk.desk.dialogs.saving import KINDS, SaveDialog
from echodesk.messages import EngineState, Phase
from tests.desk.driving import Desk, click, dialog_of, press, run_desk, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import overview, state_of_engine
from tests.desk.test_plans import STEPS, opened, plan, run, step, with_plans

NOBODY = replace(state_of_engine(), holder="", mine=False)
LOCKED_OUT = replace(state_of_engine(), phase=Phase.STOPPED_BY_ECHO360)
ANOTHER = replace(state_of_engine(), holder="bob on pc7", mine=False, phase=Phase.FOLLOWING)


# ---- before and after


def test_the_chosen_step_says_what_it_changes_in_plain_text(qapp: QApplication) -> None:
    changes = (
        ("title", "<i>old</i>", "<b>new</b>"),
        ("presenter", "", "ann@example.ac.uk"),
        ("inputs", "", "video"),
    )
    changed = step(1, 1, "PUT", why="changed", changes=changes, building="Main", answer="Refused: no")

    async def body(desk: Desk) -> None:
        page = await opened(desk, 1)
        assert page.steps.detail.toPlainText() == ""
        page.steps.view.choose(1)
        assert page.steps.detail.toPlainText().splitlines() == [
            "Step 1: Change <b>BIOL1001</b> LC01 (617001-9-2026-27), Tue 24 Nov 2026 10:00-11:00, 2950203, Main",
            "Something about the lesson changed",
            "Title: <i>old</i> → <b>new</b>",
            "Presenter: none → ann@example.ac.uk",
            "Recorded: audio only → audio, video",
            "Echo360: Refused: no",
        ]
        page.steps.field.setText("<I>OLD")
        assert page.steps.model.rowCount() == 1

    run(qapp, body, with_plans(plan(), steps=(changed,)))


def test_what_cannot_be_taken_back_is_listed_whole_while_no_step_is_chosen(qapp: QApplication) -> None:
    kept = tuple(f"61700{number}-9-2026-27: It was changed since." for number in range(9))

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.steps.detail.toPlainText().splitlines() == ["Not taken back:", *kept]
        page.steps.view.choose(1)
        assert page.steps.detail.toPlainText().startswith("Step 1: Remove ")
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert "9 lessons cannot be taken back; the plan lists them." in [
            one.text() for one in dialog.findChildren(QLabel)
        ]
        press(dialog, Qt.Key.Key_Escape)

    run(qapp, body, with_plans(plan(undoes=2, kept=kept[:3], kept_in_all=9), kept=kept))


# ---- since the preview


def test_the_difference_to_the_stale_plan_has_groups_of_its_own(qapp: QApplication) -> None:
    stale = plan(3, "STALE", said="Plan 4 is what would be sent now.", replaced_by=4, steps=(("OPEN", 2),))
    now = plan(4, "READY", replaces=3)
    steps = tuple(replace(row, since=CAME if row.key == 3 else "") for row in STEPS)
    gone = (step(3, 9, "PUT", why="changed", changes=(("title", "A", "B"),), since=GONE),)

    def prepare(worker: FakeWorker) -> None:
        worker.first_overview = overview(plans=(now, stale))
        worker.plan_details = {
            3: PlanDetail(stale, STEPS[:2], grouped(STEPS[:2])),
            4: PlanDetail(now, steps, grouped(steps, gone), gone),
        }

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert "Since the preview of plan 3: 1 step needed no more, 1 new." in page.facts.text()
        tree = page.steps.groups
        (root,) = tree.findItems("Since the preview", Qt.MatchFlag.MatchExactly)
        assert root.isExpanded()
        children = {item.text(0): item for item in map(root.child, range(root.childCount())) if item is not None}
        assert {name: item.text(1) for name, item in children.items()} == {"New": "1", "Needed no more": "1"}
        tree.setCurrentItem(children["New"])
        assert page.steps.model.cache.keys_shown() == (3,)
        tree.setCurrentItem(children["Needed no more"])
        (key,) = page.steps.model.cache.keys_shown()
        page.steps.view.choose(key)
        assert page.steps.detail.toPlainText().endswith("Title: A → B")
        assert not page.leave_out.isEnabled()
        page.list.setCurrentRow(1)
        await until(lambda: page.steps.model.rowCount() == 2)
        assert "Since the preview" not in page.facts.text()
        click(page.newer)
        assert page.plan is not None
        assert page.plan.key == 4

    run_desk(qapp, body, prepare=prepare)


# ---- older plans


def test_older_plans_come_when_asked_for_and_stay(qapp: QApplication) -> None:
    def prepare(worker: FakeWorker) -> None:
        worker.first_overview = overview(plans=(plan(9), plan(2, "DONE")), plans_in_all=4)
        worker.plan_details = {9: PlanDetail(plan(9), STEPS, grouped(STEPS))}
        worker.older_plans = {
            0: PlanList((plan(9), plan(5, "FAILED")), True),
            5: PlanList((plan(2, "DONE"), plan(1, "STALE")), False),
        }

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert [one.key for one in page.plans.plans] == [9, 2]
        click(page.plans.older)
        await until(lambda: [one.key for one in page.plans.plans] == [9, 5, 2])
        click(page.plans.older)
        await until(lambda: [one.key for one in page.plans.plans] == [9, 5, 2, 1])
        assert not page.plans.older.isVisible()
        assert desk.worker.sent(ListPlans) == [ListPlans(0), ListPlans(5)]
        page.plans.choose(5)
        desk.worker.sink.post(overview(plans=(plan(9, "CANCELLED"),), plans_in_all=4))
        await until(lambda: "Cancelled" in page.list.item(0).text())
        assert [one.key for one in page.plans.plans] == [9, 5, 2, 1]
        assert page.plan is not None
        assert page.plan.key == 5

    run_desk(qapp, body, prepare=prepare)


# ---- left out and put back, tried again


def test_what_was_left_out_is_put_back_by_keys_alone(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        view = page.steps.view
        assert view.choose(1)
        view.setFocus()
        assert not page.put_back.isEnabled()
        press(view, Qt.Key.Key_Delete)
        assert page.steps.left_out() == {1, 2}
        assert (page.leave_out.isEnabled(), page.put_back.isEnabled()) == (False, True)
        assert view.choose(2)
        view.setFocus()
        press(view, Qt.Key.Key_Insert)
        assert page.steps.left_out() == set()
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert isinstance(dialog, ApplyDialog)
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Apply)))
        assert desk.worker.sent(Apply) == [Apply("Ann", 3)]

    run(qapp, body, with_plans(plan()))


def test_what_a_plan_came_without_is_counted_and_cannot_be_put_back(qapp: QApplication) -> None:
    """It takes the place of one out of which staff had left it."""

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.steps.left_out() == {3}
        assert page.steps.view.choose(3)
        assert (page.leave_out.isEnabled(), page.put_back.isEnabled()) == (False, False)
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert isinstance(dialog, ApplyDialog)
        assert dialog.yes_button.text() == "Send 2 calls"
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Apply)))
        assert desk.worker.sent(Apply) == [Apply("Ann", 3)]

    first, second, third = STEPS
    run(qapp, body, with_plans(plan(), steps=(first, second, replace(third, state="LEFT_OUT"))))


def test_nothing_is_left_out_of_a_plan_by_what_was_chosen_in_another(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.steps.view.choose(1)
        click(page.leave_out)
        desk.worker.hold = True
        page.list.setCurrentRow(1)
        assert (page.steps.without, page.steps.model.rowCount()) == ((), 0)
        await until(lambda: len(desk.worker.sent(ShowPlan)) == 2)
        page.list.setCurrentRow(0)
        desk.worker.release()
        await until(lambda: len(desk.worker.sent(ShowPlan)) == 3)
        desk.worker.release()
        await until(lambda: page.steps.model.rowCount() == len(STEPS))
        assert page.steps.without == ()

    run(qapp, body, with_plans(plan(4), plan(3)))


def test_single_steps_that_failed_are_tried_again(qapp: QApplication) -> None:
    done = plan(state="DONE", steps=(("DONE", 1), ("FAILED", 2)))
    steps = (replace(STEPS[0], state="DONE"), *(replace(row, state="FAILED") for row in STEPS[1:]))

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.retry.text() == "Try all &failed again"
        page.steps.view.selectAll()
        page.steps.view.choose(2)
        assert page.retry.text() == "Try these &failed again"
        page.steps.view.setFocus()
        press(page.steps.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: bool(desk.worker.sent(RetrySteps)))
        assert desk.worker.sent(RetrySteps) == [RetrySteps("Ann", 3, (2,))]

    run(qapp, body, with_plans(done, steps=steps))


# ---- files


@pytest.mark.parametrize("kind", [suffix for suffix, _name in KINDS])
def test_a_plan_is_saved_as_what_was_chosen(qapp: QApplication, tmp_path: Path, kind: str) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.steps.view.setFocus()
        press(page.steps.view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        dialog = await dialog_of(desk.window, SaveDialog)
        assert isinstance(dialog, SaveDialog)
        dialog.setDirectory(str(tmp_path))
        dialog.selectNameFilter(dict(KINDS)[kind])
        dialog.filterSelected.emit(dict(KINDS)[kind])
        dialog.accept()
        await until(lambda: bool(desk.worker.sent(SavePlan)))
        assert desk.worker.sent(SavePlan) == [SavePlan(3, str(tmp_path / f"plan-3.{kind}"))]

    run(qapp, body, with_plans(plan()))


@pytest.mark.parametrize("agreed", [True, False])
def test_a_file_is_replaced_after_a_yes_alone(qapp: QApplication, tmp_path: Path, agreed: bool) -> None:
    (tmp_path / "plan-3.xlsx").write_text("of last week")

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        click(page.save)
        dialog = await dialog_of(desk.window, SaveDialog)
        assert isinstance(dialog, SaveDialog)
        dialog.setDirectory(str(tmp_path))
        dialog.accept()
        question = await dialog_of(desk.window, Confirm)
        assert isinstance(question, Confirm)
        click(question.yes_button if agreed else question.no_button)
        await turns(10)
        assert len(desk.worker.sent(SavePlan)) == agreed

    run(qapp, body, with_plans(plan()))


# ---- who carries it on


@pytest.mark.parametrize(
    ("state", "engine", "waits_for", "says"),
    [
        ("RUNNING", state_of_engine(), "", "Being sent by this PC"),
        ("RUNNING", ANOTHER, "", "Being sent by bob on pc7"),
        ("RUNNING", NOBODY, "", "Waits: nobody is sending"),
        ("CHECKING", NOBODY, "", "Waits: nobody is sending"),
        ("RUNNING", state_of_engine(), "the pause “Exams” of Bob", "Waits for the pause “Exams” of Bob"),
        ("RUNNING", LOCKED_OUT, "", "Waits: Echo360 does not let us in"),
        ("RUNNING", None, "", "Being sent"),
        ("READY", NOBODY, "", "Waits for your yes"),
        ("COMPARING", state_of_engine(), "", "Echo360 is being listed"),
    ],
)  # fmt: skip
def test_a_plan_says_who_sends_it_or_what_it_waits_for(
    state: str, engine: EngineState | None, waits_for: str, says: str
) -> None:
    shown = plan(state=state, waits_for=waits_for, steps=(("OPEN", 5), ("DONE", 5)), minutes=3.0)
    assert plan_words.state(shown, engine) == says
    goes_on = state in ("RUNNING", "READY") and not says.startswith("Waits:") and not waits_for
    assert ("to go" in plan_words.progress(shown, engine)) is (goes_on or state == "COMPARING")


def test_a_plan_that_waits_for_an_answer_says_what_to_do(qapp: QApplication) -> None:
    told = "the answer to safety stop 2: 25 bookings would be removed"
    running = plan(state="RUNNING", steps=(("OPEN", 25), ("DONE", 5)), waits_for=told, stops=(2,))

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.headline.text() == f"Plan 3: everything. Waits for {told}"
        assert "Look at it at the top of the window (“Look and decide…”)" in page.facts.text()
        desk.worker.sink.post(overview(plans=(replace(running, waits_for="", stops=()),)))
        await until(lambda: page.headline.text() == "Plan 3: everything. Being sent by this PC")
        assert "Answer it" not in page.facts.text()

    run(qapp, body, with_plans(running))


def test_the_page_follows_who_is_sending(qapp: QApplication) -> None:
    running = plan(state="RUNNING", steps=(("OPEN", 1_200), ("DONE", 800)), minutes=10.5)

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.headline.text() == "Plan 3: everything. Being sent by this PC"
        desk.worker.sink.post(NOBODY)
        await until(lambda: page.headline.text() == "Plan 3: everything. Waits: nobody is sending")
        assert page.list.item(0).text().endswith("Waits: nobody is sending")
        assert page.progress.text() == "800 of 2,000 calls"

    run(qapp, body, with_plans(running))


def test_rows_of_one_plan_have_keys_of_their_own() -> None:
    gone: tuple[StepRow, ...] = (step(1, 1, since=GONE),)
    assert grouped(STEPS, gone)["since"] == {"GONE": 1}
    assert sum(grouped(STEPS, gone)["action"].values()) == len(STEPS)
