"""The page "Settings": every setting with its value and its place, changed by keys, refused in plain words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.dialogs.one_room import RoomDialog
from echodesk.desk.pages.settings_page import NAME, SettingsPage
from echodesk.desk.theme import ThemeName
from echodesk.errors import EchoDeskError
from echodesk.messages import ChangeSetting
from echodesk.settings import Kept, SettingShown, ShowSettings
from echodesk.store.settings import SETTINGS
from tests.desk.driving import Desk, click, dialog_of, press, push, run_desk, turns, until
from tests.desk.fakes import FakeWorker

CTRL = Qt.KeyboardModifier.ControlModifier
HOSTILE = "<b>bold</b>\u202e"


async def opened(desk: Desk, name: str = "") -> SettingsPage:
    """The page, opened by its key, with this setting chosen."""
    press(desk.window, Qt.Key.Key_8, CTRL)
    page = desk.window.settings
    await until(lambda: bool(page.settings))
    assert page.tree.hasFocus(), "whoever opens it by the keys can walk through the list at once"
    if name:
        page.choose(name)
    return page


def typed(page: SettingsPage, text: str) -> None:
    """The chosen setting's field, reached by Enter, with this in it."""
    press(page.tree, Qt.Key.Key_Return)
    assert page.pane.text.hasFocus()
    QTest.keyClicks(page.pane.text, text)


def row(page: SettingsPage, name: str, room: str = "") -> list[str]:
    """The texts of a setting's line."""
    items = [page.tree.topLevelItem(at) for at in range(page.tree.topLevelItemCount())]
    (item,) = [one for one in items if one is not None and one.data(0, NAME) == [name, room]]
    return [item.text(column) for column in range(3)]


def changes(desk: Desk) -> list[tuple[str, str]]:
    """What was asked for."""
    return [(one.name, one.value) for one in desk.worker.sent(ChangeSetting) if isinstance(one, ChangeSetting)]


def test_every_setting_is_there_with_its_value_and_place(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert {one.name for one in page.settings} == set(SETTINGS)
        assert row(page, "lead") == ["Lead time", "9 minutes", "The office's database"]
        assert row(page, "strategy")[1] == "Keep who was there first"
        page.choose("lead")
        for words in ("Now: 9 minutes", "Usually: 5 minutes", "The office's database", "echodesk settings lead"):
            assert words in page.pane.facts.text()
        assert page.pane.help.text() == SETTINGS["lead"].help

    def prepare(worker: FakeWorker) -> None:
        worker.stored = {"lead": "9"}

    run_desk(qapp, body, prepare=prepare)


def test_the_list_is_walked_by_keys(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        seen = [page.setting]
        for _ in page.settings[1:]:
            press(page.tree, Qt.Key.Key_Down)
            seen.append(page.setting)
        assert tuple(seen) == page.settings

    run_desk(qapp, body)


def test_a_number_is_typed_and_saved_by_enter(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, "calls_per_minute")
        assert not page.pane.save_button.isEnabled(), "nothing to save yet"
        typed(page, "60")
        press(page.pane.text, Qt.Key.Key_Return)
        await until(lambda: row(page, "calls_per_minute")[1] == "60 calls a minute")
        await until(lambda: page.pane.note.text() == "calls_per_minute is 60 now.")
        assert changes(desk) == [("calls_per_minute", "60")]
        assert not page.pane.save_button.isEnabled()

    run_desk(qapp, body)


def test_what_shapes_the_recordings_asks_first(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, "lead")
        typed(page, "15")
        press(page.pane.text, Qt.Key.Key_Return)
        dialog = await dialog_of(desk.window, Confirm)
        push(dialog, "Cancel").click()
        await turns()
        assert changes(desk) == []
        assert page.pane.text.text() == "15", "what was typed stays"
        click(page.pane.save_button)
        dialog = await dialog_of(desk.window, Confirm)
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: changes(desk) == [("lead", "15")])
        await until(lambda: row(page, "lead")[1] == "15 minutes")

    run_desk(qapp, body)


def test_a_day_of_the_week_is_chosen_by_its_name(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, "first_weekday")
        assert row(page, "first_weekday")[1] == "Monday"
        press(page.tree, Qt.Key.Key_Return)
        press(page.pane.choice, Qt.Key.Key_End)
        click(page.pane.save_button)
        dialog = await dialog_of(desk.window, Confirm)
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: changes(desk) == [("first_weekday", "7")])
        await until(lambda: row(page, "first_weekday")[1] == "Sunday")

    run_desk(qapp, body)


