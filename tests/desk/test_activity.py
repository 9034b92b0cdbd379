"""The page "Activity": who did what is read, narrowed by what is typed and by buttons, and shown side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit

from echodesk.activity import WORKER, ActivityLine, ActivityShown, ShowActivity
from echodesk.desk.activity_words import compared, read_wish
from echodesk.desk.pages.activity_page import AT_ONCE, TITLE, ActivityPage
from echodesk.errors import EchoDeskError
from echodesk.lessons import LookUp
from tests.desk.driving import Desk, click, press, push, run_desk, tool, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import campus

CTRL = Qt.KeyboardModifier.ControlModifier
HOSTILE = "<b>Ann</b>\u202e=1+1"
CALL = ActivityLine(
    *(12, "2026-11-23T07:30:00.000Z", WORKER, "SERVER1", "PUT", "617747-9-2026-27", "BIOL1", "Biology", "LC01"),
    *("R1", "Great Hall", "2026-11-24", "MOVED", "done"),
    "R2 2026-11-24 09:00-10:00 · BIOL1_LC01 · ada@example.ac.uk",
    "R1 2026-11-24 09:00-10:00 · BIOL1_LC01 · ada@example.ac.uk",
    *('{"name":"Biology","venue":{"room":"R1"}}', 200, '{"id":"e1"}', 41),
)
PAUSE = ActivityLine(
    *(11, "2026-11-20T16:00:00.000Z", "ann", "PC-17", "PAUSE", "", "", "", "", "", "", ""),
    *("Paused everything (pause 1).", "", "", "", '{"reason":"Exams","by":"ann"}', 0, "", 0),
)


def telling(*lines: ActivityLine, more: bool = False) -> Callable[[FakeWorker], None]:
    """A worker with this activity."""

    def prepare(worker: FakeWorker) -> None:
        worker.activity = lambda _wish: ActivityShown(lines, more)

    return prepare


def table(page: ActivityPage) -> list[list[str]]:
    """What is on screen, with plain dashes."""
    model = page.model
    cells = [
        [model.cell(at, column).line for column in range(model.columnCount())] for at in range(model.rowCount())
    ]
    return [[cell.replace("\N{EN DASH}", "-") for cell in row] for row in cells]


def said(page: ActivityPage) -> list[str]:
    """Every label of the pane, with plain dashes."""
    return [one.text().replace("\N{EN DASH}", "-") for one in page.pane.findChildren(QLabel)]


def asked(desk: Desk) -> ShowActivity:
    """What was asked for last."""
    wish = desk.worker.sent(ShowActivity)[-1]
    assert isinstance(wish, ShowActivity)
    return wish


async def opened(desk: Desk) -> ActivityPage:
    """The page, opened by its keys, once its answer is on screen."""
    press(desk.window, Qt.Key.Key_9, CTRL)
    page = desk.window.activity
    await until(lambda: page.isVisible() and page.answered)
    return page


async def typed(desk: Desk, page: ActivityPage, text: str) -> ShowActivity:
    """What is asked for once this was typed."""
    before = len(desk.worker.sent(ShowActivity))
    page.field.setText(text)
    press(page.field, Qt.Key.Key_Return)
    await until(lambda: len(desk.worker.sent(ShowActivity)) > before and page.answered)
    return asked(desk)


def test_what_was_done_is_listed_newest_first(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert desk.window.titles[8] == TITLE
        assert table(page) == [
            ["07:30:00 (today)", "EchoDesk (SERVER1)", "Changed (Done)",
             "Biology (BIOL1 · LC01 · 617747-9-2026-27)", "Great Hall (Tue 24 Nov 2026)", "The lesson moved"],
            ["16:00:00 (20 Nov 2026)", "ann (PC-17)", "Paused", "-", "-", "Paused everything (pause 1)."],
        ]  # fmt: skip
        assert page.count.text() == "2 lines"
        assert desk.worker.sent(ShowActivity) == [ShowActivity(limit=AT_ONCE)]
        assert not page.older_button.isVisible()

    run_desk(qapp, body, prepare=telling(CALL, PAUSE))


def test_before_and_after_stand_side_by_side_and_what_differs_is_marked(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert "Nothing selected" in said(page)
        page.view.selectRow(0)
        words = said(page)
        assert words[0] == "Changed (Done)"
        assert words[words.index("Where") + 1] == "SERVER1"
        at = words.index("Before")
        assert words[at : at + 2] == ["Before", "After"]
        assert words[at + 2 : at + 8] == ["Room ≠", "R2", "R1", "Date", "Tue 24 Nov 2026", "Tue 24 Nov 2026"]
        assert [one for one in words if "≠" in one] == ["Room ≠"]
        bold = [
            one.text()
            for one in page.pane.findChildren(QLabel)
            if one.font().bold() and one.text() in ("R1", "R2")
        ]
        assert bold == ["R2", "R1"]
        asked, answered = page.pane.findChildren(QPlainTextEdit)
        assert '"room": "R1"' in asked.toPlainText()
        assert '"id": "e1"' in answered.toPlainText()
        press(page.view, Qt.Key.Key_Down)
        assert "Before" not in said(page)
        assert '"reason": "Exams"' in page.pane.findChildren(QPlainTextEdit)[-1].toPlainText()

    run_desk(qapp, body, prepare=telling(CALL, PAUSE))


def test_what_is_typed_is_asked_for(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        wish = await typed(desk, page, 'who:ann action:paused room:"Great Hall" since:yesterday until:2026-11-22')
        assert wish == ShowActivity(
            who="ann",
            actions=("PAUSE",),
            room="Great Hall",
            since="2026-11-22T00:00:00.000Z",
            until="2026-11-23T00:00:00.000Z",
            limit=AT_ONCE,
        )
        click(page.people_chip)
        await until(lambda: asked(desk).people)
        await typed(desk, page, "lesson:617747")
        assert asked(desk) == ShowActivity(people=True, lesson="617747", limit=AT_ONCE)

    run_desk(qapp, body, prepare=telling(CALL, PAUSE))


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("ann", 'What is "ann"? Write who:ann'),
        ("status:failed", 'What is "status:failed"?'),
        ("who:", "What of who?"),
        ("action:danced", 'There is no action "danced". There are: Made, Changed'),
        ("room:1 room:2", '"room:" stands there twice'),
        ("until:soon", '"soon" is no day. Write until:today'),
        ("since:2099-01-01", "2099-01-01 has not come yet. Write since:today"),
    ],
)
def test_what_cannot_be_understood_is_said_and_nothing_is_asked(
    qapp: QApplication, text: str, trouble: str
) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        before = len(desk.worker.sent(ShowActivity))
        page.field.setText(text)
        press(page.field, Qt.Key.Key_Return)
        await turns(10)
        assert page.trouble.isVisible()
        assert page.trouble.text().startswith(trouble)
        assert len(desk.worker.sent(ShowActivity)) == before
        await typed(desk, page, "who:ann")
        assert not page.trouble.isVisible()

    run_desk(qapp, body, prepare=telling(CALL))


def test_the_buttons_narrow_the_list_to_what_the_chosen_line_has(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert not tool(page, page.person_action).isEnabled()
        page.view.selectRow(0)
        for action, text in (
            (page.person_action, "who:EchoDesk"),
            (page.lesson_action, "who:EchoDesk lesson:617747-9-2026-27"),
            (page.room_action, "who:EchoDesk lesson:617747-9-2026-27 room:R1"),
        ):
            click(tool(page, action))
            assert page.field.text() == text
            await until(lambda: page.answered)
            page.view.selectRow(0)
        assert asked(desk).who == WORKER
        page.view.selectRow(1)
        assert page.person_action.isEnabled()
        assert not page.room_action.isEnabled(), "a pause of everything is in no room"
        click(tool(page, page.person_action))
        assert page.field.text() == "lesson:617747-9-2026-27 room:R1 who:ann"

    run_desk(qapp, body, prepare=telling(CALL, PAUSE))


def test_older_ones_are_read_behind_those_on_screen(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.activity = lambda wish: ActivityShown((PAUSE,) if wish.before else (CALL,), not wish.before)
        page = await opened(desk)
        page.view.selectRow(0)
        click(page.older_button)
        await until(lambda: page.model.rowCount() == 2)
        assert asked(desk) == ShowActivity(before=12, limit=AT_ONCE)
        assert page.chosen() == CALL
        assert not page.older_button.isVisible()
        press(page.view, Qt.Key.Key_F5)
        await until(lambda: page.model.rowCount() == 1)

    run_desk(qapp, body)


def test_enter_shows_the_lesson(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.view.selectRow(0)
        press(page.view, Qt.Key.Key_Return)
        await until(lambda: desk.window.lessons.isVisible() and bool(desk.worker.sent(LookUp)))
        assert desk.worker.sent(LookUp)[-1] == LookUp("BIOL1 LC01", first="2026-11-23")

    run_desk(qapp, body, prepare=telling(CALL, PAUSE))


def test_what_goes_wrong_is_told_in_its_place_and_tried_again(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        desk.worker.trouble = EchoDeskError("The database is gone", "Nobody answers.", "Wait a moment.")
        press(page.view, Qt.Key.Key_F5)
        await until(lambda: page.state_pane.title.text() == "The database is gone")
        assert "Wait a moment." in page.state_pane.text.text()
        desk.worker.trouble = None
        click(page.state_pane.button)
        await until(page.view.isVisible)

    run_desk(qapp, body, prepare=telling(CALL))


def test_an_empty_list_says_why(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        assert page.state_pane.title.text() == "Nothing was done yet"
        await typed(desk, page, "who:nobody")
        assert page.state_pane.title.text() == "Nothing fits"
        click(push(page, "Show everything"))
        await until(lambda: page.answered and page.state_pane.title.text() == "Nothing was done yet")
        assert page.field.text() == ""

    run_desk(qapp, body)


def test_the_newest_answer_wins(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        desk.worker.hold = True
        page.read()
        page.read()
        await turns()
        assert not page.answered
        desk.worker.release()
        await until(lambda: page.answered)
        assert page.model.rowCount() == 1

    run_desk(qapp, body, prepare=telling(CALL))


def test_words_from_outside_stay_plain(qapp: QApplication) -> None:
    hostile = replace(
        CALL,
        who=HOSTILE,
        module_title=HOSTILE,
        room_name=HOSTILE,
        why=HOSTILE,
        outcome=f"refused: {HOSTILE}",
        before=HOSTILE,
        after=HOSTILE,
        sent=HOSTILE,
        answer=HOSTILE,
    )

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.view.selectRow(0)
        labels = page.pane.findChildren(QLabel)
        assert any("<b>Ann</b>" in one.text() for one in labels)
        assert {one.textFormat() for one in labels} == {Qt.TextFormat.PlainText}
        boxes = [one.toPlainText() for one in page.pane.findChildren(QPlainTextEdit)]
        assert boxes == ["<b>Ann</b>=1+1"] * 2
        page.view.copy()
        copied = QApplication.clipboard().text()
        assert "<b>Ann</b>" in copied
        assert "\u202e" not in copied + "".join(one.text() for one in labels)
        click(tool(page, page.person_action))
        await until(lambda: page.answered)
        assert asked(desk).who == HOSTILE

    run_desk(qapp, body, prepare=telling(hostile))


def test_an_address_is_shown_whole_beside_another(qapp: QApplication) -> None:
    address = "bartholomew.featherstonehaugh@example.ac.uk"
    call = replace(
        CALL, before=CALL.before.replace("ada@", "bo@"), after=f"R1 2026-11-24 09:00-10:00 · S · {address}"
    )

    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.view.choose(page.model.cache.row(0).key)
        await turns(20)
        (after,) = [one for one in page.pane.findChildren(QLabel) if one.text().replace("\u200b", "") == address]
        assert after.width() >= after.minimumSizeHint().width()
        line = max(after.text().split("\u200b"), key=after.fontMetrics().horizontalAdvance)
        assert after.fontMetrics().horizontalAdvance(line) <= after.width()

    run_desk(qapp, body, prepare=telling(call))


def test_what_was_made_or_removed_has_one_side_alone() -> None:
    made = compared(replace(CALL, before=""), campus())
    assert [(one.label, one.before) for one in made if one.differs] == [
        (label, "") for label in ("Room", "Date", "Time", "Sections", "Presenter")
    ]
    assert compared(PAUSE, campus()) == ()
    (other,) = compared(replace(CALL, before="1-2-2030-31, 2-2-2030-31", after=""), campus())
    assert (other.label, other.differs) == ("Stands", True)


def test_a_room_with_spaces_is_one_field() -> None:
    found = compared(replace(CALL, before="B1 Hall 2026-11-24 09:00-10:00 · a, b · no presenter"), campus())
    assert found[0].before == "B1 Hall"
    assert [one.before for one in found][3:] == ["a, b", "no presenter"]


def test_a_day_ends_with_its_last_moment() -> None:
    wish, trouble = read_wish("since:2026-11-20 until:2026-11-20", campus())
    assert (wish.since, wish.until, trouble) == ("2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z", "")
