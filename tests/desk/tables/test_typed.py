"""The filter that is typed: what it means, and what is said of one that means nothing."""

from __future__ import annotations

import pytest

from echodesk.desk import words
from echodesk.desk.tables.finding import Finder
from echodesk.desk.tables.typed import Typed, read_filter, without
from echodesk.messages import Row, Table, TableQuery
from tests.desk.rows import notification_row, queue_row, room_day_row

TODAY = "2026-11-24"


def read(text: str, table: Table = Table.QUEUE) -> Typed:
    return read_filter(text, table, TODAY)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", Typed()),
        ("marine bio", Typed(words="marine bio")),
        (
            "status:failed room:2950203 since:yesterday",
            Typed(statuses=("FAILED",), room="2950203", since="2026-11-23"),
        ),
        ("europe status:failed fenwick", Typed(words="europe fenwick", statuses=("FAILED",))),
        ("STATUS:Waiting,failed", Typed(statuses=("UNPROCESSED", "FAILED"))),
        ("status:in_progress status:done", Typed(statuses=("IN_PROGRESS", "PROCESSED"))),
        ('status:"in progress"', Typed(statuses=("IN_PROGRESS",))),
        ("status:in-progress", Typed(statuses=("IN_PROGRESS",))),
        ('room:"Darwin 1.02"', Typed(room="Darwin 1.02")),
        ("since:today", Typed(since=TODAY)),
        ("since:7d", Typed(since="2026-11-17")),
        ("since:2026-02-28", Typed(since="2026-02-28")),
        ("10:00 lecture", Typed(words="10:00 lecture")),
        ('"error: 404" now', Typed(words='"error: 404" now')),
    ],
)
def test_what_a_filter_means(text: str, typed: Typed) -> None:
    assert read(text) == typed


@pytest.mark.parametrize("table", list(Table))
def test_each_status_can_be_typed_as_it_stands_on_the_screen_and_in_the_database(table: Table) -> None:
    for status, (word, _tone) in words.STATUSES[table].items():
        assert read(f'status:"{word}"', table).statuses == (status,)
        assert read(f"status:{status.lower()}", table).statuses == (status,)


def test_the_beginning_of_a_status_is_enough_where_only_one_begins_so() -> None:
    assert read("status:set", Table.NOTIFICATIONS).statuses == ("PARKED",)
    assert read("status:re", Table.NOTIFICATIONS).trouble == (
        '"re" could be Recorded after re-sync or Replaced. Write more of it.'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("europe colour:red", 'There is no "colour:". Before a colon stands status, room or since.'),
        ("status:broken", 'There is no status "broken" here. There are: Waiting, In progress, Done, Failed, Repl'),
        ("status:failed,broken", 'There is no status "broken" here.'),
        ("status:", "Which status? Waiting, In progress, Done, Failed, Replaced."),
        ("status:,", 'There is no status "" here.'),
        ("room:", "Which room? Write its code"),
        ("room:1 room:2", '"room:" stands there twice.'),
        ("since:", "Since which day? Write since:today"),
        ("since:monday", '"monday" is no day. Write since:today, since:yesterday, since:7d'),
        ("since:2026-02-30", '"2026-02-30" is no day.'),
        ("since:2026-11-25", "2026-11-25 has not come yet."),
    ],
)
def test_what_means_nothing_is_said_and_nothing_else(text: str, said: str) -> None:
    typed = read(text)
    assert typed.trouble.startswith(said)
    assert typed == Typed(trouble=typed.trouble)


def test_a_filter_without_one_key_keeps_the_rest() -> None:
    assert without('a Status:failed "b c" room:"x y" status:"in progress"', "status") == 'a "b c" room:"x y"'


ROWS: list[tuple[Row, Row]] = [
    (queue_row(1), queue_row(2, room_new="4100102", room_new_name="Darwin", created="2026-11-22T23:59:59.999Z")),
    (
        notification_row(1),
        notification_row(2, room="4100102", room_name="Darwin", created="2026-11-22T23:59:59.999Z"),
    ),
    (
        room_day_row(1),
        room_day_row(2, room="4100102", room_name="Darwin", first_seen="2026-11-22T23:59:59.999Z"),
    ),
]


@pytest.mark.parametrize(("here", "moved"), ROWS)
def test_rows_are_found_by_room_and_by_the_day_they_came(here: Row, moved: Row) -> None:
    def found(query: TableQuery) -> list[int]:
        accept = Finder().accept(query)
        return [row.key for row in (here, moved) if accept is None or accept(row)]

    assert found(TableQuery(room="4100102")) == [2]
    assert found(TableQuery(room="darw")) == [2]
    assert found(TableQuery(room="410010")) == []
    assert found(TableQuery(room="great hall"))[0] == 1
    assert found(TableQuery(since="2026-11-23T00:00:00.000Z")) == [1]
    assert found(TableQuery("darwin 2950203", since="2026-11-23T00:00:00.000Z")) == []


def test_words_are_found_in_any_order_and_quoted_ones_together() -> None:
    def accepted(text: str) -> bool:
        accept = Finder().accept(TableQuery(text))
        return accept is not None and accept(queue_row(1))

    assert accepted("BIOLOGY introductory fenwick")
    assert not accepted("biology zebra")
    assert accepted('"introductory biology"')
    assert not accepted('"biology introductory"')
