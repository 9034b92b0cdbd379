"""Starting and ending: the order of the end, the watchdog, a worker that fails, defects of our own, signals."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from echodesk.desk.app import STUCK
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.dialogs.failure import Failure
from echodesk.errors import EchoDeskError, WorkerStopped
from echodesk.messages import Table, TryAgain, Watch, WorkerEnded, WorkerFailed
from tests.desk.driving import Desk, click, dialog_of, press, push, run_desk, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import queue_row
from tests.guards import ExpectedLogs

CTRL = Qt.KeyboardModifier.ControlModifier


def never_ends(worker: FakeWorker) -> None:
    worker.ends = False


def test_closing_the_window_waits_for_the_worker(qapp: QApplication) -> None:
    seen: list[str] = []

    async def body(desk: Desk) -> None:
        worker, window = desk.worker, desk.window
        worker.ends = False

        def later() -> None:
            seen.append(f"stopped {worker.stopped}, window {window.isVisible()}, enabled {window.isEnabled()}")
            desk.session.bridge.post(WorkerEnded())

        window.close()
        assert window.isVisible(), "the window stays until the worker has ended"
        QTimer.singleShot(60, later)

    desk = run_desk(qapp, body)
    assert seen == ["stopped True, window True, enabled False"]
    assert desk.left == []


def test_ctrl_q_ends_the_program(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        press(desk.window, Qt.Key.Key_Q, CTRL)
        # The session cancels its script when it ends for another reason.
        await asyncio.Event().wait()

    assert run_desk(qapp, body).worker.stopped


def test_commands_after_the_end_are_refused(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.gateway.close()
        with pytest.raises(WorkerStopped):
            await desk.session.gateway.ask(TryAgain("Ann"))
        assert desk.worker.sent(TryAgain) == []

    run_desk(qapp, body)


def test_an_open_question_does_not_hold_up_the_end(qapp: QApplication) -> None:
    answers: list[bool] = []

    async def body(desk: Desk) -> None:
        async def ask() -> None:
            answers.append(await confirmed(desk.window, "Sure?", "Really?", "Yes"))

        desk.session.gateway.start(ask())
        await dialog_of(desk.window)

    run_desk(qapp, body)
    assert answers == []


def test_the_watchdog_leaves_when_the_worker_does_not_end(
    qapp: QApplication, expected_logs: ExpectedLogs, capfd: pytest.CaptureFixture[str]
) -> None:
    expected_logs.expect("echodesk.desk.app", "did not end within 80 ms")

    async def body(desk: Desk) -> None:
        await turns()

    assert run_desk(qapp, body, prepare=never_ends, watchdog_ms=80).left == [STUCK]
    assert "most recent call first" in capfd.readouterr().err


STUCK_PROGRAM = """
from echodesk.desk.app import run, DeskOptions
from echodesk.settings import DEMONSTRATION
from tests.desk.fakes import FakeWorker
from tests.desk.rows import campus

def make(bridge):
    worker = FakeWorker(bridge)
    worker.ends = False
    return worker

async def script(window):
    pass

run(make, DeskOptions(DEMONSTRATION, "Ann", campus(), watchdog_ms=200), script)
"""


def test_a_stuck_process_really_leaves_with_70() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", STUCK_PROGRAM],
        cwd=root,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == STUCK, done.stderr
    assert "most recent call first" in done.stderr


def test_a_worker_that_failed_can_be_started_again(qapp: QApplication, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("echodesk.desk.app", "The worker failed")

    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        first = desk.worker
        desk.session.bridge.post(WorkerFailed("Traceback …\nKeyError: 'x'"))
        await until(lambda: bool(desk.window.banners.shown))
        assert desk.window.banners.shown[0].text.startswith("KeyError: 'x'")
        click(push(desk.window.banners, "Start again"))
        assert desk.worker is not first
        await until(lambda: desk.window.banners.shown == () and not page.model.waiting)
        old, new = first.sent(Watch)[-1], desk.worker.sent(Watch)[-1]
        assert isinstance(old, Watch)
        assert isinstance(new, Watch)
        assert new.generation > old.generation
        desk.worker.change(Table.QUEUE, (queue_row(50),))
        await until(lambda: page.model.cache.get(50) is not None)

    run_desk(qapp, body, {Table.QUEUE: [queue_row(1)]})


def test_a_defect_in_a_slot_is_shown_once_and_can_be_copied(
    qapp: QApplication, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.desk.reporter", "ZeroDivisionError")
    expected_logs.expect("echodesk.desk.reporter", "Again")

    def defect() -> None:
        1 / 0  # noqa: B018 - the defect is the point

    async def body(desk: Desk) -> None:
        for _ in range(3):
            QTimer.singleShot(0, defect)
        dialog = await dialog_of(desk.window, Failure)
        assert isinstance(dialog, Failure)
        await turns(10)
        assert len(desk.window.findChildren(Failure)) == 1
        click(dialog.copy_button)
        assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
        click(dialog.yes_button)

    run_desk(qapp, body)


def test_a_defect_in_a_thread_and_in_a_task_is_shown(qapp: QApplication, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("echodesk.desk.reporter", "in a thread")
    expected_logs.expect("echodesk.desk.reporter", "in a task")

    def fail(where: str) -> None:
        raise ValueError(where)

    async def body(desk: Desk) -> None:
        thread = threading.Thread(target=fail, args=("in a thread",))
        thread.start()
        thread.join()
        dialog = await dialog_of(desk.window, Failure)
        press(dialog, Qt.Key.Key_Escape)

        async def task() -> None:
            fail("in a task")

        await until(lambda: not dialog.isVisible())
        desk.session.gateway.start(task())
        await dialog_of(desk.window, Failure)

    run_desk(qapp, body)


def test_hooks_are_given_back(qapp: QApplication) -> None:
    before = (sys.excepthook, threading.excepthook, signal.getsignal(signal.SIGINT))

    async def body(desk: Desk) -> None:
        assert sys.excepthook != before[0]

    run_desk(qapp, body)
    assert (sys.excepthook, threading.excepthook, signal.getsignal(signal.SIGINT)) == before


def test_what_a_script_raises_is_raised_after_an_orderly_end(qapp: QApplication) -> None:
    workers: list[FakeWorker] = []

    async def body(desk: Desk) -> None:
        raise EchoDeskError("No", "It does not work.", "Try another way.")

    with pytest.raises(EchoDeskError, match="It does not work"):
        run_desk(qapp, body, prepare=workers.append)
    assert workers[0].stopped


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program_in_order(qapp: QApplication, number: signal.Signals) -> None:
    async def body(desk: Desk) -> None:
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    assert run_desk(qapp, body).worker.stopped


def test_column_widths_are_remembered(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "window.ini"

    async def first(desk: Desk) -> None:
        desk.window.queue.view.setColumnWidth(3, 333)
        await turns()

    async def second(desk: Desk) -> None:
        assert desk.window.queue.view.columnWidth(3) == 333

    run_desk(qapp, first, state_file=file)
    run_desk(qapp, second, state_file=file)


def test_a_damaged_memory_of_the_window_is_ignored(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    titles = "Status|Change|Arrived|Module|Room|Day and time|Weeks|Lecturer"
    file.write_text(f"[window]\ngeometry=nonsense\n[queue]\ncolumns=@ByteArray(xx)\ntitles={titles}\n")

    async def body(desk: Desk) -> None:
        assert desk.window.width() == 1_400

    run_desk(qapp, body, state_file=file)
