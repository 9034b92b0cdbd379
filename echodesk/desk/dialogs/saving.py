"""Where something is written to, and as what. It is opened like every dialog, and asks nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.confirm import confirmed

TABLES = (("xlsx", "Excel workbook (*.xlsx)"), ("csv", "Table (*.csv)"))
KINDS = (*TABLES, ("json", "Plan that the command line can apply (*.json)"))
"""Of plans: the end of the file's name, and what it is called."""


class SaveDialog(QFileDialog):
    """Answers with a path; whether a file may be replaced is asked afterwards."""

    def __init__(
        self, parent: QWidget | None, title: str, name: str, kinds: Sequence[tuple[str, str]] = KINDS
    ) -> None:
        self._kinds = kinds
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        super().__init__(parent, title, documents)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        # Qt's own question would run an event loop of its own.
        self.setOption(QFileDialog.Option.DontConfirmOverwrite)
        self.setNameFilters([called for _suffix, called in kinds])
        self.filterSelected.connect(self._on_filter)
        self._on_filter(kinds[0][1])
        self.selectFile(name)

    @property
    def path(self) -> Path | None:
        """What was chosen."""
        chosen = self.selectedFiles()
        return Path(chosen[0]) if chosen else None

    def _on_filter(self, chosen: str) -> None:
        self.setDefaultSuffix(next(suffix for suffix, called in self._kinds if called == chosen))


async def ask_where(
    parent: QWidget, title: str, name: str, kinds: Sequence[tuple[str, str]] = KINDS
) -> Path | None:
    """Where to write; a file that is there is replaced after a yes alone. None: not at all."""
    dialog = SaveDialog(parent, title, name, kinds)
    if not await answered(dialog) or (path := dialog.path) is None:
        return None
    said = f"There is a file of this name already: {path}"
    if path.exists() and not await confirmed(parent, f"Replace {path.name}?", said, "Replace it"):
        return None
    return path
