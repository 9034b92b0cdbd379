"""What is to be compared, and the yes to a plan: both say what will happen before anything does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QRadioButton, QWidget

from echodesk.batches import Apply, Compare, PlanShown, StepRow
from echodesk.desk import formats, plan_words, widgets, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.dialogs.asking import Question
from echodesk.desk.dialogs.fields import date_field, editable, iso, room_code, room_codes, room_field
from echodesk.desk.places import Place


class CompareDialog(Question):
    """Answers with a `Compare`."""

    def __init__(self, parent: QWidget | None, by: str, campus: CampusTime, known: Sequence[Place]) -> None:
        super().__init__(parent, "Compare with Echo360", "Compare")
        self._by = by
        self.everything = QRadioButton("&Everything")
        self.one_building = QRadioButton("One &building")
        self.some_rooms = QRadioButton("These &rooms")
        buildings = sorted({place.building for place in known if place.building})
        self.building = editable("Building", buildings)
        self._known = frozenset(place.room for place in known if place.room)
        self.rooms = QLineEdit()
        self.rooms.setPlaceholderText("codes, with commas between them")
        self.rooms.setAccessibleName("Rooms")
        self.room = room_field(known)
        self.room.setAccessibleName("Add a room to the rooms")
        self.some_dates = QCheckBox("Only these &dates")
        today = QDate.fromString(campus.now()[:10], Qt.DateFormat.ISODate)
        self.first = date_field("First date", today)
        self.last = date_field("Last date", today.addDays(6))
        for box in (self.first, self.last):
            box.setMinimumDate(today)
        self.adopt = QCheckBox("&Adopt what others booked exactly where a lesson is")
        self.some_year = QCheckBox("Switch on a &year that is not sent yet")
        self.year = QLineEdit()
        self.year.setPlaceholderText("as the timetable calls it, 2027/28 say")
        self.year.setAccessibleName("Year")
        self.hint = widgets.label(kind="small", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.everything, 0, 0, 1, 2)
        grid.addWidget(self.one_building, 1, 0)
        grid.addWidget(self.building, 1, 1)
        grid.addWidget(self.some_rooms, 2, 0)
        grid.addWidget(self.rooms, 2, 1)
        grid.addWidget(widgets.label("Add a room"), 3, 0)
        grid.addWidget(self.room, 3, 1)
        grid.addWidget(self.some_dates, 4, 0, 1, 2)
        grid.addWidget(widgets.label("From"), 5, 0)
        grid.addWidget(self.first, 5, 1)
        grid.addWidget(widgets.label("To"), 6, 0)
        grid.addWidget(self.last, 6, 1)
        grid.addWidget(self.adopt, 7, 0, 1, 2)
        grid.addWidget(self.some_year, 8, 0, 1, 2)
        grid.addWidget(widgets.label("Year"), 9, 0)
        grid.addWidget(self.year, 9, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self.hint)
        self.everything.setChecked(True)
        for line in (self.rooms, self.year):
            line.textChanged.connect(self._on_changed)
        self.room.activated.connect(self._on_room_chosen)
        for choice in (self.everything, self.one_building, self.some_rooms, self.some_dates, self.some_year):
            choice.toggled.connect(self._on_changed)
        self.building.editTextChanged.connect(self._on_changed)
        for date in (self.first, self.last):
            date.dateChanged.connect(self._on_changed)
        self._on_changed()

    def command(self) -> Compare:
        """What was chosen."""
        dates = (iso(self.first), iso(self.last)) if self.some_dates.isChecked() else ("", "")
        return Compare(
            self._by,
            rooms=self._rooms() if self.some_rooms.isChecked() else (),
            building=self.building.currentText().strip() if self.one_building.isChecked() else "",
            first=dates[0],
            last=dates[1],
            year=self.year.text().strip() if self.some_year.isChecked() else "",
            adopt=self.adopt.isChecked(),
        )

    def _rooms(self) -> tuple[str, ...]:
        return room_codes(self.rooms.text(), self._known)

    def _on_room_chosen(self) -> None:
        self.rooms.setText(", ".join((*self._rooms(), room_code(self.room))))
        self.room.setEditText("")

    def _rooms_in_words(self) -> str:
        """How the field is understood, and what is in none of the lists; whoever sends knows all rooms."""
        rooms = self._rooms()
        told = f"{formats.counted(len(rooms), 'room')}: {', '.join(rooms)}."
        unknown = [room for room in rooms if room not in self._known]
        if unknown:
            told += f" Not in the lists on screen, checked before anything is asked: {', '.join(unknown)}."
        return told

    def _on_changed(self) -> None:
        self.building.setEnabled(self.one_building.isChecked())
        for part in (self.rooms, self.room):
            part.setEnabled(self.some_rooms.isChecked())
        for box in (self.first, self.last):
            box.setEnabled(self.some_dates.isChecked())
        self.year.setEnabled(self.some_year.isChecked())
        wrong = ""
        if self.one_building.isChecked() and not self.building.currentText().strip():
            wrong = "Which building?"
        elif self.some_rooms.isChecked() and not self._rooms():
            wrong = "Which rooms?"
        elif self.some_dates.isChecked() and self.last.date() < self.first.date():
            wrong = "The last date is before the first."
        elif self.some_year.isChecked() and not self.year.text().strip():
            wrong = "Which year?"
        about = "Echo360 is listed and compared with the timetable. Nothing is sent: the plan is shown first."
        if self.some_year.isChecked():
            about += " Sending the plan switches the year on."
        if self.some_rooms.isChecked() and not wrong:
            about = f"{self._rooms_in_words()} {about}"
        self.hint.setText(formats.breakable(formats.plain(wrong or about, 1_000)))
        self.yes_button.setEnabled(not wrong)


class ApplyDialog(Question):
    """Answers with an `Apply`: what will be sent, how long it takes, and what a safety stop asks to be typed.

    `without` are the steps that were left out by hand, `sent` those that are left of the plan then.
    """

    def __init__(
        self, parent: QWidget | None, by: str, plan: PlanShown, without: Sequence[int], sent: Sequence[StepRow]
    ) -> None:
        calls = len(sent)
        yes = f"Send {formats.counted(calls, 'call')}" if calls else f"Apply plan {plan.key}"
        super().__init__(parent, f"Send plan {plan.key}?", yes, "No, send nothing")
        self._by = by
        self._plan = plan
        self._without = tuple(without)
        for text in _about(plan, len(without), sent):
            part = widgets.label(wrap=True)
            part.setText(formats.breakable(formats.plain(text, 1_000)))
            self.body.addWidget(part)
        self.confirm = QLineEdit()
        self.confirm.setAccessibleName("What the safety stop asks to be typed")
        self.confirm.setPlaceholderText(plan.confirm)
        self.confirm.textChanged.connect(self._on_changed)
        self.asked = widgets.label(wrap=True)
        whole = " This is about the whole plan, with what you left out." if without else ""
        self.asked.setText(f"Safety stop: {plan.guard}.{whole} If that is right, type: {plan.confirm}")
        for guarded in (self.asked, self.confirm):
            guarded.setVisible(bool(plan.guard))
            self.body.addWidget(guarded)
        # Enter alone must not send anything.
        self.yes_button.setDefault(False)
        self.yes_button.setAutoDefault(False)
        self.no_button.setDefault(True)
        self._on_changed()
        (self.confirm if plan.guard else self.no_button).setFocus()

    def command(self) -> Apply:
        """The yes."""
        return Apply(self._by, self._plan.key, self._without, self.confirm.text().strip())

    def _on_changed(self) -> None:
        typed = self.confirm.text().strip()
        self.yes_button.setEnabled(not self._plan.guard or typed == self._plan.confirm)


def _about(plan: PlanShown, chosen: int, sent: Sequence[StepRow]) -> Sequence[str]:
    calls = len(sent)
    counts = Counter(step.kind for step in sent) if calls < plan.calls else dict(plan.counts)
    told = plan_words.counted(counts)
    lines = [f"{told}." if told else "Nothing is sent for it now."]
    if not plan.calls and plan.said:
        lines.append(plan.said)
    if plan.minutes and (is_open := dict(plan.steps).get("OPEN", plan.calls)):
        # The minutes are those of the steps that are open: what was left out before is none of them.
        minutes = plan.minutes * calls / is_open
        lines.append(f"It takes about {formats.minutes(minutes)}. Timetable changes go first meanwhile.")
    if lacking := plan_words.lacking(plan):
        lines.append(f"{lacking}; they are made first.")
    if chosen:
        lines.append(plan_words.left_out(plan, chosen, plan.calls - calls))
    if plan.left_out:
        told = ", ".join(f"{words.reason(reason)} {formats.number(count)}" for reason, count in plan.left_out)
        lines.append(f"Not recorded: {told}.")
    if plan.kept_in_all:
        lines.append(f"{formats.counted(plan.kept_in_all, 'lesson')} cannot be taken back; the plan lists them.")
    lines.append("It is compared once more; if anything changed since the preview, nothing is sent.")
    return lines
