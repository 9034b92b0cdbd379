"""A table with more rows than the window keeps: the worker looks for a text, and the page says where."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.messages import Row, Table, TableDelta, TableQuery, Watch
from tests.desk.driving import Desk, run_desk, until
from tests.desk.rows import queue_row, status_counts


def test_a_table_larger_than_the_cap_is_searched_by_the_worker(qapp: QApplication) -> None:
    rows: dict[Table, list[Row]] = {Table.QUEUE: [queue_row(key) for key in range(1, 10_201)]}
    rows[Table.QUEUE][4] = queue_row(5, module_title="Marine Palaeontology")

    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        assert page.counter.text() == "10,000 of 10,200 changes, the newest"
        QTest.keyClicks(page.field, "palaeo")
        await until(lambda: page.model.cache.keys_shown() == (5,))
        last = desk.worker.sent(Watch)[-1]
        assert isinstance(last, Watch)
        assert last.query == TableQuery(text="palaeo")
        page.field.clear()
        await until(lambda: page.model.rowCount() == 10_000)

    run_desk(qapp, body, rows)


def test_a_text_that_was_not_looked_for_everywhere_says_where_it_was(qapp: QApplication) -> None:
    rows: dict[Table, list[Row]] = {Table.QUEUE: [queue_row(key) for key in range(1, 10_201)]}
    found = queue_row(10_100, module_title="Marine Palaeontology")
    rows[Table.QUEUE][10_099] = found

    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        QTest.keyClicks(page.field, "palaeo")
        await until(lambda: page.feed.query.text == "palaeo" and not page.model.waiting)
        watch = desk.worker.sent(Watch)[-1]
        assert isinstance(watch, Watch)

        def answer(*shown: Row) -> TableDelta:
            counts = status_counts(rows[Table.QUEUE])
            return TableDelta(Table.QUEUE, watch.generation, 9, 9, shown, frozenset(), True, counts, cut=True)

        desk.worker.sink.post(answer(found))
        await until(lambda: page.counter.text() == "1 change found among the newest 10,000 of 10,200")
        assert not page._matching().exact
        desk.worker.sink.post(answer())
        await until(lambda: page.model.rowCount() == 0)
        assert page.state_pane.title.text() == "No change matches"
        assert page.state_pane.text.text().startswith("Only the newest 10,000 of 10,200 changes were searched.")

    run_desk(qapp, body, rows)
