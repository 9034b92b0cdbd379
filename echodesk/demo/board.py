"""What a timetabler looks at before an edit: the timetable of one year as it is now, read with plain SQL.

Only lessons with a week that begins after today count, and only such weeks can be in the way of another lesson.
The order of everything that is read is fixed, so that a seeded draw over it is the same every time.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, TextClause, text

from echodesk.demo.rows import CANCELLED
from echodesk.planning.values import Interval
from echodesk.timetable.eligibility import CONFIRMED, TEACHING

WEEKDAY_NAMES = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")

_COMING_WEEKS = text(
    "SELECT WEEKNUMBER FROM WEEKSTRUCTURE WHERE SETID = :setid AND STARTDATE > :today ORDER BY WEEKNUMBER"
)
_WEEK_SETS = text("SELECT WEEKID, WEEKNUMBER FROM WEEKMAPNUMERIC WHERE SETID = :setid ORDER BY WEEKID, WEEKNUMBER")
_SLOTIDS = text("SELECT MIN(SLOTID), MAX(SLOTID) FROM TIMETABLE WHERE SETID = :setid")
_ROOMS = text(
    "SELECT R.ROOMID, R.SITEID, R.CAPACITY FROM ROOMS R WHERE R.SETID = :setid AND EXISTS"
    " (SELECT 1 FROM ROOMFEATURES F WHERE F.SETID = R.SETID AND F.ROOMID = R.ROOMID"
    " AND F.FEATUREID IN ('AUDIOREC', 'VIDEOREC')) ORDER BY R.ROOMID"
)
_LECTURERS = text("SELECT LECTURERID, NAME FROM LECTURER WHERE SETID = :setid ORDER BY LECTURERID")
_GROUPS = text("SELECT GRPCODE FROM MODULEGROUPS WHERE SETID = :setid AND MODULEID = :moduleid ORDER BY GRPCODE")
_REQUEST_ITEMS = text(
    "SELECT MAX(ITEMNUM) FROM ROOMREQUESTS WHERE SETID = :setid AND SLOTID = :slotid AND SLOTENTRY = 1"
)
_FROM_SLOTID = text(
    "SELECT T.SLOTID, T.WEEKID, T.WEEKDAY, T.STARTTIME, T.FINISHTIME, T.MODULEID, T.MODGRPCODE, T.ROOMID,"
    " T.LECTURERID FROM TIMETABLE T WHERE T.SETID = :setid AND T.SLOTID >= :slotid AND T.SLOTENTRY = 1"
    " AND T.SOURCESID = :teaching AND T.STATUS = :status AND T.ROOMID IS NOT NULL AND T.MODGRPCODE IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM WEEKMAPNUMERIC N, WEEKSTRUCTURE W WHERE N.SETID = T.SETID AND N.WEEKID = T.WEEKID"
    " AND W.SETID = N.SETID AND W.WEEKNUMBER = N.WEEKNUMBER AND W.STARTDATE > :today)"
    " AND CASE WHEN EXISTS (SELECT 1 FROM ROOMREQUESTS Q WHERE Q.SETID = T.SETID AND Q.SLOTID = T.SLOTID"
    " AND Q.SLOTENTRY = 1 AND Q.FEATUREID IN ('AUDIOREC', 'VIDEOREC')) THEN 1 ELSE 0 END IN (:asked, :or_asked)"
    " ORDER BY T.SLOTID"
)
_OF_ROOM = text(
    "SELECT T.SLOTID, T.WEEKID, T.WEEKDAY, T.STARTTIME, T.FINISHTIME, T.MODULEID, T.MODGRPCODE, T.ROOMID,"
    " T.LECTURERID FROM TIMETABLE T WHERE T.SETID = :setid AND T.ROOMID = :roomid AND T.SLOTENTRY = 1"
    " AND T.STATUS = :confirmed AND T.WEEKDAY BETWEEN 1 AND 7 AND T.MODGRPCODE IS NOT NULL ORDER BY T.SLOTID"
)
_AT_TIME = text(
    "SELECT T.SLOTID, T.WEEKID, T.WEEKDAY, T.STARTTIME, T.FINISHTIME, T.MODULEID, T.MODGRPCODE, T.ROOMID,"
    " T.LECTURERID FROM TIMETABLE T WHERE T.SETID = :setid AND T.WEEKDAY = :weekday AND T.STARTTIME = :starttime"
    " AND T.FINISHTIME = :finishtime AND T.SLOTENTRY = 1 AND T.STATUS = :confirmed AND T.SOURCESID = :teaching"
    " AND T.ROOMID IS NOT NULL AND T.MODGRPCODE IS NOT NULL ORDER BY T.SLOTID"
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as the timetabler sees it."""

    slotid: int
    weekid: int
    weekday: int
    time: Interval
    module: str
    group: str
    room: str
    lecturer: str | None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.module} {self.group}"

    @property
    def when(self) -> str:
        """Weekday and times in words."""
        return f"{WEEKDAY_NAMES[self.weekday]} {self.time}"


@dataclass(frozen=True, slots=True)
class RoomChoice:
    """A room that can record."""

    room: str
    site: str | None
    capacity: int | None


