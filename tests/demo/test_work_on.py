"""The timetabler's process."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from echodesk.demo.stage import Wish
from echodesk.demo.work_on import TimetablerProcess
from echodesk.demonstration import open_demonstration
from tests.demo.csv_folder import write_folder


def test_a_data_folder_named_from_here_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv = write_folder(tmp_path)
    monkeypatch.chdir(tmp_path)
    office, _stage = open_demonstration(Path("data"), Wish(timetable=csv))
    entries = text("SELECT COUNT(*) FROM STT_ECHO_QUEUE")

    def entered() -> int:
        return int(office.database.read(lambda connection: connection.execute(entries).scalar_one()))

    try:
        before, until = entered(), time.monotonic() + 60
        with TimetablerProcess.start(Path("data"), 6_000.0):
            while entered() == before and time.monotonic() < until:
                time.sleep(0.1)
        assert entered() > before
    finally:
        office.close()
