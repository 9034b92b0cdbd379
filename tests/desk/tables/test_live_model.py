"""The Qt model: Qt's own model tester over random deltas, stale and missing deltas, few repaints."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from echodesk.desk.tables.columns import columns_of
from echodesk.desk.tables.live_model import MANY, Applied, LiveModel
from echodesk.desk.tables.view import LiveView, tsv_text
from echodesk.desk.theme import Theme, ThemeName
from echodesk.messages import Row, Table, TableDelta
from tests.desk.rows import campus, queue_row


def model_of(*keys: int, cap: int = 10_000) -> LiveModel:
    """A model that holds these rows and has seen its snapshot."""
    model = LiveModel(columns_of(Table.QUEUE, campus()), cap)
    model.expect(1)
    assert model.apply(change(0, *(queue_row(key) for key in keys), snapshot=True)) is Applied.DONE
    return model


def change(
    base: int, *upserts: Row, deletes: tuple[int, ...] = (), generation: int = 1, snapshot: bool = False
) -> TableDelta:
    cursor = base if snapshot else base + 1
    return TableDelta(Table.QUEUE, generation, base, cursor, upserts, frozenset(deletes), snapshot, ())


@pytest.mark.parametrize("column", [-1, 0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_deltas_under_qts_model_tester(
    qapp: QApplication, qtmodeltester: ModelTester, seed: int, column: int
) -> None:
    draw = random.Random(seed)
    model = model_of(*range(1, 9), cap=14)
    model.sort(column)
    qtmodeltester.check(model, force_py=True)  # type: ignore[no-untyped-call]  # it ships no types
    truth: dict[int, Row] = {key: queue_row(key) for key in range(1, 9)}
    for base in range(40):
        statuses = ("PROCESSED", "FAILED", "UNPROCESSED")
        rows = {key: queue_row(key, status=draw.choice(statuses)) for key in draw.sample(range(1, 20), 4)}
        deletes = tuple(key for key in draw.sample(range(1, 20), 2) if key not in rows)
        assert model.apply(change(base, *rows.values(), deletes=deletes)) is Applied.DONE
        truth = {key: row for key, row in truth.items() if key not in deletes} | rows
        for key in sorted(truth)[: max(0, len(truth) - 14)]:
            del truth[key]
        shown = [model.cache.row(position) for position in range(model.rowCount())]
        assert {row.key: row for row in shown} == truth
    model.deleteLater()


def test_only_the_expected_generation_counts(qapp: QApplication) -> None:
    model = model_of(1)
    model.expect(2)
    assert model.apply(change(0, queue_row(2), generation=1)) is Applied.STALE
    assert model.apply(change(0, queue_row(2), generation=2)) is Applied.STALE, "the snapshot comes first"
    assert model.apply(change(5, queue_row(3), generation=2, snapshot=True)) is Applied.DONE
    assert model.cache.keys_shown() == (3,)


def test_a_gap_changes_nothing_and_says_so(qapp: QApplication) -> None:
    model = model_of(1)
    assert model.apply(change(3, queue_row(2))) is Applied.GAP
    assert model.cache.keys_shown() == (1,)


def test_updates_out_of_sight_are_not_painted(qapp: QApplication) -> None:
    model = model_of(*range(1, 101))
    model.rows_in_view = lambda: (0, 9)
    painted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: painted.append((first.row(), last.row())))
    model.apply(change(0, queue_row(1, status="FAILED")))
    assert painted == []
    model.apply(
        change(1, queue_row(100, status="FAILED"), queue_row(97, status="FAILED"), queue_row(2, attempts=4))
    )
    assert painted == [(0, 3)]


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> LiveView:
    """A view over fifty rows, of which some are out of sight."""
    theme = Theme(qapp, ThemeName.LIGHT)
    made = LiveView(model_of(*range(1, 51)), theme)
    made.theme_kept = theme  # type: ignore[attr-defined]  # kept alive with it
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


def live(view: LiveView) -> LiveModel:
    model = view.model()
    assert isinstance(model, LiveModel)
    return model


def test_selection_and_current_row_survive_inserts_deletes_and_sorting(view: LiveView) -> None:
    model = live(view)
    view.choose(40)
    model.apply(change(0, queue_row(60), queue_row(61), deletes=(45, 12)))
    assert (view.selected_keys(), view.current_key()) == ((40,), 40)
    model.sort(3, Qt.SortOrder.AscendingOrder)
    assert (view.selected_keys(), view.current_key()) == ((40,), 40)


def test_a_selected_row_that_moves_stays_selected(view: LiveView) -> None:
    model = live(view)
    model.sort(0, Qt.SortOrder.AscendingOrder)
    view.choose(40)
    position = model.cache.position(40)
    model.apply(change(0, queue_row(40, status="UNPROCESSED"), queue_row(39, status="FAILED")))
    assert model.cache.position(40) != position
    assert (view.selected_keys(), view.current_key()) == ((40,), 40)


def test_selection_survives_a_filter_and_a_big_snapshot(view: LiveView) -> None:
    model = live(view)
    view.choose(40)
    model.filter(lambda row: row.key % 10 == 0)
    assert view.selected_keys() == (40,)
    model.filter(None)
    many = [queue_row(key) for key in range(30, 30 + MANY + 100)]
    assert model.apply(change(9, *many, snapshot=True)) is Applied.DONE
    assert (view.selected_keys(), view.current_key()) == ((40,), 40)


def test_a_selection_of_many_survives_a_reset(view: LiveView) -> None:
    model = live(view)
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for key in (10, 11, 12, 30):
        position = model.cache.position(key)
        assert position is not None
        view.selectionModel().select(model.index(position, 0), flags)
    model.filter(lambda row: row.key != 11)
    assert view.selected_keys() == (30, 12, 10)


def test_reading_below_is_not_disturbed_by_rows_that_arrive_above(view: LiveView) -> None:
    model = live(view)
    view.verticalScrollBar().setValue(10)
    top = model.cache.key(view.rowAt(0))
    model.apply(change(0, queue_row(60), queue_row(61), queue_row(62)))
    assert model.cache.key(view.rowAt(0)) == top


def test_at_the_top_new_rows_are_seen(view: LiveView) -> None:
    model = live(view)
    model.apply(change(0, queue_row(60)))
    assert model.cache.key(view.rowAt(0)) == 60


@pytest.mark.parametrize(
    ("text", "safe"),
    [("plain", "plain"), ("=1+1", "'=1+1"), ("+44", "'+44"), ("-1", "'-1"), ("@x", "'@x"), ("a\tb\nc", "a b c")],
)
def test_copied_cells_are_never_formulas(text: str, safe: str) -> None:
    assert tsv_text(text) == safe


def test_what_is_not_on_the_first_page_stays_until_the_whole_has_come(qapp: QApplication) -> None:
    model = model_of(1, 2, 3)
    model.expect(2)
    page = replace(change(5, queue_row(4), queue_row(3), generation=2, snapshot=True), more=True)
    assert model.apply(page) is Applied.DONE
    assert (model.cache.keys_shown(), model.waiting) == ((4, 3, 2, 1), True)
    assert model.apply(change(5, queue_row(5), generation=2)) is Applied.DONE
    whole = change(6, *(queue_row(key) for key in (5, 4, 3, 1)), generation=2, snapshot=True)
    assert model.apply(whole) is Applied.DONE
    assert (model.cache.keys_shown(), model.waiting) == ((5, 4, 3, 1), False)
