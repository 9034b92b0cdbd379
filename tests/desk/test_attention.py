"""The page "Needs attention": its lists are read, found, acted on, and say what they are while they are empty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.dialogs.set_aside import SetAsideDialog
from echodesk.desk.pages.attention_page import TITLE
from echodesk.desk.pages.matter_list import MatterList
from echodesk.errors import EchoDeskError
from echodesk.lessons import (
    ByOthers,
    FailureCause,
    FailureGroup,
    ListMatter,
    LookUp,
    Matter,
    MatterListed,
    UnknownPerson,
)
from echodesk.messages import LookForPeople, Retry, SetAside
from tests.desk.driving import Desk, click, dialog_of, press, push, run_desk, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import overview

CTRL = Qt.KeyboardModifier.ControlModifier
HOSTILE = "<b>Ann</b>\u202e=1+1"
ADA = UnknownPerson(
    *("ada@example.ac.uk", "L1", "Ada Fenwick", 12, "2026-11-24", "09:00-10:00", "R1", "Great Hall", "BIOL1 LC01"),
    *("2026-11-01T08:00:00.000Z", "2026-11-23T08:00:00.000Z"),
)
GONE = UnknownPerson(
    *("gone@example.ac.uk", "", "", 0, "", "", "", "", ""),
    *("2026-10-01T08:00:00.000Z", ""),
)


def answering(*found: MatterListed) -> Callable[[FakeWorker], None]:
    """A worker that has these lists."""

    def prepare(worker: FakeWorker) -> None:
        worker.matters = {one.matter: one for one in found}
        worker.first_overview = overview()

    return prepare


def lines(listed: MatterList) -> list[list[str]]:
    """What is on screen."""
    columns = range(listed.model.columnCount())
    return [[listed.model.cell(at, column).line for column in columns] for at in range(listed.model.rowCount())]


async def opened(desk: Desk, matter: Matter) -> MatterList:
    """The list, opened by keys and its button, once its answer is on screen."""
    press(desk.window, Qt.Key.Key_7, CTRL)
    page = desk.window.attention
    await until(page.isVisible)
    click(page.chips[matter])
    await until(lambda: page.list.matter is matter and page.list.answered)
    return page.list


DEAF = FailureGroup(
    *(
        FailureCause.NO_RECORDER,
        "R1",
        "Great Hall",
        "Main",
        3,
        "2026-11-25",
        "09:00-10:00",
        "Device not found in Room",
    ),
    *((), (11, 12, 13)),
)
POISON = FailureGroup(
    *(FailureCause.STOPPED, "", "", "", 1, "", "", "Reading this entry stopped the worker 3 times."),
    *((7,), ()),
)
FAILURES = MatterListed(Matter.FAILURES, (POISON, DEAF), 2)
OTHERS = MatterListed(
    Matter.OTHERS,
    (
        ByOthers(
            *("2026-11-24", "09:00-10:00", "R1", "Great Hall", "Main", "Open day", "bo@example.ac.uk", "", "e1"),
            *("1-2", "BIOL1 LC01", "", ""),
        ),
        ByOthers(
            *("2026-11-25", "09:30-10:30", "R2", "Room 2", "Main", "Staff meeting", "", "", "e2"),
            *("", "", "2-2, 3-2", "MATH2 TU03; MATH3 TU01"),
        ),
        ByOthers(*("2026-11-24", "18:00-19:00", "R3", "R3", "", "Evening class", "", "x", "e3"), *[""] * 4),
    ),
    3,
)
PEOPLE = MatterListed(Matter.PEOPLE, (GONE, ADA), 2)


def test_who_is_not_known_is_listed_with_what_it_costs(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        assert desk.window.titles[6] == TITLE
        assert lines(people) == [
            ["Ada Fenwick (L1)", "ada@example.ac.uk", "12 lessons",
             "Tue 24 Nov 2026 (09:00–10:00, Great Hall)", "today, 08:00"],  # noqa: RUF001 - the dash is meant
            ["–", "gone@example.ac.uk", "0 lessons", "–", "about to be (looked for)"],  # noqa: RUF001
        ]  # fmt: skip
        assert people.count.text() == "2 people"

    run_desk(qapp, body, prepare=answering(PEOPLE))


def test_they_are_looked_for_again_and_the_list_is_read_anew(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        before = len(desk.worker.sent(ListMatter))
        press(people.view, Qt.Key.Key_G, CTRL)
        await until(lambda: len(desk.worker.sent(ListMatter)) > before)
        assert desk.worker.sent(LookForPeople) == [LookForPeople("Ann")]

    run_desk(qapp, body, prepare=answering(PEOPLE))


def test_enter_on_a_line_shows_its_lessons(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        people.view.selectRow(0)
        press(people.view, Qt.Key.Key_Return)
        await until(desk.window.lessons.isVisible)
        assert desk.worker.sent(LookUp)[-1] == LookUp("L1")
        people = await opened(desk, Matter.PEOPLE)
        people.view.selectRow(1)
        assert not people.lessons_action.isEnabled(), "the timetable has the address no more"

    run_desk(qapp, body, prepare=answering(PEOPLE))


def test_a_list_is_found_in_and_what_was_chosen_stays_chosen(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        press(people.view, Qt.Key.Key_F, CTRL)
        assert people.field.hasFocus()
        people.field.setText("gone@")
        assert [line[1] for line in lines(people)] == ["gone@example.ac.uk"]
        assert people.count.text() == "1 person found, of 2"
        people.view.selectRow(0)
        people.field.setText("nobody at all")
        assert people.state_pane.title.text() == "No person matches"
        click(push(people, "Show all"))
        people.view.selectRow(1)
        desk.worker.matters[Matter.PEOPLE] = MatterListed(Matter.PEOPLE, (GONE,), 1)
        press(people.view, Qt.Key.Key_F5)
        await until(lambda: people.model.rowCount() == 1)
        assert people.chosen() == [GONE]

    run_desk(qapp, body, prepare=answering(PEOPLE))


@pytest.mark.parametrize("matter", Matter)
def test_a_list_says_that_it_is_empty_and_that_it_is_being_read(qapp: QApplication, matter: Matter) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.hold = True
        press(desk.window, Qt.Key.Key_7, CTRL)
        desk.window.attention.open_list(matter)
        listed = desk.window.attention.list
        await turns()
        assert listed.state_pane.title.text() == "Loading …"
        desk.worker.hold = False
        desk.worker.release()
        await until(lambda: listed.answered)
        assert listed.state_pane.title.text() == listed.about.empty[0]
        assert listed.state_pane.text.text() == listed.about.empty[1]
        assert listed.count.text() == ""

    run_desk(qapp, body)


@pytest.mark.parametrize("matter", Matter)
def test_what_goes_wrong_is_told_in_its_place_and_tried_again(qapp: QApplication, matter: Matter) -> None:
    async def body(desk: Desk) -> None:
        listed = await opened(desk, matter)
        desk.worker.trouble = EchoDeskError("The database is gone", "Nobody answers.", "Wait a moment.")
        listed.read()
        await until(lambda: listed.state_pane.title.text() == "The database is gone")
        assert listed.state_pane.isVisible()
        assert "Wait a moment." in listed.state_pane.text.text()
        desk.worker.trouble = None
        click(listed.state_pane.button)
        await until(lambda: listed.state_pane.title.text() != "The database is gone")

    run_desk(qapp, body, prepare=answering(PEOPLE))


def test_more_than_is_shown_is_said(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        assert people.count.text() == "the first 2 of 7,001 people"

    run_desk(qapp, body, prepare=answering(MatterListed(Matter.PEOPLE, (ADA, GONE), 7_001)))


def test_the_newest_answer_wins(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        desk.worker.hold = True
        people.read()
        people.read()
        await turns()
        desk.worker.matters[Matter.PEOPLE] = MatterListed(Matter.PEOPLE, (ADA,), 1)
        assert not people.answered
        desk.worker.release()
        await until(lambda: people.answered)
        assert people.model.rowCount() == 1

    run_desk(qapp, body, prepare=answering(PEOPLE))


def test_the_overview_counts_them_and_opens_the_list(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(overview(unknown_people=3))
        card = desk.window.overview.people
        await until(lambda: card.number.text() == "3")
        click(card)
        await until(lambda: desk.window.page is desk.window.attention)
        assert desk.window.attention.list.matter is Matter.PEOPLE
        assert desk.window.attention.chips[Matter.PEOPLE].text() == "Unknown people  3"
        await until(lambda: desk.window.attention.list.answered)
        asked = len(desk.worker.sent(ListMatter))
        desk.session.bridge.post(overview(unknown_people=2))
        await until(lambda: len(desk.worker.sent(ListMatter)) > asked)
        await until(lambda: desk.window.attention.list.answered)
        asked = len(desk.worker.sent(ListMatter))
        desk.session.bridge.post(overview(unknown_people=2, pending=1))
        await turns(10)
        assert len(desk.worker.sent(ListMatter)) == asked, "nothing is different"

    run_desk(qapp, body, prepare=answering(PEOPLE))


def test_words_from_outside_stay_plain(qapp: QApplication) -> None:
    hostile = UnknownPerson(HOSTILE, HOSTILE, HOSTILE, 1, "2026-11-24", "09:00-10:00", *[HOSTILE] * 3, "", "")

    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        people.view.selectRow(0)
        people.view.copy()
        copied = QApplication.clipboard().text()
        assert "<b>Ann</b>" in copied
        assert "\u202e" not in copied

    run_desk(qapp, body, prepare=answering(MatterListed(Matter.PEOPLE, (hostile,), 1)))


def test_what_others_booked_is_listed_with_our_lessons_there(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        others = await opened(desk, Matter.OTHERS)
        assert lines(others) == [
            ["Tue 24 Nov 2026 (09:00–10:00)", "Great Hall (R1, Main)", "Open day (bo@example.ac.uk)",  # noqa: RUF001
             "BIOL1 LC01 (at just this time: Compare and repair can adopt the booking)"],
            ["Tue 24 Nov 2026 (18:00–19:00)", "R3", "Evening class", "none"],  # noqa: RUF001
            ["Wed 25 Nov 2026 (09:30–10:30)", "Room 2 (R2, Main)", "Staff meeting",  # noqa: RUF001
             "MATH2 TU03; MATH3 TU01 (cannot be recorded beside it)"],
        ]  # fmt: skip
        others.view.selectRow(2)
        press(others.view, Qt.Key.Key_L, CTRL)
        await until(desk.window.lessons.isVisible)
        assert desk.worker.sent(LookUp)[-1] == LookUp("R2")
        click(
            desk.window.nav.list.viewport(),
            desk.window.nav.list.visualItemRect(desk.window.nav.list.item(0)).center(),
        )
        click(desk.window.overview.foreign)
        await until(lambda: desk.window.attention.isVisible() and desk.window.attention.list is others)

    run_desk(qapp, body, prepare=answering(OTHERS))


def test_failures_are_listed_by_cause_and_room(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        groups = await opened(desk, Matter.FAILURES)
        assert lines(groups) == [
            ["No recorder in the room (Device not found in Room)", "Great Hall (R1, Main)", "3",
             "Wed 25 Nov 2026 (09:00–10:00)"],  # noqa: RUF001 - the dash is meant
            ["Stopped EchoDesk three times (Reading this entry stopped the worker 3 times.)", "–", "1",  # noqa: RUF001
             "–"],  # noqa: RUF001
        ]  # fmt: skip
        assert groups.count.text() == "2 groups"
        assert not desk.window.attention.failed.retry.isEnabled(), "nothing is chosen"

    run_desk(qapp, body, prepare=answering(FAILURES))


def test_a_whole_group_is_retried_once_its_number_was_confirmed(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        groups = await opened(desk, Matter.FAILURES)
        groups.view.selectAll()
        press(groups.view, Qt.Key.Key_R, CTRL)
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        assert dialog.windowTitle() == "Retry 4 failures?"
        assert "No recorder in the room, Great Hall (3)" in dialog.text.text()
        dialog.no_button.click()
        await turns()
        assert desk.worker.sent(Retry) == []
        groups.view.selectRow(0)
        press(groups.view, Qt.Key.Key_R, CTRL)
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        read = len(desk.worker.sent(ListMatter))
        dialog.yes_button.click()
        await until(lambda: len(desk.worker.sent(ListMatter)) > read)
        assert desk.worker.sent(Retry) == [Retry("Ann", (), (11, 12, 13))]

    run_desk(qapp, body, prepare=answering(FAILURES))


def test_a_group_is_set_aside_with_a_reason_alone(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        groups = await opened(desk, Matter.FAILURES)
        groups.view.selectRow(1)
        press(groups.view, Qt.Key.Key_A, CTRL | Qt.KeyboardModifier.ShiftModifier)
        dialog = await dialog_of(desk.window, SetAsideDialog)
        assert isinstance(dialog, SetAsideDialog)
        assert dialog.windowTitle() == "Set 1 failure aside?"
        assert not dialog.yes_button.isEnabled()
        dialog.why.setText("  the module is gone ")
        dialog.yes_button.click()
        await until(lambda: bool(desk.worker.sent(SetAside)))
        assert desk.worker.sent(SetAside) == [SetAside("Ann", "the module is gone", (7,), ())]

    run_desk(qapp, body, prepare=answering(FAILURES))


def test_the_overview_opens_the_failures_and_counts_changes_that_were_not_read(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(overview(failed=7, failed_unread=2))
        card = desk.window.overview.failed
        await until(lambda: card.number.text() == "9")
        click(card)
        await until(lambda: desk.window.page is desk.window.attention)
        assert desk.window.attention.list.matter is Matter.FAILURES
        assert desk.window.attention.chips[Matter.FAILURES].text() == "Failed  9"

    run_desk(qapp, body, prepare=answering(FAILURES))
