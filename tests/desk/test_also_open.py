"""A room-day shows who has it open: in words, as plain text, and no longer than that is so."""

from __future__ import annotations

from itertools import groupby

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.clashes import AlsoOpen, OpenRoomDay, OtherWindow
from echodesk.desk.pages.room_days_page import RoomDaysPage
from echodesk.errors import WorkerStopped
from echodesk.messages import Table
from tests.desk.clash_desk import DAY, HOSTILE, ROWS, chosen, showing
from tests.desk.driving import Desk, click_row, run_desk, turns, until
from tests.desk.rows import NOW, room_day_row

ROOM, DATE, OTHER_DATE = "2950203", "2026-11-24", "2026-11-25"
TODAY = NOW.date().isoformat()
BO = OtherWindow("Bo Hill", "PC-114", f"{TODAY}T10:42:00.000Z")
EVE = OtherWindow("Eve", "", f"{TODAY}T10:50:00.000Z")


def tell(desk: Desk, *others: OtherWindow, date: str = DATE) -> None:
    desk.worker.sink.post(AlsoOpen(ROOM, date, others))


def opened(desk: Desk) -> list[tuple[str, str, str]]:
    """What the worker was told that this window has open; what was told again once."""
    told = [one for one in desk.worker.sent(OpenRoomDay) if isinstance(one, OpenRoomDay)]
    return [(one.by, one.room, one.date) for one, _same in groupby(told)]


async def with_words(desk: Desk, *others: OtherWindow) -> RoomDaysPage:
    """A room-day is chosen, and these have it open as well."""
    page = await chosen(desk)
    assert page.clash.others.label.isHidden()
    tell(desk, *others)
    await until(page.clash.others.label.isVisible)
    return page


def test_who_else_has_it_open_stands_there_as_long_as_that_is_so(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await with_words(desk, BO)
        others = page.clash.others.label
        assert others.text() == "Bo Hill on PC-114 has this open too, since 10:42."
        assert others.textFormat() is Qt.TextFormat.PlainText
        tell(desk, BO, EVE)
        await until(lambda: "Eve" in others.text())
        assert others.text().endswith("Eve has this open too, since 10:50.")
        tell(desk)
        await until(others.isHidden)
        assert page.clash.day is not None

    run_desk(qapp, body, ROWS, showing(DAY))


def test_what_is_told_of_another_room_day_is_not_shown(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await with_words(desk, BO)
        click_row(page, 1)
        assert page.clash.others.label.isHidden(), "at once"
        tell(desk, BO)
        tell(desk, EVE, date=OTHER_DATE)
        await until(page.clash.others.label.isVisible)
        assert page.clash.others.label.text().startswith("Eve")

    run_desk(qapp, body, ROWS, showing(DAY))


def test_words_that_come_before_the_room_day_itself_are_kept(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        desk.worker.hold = True
        click_row(page, 1)
        await until(lambda: len(opened(desk)) == 2)
        tell(desk, BO, date=OTHER_DATE)
        await until(lambda: not page.clash.others.label.isHidden())
        desk.worker.release()
        await turns()
        assert "Bo Hill" in page.clash.others.label.text()

    run_desk(qapp, body, ROWS, showing(DAY))


def test_the_worker_is_told_what_is_open_on_screen_and_no_more(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        assert opened(desk) == [("Ann", ROOM, DATE)]
        click_row(page, 1)
        await until(lambda: len(opened(desk)) == 2)
        assert opened(desk)[1:] == [("Ann", ROOM, OTHER_DATE)]
        desk.window.open_page(0)
        await until(lambda: len(opened(desk)) == 3)
        assert opened(desk)[2:] == [("Ann", "", "")]
        desk.worker.change(Table.ROOM_DAYS, (room_day_row(2, date=OTHER_DATE, left_out=3),))
        await turns()
        assert len(opened(desk)) == 3, "nobody looks at it"
        desk.window.open_page(3)
        await until(lambda: len(opened(desk)) == 4)
        assert opened(desk)[3:] == [("Ann", ROOM, OTHER_DATE)]
        click_row(page, 0, adding=True)
        await until(lambda: len(opened(desk)) == 5)
        assert opened(desk)[4:] == [("Ann", "", "")]

    run_desk(qapp, body, ROWS, showing(DAY))


def test_nothing_is_told_while_nothing_was_chosen(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        await desk.open(3)
        desk.window.open_page(0)
        await turns()
        assert opened(desk) == []

    run_desk(qapp, body, ROWS)


@pytest.mark.parametrize("who", ["<b>Bo</b> <img src=x>", HOSTILE])
def test_a_name_is_a_plain_text_of_bearable_length(qapp: QApplication, who: str) -> None:
    async def body(desk: Desk) -> None:
        page = await with_words(desk, OtherWindow(who, who, BO.since))
        text = page.clash.others.label.text()
        assert "<b>" in text
        assert "\u202e" not in text
        assert len(text) < 400
        assert page.clash.others.label.textFormat() is Qt.TextFormat.PlainText

    run_desk(qapp, body, ROWS, showing(DAY))


def test_many_others_are_counted(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        crowd = [OtherWindow(f"P{at}", "", BO.since) for at in range(9)]
        page = await with_words(desk, *crowd)
        assert page.clash.others.label.text().endswith(
            "P2 has this open too, since 10:42. And 6 others have it open."
        )

    run_desk(qapp, body, ROWS, showing(DAY))


def test_since_another_day_says_which(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await with_words(desk, OtherWindow("Bo", "PC-1", "2026-01-05T10:42:00.000Z"))
        assert page.clash.others.label.text() == "Bo on PC-1 has this open too, since Mon 5 Jan 2026, 10:42."

    run_desk(qapp, body, ROWS, showing(DAY))


def test_a_worker_that_ends_takes_no_word_and_nobody_is_troubled(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        troubles: list[object] = []
        desk.session.gateway.troubled.connect(troubles.append)
        desk.worker.trouble = WorkerStopped("Stopped", "It takes no commands.", "Start it again.")
        desk.window.open_page(0)
        await until(lambda: len(opened(desk)) == 2)
        await turns()
        assert troubles == []
        assert page.clash.others.label.isHidden()

    run_desk(qapp, body, ROWS, showing(DAY))
