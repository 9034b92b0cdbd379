"""One start of a window, measured from outside: `python -m tests.benchmarks.window KIND BEGAN [FOLDER URL]`.

KIND is `echodesk` or `bare`, BEGAN the moment before this process was started, in seconds since the epoch. The
credentials come through the environment, as for the program itself. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

PAGES = 4


def main(arguments: list[str]) -> int:
    """Opens the window, waits until it is usable, looks at every page, and ends."""
    kind, began, *where = arguments
    found = bare(float(began)) if kind == "bare" else echodesk(float(began), Path(where[0]), where[1])
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def echodesk(began: float, folder: Path, url: str) -> dict[str, float]:
    """The program's own parts, put together as it does, with a worker that leads."""
    from echodesk import main as parts
    from echodesk.access import echo360_access
    from echodesk.desk import app
    from echodesk.desk.campus import campus_time
    from echodesk.desk.theme import ThemeName
    from echodesk.desk.window import MainWindow
    from echodesk.secrets import Secrets
    from echodesk.settings import DEMONSTRATION
    from echodesk.worker.clock import utc_now

    found: dict[str, float] = {}

    async def look(window: MainWindow) -> None:
        window.open_page(1)
        page = window.queue
        while not page.model.rowCount():  # noqa: ASYNC110 - the model has no event for its first rows
            await asyncio.sleep(0.002)
        page.view.grab()
        found["usable_s"] = time.time() - began
        found["rows"] = page.feed.total
        for number in range(PAGES):
            window.open_page(number)
            await asyncio.sleep(1.0)
            found["memory_mb"] = max(found.get("memory_mb", 0.0), memory_mb())

    office = parts.open_office(folder)
    try:
        access = echo360_access(Secrets(folder), url)
        options = app.DeskOptions(
            DEMONSTRATION,
            "somebody",
            campus_time(office.zone(), utc_now),
            ThemeName.LIGHT,
            state_file=folder / "window.json",
        )
        app.run(lambda sink: parts.make_worker(office, sink, access, 120, loopback_only=True), options, look)
    finally:
        office.close()
    return found


def bare(began: float) -> dict[str, float]:
    """A window with an empty table: what Qt and Python cost by themselves."""
    from PySide6.QtGui import QStandardItemModel
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    app = QApplication([])
    app.setStyle("Fusion")
    window, table = QMainWindow(), QTableView()
    table.setModel(QStandardItemModel(0, 8, table))
    window.setCentralWidget(table)
    window.resize(1400, 900)
    window.show()
    app.processEvents()
    table.grab()
    return {"usable_s": time.time() - began, "memory_mb": memory_mb()}


def memory_mb() -> float:
    """What of this process lies in memory now."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
