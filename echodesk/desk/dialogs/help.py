"""What a page is for, in a window of its own: it stays beside the main window and follows it from page to page."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from echodesk.desk import widgets
from echodesk.errors import EchoDeskError
from echodesk.paths import help_folder

SIZE = (560, 520)


def help_text(title: str) -> str:
    """The help of the page with this title. Raises `EchoDeskError` where it cannot be read."""
    file = help_folder() / f"{title.lower().replace(' ', '-')}.txt"
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise EchoDeskError(
            "The help cannot be read", f"{file}: {trouble}", "Install EchoDesk again; a part of it is missing."
        ) from trouble


class HelpWindow(QDialog):
    """Not modal: people read it while they work. Escape closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.resize(*SIZE)
        self.title = widgets.label(kind="headline")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Help")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.text, 1)

    def tell(self, title: str) -> None:
        """Show the help of the page with this title. Raises `EchoDeskError`, and shows what it showed."""
        text = help_text(title)
        self.setWindowTitle(f"Help: {title}")
        self.title.setText(title)
        self.text.setPlainText(text)
