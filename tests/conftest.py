"""What holds for every test: no window on screen, no network but loopback, nothing left behind, no unexpected log.

Fixtures for all: `shared_data`, `expected_logs`. Markers that set themselves: `gui` for whatever uses Qt.
"""

from __future__ import annotations

import os

# Before anything imports Qt; a display of one's own choice (the one real window, under Xvfb) is respected.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Nobody's own keyring is ever asked; `tests/keyrings.py` has others.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import hypothesis
import pytest

from tests.databases import oracle_dsn
from tests.guards import ExpectedLogs, Leftovers, refuse_network, threads_left

ROOT = Path(__file__).resolve().parent.parent

sys.addaudithook(partial(refuse_network, besides=oracle_dsn.addresses()))

hypothesis.settings.register_profile("dev", max_examples=50, deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", max_examples=300, deadline=None, print_blob=True)
hypothesis.settings.register_profile("release", max_examples=2_000, deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks tests that use Qt, and sets aside those that need a display, or an Oracle, where there is none.

    `-m oracle` asks for the latter: then each is skipped with the reason.
    """
    if oracle_dsn.absent() and "oracle" not in config.option.markexpr:
        aside = [item for item in items if item.get_closest_marker("oracle")]
        items[:] = [item for item in items if not item.get_closest_marker("oracle")]
        config.hook.pytest_deselected(items=aside)
    offscreen = os.environ["QT_QPA_PLATFORM"] == "offscreen"
    for item in items:
        if uses_qt(item):
            item.add_marker("gui")
        if offscreen and item.get_closest_marker("real_window"):
            item.add_marker(pytest.mark.skip(reason="needs a display: .ci/run opens it under Xvfb"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells why what needs an Oracle did not run, where it was asked for."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(oracle_dsn.ABSENT in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"oracle: not run, {oracle_dsn.ABSENT}")


@pytest.fixture(scope="session")
def oracle() -> Iterator[None]:
    """EchoDesk in an empty schema of an Oracle, one for all tests; nothing of it stays."""
    if reason := oracle_dsn.absent():
        pytest.skip(reason)
    from tests.databases import oracle_server

    with oracle_server.installed():
        yield


def uses_qt(item: pytest.Item) -> bool:
    """Whether a test asks for the application, itself or through another fixture."""
    return not {"qapp", "qtbot"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def expected_logs(request: pytest.FixtureRequest) -> Iterator[ExpectedLogs]:
    """Fails a test during which a warning or worse was logged, unless `expected_logs.expect(...)` named it."""
    logs = ExpectedLogs()
    with logs.listening():
        yield logs
    logs.verdict()


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest, expected_logs: ExpectedLogs) -> Iterator[None]:
    """Fails a test that leaves a thread running or, with Qt, a window or a timer."""
    left = Leftovers(with_qt=uses_qt(request.node))
    yield
    found = threads_left(left.threads, within_s=2.0) + left.qt_objects()
    if found:
        pytest.fail("left behind: " + "; ".join(found), pytrace=False)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Finds real timetables beside the project (`../shared/data/NAME`); skips the test where they are absent.

    They may not be copied into the project, so a plain clone does not have them.
    """

    def find(name: str) -> Path:
        folder = ROOT.parent / "shared" / "data" / name
        if not folder.exists():
            pytest.skip(f"no real timetable here: ../shared/data/{name} is not beside the project")
        return folder

    return find
