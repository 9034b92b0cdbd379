"""The guards around every test can fail: network, logs, threads, windows, timers."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases.oracle_dsn import DSN, addresses
from tests.guards import ExpectedLogs, Leftovers, NetworkForbidden, is_loopback, refuse_network, threads_left

LOG = logging.getLogger("tests.story")


@pytest.mark.parametrize(
    "address",
    [
        ("127.0.0.1", 80),
        ("127.8.9.1", 80),
        ("::1", 80, 0, 0),
        ("localhost", 80),
        "/run/x",
        b"\0abstract",
        None,
        "",
    ],
)
def test_loopback_is_allowed(address: object) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    [("192.0.2.1", 80), ("example.ac.uk", 443), ("2001:db8::1", 80, 0, 0), "10.0.0.1", b"example.ac.uk", 7],
)
def test_everything_else_is_not(address: object) -> None:
    assert not is_loopback(address)


def test_a_connection_to_elsewhere_is_refused() -> None:
    with socket.socket() as line, pytest.raises(NetworkForbidden, match="loopback only"):
        line.connect(("192.0.2.1", 9))


def test_a_name_from_elsewhere_is_not_even_looked_up() -> None:
    with pytest.raises(NetworkForbidden):
        socket.create_connection(("example.ac.uk", 443))


def test_the_oracle_that_somebody_named_may_be_reached_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DSN, raising=False)
    assert addresses() == set()
    monkeypatch.setenv(DSN, "oracle+oracledb://trial@LOCALHOST:1521/?service_name=x")
    assert {"localhost", "127.0.0.1"} <= addresses()
    known = {"db.example.ac.uk", "192.0.2.1"}
    refuse_network("socket.getaddrinfo", ("db.example.ac.uk", 1521), known)
    refuse_network("socket.connect", (None, ("192.0.2.1", 1521)), known)
    with pytest.raises(NetworkForbidden):
        refuse_network("socket.connect", (None, ("192.0.2.2", 1521)), known)


def test_loopback_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as line:
        assert line.getpeername() == server.getsockname()


def test_a_warning_nobody_expected_fails(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("tests.story", "disk")
    inner = ExpectedLogs()
    with inner.listening():
        LOG.warning("disk is full")
    with pytest.raises(AssertionError, match=r"unexpected WARNING of tests\.story: disk is full"):
        inner.verdict()


def test_an_expected_warning_passes_and_info_is_no_matter(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("tests.story", "^line \\d+ is late$")
    LOG.info("all is well")
    LOG.warning("line %d is late", 3)


def test_an_expectation_that_nothing_meets_fails() -> None:
    logs = ExpectedLogs()
    logs.expect("tests.story", "never said")
    with pytest.raises(AssertionError, match="never logged"):
        logs.verdict()


def test_an_expectation_of_another_logger_does_not_count(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("tests.story", "late")
    inner = ExpectedLogs()
    inner.expect("tests.other", "late")
    with inner.listening():
        LOG.error("late")
    with pytest.raises(AssertionError, match="unexpected ERROR"):
        inner.verdict()


def test_a_thread_that_goes_on_is_found() -> None:
    before = set(threading.enumerate())
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="lingering")
    thread.start()
    try:
        assert threads_left(before, within_s=0.05) == ["thread lingering"]
    finally:
        end.set()
        thread.join()
    assert threads_left(before, within_s=0.05) == []


def test_a_window_left_open_is_found_and_put_away(qapp: object) -> None:
    from PySide6.QtWidgets import QWidget

    left = Leftovers(with_qt=True)
    window = QWidget()
    window.setObjectName("forgotten")
    assert left.qt_objects() == ["window QWidget 'forgotten'"]
    assert left.qt_objects() == []


def test_a_timer_left_running_is_found_and_stopped(qapp: object) -> None:
    from PySide6.QtCore import QTimer

    left = Leftovers(with_qt=True)
    timer = QTimer(interval=60_000)
    timer.start()
    assert left.qt_objects() == ["timer '' every 60000 ms"]
    assert not timer.isActive()


def test_tests_with_qt_are_marked(qapp: object, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("gui") is not None


def test_tests_without_qt_are_not_marked_and_have_no_screen(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("gui") is None
    assert os.environ["QT_QPA_PLATFORM"] != ""


def test_absent_data_skips_with_a_reason(shared_data: Callable[[str], Path]) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"no real timetable here: .*no-such-university"):
        shared_data("no-such-university")
