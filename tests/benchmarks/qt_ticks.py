"""How evenly the window ticks while a worker posts 1,000 row changes a second, beside the same window idle."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.benchmarks.figures import Figure, at_least, at_most
from tests.desk.tick_probe import probe

RATE = 1_000


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """90 % updates, 9 % inserts, 1 % deletes of a table of 100,000 rows; a tick is due every 5 ms."""
    app = QApplication([])
    if quick:
        report = probe(app, seconds=1.0, warm_up_s=0.5, idle_s=0.5, rate=RATE)
    else:
        report = probe(app, seconds=30.0, warm_up_s=5.0, idle_s=5.0, rate=RATE)
    idle = "the same window idle"
    return [
        Figure("qt_ticks", report.busy.p99_ms, "ms (99 %)", idle, report.idle.p99_ms, at_most(16.0)),
        Figure("qt_longest_gap", report.busy.max_ms, "ms", idle, report.idle.max_ms, at_most(100.0)),
        Figure(
            "qt_row_changes",
            report.changes_per_s,
            "changes/s",
            "what was to be posted",
            float(RATE),
            at_least(0.95 * RATE),
        ),
    ]
