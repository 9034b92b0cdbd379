"""What is compared, found and left out on the page of plans, and what is asked then."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from echodesk.batches import Compare
from echodesk.desk.dialogs.fields import room_codes
from echodesk.desk.dialogs.plans import ApplyDialog, CompareDialog
from echodesk.desk.pages.plan_steps import LEAST_WHY, WHY
from echodesk.desk.places import Place
from tests.desk.driving import Desk, click, dialog_of, press, turns, until
from tests.desk.test_plans import PAGE, opened, plan, run, step, with_plans


def test_what_is_compared_can_be_chosen_and_wrong_choices_are_refused_at_once(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.window.open_page(PAGE)
        click(desk.window.plans.compare)
        dialog = await dialog_of(desk.window, CompareDialog)
        assert isinstance(dialog, CompareDialog)
        dialog.some_rooms.setChecked(True)
        assert (dialog.hint.text(), dialog.yes_button.isEnabled()) == ("Which rooms?", False)
        dialog.rooms.setText(" , ")
        assert not dialog.yes_button.isEnabled()
        dialog.rooms.setText("2950203")
        dialog.some_dates.setChecked(True)
        dialog.last.setDate(dialog.first.date().addDays(2))
        dialog.first.setDate(dialog.last.date().addDays(1))
        assert (dialog.hint.text(), dialog.yes_button.isEnabled()) == (
            "The last date is before the first.",
            False,
        )
        dialog.first.setDate(dialog.last.date())
        day = dialog.last.date().toString(Qt.DateFormat.ISODate)
        assert dialog.command() == Compare("Ann", ("2950203",), "", day, day)
        dialog.adopt.setChecked(True)
        dialog.some_year.setChecked(True)
        assert (dialog.hint.text(), dialog.yes_button.isEnabled()) == ("Which year?", False)
        dialog.year.setText(" 2027/28 ")
        assert dialog.hint.text().endswith("Sending the plan switches the year on.")
        assert dialog.command() == Compare("Ann", ("2950203",), "", day, day, "2027/28", True)
        dialog.one_building.setChecked(True)
        assert (dialog.hint.text(), dialog.yes_button.isEnabled()) == ("Which building?", False)
        press(dialog, Qt.Key.Key_Escape)
        await turns()
        assert desk.worker.sent(Compare) == []

    run(qapp, body, with_plans(plan()))


def test_several_rooms_are_chosen_and_those_in_no_list_are_named(qapp: QApplication) -> None:
    known = [Place("2950203", "Lecture theatre", "Main", ""), Place("B1 Hall", "B1 Hall", "Main", "")]

    async def body(desk: Desk) -> None:
        desk.window.open_page(PAGE)
        desk.window.plans.known = lambda: known
        click(desk.window.plans.compare)
        dialog = await dialog_of(desk.window, CompareDialog)
        assert isinstance(dialog, CompareDialog)
        dialog.some_rooms.setChecked(True)
        dialog.rooms.setText("B1 Hall, 1040101")
        assert dialog.hint.text().startswith("2 rooms: B1 Hall, 1040101. Not in the lists on screen, ")
        assert "anything is asked: 1040101." in dialog.hint.text()
        dialog.room.setCurrentIndex(1)
        dialog.room.activated.emit(1)
        assert (dialog.rooms.text(), dialog.room.currentText()) == ("B1 Hall, 1040101, 2950203", "")
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Compare)))
        assert desk.worker.sent(Compare) == [Compare("Ann", ("B1 Hall", "1040101", "2950203"))]

    run(qapp, body, with_plans(plan()))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A1, A2;A3\nA1", ("A1", "A2", "A3")),
        ("A1  A2", ("A1", "A2")),
        ("B1 Hall A1", ("B1 Hall", "A1")),
        ("B9  Hall, A1", ("B9 Hall", "A1")),
        ("A1 X9", ("A1 X9",)),
        (" , ;", ()),
    ],
)
def test_codes_of_rooms_are_read_from_a_text(text: str, codes: tuple[str, ...]) -> None:
    assert room_codes(text, {"A1", "A2", "B1", "B1 Hall"}) == codes


def test_what_is_asked_after_something_was_left_out_is_about_what_will_be_sent(qapp: QApplication) -> None:
    guarded = plan(guard="1 of 9 bookings of the year would be removed", confirm="remove 1")

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.steps.view.choose(2)
        click(page.leave_out)
        click(page.apply)
        dialog = await dialog_of(desk.window, ApplyDialog)
        assert isinstance(dialog, ApplyDialog)
        told = [label.text() for label in dialog.findChildren(QLabel)]
        assert "1 to make." in told
        assert any(one.startswith("It takes about 4 min.") for one in told)
        assert any(one.startswith("2 calls left out, 1 of them") for one in told)
        assert dialog.yes_button.text() == "Send 1 call"
        (asked,) = (one for one in told if one.startswith("Safety stop"))
        assert asked.endswith("about the whole plan, with what you left out. If that is right, type: remove 1")
        press(dialog, Qt.Key.Key_Escape)
        page.steps.view.choose(2)
        click(page.put_back)
        assert "left out" not in page.facts.text()

    run(qapp, body, with_plans(guarded))


def test_how_long_it_takes_leaves_out_what_was_left_out_before(qapp: QApplication) -> None:
    shown = plan(steps=(("LEFT_OUT", 2), ("OPEN", 1)), minutes=12.0)
    dialog = ApplyDialog(None, "Ann", shown, (), (step(3, 2, kind="made"),))
    told = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(one.startswith("It takes about 12 min.") for one in told)


def test_the_keys_stay_with_the_steps_when_one_is_left_out_or_put_back(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        for button in (page.leave_out, page.put_back):
            page.steps.view.choose(3)
            button.setFocus()
            press(button, Qt.Key.Key_Space)
            await turns()
            assert page.steps.view.hasFocus()
            assert page.steps.view.current_key() == 3

    run(qapp, body, with_plans(plan()))


@pytest.mark.parametrize("width", [1_177, 1_400])
def test_the_reason_is_in_sight(qapp: QApplication, width: int) -> None:
    many = tuple(step(key, key, date="2026-11-24") for key in range(1, 60))

    async def body(desk: Desk) -> None:
        desk.window.resize(width, 700)
        page = await opened(desk, len(many))
        await turns()
        view = page.steps.view
        right = view.columnViewportPosition(WHY) + view.columnWidth(WHY)
        assert view.columnWidth(WHY) >= LEAST_WHY
        assert right <= view.viewport().width()
        assert view.verticalScrollBar().isVisible()

    run(qapp, body, with_plans(plan(), steps=many))


def test_a_list_of_what_cannot_be_taken_back_that_is_too_long_says_how_much_more_there_is(
    qapp: QApplication,
) -> None:
    kept = tuple(f"{number}-9-2026-27: It was changed since." for number in range(600_000, 625_000))

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        lines = page.steps.detail.toPlainText().splitlines()
        shown = len(lines) - 2
        assert lines[shown] == kept[shown - 1]
        assert lines[-1] == f"and {25_000 - shown:,} more; “Save as…” writes all of them."

    run(qapp, body, with_plans(plan(undoes=2, kept=kept[:3], kept_in_all=25_000), kept=kept))


def test_what_was_left_out_stays_told_once_the_plan_is_sent(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert "4 calls left out." in page.facts.text().splitlines()

    run(qapp, body, with_plans(plan(state="DONE", steps=(("DONE", 296), ("LEFT_OUT", 4)))))


def test_what_failed_is_found_by_word_by_group_and_by_sorting(qapp: QApplication) -> None:
    done = plan(state="DONE", steps=(("DONE", 2), ("FAILED", 1)), minutes=0.0)
    steps = (step(1, 1, "DELETE", state="DONE"), step(2, 2, state="DONE"), step(3, 3, "PUT", state="FAILED"))

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.steps.field.setText("FAILED")
        assert page.steps.model.cache.keys_shown() == (3,)
        page.steps.field.clear()
        (root,) = page.steps.groups.findItems("State", Qt.MatchFlag.MatchExactly)
        states = {item.text(0): item for item in map(root.child, range(root.childCount())) if item is not None}
        assert {name: item.text(1) for name, item in states.items()} == {"Done": "2", "Failed": "1"}
        page.steps.groups.setCurrentItem(states["Failed"])
        assert page.steps.model.cache.keys_shown() == (3,)
        page.steps.groups.setCurrentItem(root)
        page.steps.model.sort(0)
        assert page.steps.model.cache.keys_shown() == (3, 1, 2)

    run(qapp, body, with_plans(done, steps=steps))


def test_the_group_of_what_was_left_out_follows_every_click(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        tree = page.steps.groups

        def states() -> dict[str, str]:
            (root,) = tree.findItems("State", Qt.MatchFlag.MatchExactly)
            items = [item for item in map(root.child, range(root.childCount())) if item is not None]
            return {item.text(0): item.text(1) for item in items}

        assert states() == {"To be sent": "3"}
        page.steps.view.choose(3)
        click(page.leave_out)
        assert states() == {"Left out": "1", "To be sent": "2"}
        (left,) = tree.findItems("Left out", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        tree.setCurrentItem(left)
        assert page.steps.model.cache.keys_shown() == (3,)
        page.steps.view.choose(3)
        click(page.put_back)
        assert states() == {"To be sent": "3"}
        assert page.steps.model.rowCount() == 3

    run(qapp, body, with_plans(plan()))
