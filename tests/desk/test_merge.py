"""Merging events loses nothing but what a later one replaces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from echodesk.clashes import AlsoOpen
from echodesk.desk.merge import EventBuffer, NeedsSnapshot, joined
from echodesk.messages import Level, Notice, Progress, Row, Table, TableDelta
from tests.desk.rows import overview, queue_row, state_of_engine


def delta(
    base: int, upserts: tuple[Row, ...] = (), deletes: frozenset[int] = frozenset(), **changes: object
) -> TableDelta:
    fields: dict[str, object] = {"table": Table.QUEUE, "generation": 1, "snapshot": False, **changes}
    return TableDelta(
        base=base,
        cursor=base + 1,
        upserts=upserts,
        deletes=deletes,
        counts=(("PROCESSED", base),),
        **fields,  # type: ignore[arg-type]  # any field may be named
    )


def applied(rows: dict[int, Row], change: TableDelta) -> dict[int, Row]:
    """What a delta means."""
    kept = {} if change.snapshot else {key: row for key, row in rows.items() if key not in change.deletes}
    return kept | {row.key: row for row in change.upserts}


def test_a_first_page_stays_one_with_what_came_after_it() -> None:
    both = joined(delta(0, (queue_row(1),), snapshot=True, more=True, cut=True), delta(1, (queue_row(2),)))
    assert both is not None
    assert (both.snapshot, both.more, both.cut) == (True, True, True)


changes = st.tuples(
    st.dictionaries(st.integers(1, 6), st.integers(0, 3), max_size=4), st.frozensets(st.integers(1, 6), max_size=3)
)


@given(st.lists(changes, min_size=2, max_size=6), st.booleans())
def test_joined_deltas_mean_the_same_as_one_after_another(
    steps: list[tuple[dict[int, int], frozenset[int]]], snapshot_first: bool
) -> None:
    deltas = [
        delta(
            number,
            tuple(queue_row(key, attempts=value) for key, value in ups.items()),
            dels - ups.keys(),
            snapshot=snapshot_first and number == 0,
        )
        for number, (ups, dels) in enumerate(steps)
    ]
    start: dict[int, Row] = {1: queue_row(1, attempts=9), 6: queue_row(6, attempts=9)}
    expected = dict(start)
    for one in deltas:
        expected = applied(expected, one)
    whole: TableDelta | None = deltas[0]
    for one in deltas[1:]:
        assert whole is not None
        whole = joined(whole, one)
    assert whole is not None
    assert applied(start, whole) == expected
    assert (whole.base, whole.cursor, whole.counts) == (0, len(deltas), deltas[-1].counts)


def test_deltas_that_do_not_follow_each_other_stay_apart() -> None:
    assert joined(delta(0), delta(5)) is None
    assert joined(delta(0), delta(1, generation=2)) is None
    assert joined(delta(0), delta(1, table=Table.ROOM_DAYS)) is None


def test_a_later_snapshot_stands_alone() -> None:
    last = delta(7, (queue_row(2),), snapshot=True, generation=2)
    assert joined(delta(0, (queue_row(1),)), last) == last


def test_state_overview_and_progress_overwrite() -> None:
    buffer = EventBuffer()
    for number in range(3):
        buffer.add(state_of_engine(holder=str(number)))
        buffer.add(overview(failed=number))
        buffer.add(AlsoOpen(f"R{number}", "2026-11-24", ()))
        buffer.add(Progress(1, "one", number, 9, cancellable=False))
        buffer.add(Progress(2, "two", number, 9, cancellable=False))
    assert buffer.take() == [
        state_of_engine(holder="2"),
        overview(failed=2),
        AlsoOpen("R2", "2026-11-24", ()),
        Progress(1, "one", 2, 9, cancellable=False),
        Progress(2, "two", 2, 9, cancellable=False),
    ]
    assert not buffer


def test_notices_are_all_kept() -> None:
    buffer = EventBuffer()
    same = Notice(Level.INFO, "a", "b", "c")
    for _ in range(3):
        buffer.add(same)
    assert buffer.take() == [same, same, same]


def test_too_many_events_ask_for_a_snapshot_and_keep_notices() -> None:
    buffer = EventBuffer(limit=10)
    notice = Notice(Level.ERROR, "a", "b", "c")
    buffer.add(notice)
    for number in range(20):
        buffer.add(delta(number, (queue_row(number + 1),)))
    assert buffer.take() == [NeedsSnapshot(Table.QUEUE), notice]
    buffer.add(delta(21))
    assert buffer.take() == [delta(21)]


def test_a_snapshot_ends_the_need_for_one() -> None:
    buffer = EventBuffer(limit=2)
    for number in range(5):
        buffer.add(delta(number))
    whole = delta(9, (queue_row(1),), snapshot=True)
    buffer.add(whole)
    assert buffer.take() == [whole]


def test_what_was_put_back_comes_before_what_came_since() -> None:
    buffer = EventBuffer()
    first, second = Notice(Level.INFO, "1", "", ""), Notice(Level.INFO, "2", "", "")
    buffer.add(second)
    buffer.put_back([first, NeedsSnapshot(Table.ROOM_DAYS)])
    assert buffer.take() == [NeedsSnapshot(Table.ROOM_DAYS), first, second]


def test_a_newer_state_replaces_one_that_was_put_back() -> None:
    buffer = EventBuffer()
    buffer.add(state_of_engine(holder="new"))
    buffer.put_back([state_of_engine(holder="old")])
    assert buffer.take() == [state_of_engine(holder="new")]
