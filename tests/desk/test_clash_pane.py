"""The chosen room-day: drawn, side by side, and decided about by clicks and keys, with the result shown first."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import delete

from echodesk.clashes import (
    Decide,
    DecisionListed,
    RoomDayShown,
    ShowRoomDay,
    Suppose,
    Withdraw,
)
from echodesk.desk.dialogs.decision import DecisionDialog
from echodesk.desk.dialogs.decisions import DecisionsDialog
from echodesk.desk.pages.room_days_page import RoomDaysPage
from echodesk.desk.theme import ThemeName
from echodesk.errors import EchoDeskError, NothingDone
from echodesk.messages import Table
from echodesk.planning.values import DecisionKind
from tests.desk.clash_desk import CLASHING, DAY, HOSTILE, ROWS, asked, chosen, showing
from tests.desk.clash_rows import OTHERS, decision_there, lesson_then, lesson_there, meeting, room_day, supposed
from tests.desk.driving import Desk, click, click_row, dialog_of, press, run_desk, tool, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import room_day_row


def decided(desk: Desk) -> list[Decide]:
    return [one for one in desk.worker.sent(Decide) if isinstance(one, Decide)]


def test_both_sides_and_the_first_of_what_is_left_out(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        assert desk.worker.sent(ShowRoomDay) == [ShowRoomDay("2950203", "2026-11-24")]
        clash = page.clash
        assert clash.headline.text() == "Great Hall, Main Building (2950203) · Tue 24 Nov 2026"
        assert clash.lesson is not None
        assert clash.lesson.slotid == 2
        heads = [clash.table.horizontalHeaderItem(at) for at in range(clash.table.columnCount())]
        assert [one.text() for one in heads if one is not None] == ["1 MOD1 LC01", "2 MOD2 LC01"]
        lines = [clash.table.verticalHeaderItem(at) for at in range(clash.table.rowCount())]
        marks = [one.text() for one in lines if one is not None]
        assert ("Module ≠" in marks, "Weeks" in marks) == (True, True)
        assert "MOD2 LC01: Not recorded" in clash.timeline.accessibleDescription()
        click(clash.timeline, clash.timeline.bar_rect(0, 2).center().toPoint())
        assert clash.lesson.slotid == 9
        assert not clash.buttons[DecisionKind.RECORD_ONE].isEnabled()

    run_desk(qapp, body, ROWS, showing(DAY))


def test_two_keys_decide_any_clash(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        press(page.view, Qt.Key.Key_2)
        dialog = await asked(desk)
        texts = [one.text() for one in dialog.findChildren(QLabel)]
        assert "MOD2 LC01: recorded in all 4 weeks; now not recorded" in texts
        assert dialog.cost.text().endswith("8 calls to Echo360: 4 removed, 4 made.")
        assert desk.worker.sent(Decide) == []
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: bool(decided(desk)))
        (command,) = decided(desk)
        assert (command.kind, command.winner, command.lessons, command.dates) == (
            *(DecisionKind.RECORD_ONE, 2),
            *((1, 2), ()),
        )
        assert (command.by, command.seen, bool(command.why)) == ("Ann", 0, True)
        await until(lambda: len(desk.worker.sent(ShowRoomDay)) == 2)

    run_desk(qapp, body, ROWS, showing(DAY))


@pytest.mark.parametrize(
    ("key", "kind", "lessons"),
    [
        (Qt.Key.Key_N, DecisionKind.RECORD_NEITHER, (1, 2)),
        (Qt.Key.Key_T, DecisionKind.TOGETHER, (1, 2)),
        (Qt.Key.Key_X, DecisionKind.DO_NOT_RECORD, (2,)),
    ],
)
def test_a_button_and_its_key_ask_the_same(
    qapp: QApplication, key: Qt.Key, kind: DecisionKind, lessons: tuple[int, ...]
) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        press(page.view, key)
        dialog = await asked(desk)
        click(dialog.no_button)
        await until(lambda: not dialog.isVisible())
        await turns()
        click(page.clash.buttons[kind])
        again = await asked(desk)
        click(again.choices.button(1))
        again.why.selectAll()
        QTest.keyClicks(again.why, "agreed")
        click(again.yes_button)
        await until(lambda: bool(decided(desk)))
        (command,) = decided(desk)
        assert (command.kind, command.lessons, command.dates, command.why) == (
            *(kind, lessons),
            *(("2026-11-24",), "agreed"),
        )

    run_desk(qapp, body, ROWS, showing(DAY))


def test_once_resolved_the_next_room_day_is_chosen_and_while_it_is_open_none_is(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        page.view.clearSelection()
        desk.worker.change(Table.ROOM_DAYS, (room_day_row(1, left_out=3),))
        await until(lambda: page.model.cache.get(1) == room_day_row(1, left_out=3))
        assert page.view.selected_keys() == (), "who chose none is left in peace"
        click_row(page, 0)
        desk.worker.change(Table.ROOM_DAYS, (room_day_row(1, state="resolved"),))
        await until(lambda: page.view.selected_keys() == (2,))
        await until(lambda: desk.worker.sent(ShowRoomDay)[-1] == ShowRoomDay("2950203", "2026-11-25"))

    run_desk(qapp, body, ROWS, showing(DAY))


def test_a_decision_is_taken_back_after_its_end_was_shown(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        assert "Decision 7: record lesson 2, not 1, every week (Ann," in page.clash.decided.text()
        click(page.clash.withdraw_button)
        dialog = await asked(desk)
        (wish,) = desk.worker.sent(Suppose)
        assert isinstance(wish, Suppose)
        assert wish.command == Withdraw("Ann", "", (7,))
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: bool(desk.worker.sent(Withdraw)))

    run_desk(qapp, body, ROWS, showing(room_day(*CLASHING, decisions=(decision_there(7, 2, 1),))))


def test_decisions_are_listed_filtered_and_taken_back(qapp: QApplication) -> None:
    stamp = "2026-11-20T09:00:00.000Z"
    listed = (
        DecisionListed(9, "record lesson 2, not 1", "counts", "", 4, "Ann", stamp, HOSTILE),
        DecisionListed(8, "do not record lesson 3", "void", "lesson 3 has moved", 0, "Bob", stamp, "ill"),
        DecisionListed(7, "record lesson 5, not 6", "withdrawn", "a mistake", 0, "Ann", stamp, "x"),
    )

    def prepare(worker: FakeWorker) -> None:
        showing(DAY)(worker)
        worker.decisions = listed

    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        assert isinstance(page, RoomDaysPage)
        click(tool(page, page.decisions_action))
        dialog = await dialog_of(desk.window, DecisionsDialog)
        assert isinstance(dialog, DecisionsDialog)
        items = [dialog.tree.topLevelItem(at) for at in range(3)]
        first, second, third = (one for one in items if one is not None)
        assert first.text(1) == "Counts in 4 room-days"
        assert "\u202e" not in first.text(3)
        QTest.keyClicks(dialog.field, "moved bob")
        assert dialog.count.text() == "1 decision"
        assert not dialog.yes_button.isEnabled(), "none is chosen"
        dialog.tree.setCurrentItem(second)
        dialog.field.clear()
        dialog.tree.setCurrentItem(third)
        assert not dialog.yes_button.isEnabled(), "it was taken back before"
        dialog.tree.setCurrentItem(second)
        click(dialog.yes_button)
        again = await asked(desk)
        press(again, Qt.Key.Key_Return)
        await until(lambda: bool(desk.worker.sent(Withdraw)))
        (command,) = desk.worker.sent(Withdraw)
        assert isinstance(command, Withdraw)
        assert command.decisions == (8,)

    run_desk(qapp, body, ROWS, prepare)


def test_a_way_that_cannot_be_done_says_why_and_leaves_the_other(qapp: QApplication) -> None:
    def prepare(worker: FakeWorker) -> None:
        showing(DAY)(worker)

        def answer(wish: Suppose) -> object:
            if isinstance(wish.command, Decide) and not wish.command.dates:
                raise NothingDone("This is decided already", "There is decision 3.", "Nothing to do.")
            return supposed(lesson_then(2, 0, 1, 1), room_days=1)

        worker.supposed = answer  # type: ignore[assignment]  # it raises for one of the two

    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        press(page.view, Qt.Key.Key_2)
        dialog = await asked(desk)
        assert (dialog.choices.button(0).isEnabled(), dialog.choices.checkedId()) == (False, 1)
        assert "This is decided already. There is decision 3." in [x.text() for x in dialog.findChildren(QLabel)]
        click(dialog.no_button)

    run_desk(qapp, body, ROWS, prepare)


def test_what_nobody_may_decide_is_told_and_asks_nothing(qapp: QApplication) -> None:
    def refuse(_wish: Suppose) -> object:
        raise NothingDone("Somebody else has decided meanwhile", "There is decision 3.", "Look again.")

    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        desk.worker.supposed = refuse  # type: ignore[assignment]  # it only raises
        press(page.view, Qt.Key.Key_1)
        await until(lambda: bool(desk.window.toasts.texts))
        assert desk.window.toasts.texts[0][0] == "Somebody else has decided meanwhile"
        assert desk.window.findChildren(DecisionDialog) == []
        await until(lambda: len(desk.worker.sent(ShowRoomDay)) == 2)

    run_desk(qapp, body, ROWS, showing(DAY))


def test_letters_in_the_filter_decide_nothing(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        page.field.setFocus()
        QTest.keyClicks(page.field, "n1x")
        await turns()
        assert page.field.text() == "n1x"
        assert desk.worker.sent(Suppose) == []

    run_desk(qapp, body, ROWS, showing(DAY))


def test_only_the_last_room_day_that_was_chosen_is_shown_and_trouble_is_told_in_its_place(
    qapp: QApplication,
) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        desk.worker.trouble = EchoDeskError("The database is gone", "Nobody answers.", "Wait a moment.")
        click_row(page, 1)
        await until(lambda: page.clash.state_pane.title.text() == "The database is gone")
        desk.worker.trouble = None
        click(page.clash.state_pane.button)
        await until(lambda: page.clash.day is not None)
        click_row(page, 0, adding=True)
        assert page.clash.state_pane.title.text() == "2 room-days chosen"

    run_desk(qapp, body, ROWS, showing(DAY))


@pytest.mark.parametrize("trouble", [None, EchoDeskError("EchoDesk is closing", "No.", "Start it again.")])
def test_an_answer_that_comes_when_the_pane_is_gone_touches_nothing(
    qapp: QApplication, trouble: EchoDeskError | None
) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        gone: list[str] = []

        def answer(_wish: ShowRoomDay) -> RoomDayShown:
            delete(page.clash)
            gone.append("yes")
            if trouble is not None:
                raise trouble
            return DAY

        desk.worker.room_day = answer
        page.clash.look_again()
        await until(lambda: bool(gone))
        await turns()

    run_desk(qapp, body, ROWS, showing(DAY))


@pytest.mark.parametrize("theme", [ThemeName.LIGHT, ThemeName.DARK, ThemeName.CONTRAST])
def test_it_is_drawn_in_every_theme_and_strings_from_outside_stay_plain(
    qapp: QApplication, theme: ThemeName
) -> None:
    lessons = meeting(
        lesson_there(1, module=HOSTILE, module_title=HOSTILE, changed_by=HOSTILE),
        lesson_there(2, group=HOSTILE, lecturer_name=HOSTILE, why=HOSTILE, in_echo360=HOSTILE),
    )
    day = room_day(*lessons, room_name=HOSTILE, building=HOSTILE, bookings=(OTHERS,))

    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        picture = page.clash.grab().toImage()
        step = range(0, min(picture.width(), picture.height()), 7)
        assert len({picture.pixel(x, y) for x in step for y in step}) > 5
        assert page.clash.headline.textFormat() is Qt.TextFormat.PlainText
        shown = page.clash.headline.text() + page.clash.timeline.accessibleDescription()
        items = (page.clash.table.item(r, c) for r in range(page.clash.table.rowCount()) for c in range(2))
        shown += "".join(item.text() for item in items if item is not None)
        assert "<b>Anatomy</b>" in shown
        assert "\u202e" not in shown
        assert desk.window.width() < 3_000

    run_desk(qapp, body, ROWS, showing(day), theme=theme)
