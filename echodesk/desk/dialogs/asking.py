"""Waiting for a dialog without a second event loop, and the frame that all dialogs share."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QSpacerItem, QVBoxLayout, QWidget

from echodesk.desk import widgets


class Question(QDialog):
    """A dialog with a title, room for its own controls, and two buttons."""

    def __init__(self, parent: QWidget | None, title: str, yes: str, no: str = "Cancel") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.buttons = buttons = QDialogButtonBox()
        self.yes_button = buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        self.yes_button.setAccessibleName(yes.rstrip("…"))
        self.no_button = buttons.addButton(no, QDialogButtonBox.ButtonRole.RejectRole)
        self.no_button.setAccessibleName(no)
        # Or Enter would say no as soon as the focus goes from one button to a choice.
        self.no_button.setAutoDefault(False)
        self.no_button.setVisible(bool(no))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(widgets.label(title, "headline", wrap=True))
        # Not a minimum of the dialog itself: that would overrule what its controls need.
        column.addItem(QSpacerItem(420, 0))
        column.addLayout(self.body)
        column.addStretch(1)
        column.addWidget(buttons)
        # Only now does the dialog hear of it, and come back to it when the focus goes elsewhere.
        self.yes_button.setDefault(True)


async def answered(dialog: QDialog) -> bool:
    """Open it, wait, and let it go; True when the person said yes. Cancelling closes the dialog."""
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_finished(result: int) -> None:
        if not told.done():
            told.set_result(result)

    dialog.finished.connect(on_finished)
    dialog.open()
    try:
        return await told == QDialog.DialogCode.Accepted
    finally:
        dialog.hide()
        dialog.deleteLater()
