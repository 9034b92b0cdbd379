"""The page "Lessons": found by what people type, each week with an answer, and nothing of it as rich text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTreeWidget

from echodesk.desk.pages.lessons_page import EVERYTHING, TITLE, LessonsPage
from echodesk.errors import EchoDeskError
from echodesk.lessons import CriterionSeen, LessonFound, LessonsFound, LookUp, WeekFound
from tests.desk.driving import Desk, click, press, push, run_desk, turns, until
from tests.desk.fakes import FakeWorker

CTRL = Qt.KeyboardModifier.ControlModifier
HOSTILE = "<b>Anatomy</b>\u202e=1+1"


def lesson(slotid: int, *weeks: WeekFound, title: str = "Anatomy") -> LessonFound:
    """A lesson of a module."""
    return LessonFound(
        *("2026/27", slotid, "ANAT1", title, "LC01", "P1", "Ann Arbor", "R1", "Room 1", "Main"),
        *(
            "09:00-10:00",
            "",
            (CriterionSeen("It has a room", True, "R1"), CriterionSeen("Asked", False, "")),
            weeks,
        ),
    )


YES = WeekFound(2, "1-2", "2026-11-23", "YES", "held", "Recorded: Echo360 holds it as the timetable has it.")
NO = WeekFound(
    3, "1-3", "2026-11-30", "NO", "clash", "Not recorded: others have booked the room in Echo360 at that time."
)


def answering(*lessons: LessonFound, in_all: int = 0) -> Callable[[FakeWorker], None]:
    """A worker that finds these."""

    def prepare(worker: FakeWorker) -> None:
        worker.lessons = lambda _wish: LessonsFound(lessons, in_all or len(lessons))

    return prepare


def cells(tree: QTreeWidget, at: int) -> list[str]:
    """The texts of a line."""
    item = tree.topLevelItem(at)
    assert item is not None
    return [item.text(column) for column in range(tree.columnCount())]


async def typed(desk: Desk, text: str) -> LessonsPage:
    """The page, opened by its key, with this looked up."""
    press(desk.window, Qt.Key.Key_6, CTRL)
    page = desk.window.lessons
    await until(page.isVisible)
    assert page.field.hasFocus(), "whoever opens it by the keys can type at once"
    page.list.setFocus()
    press(page.list, Qt.Key.Key_F, CTRL)
    assert page.field.hasFocus()
    page.field.setText(text)
    press(page.field, Qt.Key.Key_Return)
    await turns()
    return page


def test_each_week_of_the_lesson_says_why(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await typed(desk, " anat  lc01 ")
        await until(lambda: page.lesson is not None)
        (wish,) = desk.worker.sent(LookUp)
        assert isinstance(wish, LookUp)
        assert (wish.words, wish.first, wish.last) == ("anat lc01", "2026-11-23", "")
        assert page.headline.text() == "Anatomy · LC01"
        assert [cells(page.weeks, at) for at in range(2)] == [
            ["2", "Mon 23 Nov 2026", "Recorded", "Echo360 holds it as the timetable has it."],
            ["3", "Mon 30 Nov 2026", "Not recorded", "Others have booked the room in Echo360 at that time."],
        ]
        assert cells(page.criteria, 1)[1] == "No"
        assert page.count.text() == "2 of 213 lessons: more words find fewer"
        press(page.list, Qt.Key.Key_Down)
        await until(lambda: page.lesson is not None and page.lesson.slotid == 2)

    run_desk(qapp, body, prepare=answering(lesson(1, YES, NO), lesson(2, YES), in_all=213))


def test_dates_are_chosen_and_asked_for(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await typed(desk, "anat")
        for title, span in (
            ("Today", ("2026-11-23", "2026-11-23")),
            ("Next 7 days", ("2026-11-23", "2026-11-29")),
            (EVERYTHING, ("", "")),
        ):
            page.span.setCurrentText(title)
            push(page, "&Find").click()
            await turns()
            wish = desk.worker.sent(LookUp)[-1]
            assert isinstance(wish, LookUp)
            assert (wish.first, wish.last) == span

    run_desk(qapp, body, prepare=answering(lesson(1, YES)))


def test_nothing_found_and_nothing_asked_say_what_to_do(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await typed(desk, "")
        assert page.state_pane.title.text() == "Which lesson?"
        assert desk.worker.sent(LookUp) == []
        page = await typed(desk, "nobody")
        await until(lambda: page.state_pane.title.text() == "No lesson fits")
        assert page.lesson is None

    run_desk(qapp, body)


def test_what_goes_wrong_is_told_in_its_place_and_tried_again(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await typed(desk, "anat")
        await until(lambda: page.lesson is not None)
        desk.worker.trouble = EchoDeskError("The database is gone", "Nobody answers.", "Wait a moment.")
        page.search()
        await until(lambda: page.state_pane.title.text() == "The database is gone")
        assert "Wait a moment." in page.state_pane.text.text()
        desk.worker.trouble = None
        click(page.state_pane.button)
        await until(lambda: page.lesson is not None)

    run_desk(qapp, body, prepare=answering(lesson(1, YES)))


def test_the_newest_search_wins(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.hold = True
        page = await typed(desk, "first")
        page.field.setText("second")
        page.search()
        await turns()
        desk.worker.release()
        await until(lambda: page.lesson is not None)
        await turns()
        assert page.headline.text() == "second · LC01"

    def prepare(worker: FakeWorker) -> None:
        worker.lessons = lambda wish: LessonsFound((lesson(1, YES, title=wish.words),), 1)

    run_desk(qapp, body, prepare=prepare)


def test_words_from_outside_stay_plain(qapp: QApplication) -> None:
    hostile = WeekFound(2, "1-2", "2026-11-23", "NO", "failed", HOSTILE * 300, HOSTILE)

    async def body(desk: Desk) -> None:
        page = await typed(desk, "x")
        await until(lambda: page.lesson is not None)
        assert page.headline.text().startswith("<b>Anatomy</b>")
        assert page.headline.textFormat() is Qt.TextFormat.PlainText
        assert "\u202e" not in page.headline.text() + page.list.item(0).text() + cells(page.weeks, 0)[3]
        assert len(cells(page.weeks, 0)[3]) < 500

    run_desk(qapp, body, prepare=answering(lesson(1, hostile, title=HOSTILE)))


def test_it_is_called_what_the_design_calls_it(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        assert desk.window.titles[5] == TITLE == "Lessons"

    run_desk(qapp, body)
