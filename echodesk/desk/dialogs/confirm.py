"""Are you sure? With the number of things it touches."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from echodesk.desk import formats, widgets
from echodesk.desk.dialogs.asking import Question, answered


class Confirm(Question):
    """A sentence and a yes that names the act."""

    def __init__(self, parent: QWidget | None, title: str, text: str, yes: str) -> None:
        super().__init__(parent, title, yes)
        self.text = widgets.label(wrap=True)
        self.text.setText(formats.breakable(text))
        self.body.addWidget(self.text)


async def confirmed(parent: QWidget | None, title: str, text: str, yes: str) -> bool:
    """True if the person agrees."""
    return await answered(Confirm(parent, title, text, yes))
