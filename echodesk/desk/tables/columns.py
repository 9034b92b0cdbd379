"""What the columns of each live table say: title, width, the two lines of a cell, its tone, how it is sorted.

Names come first, codes below them (design §8). Cells are made when they are painted, never for a whole table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from echodesk.batches import NotRecorded, StepRow
from echodesk.desk import formats, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.tables.row_cache import SortValue
from echodesk.desk.words import Tone
from echodesk.messages import NotificationRow, QueueRow, RoomDayRow, Row, Table

R = TypeVar("R", QueueRow, NotificationRow, RoomDayRow, StepRow, NotRecorded)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is said, in smaller letters below it, and how it feels. Plain text, always."""

    text: str
    below: str = ""
    tone: Tone | None = None

    @property
    def line(self) -> str:
        """Both lines as one, for copying, tooltips and screen readers."""
        return f"{self.text} ({self.below})" if self.below else self.text


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column; `width` in pixels at the usual font size."""

    title: str
    width: int
    cell: Callable[[R], Cell]
    sort: Callable[[R], SortValue]
    right: bool = False
    hint: str = ""
    saved: Callable[[R], str | int] | None = None
    """What a spreadsheet is given where that is not what the cell says: numbers, whole dates."""

    def value(self, row: R) -> str | int:
        """What is copied or written into a file."""
        return self.saved(row) if self.saved is not None else self.cell(row).line


AnyColumn = Column[Any]


def columns_of(table: Table, campus: CampusTime) -> Sequence[AnyColumn]:
    """The columns of a table, in order."""
    if table is Table.QUEUE:
        return queue_columns(campus)
    if table is Table.NOTIFICATIONS:
        return notification_columns(campus)
    return room_day_columns(campus)


def haystack(row: Row) -> str:
    """Everything a person may type to find this row, in lower case: codes and names."""
    if isinstance(row, QueueRow):
        parts: tuple[str, ...] = (
            str(row.slotid), row.setid, row.module, row.module_title, row.group, row.lecturer, row.lecturer_name,
            row.room_old, row.room_old_name, row.room_new, row.room_new_name, row.error,
        )  # fmt: skip
    elif isinstance(row, NotificationRow):
        parts = (
            row.external_id, row.setid, row.module, row.module_title, row.group, row.lecturer, row.lecturer_name,
            row.room, row.room_name, row.building, row.old_room, row.old_room_name, row.date, row.message,
            row.winner,
        )  # fmt: skip
    else:
        parts = (
            row.room, row.room_name, row.building, row.date, row.last_error, *row.modules, *row.departments
        )  # fmt: skip
    return "\n".join(parts).casefold()


def named(name: str, code: str) -> tuple[str, str]:
    """Name above, code below; the code alone when there is no name of its own."""
    if not name or name == code:
        return (code or formats.NOTHING, "")
    return (name, code)


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _moment(campus: CampusTime, stamp: str) -> str:
    """`2026-11-24 09:05:11`, which a spreadsheet sorts and takes for a time; '' where there is none."""
    return campus.to_local(stamp).replace("T", " ") if stamp else ""


def _stamp(campus: CampusTime, stamp: str) -> Cell:
    if not stamp:
        return Cell(formats.NOTHING)
    local = campus.to_local(stamp)
    if local[:10] == campus.now()[:10]:
        return Cell(local[11:19], "today")
    return Cell(formats.short_date(local[:10]), local[11:16])


# ---- Timetable changes


def _queue_status(row: QueueRow) -> Cell:
    tone = words.status_tone(Table.QUEUE, row.status)
    below = row.error
    if not below and row.worst and row.worst not in ("SUCCESS", "REFRESHED"):
        below = words.status(Table.NOTIFICATIONS, row.worst)
        if tone is Tone.GOOD:
            tone = words.status_tone(Table.NOTIFICATIONS, row.worst)
    if not below and row.weeks_all:
        below = f"{row.weeks_done} of {formats.counted(row.weeks_all, 'week')}"
    return Cell(words.status(Table.QUEUE, row.status), below, tone)


def _queue_module(row: QueueRow) -> Cell:
    title, code = named(row.module_title, row.module)
    return Cell(title, _dotted(code, row.group))


def _queue_room(row: QueueRow) -> Cell:
    name, code = named(row.room_new_name, row.room_new)
    old, old_code = named(row.room_old_name, row.room_old)
    if not row.room_new:
        return Cell(old, old_code)
    if row.room_old and row.room_old != row.room_new:
        return Cell(name, f"was {old}")
    return Cell(name, code)


def _queue_time(row: QueueRow) -> Cell:
    old = f"{formats.weekday(row.weekday_old)} {formats.span(row.start_old, row.finish_old)}".strip()
    new = f"{formats.weekday(row.weekday_new)} {formats.span(row.start_new, row.finish_new)}".strip()
    if not row.start_new:
        return Cell(old)
    return Cell(new, f"was {old}" if row.start_old and old != new else "")


def queue_columns(campus: CampusTime) -> Sequence[Column[QueueRow]]:
    """Timetable changes."""
    return (
        Column("Status", 142, _queue_status, lambda r: (words.status(Table.QUEUE, r.status), r.worst)),
        Column(
            "Change",
            108,
            lambda r: Cell(words.action(r.action), words.source(r.source)),
            lambda r: (r.action, r.source),
        ),
        Column(
            "Arrived",
            82,
            lambda r: _stamp(campus, r.created),
            lambda r: (r.created,),
            saved=lambda r: _moment(campus, r.created),
        ),
        Column("Module", 172, _queue_module, lambda r: (r.module_title.casefold(), r.module, r.group)),
        Column("Room", 158, _queue_room, lambda r: (r.room_new_name.casefold(), r.room_new or r.room_old)),
        Column(
            "Day and time",
            146,
            _queue_time,
            lambda r: (r.weekday_new or r.weekday_old, r.start_new or r.start_old),
        ),
        Column(
            "Weeks",
            84,
            lambda r: Cell(f"{r.weeks_done} of {r.weeks_all}", "done"),
            lambda r: (r.weeks_all - r.weeks_done, r.weeks_all),
            right=True,
            hint="How many of the lesson's weeks are dealt with",
        ),
        Column(
            "Lecturer",
            150,
            lambda r: Cell(*named(r.lecturer_name, r.lecturer)),
            lambda r: (r.lecturer_name.casefold(), r.lecturer),
        ),
    )


# ---- Weekly updates


def _recorded(row: NotificationRow) -> Cell:
    status = words.status(Table.NOTIFICATIONS, row.status)
    if row.recorded:
        return Cell(words.recorded(row.recorded), status, words.recorded_tone(row.recorded))
    return Cell(status, "", words.status_tone(Table.NOTIFICATIONS, row.status))


def _notification_room(row: NotificationRow) -> Cell:
    name, code = named(row.room_name, row.room)
    if not row.room:
        return Cell(*named(row.old_room_name, row.old_room))
    if row.old_room and row.old_room != row.room:
        return Cell(name, f"was {row.old_room_name or row.old_room}")
    return Cell(name, _dotted(code, row.building))


def _lesson_date(row: NotificationRow) -> Cell:
    when = formats.span(row.start, row.finish)
    return Cell(formats.date(row.date or row.old_date), _dotted(when, f"week {row.week}"))


def _why(row: NotificationRow) -> Cell:
    if not row.message:
        return Cell(words.action(row.action))
    return Cell(row.message, words.action(row.action))


def notification_columns(campus: CampusTime) -> Sequence[Column[NotificationRow]]:
    """Weekly updates: whether it is recorded comes first (design §4.7)."""
    return (
        Column(
            "Recorded?",
            146,
            _recorded,
            lambda r: (words.recorded(r.recorded), words.status(Table.NOTIFICATIONS, r.status)),
        ),
        Column("Lesson", 150, _lesson_date, lambda r: (r.date or r.old_date, r.start)),
        Column(
            "Module",
            176,
            lambda r: Cell(
                named(r.module_title, r.module)[0], _dotted(named(r.module_title, r.module)[1], r.group)
            ),
            lambda r: (r.module_title.casefold(), r.module, r.group),
        ),
        Column("Room", 148, _notification_room, lambda r: (r.room_name.casefold(), r.room or r.old_room)),
        Column("What happened", 188, _why, lambda r: (r.message.casefold(), r.action)),
        Column(
            "Lecturer",
            150,
            lambda r: Cell(*named(r.lecturer_name, r.lecturer)),
            lambda r: (r.lecturer_name.casefold(), r.lecturer),
        ),
        Column(
            "Dealt with",
            136,
            lambda r: _stamp(campus, r.processed),
            lambda r: (r.processed,),
            saved=lambda r: _moment(campus, r.processed),
        ),
    )


# ---- Room clashes


def _room_day_state(row: RoomDayRow) -> Cell:
    below = row.last_error if row.state == "open" else ""
    return Cell(words.status(Table.ROOM_DAYS, row.state), below, words.status_tone(Table.ROOM_DAYS, row.state))


def _room_day_together(row: RoomDayRow) -> Cell:
    if not row.together_possible:
        return Cell(formats.NOTHING)
    return Cell(f"{row.together_possible} of {max(row.left_out, row.together_possible)}", "look like one lecture")


def _room_day_resync(campus: CampusTime, row: RoomDayRow) -> Cell:
    cell = _stamp(campus, row.last_refresh)
    if not row.times_refreshed:
        return cell
    return Cell(cell.text, _dotted(cell.below, counted_times(row.times_refreshed)))


def counted_times(times: int) -> str:
    """`once`, `3 times`."""
    return "once" if times == 1 else f"{formats.number(times)} times"


def room_day_columns(campus: CampusTime) -> Sequence[Column[RoomDayRow]]:
    """Room clashes."""
    return (
        Column("State", 104, _room_day_state, lambda r: (words.status(Table.ROOM_DAYS, r.state),)),
        Column(
            "Date",
            138,
            lambda r: Cell(formats.date(r.date)),
            lambda r: (r.date, r.room),
            saved=lambda r: r.date,
        ),
        Column(
            "Room",
            240,
            lambda r: Cell(named(r.room_name, r.room)[0], _dotted(named(r.room_name, r.room)[1], r.building)),
            lambda r: (r.room_name.casefold(), r.room, r.date),
        ),
        Column(
            "Not recorded",
            112,
            lambda r: Cell(
                formats.number(r.left_out),
                "lesson" if r.left_out == 1 else "lessons",
                Tone.CLASH if r.left_out and r.state == "open" else None,
            ),
            lambda r: (r.left_out,),
            saved=lambda r: r.left_out,
        ),
        Column(
            "Failed",
            68,
            lambda r: Cell(
                formats.number(r.failed) if r.failed else formats.NOTHING,
                "",
                Tone.BAD if r.failed and r.state == "open" else None,
            ),
            lambda r: (r.failed,),
            saved=lambda r: r.failed,
        ),
        Column(
            "Same lecture?",
            146,
            _room_day_together,
            lambda r: (r.together_possible,),
            hint="Clashes that look like one lecture listed under several modules",
        ),
        Column(
            "First seen",
            136,
            lambda r: _stamp(campus, r.first_seen),
            lambda r: (r.first_seen,),
            saved=lambda r: _moment(campus, r.first_seen),
        ),
        Column(
            "Last re-sync",
            150,
            lambda r: _room_day_resync(campus, r),
            lambda r: (r.last_refresh,),
            saved=lambda r: _moment(campus, r.last_refresh),
        ),
    )
