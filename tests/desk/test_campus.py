"""Stamps are UTC, people read their campus's clock."""

from __future__ import annotations

import datetime as dt

from echodesk.desk.campus import campus_time

SUMMER = campus_time("Europe/London", lambda: dt.datetime(2026, 7, 1, 8, 5, tzinfo=dt.UTC))


def test_a_stamp_becomes_campus_time() -> None:
    assert SUMMER.to_local("2026-07-01T08:05:11.123Z") == "2026-07-01T09:05:11"
    assert SUMMER.to_local("2026-12-01T08:05:11.123Z") == "2026-12-01T08:05:11"


def test_campus_time_becomes_a_stamp() -> None:
    assert SUMMER.to_utc("2026-07-01T09:05:11") == "2026-07-01T08:05:11.000Z"


def test_now_is_the_campuss() -> None:
    assert SUMMER.now() == "2026-07-01T09:05:00"


def test_what_cannot_be_read_is_shown_as_it_is() -> None:
    assert SUMMER.to_local("yesterday") == "yesterday"
