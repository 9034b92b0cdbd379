"""The worker's details as the office reads them: dates, times and stamps written out, codes in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from echodesk.desk import formats, words
from echodesk.desk.campus import CampusTime
from echodesk.messages import Table

_STAMP = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?![\w-])")
# Not inside an external id such as 617747-1-2023-24, nor one that a site writes with a whole date.
_DATE = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_SPAN = re.compile(r"(?<![\w:])(\d\d:\d\d)-(\d\d:\d\d)(?![\w:])")
_BETWEEN = (" · ", " → ")


def _vocabulary() -> Mapping[str, str]:
    known = {code: word for code, (word, _) in words.STATUSES[Table.NOTIFICATIONS].items()}
    known |= {code: word for code, (word, _) in words.STATUSES[Table.QUEUE].items() if code not in known}
    known |= {code: words.recorded(code) for code in ("YES", "NO", "NOT_WANTED")}
    known |= {code: words.source(code) for code in ("TIMETABLE", "ROOMREQUESTS", "RETRY")}
    known |= {code: words.action(code) for code in ("INSERT", "UPDATE", "DELETE")}
    return known


_KNOWN = _vocabulary()


def readable(text: str, campus: CampusTime) -> str:
    """A sentence or a value: `2026-11-24` becomes `Tue 24 Nov 2026`, a UTC stamp campus time, a lone code a word.

    A code counts only when it stands alone between ` · ` and ` → `; what is inside a title stays as it is.
    """
    today = campus.now()[:10]
    said = _STAMP.sub(lambda found: formats.moment(campus.to_local(found.group()), today), text)
    said = _DATE.sub(lambda found: formats.date(found.group()), said)
    said = _SPAN.sub(lambda found: formats.span(found.group(1), found.group(2)), said)
    for mark in _BETWEEN:
        said = mark.join(_KNOWN.get(part, part) for part in said.split(mark))
    return said


def line(label: str, value: str, campus: CampusTime) -> tuple[str, str]:
    """A line of the detail pane; weekdays come as numbers."""
    if label == "Weekday":
        days = (formats.weekday(int(part)) if part.isdigit() else part for part in value.split(" → "))
        return (label, " → ".join(days))
    return (readable(label, campus), readable(value, campus))


def outcome(value: str) -> tuple[str, str]:
    """How a call ended, in words, and what was said about it: `refused: no such room` is two things."""
    head, _, tail = value.partition(": ")
    return (words.outcome(head), tail)
