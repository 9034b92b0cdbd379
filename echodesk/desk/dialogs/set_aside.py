"""Failures that are not to be tried again: how many they are, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from echodesk.desk import formats, widgets
from echodesk.desk.dialogs.asking import Question


class SetAsideDialog(Question):
    """Asks for the reason."""

    def __init__(self, parent: QWidget | None, lessons: str, of: str) -> None:
        """`lessons`: how many, in words; `of`: cause and room."""
        super().__init__(parent, f"Set {lessons} aside?", f"Set {lessons} aside")
        text = (
            f"{of}. They are not tried again and count no more as failed; they stay unrecorded until their"
            " timetable entry changes, or somebody has their room compared."
        )
        about = widgets.label(wrap=True)
        about.setText(formats.breakable(formats.plain(text, 1_000)))
        self.body.addWidget(about)
        self.body.addWidget(widgets.label("Why? Others will read it."))
        self.why = QLineEdit()
        self.why.setAccessibleName("Why they are set aside")
        self.why.setMaxLength(500)
        self.why.textChanged.connect(self._on_changed)
        self.body.addWidget(self.why)
        self._on_changed()
        self.why.setFocus()

    @property
    def reason(self) -> str:
        """What was typed."""
        return self.why.text().strip()

    def _on_changed(self) -> None:
        self.yes_button.setEnabled(bool(self.reason))