def test_a_choice_is_made_by_keys(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, "compare_sends")
        press(page.tree, Qt.Key.Key_Return)
        assert page.pane.choice.hasFocus()
        press(page.pane.choice, Qt.Key.Key_Down)
        click(page.pane.save_button)
        await until(lambda: changes(desk) == [("compare_sends", "off")])
        await until(lambda: row(page, "compare_sends")[1] == "Off")
        assert page.pane.choice.hasFocus()

    run_desk(qapp, body)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("calls_per_minute", "many", "a whole number from 0 to 100000"),
        ("late_s", "soon", "seconds from 0.1 to 3600"),
        ("compare_at", "25:00", "02:30"),
        ("compare_days", "Monday", "1 for Monday"),
    ],
)
def test_a_refused_value_says_what_is_taken_and_stays_to_be_put_right(
    qapp: QApplication, name: str, value: str, told: str
) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, name)
        before = row(page, name)
        typed(page, value)
        press(page.pane.text, Qt.Key.Key_Return)
        await until(lambda: page.pane.note.text().startswith("This value cannot be used."))
        assert told in page.pane.note.text()
        assert page.pane.note.property("ink") == "bad"
        assert (page.pane.text.text(), row(page, name)) == (value, before)
        assert page.pane.text.hasFocus(), "it can be put right at once"
        press(page.pane.text, Qt.Key.Key_Escape)
        assert (page.pane.value, page.pane.note.text()) == (page.setting.value if page.setting else "", "")
        press(page.pane.text, Qt.Key.Key_Escape)
        assert page.tree.hasFocus()

    run_desk(qapp, body)


def test_what_was_typed_outlives_another_choice_and_a_reload(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, "calls_per_minute")
        typed(page, "61")
        page.choose("lead")
        assert page.pane.text.text() == "5"
        desk.worker.stored["lead"] = "7"
        press(page.pane.text, Qt.Key.Key_F5)
        await until(lambda: page.pane.text.text() == "7")
        page.choose("calls_per_minute")
        assert page.pane.text.text() == "61"

    run_desk(qapp, body)


