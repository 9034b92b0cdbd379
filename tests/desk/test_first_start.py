"""A first start as a person has it: `echodesk` alone, the questions, then the window on what was kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from echodesk import paths
from echodesk.demo.stage import STAGE_FILE, Stage
from echodesk.desk.dialogs.connection import Page
from echodesk.desk.window import MainWindow
from echodesk.secrets import Secrets
from tests.cli.conftest import CLIENT_ID, CLIENT_SECRET, Run
from tests.cli.conftest import csv_folder as csv_folder
from tests.cli.conftest import echo360 as echo360
from tests.cli.conftest import filled as filled
from tests.cli.conftest import folder as folder
from tests.cli.conftest import run as run
from tests.desk.driving import click, press
from tests.desk.first_desk import address, dialogs, office_of, to_echo360, typed
from tests.keyrings import InMemory
from tests.keyrings import in_memory as in_memory

Steps = Iterator[Callable[[], bool]]
"""Goes on as soon as what it waits for is so."""


@pytest.fixture
def office(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office in the place that belongs to this user."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return Path(shutil.copytree(office_of(folder), paths.office_folder()))


def drive(steps: Steps, told: list[BaseException]) -> QTimer:
    """Do these steps while the program runs, whichever loop that is in."""
    timer = QTimer()
    waiting: list[Callable[[], bool]] = [lambda: True]

    def on_timeout() -> None:
        try:
            if waiting[0]():
                waiting[0] = next(steps)
        except StopIteration:
            timer.stop()
        except BaseException as failure:
            told.append(failure)
            timer.stop()
            for dialog in dialogs():
                dialog.reject()
            for window in windows():
                window.quit_wanted.emit()
            raise

    timer.timeout.connect(on_timeout)
    timer.start(20)
    return timer


def windows() -> list[MainWindow]:
    """Those on the screen."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()]


def connected(url: str) -> Steps:
    """Through the dialog with the keys and clicks of a person, and then the window is closed."""
    yield lambda: bool(dialogs())
    dialog = dialogs()[0]
    dialog.activateWindow()
    yield dialog.isActiveWindow
    to_echo360(dialog)
    if address(dialog).text() != url:
        typed(address(dialog), url)
        typed(dialog.echo360_page.client_id, CLIENT_ID)
    typed(dialog.echo360_page.client_secret, CLIENT_SECRET)
    press(dialog, Qt.Key.Key_Return)
    yield lambda: dialog.results.count() > 0
    press(dialog, Qt.Key.Key_Return)
    assert dialog.page is Page.START
    click(dialog.start_page.test)
    click(dialog.yes_button)
    yield from window_closed()


def window_closed() -> Steps:
    """The window, as it says for what it is; it is left."""
    yield lambda: bool(windows())
    assert "Test" in windows()[0].windowTitle()
    windows()[0].quit_wanted.emit()


def test_what_was_kept_is_what_the_window_opens_on_now_and_at_the_next_start(
    qapp: QApplication, office: Path, echo360: str, in_memory: InMemory, run: Run
) -> None:
    told: list[BaseException] = []
    timer = drive(connected(echo360), told)
    said = run()
    assert (said.code, said.err, told, timer.isActive()) == (0, "", [], False)
    timer = drive(window_closed(), told)
    said = run()
    assert (said.code, said.err, told, timer.isActive()) == (0, "", [], False)
    assert CLIENT_SECRET.encode() not in b"".join(file.read_bytes() for file in office.iterdir())


def test_without_a_keyring_the_window_opens_and_the_next_start_asks_for_the_secret_again(
    qapp: QApplication, office: Path, echo360: str, run: Run
) -> None:
    told: list[BaseException] = []
    for _start in range(2):
        timer = drive(connected(echo360), told)
        said = run()
        assert (said.code, said.err, told, timer.isActive()) == (0, "", [], False)
    assert Secrets(office).read(f"{CLIENT_ID} at {echo360}") == ""
    assert CLIENT_SECRET.encode() not in b"".join(file.read_bytes() for file in office.iterdir())


def test_whoever_wants_nothing_gets_nothing(qapp: QApplication, office: Path, run: Run) -> None:
    def leaving() -> Steps:
        yield lambda: bool(dialogs())
        press(dialogs()[0], Qt.Key.Key_Escape)

    told: list[BaseException] = []
    timer = drive(leaving(), told)
    said = run()
    assert (said.code, said.out, said.err, told, timer.isActive()) == (3, "", "", [], False)


def test_the_demonstration_opens_its_own_window_in_its_own_folder(
    qapp: QApplication, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    # A small university that is there already stands for the large one, which takes a while to make.
    small = shutil.copytree(folder, paths.demonstration_folder())
    stage = msgspec.json.decode((small / STAGE_FILE).read_bytes(), type=Stage)
    made_here = msgspec.structs.replace(stage, timetable="", together_unknown=False)
    (small / STAGE_FILE).write_bytes(msgspec.json.encode(made_here))

    def looking() -> Steps:
        yield lambda: bool(dialogs())
        press(dialogs()[0], Qt.Key.Key_Return)
        yield lambda: bool(windows())
        assert "Demonstration" in windows()[0].windowTitle()
        assert windows()[0].settings.connect_button.isHidden() is False
        windows()[0].quit_wanted.emit()

    told: list[BaseException] = []
    timer = drive(looking(), told)
    said = run()
    assert (said.code, said.err, told, timer.isActive()) == (0, "", [], False)
    assert not paths.office_folder().exists()
