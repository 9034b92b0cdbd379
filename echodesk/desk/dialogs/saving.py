"""Where a plan is written to, and as what. It is opened like every dialog, and asks nothing by itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

KINDS = (
    ("xlsx", "Excel workbook (*.xlsx)"),
    ("csv", "Table (*.csv)"),
    ("json", "Plan that the command line can apply (*.json)"),
)


class SaveDialog(QFileDialog):
    """Answers with a path; whether a file may be replaced is asked afterwards."""

    def __init__(self, parent: QWidget | None, plan: int) -> None:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        super().__init__(parent, f"Save plan {plan}", documents)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        # Qt's own question would run an event loop of its own.
        self.setOption(QFileDialog.Option.DontConfirmOverwrite)
        self.setNameFilters([name for _suffix, name in KINDS])
        self.filterSelected.connect(self._on_filter)
        self._on_filter(KINDS[0][1])
        self.selectFile(f"plan-{plan}")

    @property
    def path(self) -> Path | None:
        """What was chosen."""
        chosen = self.selectedFiles()
        return Path(chosen[0]) if chosen else None

    def _on_filter(self, chosen: str) -> None:
        self.setDefaultSuffix(next(suffix for suffix, name in KINDS if name == chosen))