def test_the_usual_value_comes_back_by_its_button(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.stored["late_s"] = "90"
        page = await opened(desk, "late_s")
        click(page.pane.default_button)
        assert page.pane.text.text() == SETTINGS["late_s"].default
        press(page.pane.text, Qt.Key.Key_Return)
        await until(lambda: changes(desk) == [("late_s", SETTINGS["late_s"].default)])

    run_desk(qapp, body)


def test_where_another_pc_sends_the_change_is_waited_for(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.leads = False
        page = await opened(desk, "late_s")
        page.look_every_ms = 20
        typed(page, "90")
        press(page.pane.text, Qt.Key.Key_Return)
        await until(lambda: "Another PC is sending" in page.pane.note.text())
        assert row(page, "late_s")[1] == "60.0 seconds"
        looks = len(desk.worker.sent(ShowSettings))
        press(page.pane.text, Qt.Key.Key_Return)
        await until(lambda: len(desk.worker.sent(ShowSettings)) > looks + 1)
        assert page.pane.note.text() == "Saving…"
        desk.worker.stored["late_s"] = "90"
        await until(lambda: row(page, "late_s")[1] == "90 seconds")
        await until(lambda: page.pane.note.text() == "An unanswered request is over after: 90 seconds.")

    run_desk(qapp, body)


def test_while_it_is_read_and_when_it_fails_the_page_says_so(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = desk.window.settings
        desk.worker.hold = True
        press(desk.window, Qt.Key.Key_8, CTRL)
        await until(lambda: page.state_pane.title.text() == "Reading the settings…")
        desk.worker.trouble = EchoDeskError("The database is gone", "Nobody answers.", "Wait a moment.")
        desk.worker.hold = False
        desk.worker.release()
        await until(lambda: page.state_pane.title.text() == "The database is gone")
        assert "Wait a moment." in page.state_pane.text.text()
        desk.worker.trouble = None
        click(page.state_pane.button)
        await until(lambda: bool(page.settings))
        assert page.tree.isVisible()

    run_desk(qapp, body)


def test_what_this_pc_keeps_can_be_looked_at_and_is_plain_text(qapp: QApplication) -> None:
    kept = SettingShown("here", "Database", "This PC", HOSTILE, "", HOSTILE, kept=Kept.MACHINE, fixed=True)

    async def body(desk: Desk) -> None:
        page = await opened(desk, "here")
        assert row(page, "here") == ["Database", "<b>bold</b>", "This PC"]
        assert page.pane.help.textFormat() is Qt.TextFormat.PlainText
        assert "\u202e" not in page.pane.help.text() + page.pane.facts.text()
        assert not page.pane.save_button.isVisible()
        assert "command line" not in page.pane.facts.text()

    run_desk(qapp, body, theme=ThemeName.DARK, machine=(kept,))


def own_values(desk: Desk) -> list[tuple[str, str, str]]:
    """What was asked for, with the room."""
    asked = [one for one in desk.worker.sent(ChangeSetting) if isinstance(one, ChangeSetting)]
    return [(one.name, one.room, one.value) for one in asked]


def test_a_room_gets_a_value_of_its_own_and_loses_it_again(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, "turnaround")
        click(page.pane.room_button)
        asking = await dialog_of(desk.window, RoomDialog)
        assert isinstance(asking, RoomDialog)
        assert not asking.yes_button.isEnabled(), "no room was named yet"
        QTest.keyClicks(asking.field, " LT1 ")
        press(asking, Qt.Key.Key_Return)
        await until(lambda: page.setting is not None and page.setting.key == ("turnaround", "LT1"))
        assert page.pane.title.text() == "Time between two recordings, in LT1"
        assert own_values(desk) == [], "nothing is saved before a value is"
        QTest.keyClicks(page.pane.text, "15")
        press(page.pane.text, Qt.Key.Key_Return)
        press(await dialog_of(desk.window, Confirm), Qt.Key.Key_Return)
        await until(lambda: row(page, "turnaround", "LT1")[1] == "15 minutes")
        assert own_values(desk) == [("turnaround", "LT1", "15")]
        assert row(page, "turnaround")[1] == "0 minutes"
        assert "In all other rooms: 0 minutes" in page.pane.facts.text()
        click(page.pane.default_button)
        press(await dialog_of(desk.window, Confirm), Qt.Key.Key_Return)
        await until(lambda: page.setting is not None and page.setting.key == ("turnaround", ""))
        assert own_values(desk)[-1] == ("turnaround", "LT1", "")
        assert [one.room for one in page.settings if one.room] == []

    run_desk(qapp, body)


def test_only_what_a_room_can_have_of_its_own_is_offered_for_one(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.stored["strategy@LT2"] = "ignore"
        page = await opened(desk, "lead")
        assert not page.pane.room_button.isVisible()
        page.choose("strategy")
        assert page.pane.room_button.isVisible()
        page.choose("strategy", "LT2")
        assert (page.pane.choice.currentData(), page.pane.room_button.isVisible()) == ("ignore", False)
        click(page.pane.default_button)
        push(await dialog_of(desk.window, Confirm), "Cancel").click()
        await turns()
        assert row(page, "strategy", "LT2")[1] == "Record neither"

    run_desk(qapp, body)


def test_days_of_the_week_are_named(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk, "compare_days")
        assert row(page, "compare_days")[1] == "every day"
        desk.worker.stored["compare_days"] = "125"
        press(page.tree, Qt.Key.Key_F5)
        await until(lambda: row(page, "compare_days")[1] == "Mon, Tue, Fri")
        assert page.pane.text.text() == "125"

    run_desk(qapp, body)
