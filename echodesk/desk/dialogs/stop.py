"""A safety stop: exactly what would be removed, and a yes that gives its reason."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from echodesk.desk import formats, widgets
from echodesk.desk.dialogs.asking import Question
from echodesk.messages import Allow, StopLine, StopList

LIST_WIDTH, LIST_HEIGHT = 620, 240


class StopDialog(Question):
    """Answers with an `Allow` of what was on the list when it was opened."""

    def __init__(self, parent: QWidget | None, by: str, found: StopList) -> None:
        stop = found.stop
        yes = (
            f"Yes, remove {formats.counted(len(found.lines), 'booking')}" if found.lines else "Yes, that is right"
        )
        super().__init__(parent, f"Safety stop: {stop.headline}", yes, "No, leave everything")
        self._by = by
        self._stop = stop
        for text in (stop.reason, stop.cause, stop.next_step):
            if text:
                part = widgets.label(wrap=True)
                part.setText(formats.breakable(formats.plain(text, 1_000)))
                self.body.addWidget(part)
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName("What would be removed")
        self.list.setMinimumSize(LIST_WIDTH, LIST_HEIGHT)
        self.list.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.list.setPlainText("\n".join(_line(one) for one in found.lines))
        self.list.setVisible(bool(found.lines))
        self.body.addWidget(self.list)
        self.body.addWidget(widgets.label("Why is it meant? Others will read it."))
        self.why = QLineEdit()
        self.why.setAccessibleName("Why is it meant?")
        self.why.setMaxLength(500)
        self.why.textChanged.connect(self._on_changed)
        self.body.addWidget(self.why)
        # Enter alone must not remove anything.
        self.yes_button.setDefault(False)
        self.yes_button.setAutoDefault(False)
        self.no_button.setDefault(True)
        self._on_changed()
        self.why.setFocus()

    def command(self) -> Allow:
        """The yes."""
        return Allow(self._by, self._stop.key, self.why.text().strip(), self._stop.last_item)

    def _on_changed(self) -> None:
        self.yes_button.setEnabled(bool(self.why.text().strip()))


def _line(one: StopLine) -> str:
    parts = (f"{formats.date(one.date)} {one.start}-{one.finish}", one.room, one.title, one.presenter)
    return formats.one_line(", ".join(part for part in parts if part))
