"""Which room is to have a setting of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from echodesk.desk import widgets
from echodesk.desk.dialogs.asking import Question


class RoomDialog(Question):
    """Asks for the code of a room; whether there is such a room is told when the setting is saved."""

    def __init__(self, parent: QWidget | None, title: str) -> None:
        super().__init__(parent, f"{title}: another value for a room", "Choose the room")
        self.field = QLineEdit()
        self.field.setAccessibleName("The room's code")
        self.field.setPlaceholderText("as in the timetable, for example 2950203")
        self.body.addWidget(widgets.label("All other rooms stay as they are.", wrap=True))
        self.body.addWidget(self.field)
        self.field.textChanged.connect(self._on_typed)
        self._on_typed()
        self.field.setFocus()

    @property
    def room(self) -> str:
        """What was typed."""
        return self.field.text().strip()

    def _on_typed(self) -> None:
        self.yes_button.setEnabled(bool(self.room))
