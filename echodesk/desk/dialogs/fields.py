"""Fields that several dialogs have: a room to choose or type, a date."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QComboBox, QDateEdit

from echodesk.desk.places import Place

DATE_FORMAT = "ddd d MMM yyyy"


def editable(name: str, items: Sequence[str]) -> QComboBox:
    """A list that also takes what is not in it."""
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems(list(items))
    box.setEditText("")
    box.setAccessibleName(name)
    box.setMinimumWidth(240)
    return box


def room_field(known: Sequence[Place]) -> QComboBox:
    """The rooms that are known, by name and code."""
    box = editable("Room", ())
    places = {place.room: place for place in known if place.room}
    for code, place in sorted(places.items(), key=lambda pair: (pair[1].room_name.casefold(), pair[0])):
        box.addItem(place.room_text, code)
    box.setEditText("")
    return box


def show_room(box: QComboBox, code: str) -> None:
    """Put a room into the field, by its code."""
    at = box.findData(code)
    box.setEditText(box.itemText(at) if at >= 0 else code)


def room_code(box: QComboBox) -> str:
    """The code of the room in the field: chosen, or typed as it is."""
    text = box.currentText().strip()
    at = box.findText(text)
    return str(box.itemData(at)) if at >= 0 else text


def room_codes(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The codes of the rooms in a text, each once, with commas, semicolons or lines between them. Spaces do as
    well between codes that are `known`; otherwise they belong to a code."""
    found: list[str] = []
    for part in re.split(r"[,;\n]", text):
        words = part.split()
        found += _known_codes(words, known) or ([" ".join(words)] if words else [])
    return tuple(dict.fromkeys(found))


def _known_codes(words: Sequence[str], known: Collection[str]) -> list[str]:
    """These words as known codes, the longest first; nothing if a word belongs to none."""
    found: list[str] = []
    at = 0
    while at < len(words):
        ends = [end for end in range(len(words), at, -1) if " ".join(words[at:end]) in known]
        if not ends:
            return []
        found.append(" ".join(words[at : ends[0]]))
        at = ends[0]
    return found


def date_field(name: str, day: QDate) -> QDateEdit:
    """A date with a calendar."""
    box = QDateEdit(day)
    box.setDisplayFormat(DATE_FORMAT)
    box.setCalendarPopup(True)
    box.setAccessibleName(name)
    box.setMinimumWidth(172)
    return box


def iso(box: QDateEdit) -> str:
    """The date in the field as an ISO text."""
    return box.date().toString(Qt.DateFormat.ISODate)
