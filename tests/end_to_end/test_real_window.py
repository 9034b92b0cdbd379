"""One real window on a real display: the demonstration as a person starts it, keys from outside, and its end.

Only where there is a display: `.ci/run` gives it one with Xvfb. The window is found, focused and typed into with
xdotool, so that nothing between keyboard and database is replaced.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from echodesk.paths import DATABASE
from tests.demo.csv_folder import HEADING, write_folder

pytestmark = [pytest.mark.real_window, pytest.mark.timeout(110)]

TITLE = "EchoDesk"
LESSONS = HEADING + "a1,ENGL1003,LC01,l1,B1 Hall,1,09:00,10:00,1 2 3\na2,MATH2,TU03,l7,B2-7,5,10:30,12:00,1 3\n"
NAVIGATION = (0, 60, 200, 240)
"""The part of the window that says which page is open: left, top, width, height."""


class Window:
    """The window on the display, from outside."""

    def __init__(self, number: str) -> None:
        self.number = number

    def type(self, keys: str) -> None:
        """Press keys as the keyboard does."""
        _xdotool("key", "--clearmodifiers", keys)

    def picture(self) -> QImage:
        """What the display shows of it now."""
        screen = QGuiApplication.primaryScreen()
        image = screen.grabWindow(int(self.number)).toImage()
        assert not image.isNull()
        return image

    def navigation(self) -> QImage:
        """The list of pages, in which the open one is marked."""
        return self.picture().copy(*NAVIGATION)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demonstration of two lessons, started as its user does."""
    timetable = tmp_path / "csv"
    timetable.mkdir()
    write_folder(timetable, lessons=LESSONS)
    words = ["demo", "--data", str(tmp_path / "data"), "--timetable", str(timetable), "--edits-per-minute", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "echodesk", *words, "--theme", "light"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def window(child: subprocess.Popen[str], qapp: QApplication) -> Window:
    """Its window, once it shows and has the keyboard."""
    found: list[str] = []

    def shown() -> bool:
        assert child.poll() is None, f"it ended by itself: {child.stderr.read() if child.stderr else ''}"
        found[:] = _xdotool("search", "--onlyvisible", "--name", f"^{TITLE}", may_fail=True).split()
        return bool(found)

    _until(shown, 40.0, "no window appeared")
    # Without a window manager nobody gives a window the keyboard.
    _xdotool("windowfocus", "--sync", found[0])
    return Window(found[0])


def test_a_window_opens_takes_keys_and_ends_with_everything_given_back(
    child: subprocess.Popen[str], window: Window, tmp_path: Path
) -> None:
    data = tmp_path / "data" / DATABASE
    _until(lambda: _ask(data, "SELECT count(*) FROM STT_ECHO_MIRROR") == 5, 30.0, "the five lessons were not sent")
    _until(lambda: len(_colours(window.picture())) > 8, 10.0, "the window stayed empty")
    overview = window.navigation()

    window.type("ctrl+2")
    _until(lambda: window.navigation() != overview, 10.0, "Ctrl+2 opened no other page")
    window.type("F5")
    window.type("ctrl+1")
    _until(lambda: window.navigation() == overview, 10.0, "Ctrl+1 did not lead back")

    assert _ask(data, "SELECT HOLDER IS NOT NULL FROM STT_ECHO_LEASE") == 1
    window.type("ctrl+q")
    _, said = child.communicate(timeout=20.0)
    assert child.returncode == 0, said
    assert "Traceback" not in said
    assert _ask(data, "SELECT HOLDER IS NULL AND UNTIL IS NULL FROM STT_ECHO_LEASE") == 1


def _xdotool(*words: str, may_fail: bool = False) -> str:
    answer = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=20.0, check=False)
    if answer.returncode != 0 and not may_fail:
        pytest.fail(f"xdotool {' '.join(words)}: {answer.stderr}")
    return answer.stdout


def _colours(image: QImage) -> set[int]:
    points = ((x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7))
    return {image.pixel(x, y) for x, y in points}


def _ask(database: Path, question: str) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10.0)) as connection:
        return int(connection.execute(question).fetchone()[0])


def _until(condition: Callable[[], bool], within_s: float, what: str) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within_s:g} s: {what}")
        time.sleep(0.05)
