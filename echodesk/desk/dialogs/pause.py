"""Pause sending: everything, a building or a room, for all dates or some; with a reason and an optional end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QDateTime, Qt, QTime
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QGridLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from echodesk.desk import widgets
from echodesk.desk.campus import CampusTime
from echodesk.desk.dialogs.asking import Question
from echodesk.desk.dialogs.fields import (
    DATE_FORMAT,
    date_field,
    editable,
    iso,
    room_code,
    room_field,
    show_room,
)
from echodesk.desk.places import Place
from echodesk.messages import Pause, Scope


class PauseDialog(Question):
    """Answers with a `Pause`; cannot be accepted without a reason and a complete scope."""

    def __init__(
        self, parent: QWidget | None, by: str, campus: CampusTime, known: Sequence[Place], here: Place | None
    ) -> None:
        super().__init__(parent, "Pause sending", "Pause")
        self._by = by
        self._campus = campus
        self.everything = QRadioButton("&Everything")
        self.building_only = QRadioButton("One &building")
        self.room_only = QRadioButton("One &room")
        self.building = editable("Building", sorted({place.building for place in known if place.building}))
        self.room = room_field(known)
        self.dates_only = QCheckBox("Only these &dates")
        today = QDate.fromString(campus.now()[:10], Qt.DateFormat.ISODate)
        self.first = date_field("First date", today)
        self.last = date_field("Last date", today)
        self.reason = QLineEdit()
        self.reason.setAccessibleName("Reason")
        self.reason.setPlaceholderText("What should your colleagues know?")
        self.reason.setMaxLength(500)
        self.ends = QCheckBox("Resume by &itself at")
        self.until = QDateTimeEdit(QDateTime(today.addDays(1), QTime(8, 0)))
        self.until.setDisplayFormat(f"{DATE_FORMAT}, HH:mm")
        self.until.setCalendarPopup(True)
        self.until.setAccessibleName("Resume at")
        self.hint = widgets.label(kind="small", wrap=True)
        self._lay_out()
        self._prefill(here, today)
        for part in (self.everything, self.building_only, self.room_only, self.dates_only, self.ends):
            part.toggled.connect(self._on_changed)
        for text in (self.reason.textChanged, self.building.editTextChanged, self.room.editTextChanged):
            text.connect(self._on_changed)
        self.first.dateChanged.connect(self._on_changed)
        self.last.dateChanged.connect(self._on_changed)
        self.until.dateTimeChanged.connect(self._on_changed)
        self._on_changed()
        self.reason.setFocus()

    def command(self) -> Pause:
        """What was entered."""
        dated = self.dates_only.isChecked()
        return Pause(
            reason=self.reason.text().strip(),
            by=self._by,
            scope=Scope(
                building=self.building.currentText().strip() if self.building_only.isChecked() else "",
                room=room_code(self.room) if self.room_only.isChecked() else "",
                first=iso(self.first) if dated else "",
                last=iso(self.last) if dated else "",
            ),
            until=self._campus.to_utc(self.until.dateTime().toString("yyyy-MM-ddTHH:mm:ss"))
            if self.ends.isChecked()
            else "",
        )

    def _trouble(self) -> str:
        if self.building_only.isChecked() and not self.building.currentText().strip():
            return "Which building?"
        if self.room_only.isChecked() and not room_code(self.room):
            return "Which room?"
        if self.dates_only.isChecked() and self.last.date() < self.first.date():
            return "The last date is before the first."
        if self.ends.isChecked() and self.until.dateTime().toString("yyyy-MM-ddTHH:mm:ss") <= self._campus.now():
            return "The end has already passed."
        if not self.reason.text().strip():
            return "A reason is needed: everyone sees it."
        return ""

    def _on_changed(self) -> None:
        self.building.setEnabled(self.building_only.isChecked())
        self.room.setEnabled(self.room_only.isChecked())
        self.first.setEnabled(self.dates_only.isChecked())
        self.last.setEnabled(self.dates_only.isChecked())
        self.until.setEnabled(self.ends.isChecked())
        trouble = self._trouble()
        self.hint.setText(trouble or "What is already being sent is finished first.")
        self.yes_button.setEnabled(not trouble)

    def _prefill(self, here: Place | None, today: QDate) -> None:
        self.everything.setChecked(True)
        if here is None:
            return
        self.building.setEditText(here.building)
        show_room(self.room, here.room)
        day = QDate.fromString(here.date, Qt.DateFormat.ISODate)
        if day.isValid() and day >= today:
            self.first.setDate(day)
            self.last.setDate(day)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.everything, 0, 0, 1, 2)
        grid.addWidget(self.building_only, 1, 0)
        grid.addWidget(self.building, 1, 1, 1, 3)
        grid.addWidget(self.room_only, 2, 0)
        grid.addWidget(self.room, 2, 1, 1, 3)
        grid.addWidget(self.dates_only, 3, 0)
        grid.addWidget(self.first, 3, 1)
        grid.addWidget(widgets.label("to"), 3, 2)
        grid.addWidget(self.last, 3, 3)
        grid.addWidget(widgets.label("Reason"), 4, 0)
        grid.addWidget(self.reason, 4, 1, 1, 3)
        grid.addWidget(self.ends, 5, 0)
        grid.addWidget(self.until, 5, 1, 1, 3)
        self.body.addLayout(grid)
        self.body.addWidget(self.hint)
