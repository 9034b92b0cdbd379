"""The page "Needs attention": its lists are read, found, acted on, and say what they are while they are empty."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.desk.pages.attention_page import TITLE
from echodesk.errors import EchoDeskError
from echodesk.lessons import (
    ListMatter,
    LookUp,
    Matter,
    MatterListed,
    UnknownPerson,
)
from echodesk.messages import LookForPeople
from tests.desk.attention_rows import (
    ADA,
    CTRL,
    GONE,
    OTHERS,
    PEOPLE,
    answering,
    lines,
    opened,
)
from tests.desk.driving import Desk, click, press, push, run_desk, turns, until
from tests.desk.rows import overview

HOSTILE = "<b>Ann</b>\u202e=1+1"


def test_who_is_not_known_is_listed_with_what_it_costs(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        people = await opened(desk, Matter.PEOPLE)
        assert desk.window.titles[6] == TITLE
        assert lines(people) == [
            ["Ada Fenwick (L1)", "ada@example.ac.uk", "12 lessons",
             "Tue 24 Nov 2026 (09:00-10:00, Great Hall)", "today, 08:00"],
            ["-", "gone@example.ac.uk", "0 lessons", "-", "about to be (looked for)"],
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
        await until(lambda: desk.window.lessons.isVisible() and bool(desk.worker.sent(LookUp)))
        assert desk.worker.sent(LookUp)[-1] == LookUp("L1", first="2026-11-23")
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
        people.view.setFocus()
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
        await until(lambda: listed.view.isVisible() or listed.state_pane.title.text() == listed.about.empty[0])

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
    hostile = UnknownPerson(
        HOSTILE, HOSTILE, HOSTILE, 1, "2026-11-24", "09:00-10:00", HOSTILE, HOSTILE, HOSTILE, "", ""
    )

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
            ["Tue 24 Nov 2026 (09:00-10:00)", "Great Hall (R1, Main)", "Open day (bo@example.ac.uk)",
             "BIOL1 LC01 (at just this time: Compare and repair can adopt the booking)"],
            ["Tue 24 Nov 2026 (18:00-19:00)", "R3", "Evening class", "none"],
            ["Wed 25 Nov 2026 (09:30-10:30)", "Room 2 (R2, Main)", "Staff meeting",
             "MATH2 TU03; MATH3 TU01 (cannot be recorded beside it)"],
        ]  # fmt: skip
        others.view.selectRow(2)
        press(others.view, Qt.Key.Key_L, CTRL)
        await until(lambda: desk.window.lessons.isVisible() and bool(desk.worker.sent(LookUp)))
        assert desk.worker.sent(LookUp)[-1] == LookUp("R2", first="2026-11-23")
        click(
            desk.window.nav.list.viewport(),
            desk.window.nav.list.visualItemRect(desk.window.nav.list.item(0)).center(),
        )
        click(desk.window.overview.foreign)
        await until(lambda: desk.window.attention.isVisible() and desk.window.attention.list is others)

    run_desk(qapp, body, prepare=answering(OTHERS))
