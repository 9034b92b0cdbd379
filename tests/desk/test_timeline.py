"""The drawn day: bars that overlap have lanes of their own, all inside, and keys go from lesson to lesson."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication

from echodesk.desk.theme import Theme, ThemeName
from echodesk.desk.timeline import Bar, Timeline, lanes
from echodesk.desk.words import Tone
from tests.desk.driving import click, press


def bars(*times: tuple[int, int]) -> list[Bar]:
    """A bar for each (start, end), named by its number."""
    return [
        Bar(str(number), start, end, f"Lesson {number}", Tone.GOOD) for number, (start, end) in enumerate(times)
    ]


@pytest.fixture
def timeline(qapp: QApplication) -> Iterator[Timeline]:
    """One on screen."""
    theme = Theme(qapp, ThemeName.LIGHT)
    made = Timeline(theme)
    yield made
    theme.close()
    made.close()
    made.deleteLater()


def shown(timeline: Timeline, *bands: list[Bar]) -> None:
    """These bands, as high as it asks to be."""
    timeline.show_bars(bands[0], bands[1], "aloud")
    timeline.resize(640, timeline.sizeHint().height())
    timeline.show()


def test_a_lane_is_used_again_once_it_is_free() -> None:
    assert lanes(bars((540, 600), (540, 660), (600, 660), (630, 700), (660, 720))) == [0, 1, 0, 2, 0]
    assert lanes([]) == []


@pytest.mark.parametrize("count", [1, 7, 40])
def test_bars_never_overlap_and_stay_inside(timeline: Timeline, count: int) -> None:
    shown(timeline, bars(*((540 + number, 640) for number in range(count))), bars((540, 640), (700, 705)))
    rects = [timeline.bar_rect(0, number) for number in range(count)]
    rects += [timeline.bar_rect(1, number) for number in range(2)]
    inside = QRectF(timeline.rect())
    assert all(inside.contains(one) for one in rects)
    assert not any(one.intersects(other) for one, other in combinations(rects, 2))
    timeline.grab()


def test_a_click_on_either_side_and_the_arrow_keys_choose_a_lesson(timeline: Timeline) -> None:
    told: list[str] = []
    timeline.chosen.connect(told.append)
    others = Bar("", 800, 900, "Others", Tone.NOTE, foreign=True)
    shown(timeline, bars((540, 600), (600, 660)), [*bars((540, 600)), others])
    click(timeline, timeline.bar_rect(0, 1).center().toPoint())
    click(timeline, timeline.bar_rect(1, 0).center().toPoint())
    click(timeline, timeline.bar_rect(1, 1).center().toPoint())
    assert told == ["1", "0"]
    timeline.choose("0")
    press(timeline, Qt.Key.Key_Right)
    press(timeline, Qt.Key.Key_Left)
    assert told[2:] == ["1", "0"], "nothing is before the first"


def test_an_empty_day_is_drawn_and_says_nothing(timeline: Timeline) -> None:
    shown(timeline, [], [])
    press(timeline, Qt.Key.Key_Right)
    timeline.grab()
    assert timeline.accessibleDescription() == "aloud"