class Board:
    """The timetable of `setid` in one transaction, for one edit. Reads lazily and remembers what it read."""

    def __init__(self, connection: Connection, setid: str, today: dt.date) -> None:
        self.setid = setid
        self._connection = connection
        self._today = today.isoformat()
        self._rooms: tuple[RoomChoice, ...] | None = None
        self._lessons_of_room: dict[str, tuple[Lesson, ...]] = {}
        self.coming_weeks = frozenset(row[0] for row in self._read(_COMING_WEEKS, today=self._today))
        weeks: dict[int, set[int]] = {}
        for weekid, week in self._read(_WEEK_SETS):
            weeks.setdefault(weekid, set()).add(week)
        self.week_sets = {weekid: frozenset(numbers) for weekid, numbers in weeks.items()}
        self.coming_teaching = sorted(self.coming_weeks & {week for numbers in weeks.values() for week in numbers})
        """The weeks to come in which anything is taught."""

    def coming(self, weekid: int) -> frozenset[int]:
        """The weeks of this set that begin after today."""
        return self.week_sets.get(weekid, frozenset()) & self.coming_weeks

    def draw(
        self, rng: random.Random, *, cancelled: bool = False, asked: Collection[bool] = (False, True)
    ) -> Lesson | None:
        """A lesson with a room and a coming week, taught or cancelled; None if there is none."""
        lowest, highest = self._read(_SLOTIDS)[0]
        if lowest is None:
            return None
        for slotid in (rng.randint(lowest, highest), lowest):
            row = self._first(
                slotid=slotid,
                status=CANCELLED if cancelled else CONFIRMED,
                asked=int(min(asked)),
                or_asked=int(max(asked)),
            )
            if row is not None:
                return _lesson(row)
        return None

    def rooms(self) -> tuple[RoomChoice, ...]:
        """All rooms that can record."""
        if self._rooms is None:
            self._rooms = tuple(RoomChoice(*row) for row in self._read(_ROOMS))
        return self._rooms

    def room(self, room: str) -> RoomChoice:
        """One of them by its code; a room that cannot record has no building or capacity here."""
        return next((choice for choice in self.rooms() if choice.room == room), RoomChoice(room, None, None))

    def in_room(self, room: str) -> tuple[Lesson, ...]:
        """The lessons of a room that still have a coming week."""
        if room not in self._lessons_of_room:
            self._lessons_of_room[room] = self._coming_lessons(self._read(_OF_ROOM, roomid=room))
        return self._lessons_of_room[room]

    def at_the_time_of(self, lesson: Lesson) -> tuple[Lesson, ...]:
        """Lessons on the same weekday at the same times, in other rooms, that share a coming week."""
        start, finish = str(lesson.time).split("-")
        found = self._coming_lessons(
            self._read(_AT_TIME, weekday=lesson.weekday, starttime=start, finishtime=finish)
        )
        return tuple(
            other
            for other in found
            if other.room != lesson.room and self.coming(other.weekid) & self.coming(lesson.weekid)
        )

    def is_free(
        self, room: str, weekday: int, time: Interval, weeks: Collection[int], ignoring: Iterable[int] = ()
    ) -> bool:
        """True if no lesson but those `ignoring` is in the room then, in any of these weeks that is to come."""
        ignored = frozenset(ignoring)
        wanted = frozenset(weeks)
        return not any(
            other.weekday == weekday
            and other.slotid not in ignored
            and other.time.overlaps(time)
            and self.coming(other.weekid) & wanted
            for other in self.in_room(room)
        )

    def lecturers(self) -> tuple[tuple[str, str], ...]:
        """Numbers and names of all lecturers."""
        return tuple((row[0], row[1]) for row in self._read(_LECTURERS))

    def groups_of(self, module: str) -> frozenset[str]:
        """The group codes of a module."""
        return frozenset(row[0] for row in self._read(_GROUPS, moduleid=module))

    def next_slotid(self) -> int:
        """A SLOTID that no lesson has."""
        return int(self._read(_SLOTIDS)[0][1] or 0) + 1

    def next_request_item(self, slotid: int) -> int:
        """The next ITEMNUM of a lesson's requests."""
        return int(self._read(_REQUEST_ITEMS, slotid=slotid)[0][0] or 0) + 1

    def _coming_lessons(self, rows: Sequence[Sequence[Any]]) -> tuple[Lesson, ...]:
        lessons = (_lesson(row) for row in rows)
        return tuple(lesson for lesson in lessons if lesson is not None and self.coming(lesson.weekid))

    def _first(self, **values: object) -> Sequence[Any] | None:
        # Rows come lazily in key order; asking for the first reads no more than needed on any database.
        return self._connection.execute(
            _FROM_SLOTID, {"setid": self.setid, "today": self._today, "teaching": TEACHING, **values}
        ).first()

    def _read(self, statement: TextClause, **values: object) -> Sequence[Sequence[Any]]:
        common = {"setid": self.setid, "confirmed": CONFIRMED, "teaching": TEACHING}
        return self._connection.execute(statement, common | values).all()


def _lesson(row: Sequence[Any]) -> Lesson | None:
    slotid, weekid, weekday, start, finish, module, group, room, lecturer = row
    began, ended = _CLOCK.fullmatch(start or ""), _CLOCK.fullmatch(finish or "")
    if began is None or ended is None or weekday not in range(1, 8):
        return None
    time = Interval(int(began[1]) * 60 + int(began[2]), int(ended[1]) * 60 + int(ended[2]))
    return Lesson(slotid, weekid, weekday, time, module, group, room, lecturer)
