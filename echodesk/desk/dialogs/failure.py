"""A defect of our own, shown once: what happened, and the text to send to whoever looks after EchoDesk."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from echodesk.desk import fonts, formats, widgets
from echodesk.desk.dialogs.asking import Question


class Failure(Question):
    """Headline, details, a button that copies them."""

    def __init__(self, parent: QWidget | None, headline: str, details: str) -> None:
        super().__init__(parent, "Something unexpected happened", "Close", no="")
        self._details = f"{headline}\n\n{details}"
        self.body.addWidget(
            widgets.label(
                "EchoDesk goes on, and nothing that was sent is lost. Please copy the text below and send it to "
                "whoever looks after EchoDesk.",
                wrap=True,
            )
        )
        short = widgets.label(kind="problem", wrap=True, selectable=True)
        short.setText(formats.breakable(headline[:500]))
        self.body.addWidget(short)
        box = QPlainTextEdit()
        box.setReadOnly(True)
        box.setTabChangesFocus(True)
        box.setAccessibleName("Technical details")
        box.setFont(fonts.fixed_font())
        box.setPlainText(formats.plain(details, limit=20_000))
        box.setMinimumHeight(180)
        self.body.addWidget(box)
        self.copy_button = widgets.button("Copy", self._on_copy, name="Copy the technical details")
        self.body.addWidget(self.copy_button)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
