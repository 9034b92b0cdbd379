"""Which window has which room-day open: one row for each, as the others may see it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.clashes import OtherWindow
from echodesk.main import Office
from echodesk.worker.books import Books

GONE_S = 60.0
ROWS = text("SELECT HOLDER, ROOMID, LESSON_DATE FROM STT_ECHO_WINDOW ORDER BY HOLDER")


def tell(office: Office, holder: str, who: str = "ann", room: str = "R1", date: str = "2030-09-09") -> None:
    office.write(lambda books: books.windows.tell(holder, who, f"PC {who}", room, date))


def others(office: Office, holder: str, room: str = "R1", date: str = "2030-09-09") -> tuple[OtherWindow, ...]:
    return office.read(lambda books: books.windows.others(holder, room, date, GONE_S))


def seen(office: Office, holder: str, stamp: str) -> None:
    """Its last sign of life, and since when it has this open."""
    change = text("UPDATE STT_ECHO_WINDOW SET SEEN = :stamp, SINCE = :stamp WHERE HOLDER = :holder")
    office.database.write(lambda c: c.execute(change, {"stamp": stamp, "holder": holder}))


def since(office: Office) -> str:
    """Since when the one window has open what it has."""
    return str(office.database.read(lambda c: c.execute(text("SELECT SINCE FROM STT_ECHO_WINDOW")).scalar_one()))


def rows(office: Office) -> list[tuple[str, str, str]]:
    return office.database.read(lambda c: [(one[0], one[1], one[2]) for one in c.execute(ROWS)])


def test_the_others_are_told_who_has_the_same_open_on_which_pc_and_since_when(office: Office) -> None:
    tell(office, "one", "ann")
    tell(office, "two", "bo")
    tell(office, "three", "eve", room="R2")
    tell(office, "four", "eve", date="2030-09-10")
    (bo,) = others(office, "one")
    assert (bo.who, bo.machine) == ("bo", "PC bo")
    assert len(bo.since) == len("2030-09-09T08:00:00.000Z")
    assert [one.who for one in others(office, "two")] == ["ann"]
    assert [one.who for one in others(office, "nobody")] == ["ann", "bo"]
    assert others(office, "three", room="R2") == ()


def test_a_window_has_one_row_and_says_since_when_it_has_this_one_open(office: Office) -> None:
    tell(office, "one")
    seen(office, "one", "2030-01-01T08:00:00.000Z")
    tell(office, "one")
    assert since(office) == "2030-01-01T08:00:00.000Z", "a sign of life is no new beginning"
    tell(office, "one", room="R2")
    assert rows(office) == [("one", "R2", "2030-09-09")]
    assert since(office) != "2030-01-01T08:00:00.000Z"
    assert others(office, "two") == ()
    office.write(lambda books: books.windows.close("one"))
    assert rows(office) == []


def test_who_has_given_no_sign_of_life_is_gone_by_the_database_s_time(office: Office) -> None:
    tell(office, "one")
    assert len(others(office, "two")) == 1
    seen(office, "one", "2020-01-01T08:00:00.000Z")
    assert others(office, "two") == ()
    tell(office, "one")
    assert len(others(office, "two")) == 1, "it has only slept"


def test_what_windows_of_yesterday_left_is_swept_by_whoever_opens_something(office: Office) -> None:
    tell(office, "one")
    tell(office, "two")
    seen(office, "one", "2020-01-01T08:00:00.000Z")
    tell(office, "two")
    assert [one[0] for one in rows(office)] == ["one", "two"], "a sign of life is one short write"
    tell(office, "two", room="R2")
    assert [one[0] for one in rows(office)] == ["two"]


@pytest.mark.parametrize(("who", "machine"), [("", ""), ("ann", "")])
def test_who_has_no_name_is_somebody(office: Office, who: str, machine: str) -> None:
    def told(books: Books) -> None:
        books.windows.tell("one", who, machine, "R1", "2030-09-09")

    office.write(told)
    (one,) = others(office, "two")
    assert (one.who, one.machine) == (who or "somebody", "")
