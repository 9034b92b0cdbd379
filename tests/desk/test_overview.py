"""The first page, whatever the worker counted."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from tests.desk.driving import Desk, run_desk, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import overview


@pytest.mark.parametrize(
    ("used", "limit", "said"),
    [
        (87, 120, "87 of 120 calls in the last minute"),
        (120, 120, "120 of 120 calls in the last minute"),
        # A year that is first filled without a limit leaves more behind than the limit allows.
        (12_294, 120, "12,294 calls in the last minute; from now on at most 120"),
        (1, 0, "1 call in the last minute, no limit"),
    ],
)
def test_calls_are_never_more_than_what_they_are_said_to_be_of(
    qapp: QApplication, used: int, limit: int, said: str
) -> None:
    async def body(desk: Desk) -> None:
        page = desk.window.overview
        await until(lambda: page.overview is not None)
        assert said in [label.text() for label in page.findChildren(QLabel)]

    def prepare(worker: FakeWorker) -> None:
        worker.first_overview = overview(calls_last_minute=used, calls_per_minute=limit)

    run_desk(qapp, body, prepare=prepare)


def test_one_failure_needs_somebody(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.sink.post(overview(failed=1))
        await until(lambda: desk.window.overview.failed.accessibleName() == "Failed: 1. needs someone to look")

    run_desk(qapp, body)
