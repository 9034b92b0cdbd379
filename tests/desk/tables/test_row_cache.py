"""The pure cache against a plain dict: whatever is sent, the rows in order are those of a fresh sort."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echodesk.desk.tables.row_cache import Patch, RowCache, SortValue, by_key, runs
from echodesk.messages import Row
from tests.desk.rows import queue_row


def attempts(row: Row) -> SortValue:
    return (row.attempts,) if hasattr(row, "attempts") else ()


def even(row: Row) -> bool:
    return row.key % 2 == 0


def apply(cache: RowCache, patch: Patch) -> None:
    """The steps of the model, without Qt."""
    cache.replace(patch.updates)
    for first, last in runs(patch.removals):
        cache.remove(first, last)
    cache.forget(patch)
    positions = sorted(p for p in (cache.position(row.key) for row in patch.moves) if p is not None)
    for first, last in runs(positions):
        cache.remove(first, last)
    for position, rows in cache.insertions((*patch.moves, *patch.additions)):
        cache.insert(position, rows)


@dataclass
class Truth:
    """The same table, the slow way."""

    cap: int
    rows: dict[int, Row] = field(default_factory=dict)

    def change(self, upserts: list[Row], deletes: set[int], *, snapshot: bool) -> None:
        fresh = {row.key: row for row in upserts}
        kept = (
            {} if snapshot else {key: row for key, row in self.rows.items() if key not in deletes or key in fresh}
        )
        self.rows = {**kept, **fresh}
        for key in sorted(self.rows)[: max(0, len(self.rows) - self.cap)]:
            del self.rows[key]


row_values = st.dictionaries(st.integers(1, 14), st.integers(0, 3), max_size=8)
steps = st.lists(st.tuples(row_values, st.sets(st.integers(1, 14), max_size=4), st.booleans()), max_size=12)


@given(
    steps,
    st.booleans(),
    st.sampled_from([by_key, attempts]),
    st.booleans(),
    st.sampled_from([None, even]),
    st.integers(4, 20),
)
def test_random_deltas_end_like_a_dict_sorted_afresh(
    changes: list[tuple[dict[int, int], set[int], bool]],
    at_once: bool,
    sort: object,
    descending: bool,
    accept: object,
    cap: int,
) -> None:
    cache, truth = RowCache(cap), Truth(cap)
    cache.sort(sort, descending=descending)  # type: ignore[arg-type]  # any field may be named
    cache.filter(accept)  # type: ignore[arg-type]  # any field may be named
    for values, deletes, snapshot in changes:
        upserts: list[Row] = [queue_row(key, attempts=value) for key, value in values.items()]
        patch = cache.plan(upserts, deletes, snapshot=snapshot)
        if at_once:
            cache.load(patch)
        else:
            apply(cache, patch)
        truth.change(upserts, deletes, snapshot=snapshot)
        wanted = [row for row in truth.rows.values() if accept is None or accept(row)]  # type: ignore[operator]  # drawn as objects above
        wanted.sort(key=lambda row: (*sort(row), row.key), reverse=descending)  # type: ignore[operator]  # drawn as objects above
        assert [cache.row(position) for position in range(cache.shown)] == wanted
        assert [cache.position(row.key) for row in wanted] == list(range(len(wanted)))
        assert cache.held == len(truth.rows)


def filled(count: int = 6) -> RowCache:
    cache = RowCache()
    cache.load(cache.plan([queue_row(key) for key in range(1, count + 1)], ()))
    return cache


def test_newest_first_unless_told_otherwise() -> None:
    assert filled().keys_shown() == (6, 5, 4, 3, 2, 1)


def test_planning_changes_nothing() -> None:
    cache = filled()
    cache.plan([queue_row(9)], [3], snapshot=True)
    assert cache.keys_shown() == (6, 5, 4, 3, 2, 1)


def test_a_row_that_is_the_same_is_no_change() -> None:
    patch = filled().plan([queue_row(3)], ())
    assert patch.structural == 0
    assert patch.updates == ()


def test_an_update_that_keeps_the_place_is_no_move() -> None:
    patch = filled().plan([queue_row(3, status="FAILED")], ())
    assert patch.structural == 0
    assert [row.key for row in patch.updates] == [3]


def test_a_changed_sort_key_between_unchanged_neighbours_is_no_move() -> None:
    cache = RowCache()
    cache.load(cache.plan([queue_row(key, attempts=10 * key) for key in range(1, 6)], ()))
    cache.sort(attempts, descending=False)
    assert len(cache.plan([queue_row(3, attempts=33)], ()).updates) == 1
    assert len(cache.plan([queue_row(3, attempts=99)], ()).moves) == 1


def test_two_neighbours_that_swap_are_moves() -> None:
    cache = RowCache()
    cache.load(cache.plan([queue_row(1, attempts=1), queue_row(2, attempts=5), queue_row(3, attempts=9)], ()))
    cache.sort(attempts, descending=False)
    apply(cache, cache.plan([queue_row(1, attempts=4), queue_row(2, attempts=3)], ()))
    assert cache.keys_shown() == (2, 1, 3)


def test_beyond_the_cap_the_oldest_go() -> None:
    cache = RowCache(cap=3)
    cache.load(cache.plan([queue_row(key) for key in (1, 2, 3)], ()))
    apply(cache, cache.plan([queue_row(4), queue_row(5)], ()))
    assert cache.keys_shown() == (5, 4, 3)
    assert cache.get(1) is None


def test_a_delete_of_what_is_not_there_does_nothing() -> None:
    assert filled().plan((), [99]).structural == 0


def test_a_row_hidden_by_the_filter_comes_back_with_its_new_content() -> None:
    cache = filled()
    cache.filter(even)
    apply(cache, cache.plan([queue_row(3, status="FAILED")], ()))
    assert cache.keys_shown() == (6, 4, 2)
    cache.filter(None)
    row = cache.get(3)
    assert row is not None
    assert row.status == "FAILED"  # type: ignore[union-attr]  # a queue row it is


@pytest.mark.parametrize(
    ("positions", "expected"), [([], []), ([4], [(4, 4)]), ([0, 1, 2, 5, 7, 8], [(7, 8), (5, 5), (0, 2)])]
)
def test_runs_come_from_the_back(positions: list[int], expected: list[tuple[int, int]]) -> None:
    assert runs(positions) == expected
