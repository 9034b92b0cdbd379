"""Builders of rows, states and details for tests of the window. People and places are made up."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from echodesk.desk.campus import CampusTime, campus_time
from echodesk.desk.tables.finding import Finder, status_of
from echodesk.messages import (
    CallShown,
    Detail,
    DetailGroup,
    EngineState,
    Inspect,
    NotificationRow,
    Overview,
    PauseShown,
    Phase,
    QueueRow,
    RoomDayRow,
    Row,
    Scope,
    StopLine,
    StopList,
    StopShown,
    TableQuery,
)

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
MODULES = (
    ("BIOL1001", "Introductory Biology"),
    ("MATH2034", "Linear Algebra and Geometry"),
    ("HIST1107", "Europe since 1789"),
    ("COMP3210", "Distributed Systems"),
    ("LAWS2001", "Law of Contract"),
    ("CHEM1032", "Physical Chemistry: Thermodynamics and Kinetics"),
)
ROOMS = (
    ("2950203", "Great Hall", "Main Building"),
    ("2950311", "Lecture Theatre 3", "Main Building"),
    ("4100102", "Darwin 1.02", "Darwin Building"),
    ("4100G05", "Darwin G.05", "Darwin Building"),
    ("7700A01", "Auditorium A", "Science Park"),
)
PEOPLE = (("L0011", "Ada Fenwick"), ("L0042", "Bram Okoro"), ("L0107", "Chiara Lind"), ("L0230", "Dov Hartmann"))


def campus() -> CampusTime:
    """London, always at the same moment."""
    return campus_time("Europe/London", lambda: NOW)


def queue_row(key: int, **changes: object) -> QueueRow:
    """A finished timetable change."""
    row = QueueRow(
        key=key, status="PROCESSED", worst="SUCCESS", action="UPDATE", source="TIMETABLE", setid="2026/27",
        slotid=617_000 + key, module="BIOL1001", module_title="Introductory Biology", group="LC01",
        lecturer="L0011", lecturer_name="Ada Fenwick", room_old="2950203", room_old_name="Great Hall",
        room_new="2950203", room_new_name="Great Hall", weekday_old=1, weekday_new=1, start_old="09:00",
        start_new="10:00", finish_old="10:00", finish_new="11:00", weeks_done=11, weeks_all=11,
        created="2026-11-23T09:12:31.120Z", processed="2026-11-23T09:12:33.001Z", error="", retry_of=0, attempts=1,
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]  # any field may be named


def notification_row(key: int, **changes: object) -> NotificationRow:
    """A week that is recorded."""
    row = NotificationRow(
        key=key, queue_id=key // 11, external_id=f"{617_000 + key}-9-2026-27", status="SUCCESS", recorded="YES",
        action="UPDATE", message="", winner="", setid="2026/27", slotid=617_000 + key, week=9, date="2026-11-24",
        start="10:00", finish="11:00", room="2950203", room_name="Great Hall", building="Main Building",
        old_room="2950203", old_room_name="Great Hall", old_date="2026-11-24", module="BIOL1001",
        module_title="Introductory Biology", group="LC01", lecturer="L0011", lecturer_name="Ada Fenwick",
        created="2026-11-23T09:12:31.200Z", processed="2026-11-23T09:12:33.001Z", attempts=1,
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]  # any field may be named


def room_day_row(key: int, **changes: object) -> RoomDayRow:
    """An open clash."""
    row = RoomDayRow(
        key=key, state="open", room="2950203", room_name="Great Hall", building="Main Building", date="2026-11-24",
        left_out=1, failed=0, together_possible=1, first_seen="2026-11-23T08:01:00.000Z",
        last_refresh="2026-11-23T09:02:00.000Z", times_refreshed=2, resolved="", last_error="",
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]  # any field may be named


def some_queue(count: int, seed: int = 7) -> list[Row]:
    """Timetable changes of all kinds."""
    draw = random.Random(seed)
    found: list[Row] = []
    for key in range(1, count + 1):
        module, title = draw.choice(MODULES)
        old, new = draw.choice(ROOMS), draw.choice(ROOMS)
        person = draw.choice(PEOPLE)
        status, worst = draw.choice(
            (("PROCESSED", "SUCCESS"), ("PROCESSED", "SUCCESS"), ("PROCESSED", "IN_CONFLICT"),
             ("FAILED", "FAILED"),
             ("IN_PROGRESS", ""), ("UNPROCESSED", ""), ("PROCESSED", "WARN"))
        )  # fmt: skip
        weeks = draw.choice((1, 5, 10, 11))
        start = draw.choice((9, 10, 11, 13, 14, 16))
        stamp = (NOW - dt.timedelta(seconds=17 * (count - key))).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        found.append(
            queue_row(
                key, status=status, worst=worst, module=module, module_title=title,
                action=draw.choice(("INSERT", "UPDATE", "UPDATE", "DELETE")),
                source=draw.choice(("TIMETABLE", "TIMETABLE", "ROOMREQUESTS", "RETRY")),
                lecturer=person[0], lecturer_name=person[1], room_old=old[0], room_old_name=old[1],
                room_new=new[0], room_new_name=new[1], weekday_old=draw.randint(1, 5),
                weekday_new=draw.randint(1, 5), start_new=f"{start:02d}:00", finish_new=f"{start + 1:02d}:00",
                start_old="09:00", finish_old="10:00", weeks_all=weeks, created=stamp,
                weeks_done=weeks if status in ("PROCESSED", "FAILED") else 0,
                error="Device not found in Room" if status == "FAILED" else "",
            )
        )  # fmt: skip
    return found


def some_notifications(count: int, seed: int = 8) -> list[Row]:
    """Weekly updates of all kinds."""
    draw = random.Random(seed)
    kinds = (
        ("SUCCESS", "YES", ""), ("SUCCESS", "YES", ""), ("SUCCESS", "YES", ""), ("REFRESHED", "YES", ""),
        ("IN_CONFLICT", "NO", "Linear Algebra and Geometry keeps the room: it was there first"),
        ("WARN", "YES", "Sent without presenter: Echo360 does not know ada.fenwick@example.ac.uk"),
        ("FAILED", "NO", "Device not found in Room"), ("TOO_LATE", "NO", "The lesson had begun"),
        ("UNPROCESSED", "", ""), ("OUT_OF_DATE", "YES", ""), ("SUCCESS", "NOT_WANTED", "Removed from Echo360"),
    )  # fmt: skip
    found: list[Row] = []
    for key in range(1, count + 1):
        status, recorded, message = draw.choice(kinds)
        module, title = draw.choice(MODULES)
        room, old = draw.choice(ROOMS), draw.choice(ROOMS)
        person = draw.choice(PEOPLE)
        day = dt.date(2026, 11, 24) + dt.timedelta(days=draw.randint(0, 30))
        start = draw.choice((9, 10, 11, 13, 14, 16))
        found.append(
            notification_row(
                key, status=status, recorded=recorded, message=message, module=module, module_title=title,
                room=room[0], room_name=room[1], building=room[2], old_room=old[0], old_room_name=old[1],
                lecturer=person[0], lecturer_name=person[1], date=day.isoformat(), week=9 + (key % 5),
                start=f"{start:02d}:00", finish=f"{start + 1:02d}:00",
                processed="" if status == "UNPROCESSED" else "2026-11-23T09:12:33.001Z",
            )
        )  # fmt: skip
    return found


def some_room_days(count: int, seed: int = 9) -> list[Row]:
    """Room clashes of all kinds."""
    draw = random.Random(seed)
    found: list[Row] = []
    for key in range(1, count + 1):
        room = draw.choice(ROOMS)
        left_out = draw.randint(1, 4)
        day = dt.date(2026, 11, 24) + dt.timedelta(days=key // 5)
        state = draw.choice(("open", "open", "open", "resolved", "passed"))
        failed = int(draw.random() < 0.1)
        found.append(
            room_day_row(
                key, state=state, room=room[0], room_name=room[1], building=room[2], date=day.isoformat(),
                left_out=left_out, failed=failed, together_possible=draw.randint(0, left_out),
                times_refreshed=draw.randint(0, 3), last_error="Device not found in Room" if failed else "",
            )
        )  # fmt: skip
    return found


def state_of_engine(**changes: object) -> EngineState:
    """This PC is sending, all is well."""
    state = EngineState(Phase.IDLE, holder="Ann's PC", mine=True, pauses=(), database="", echo360="")
    return replace(state, **changes)  # type: ignore[arg-type]  # any field may be named


def pause(key: int = 1, **changes: object) -> PauseShown:
    """A pause of everything."""
    shown = PauseShown(key, Scope(), "Exam week: nothing may move", "Ann", "2026-11-23T08:30:00.000Z", "")
    return replace(shown, **changes)  # type: ignore[arg-type]  # any field may be named


def stop(key: int = 1, **changes: object) -> StopShown:
    """A safety stop that waits for a yes."""
    shown = StopShown(
        key=key, kind="BRAKE", headline="2 bookings would be removed", reason="52 of 900 within a day.",
        cause="1 timetable change asked for it.", next_step="If it is meant, say yes.",
        since="2026-11-23T09:00:00.000Z", bookings=2, room_days=2, waits=True, last_item=9,
    )  # fmt: skip
    return replace(shown, **changes)  # type: ignore[arg-type]  # any field may be named


def stop_list(key: int = 1) -> StopList:
    """The same with its two bookings; the second has words that a label could take for its own."""
    lines = (
        StopLine(
            "1-9-A", "BIOL1001 LC01", "2950203", "2026-11-24", "09:00", "10:00", "ann@example.ac.uk", "not_wanted"
        ),
        StopLine("2-9-A", "<b>MATH2</b>\nTU03", "4100102", "2026-11-25", "10:00", "11:00", "", "lost_clash"),
    )
    return StopList(stop(key), lines)


def overview(**changes: object) -> Overview:
    """A busy morning."""
    shown = Overview(
        transferred_24h=1_284, pending=312, pending_minutes=2.6, failed=7, open_room_days=23, not_recorded=41,
        too_late_today=2, held_by_pause=0, foreign=5, schedules=24_871,
        queue=(("UNPROCESSED", 12), ("PROCESSED", 1_204), ("FAILED", 3)),
        notifications=(("SUCCESS", 11_840), ("REFRESHED", 214), ("WARN", 63), ("IN_CONFLICT", 41), ("TOO_LATE", 9),
                       ("FAILED", 7), ("UNPROCESSED", 312), ("OUT_OF_DATE", 96)),
        room_days=(("open", 23), ("resolved", 118)),
        left_out=(("clash", 34), ("foreign", 4), ("too_long", 2), ("unreadable", 1)),
        calls=(("POST", 11_902), ("PUT", 872), ("DELETE", 341), ("GET", 96), ("sign_ins", 3)),
        calls_last_minute=87, calls_per_minute=120, oldest_pending="2026-11-23T09:28:04.000Z",
        next_lesson="2026-11-23T10:00:00.000Z",
    )  # fmt: skip
    return replace(shown, **changes)  # type: ignore[arg-type]  # any field may be named


def detail_of(asked: Inspect, row: Row) -> Detail:
    """What the worker would say about a row."""
    return Detail(
        table=asked.table,
        key=asked.key,
        headline="Not recorded: the room is taken by Linear Algebra and Geometry, which was there first.",
        groups=(
            DetailGroup(
                "Lesson",
                (
                    ("Module", "Introductory Biology (BIOL1001), group LC01"),
                    ("Room", "Great Hall (2950203), Main Building"),
                    ("When", "Tue 24 Nov 2026, 10:00–11:00, week 9"),  # noqa: RUF001 - the en dash is meant
                    ("Lecturer", "Ada Fenwick (L0011)"),
                ),
            ),
            DetailGroup("Change", (("What", "Changed"), ("External id", "617001-9-2026-27"))),
        ),
        calls=(
            CallShown(
                at="2026-11-23T09:12:32.410Z",
                action="POST",
                outcome="clash",
                status=409,
                why="new",
                sent='{"name": "BIOL1001 LC01 Introductory Biology", "startTime": "10:00", "endTime": "11:00"}',
                answer='{"error": "Timing clash: the room is already taken"}',
                milliseconds=182,
            ),
            CallShown("2026-11-23T09:12:31.900Z", "GET", "done", 200, "read afresh after a clash", "", "[]", 96),
        ),
    )


def status_counts(rows: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    """Rows per status."""
    return tuple(sorted(Counter(status_of(row) for row in rows).items()))


def matches(row: Row, query: TableQuery) -> bool:
    """As the worker answers a query."""
    accept = Finder().accept(query)
    return accept is None or accept(row)
