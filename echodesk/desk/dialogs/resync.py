"""Re-sync what no row on screen is about: any room on any day, a room's whole year, a day in all rooms."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QGridLayout, QRadioButton, QWidget

from echodesk.desk import widgets
from echodesk.desk.campus import CampusTime
from echodesk.desk.dialogs.asking import Question
from echodesk.desk.dialogs.fields import date_field, iso, room_code, room_field, show_room
from echodesk.desk.places import Place
from echodesk.messages import Refresh


class ResyncDialog(Question):
    """Answers with a `Refresh`."""

    def __init__(
        self, parent: QWidget | None, by: str, campus: CampusTime, known: Sequence[Place], here: Place | None
    ) -> None:
        super().__init__(parent, "Re-sync with Echo360", "Re-sync")
        self._by = by
        self.room_day = QRadioButton("One room on one &day")
        self.room_year = QRadioButton("One room, the whole &year (compare and repair)")
        self.day = QRadioButton("One day in &all rooms")
        self.room = room_field(known)
        today = QDate.fromString(campus.now()[:10], Qt.DateFormat.ISODate)
        self.date = date_field("Date", today)
        self.date.setMinimumDate(today)
        self.hint = widgets.label(kind="small", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(1, 1)
        for row, choice in enumerate((self.room_day, self.room_year, self.day)):
            grid.addWidget(choice, row, 0, 1, 2)
            choice.toggled.connect(self._on_changed)
        grid.addWidget(widgets.label("Room"), 3, 0)
        grid.addWidget(self.room, 3, 1)
        grid.addWidget(widgets.label("Date"), 4, 0)
        grid.addWidget(self.date, 4, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self.hint)
        self.room_day.setChecked(True)
        if here is not None:
            show_room(self.room, here.room)
            day = QDate.fromString(here.date, Qt.DateFormat.ISODate)
            if day.isValid():
                self.date.setDate(day)
        self.room.editTextChanged.connect(self._on_changed)
        self._on_changed()

    def command(self) -> Refresh:
        """What was chosen."""
        return Refresh(
            self._by,
            room="" if self.day.isChecked() else room_code(self.room),
            date="" if self.room_year.isChecked() else iso(self.date),
        )

    def _on_changed(self) -> None:
        with_room = not self.day.isChecked()
        self.room.setEnabled(with_room)
        self.date.setEnabled(not self.room_year.isChecked())
        missing = with_room and not room_code(self.room)
        if missing:
            self.hint.setText("Which room?")
        elif self.day.isChecked():
            self.hint.setText("Every room is read anew; with many rooms this takes minutes and can be cancelled.")
        else:
            self.hint.setText("What Echo360 holds is read anew and put right where it differs from the timetable.")
        self.yes_button.setEnabled(not missing)
