"""What stands in the place of a table that has nothing to show: why, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from echodesk.desk import formats, widgets
from echodesk.errors import EchoDeskError

WIDTH = 480


class StatePane(QFrame):
    """A title, a sentence and at most one button, in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self._pressed: Callable[[], None] = lambda: None
        self.setProperty("kind", "panel")
        self.title = widgets.label(kind="headline", wrap=True)
        self.text = widgets.label(kind="muted", wrap=True)
        self.button = widgets.button("", self._on_pressed)
        # A label that wraps knows its height only for a width that is given.
        middle = QWidget()
        middle.setFixedWidth(WIDTH)
        column = QVBoxLayout(middle)
        column.setSpacing(10)
        column.addStretch(2)
        for part in (self.title, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        column.addSpacing(4)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(middle)
        row.addStretch(1)

    def say(self, title: str, text: str, button: str = "", pressed: Callable[[], None] | None = None) -> None:
        """Show these words; without `button` there is none."""
        self.title.setText(formats.breakable(title))
        self.text.setText(formats.breakable(text))
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setVisible(bool(button))
        self._pressed = pressed or (lambda: None)

    def tell(self, trouble: EchoDeskError, again: Callable[[], None]) -> None:
        """Why there is nothing to show, with a button that tries again."""
        self.say(trouble.title, f"{trouble.message} {trouble.next_step}", "Try again", again)

    def _on_pressed(self) -> None:
        self._pressed()
