"""What waits for today and tomorrow is named before the EchoDesk that sends is closed."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from echodesk.main import Office
from tests.store.test_queue import enter, expand
from tests.worker.campus import day

PLACE = text("UPDATE STT_ECHO_NOTIFICATION SET LESSON_DATE = :now, OLD_DATE = :before")
TODAY, TOMORROW, LATER = day(2), day(2, 2), day(2, 3)


@pytest.mark.parametrize(
    ("before", "now", "soon"),
    [
        (None, TODAY, 1),
        (None, TOMORROW, 1),
        (None, LATER, 0),
        (TODAY, LATER, 1),
        (TOMORROW, LATER, 1),
        (LATER, TODAY, 1),
        (LATER, LATER, 0),
    ],
)
def test_a_lesson_that_leaves_today_or_tomorrow_counts_as_one_that_comes(
    office: Office, before: dt.date | None, now: dt.date, soon: int
) -> None:
    enter(office, 1)
    expand(office)
    with office.database.engine.begin() as connection:
        connection.execute(PLACE, {"now": now.isoformat(), "before": before.isoformat() if before else None})
    moment = dt.datetime.combine(TODAY, dt.time(12))
    assert office.look(lambda books: books.figures.overview(moment, 60)).pending_soon == soon
