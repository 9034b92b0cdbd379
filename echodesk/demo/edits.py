"""An edit of the timetable: one transaction of plain SQL on its own tables, with a sentence about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Connection, TextClause, text

from echodesk.demo.board import Lesson, RoomChoice
from echodesk.demo.rows import CANCELLED
from echodesk.demo.week_sets import weeks_text
from echodesk.planning.values import Interval, clock_text
from echodesk.timetable.eligibility import CONFIRMED, TEACHING

_PLACE = text(
    "UPDATE TIMETABLE SET WEEKDAY = :weekday, STARTTIME = :starttime, FINISHTIME = :finishtime, ROOMID = :roomid,"
    " SITEID = :siteid, CAPACITY = :capacity, DATECHANGED = :changed WHERE SETID = :setid AND SLOTID = :slotid"
)
_STATUS = text(
    "UPDATE TIMETABLE SET STATUS = :status, DATECHANGED = :changed WHERE SETID = :setid AND SLOTID = :slotid"
)
_WEEKS = text(
    "UPDATE TIMETABLE SET WEEKID = :weekid, DATECHANGED = :changed WHERE SETID = :setid AND SLOTID = :slotid"
)
_LECTURER = text(
    "UPDATE TIMETABLE SET LECTURERID = :lecturerid, DATECHANGED = :changed"
    " WHERE SETID = :setid AND SLOTID = :slotid AND SLOTENTRY = 1"
)
_NO_LESSON = text("DELETE FROM TIMETABLE WHERE SETID = :setid AND SLOTID = :slotid")
_NO_REQUESTS = text("DELETE FROM ROOMREQUESTS WHERE SETID = :setid AND SLOTID = :slotid")
_NO_RECORDING = text(
    "DELETE FROM ROOMREQUESTS WHERE SETID = :setid AND SLOTID = :slotid AND FEATUREID IN ('AUDIOREC', 'VIDEOREC')"
)
_REQUEST = text(
    "INSERT INTO ROOMREQUESTS (SETID, SLOTID, SLOTENTRY, ITEMNUM, FEATUREID)"
    " VALUES (:setid, :slotid, 1, :itemnum, :featureid)"
)
_GROUP = text(
    "INSERT INTO MODULEGROUPS (SETID, MODULEID, GRPCODE, NAME) VALUES (:setid, :moduleid, :grpcode, :grpcode)"
)
_WEEK_OF_SET = text("INSERT INTO WEEKMAPNUMERIC (SETID, WEEKID, WEEKNUMBER) VALUES (:setid, :weekid, :weeknumber)")
_WEEK_SET_NAME = text(
    "INSERT INTO WEEKMAPSTRING (SETID, WEEKID, NAME, WEEKS, NUMWEEKS)"
    " VALUES (:setid, :weekid, :name, :weeks, :many)"
)
_LESSON = text(
    "INSERT INTO TIMETABLE (SETID, SLOTID, SLOTENTRY, SLOTTOTAL, WEEKID, WEEKDAY, STARTTIME, FINISHTIME, DURATION,"
    " MODULEID, MODGRPCODE, MODULETYPE, SITEID, ROOMID, LECTURERID, SOURCESID, STATUS, LOCKED, CAPACITY,"
    " DATECHANGED) VALUES (:setid, :slotid, 1, 1, :weekid, :weekday, :starttime, :finishtime, :duration,"
    " :moduleid, :grpcode, :component, :siteid, :roomid, :lecturerid, :teaching, :confirmed, 0, :capacity,"
    " :changed)"
)


class EditKind(StrEnum):
    """What a timetabler does."""

    MOVE_TIME = "move_time"
    MOVE_DAY = "move_day"
    MOVE_ROOM = "move_room"
    SWAP_ROOMS = "swap_rooms"
    SWAP_TIMES = "swap_times"
    CANCEL = "cancel"
    REINSTATE = "reinstate"
    CHANGE_WEEKS = "change_weeks"
    CHANGE_LECTURER = "change_lecturer"
    ASK_FOR_RECORDING = "ask_for_recording"
    WITHDRAW_RECORDING = "withdraw_recording"
    DOUBLE_BOOK = "double_book"
    REPAIR = "repair"
    CLOSE_ROOM_DAY = "close_room_day"
    NEW_LESSON = "new_lesson"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement with its values."""

    statement: TextClause
    values: Mapping[str, object]

    def run(self, connection: Connection) -> None:
        """Execute it in the caller's transaction."""
        connection.execute(self.statement, dict(self.values))


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to which lessons, in words and in SQL. All steps belong to one transaction."""

    kind: EditKind
    sentence: str
    slotids: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes steps for one year, stamped with one time of change (DATECHANGED)."""

    setid: str
    changed: str

    def place(self, slotid: int, weekday: int, time: Interval, room: RoomChoice) -> Step:
        """The lesson takes place there and then."""
        return self._step(
            _PLACE,
            slotid=slotid,
            weekday=weekday,
            starttime=clock_text(time.start),
            finishtime=clock_text(time.end),
            roomid=room.room,
            siteid=room.site,
            capacity=room.capacity,
            changed=self.changed,
        )

    def cancel(self, slotid: int) -> Step:
        """The lesson stays in the timetable, cancelled."""
        return self._step(_STATUS, slotid=slotid, status=CANCELLED, changed=self.changed)

    def confirm(self, slotid: int) -> Step:
        """The lesson is taught."""
        return self._step(_STATUS, slotid=slotid, status=CONFIRMED, changed=self.changed)

    def remove_lesson(self, slotid: int) -> Step:
        """The lesson's rows go."""
        return self._step(_NO_LESSON, slotid=slotid)

    def remove_requests(self, slotid: int) -> Step:
        """All requests of the lesson go."""
        return self._step(_NO_REQUESTS, slotid=slotid)

    def withdraw_recording(self, slotid: int) -> Step:
        """Its requests for recording go."""
        return self._step(_NO_RECORDING, slotid=slotid)

    def request(self, slotid: int, item: int, feature: str) -> Step:
        """The lesson asks for a feature."""
        return self._step(_REQUEST, slotid=slotid, itemnum=item, featureid=feature)

    def weeks(self, slotid: int, weekid: int) -> Step:
        """The lesson takes place in this set of weeks."""
        return self._step(_WEEKS, slotid=slotid, weekid=weekid, changed=self.changed)

    def week_set(self, weekid: int, weeks: frozenset[int]) -> tuple[Step, ...]:
        """A new set of weeks."""
        words = weeks_text(weeks)
        name = self._step(_WEEK_SET_NAME, weekid=weekid, name=f"Weeks {words}"[:50], weeks=words, many=len(weeks))
        return (
            *(self._step(_WEEK_OF_SET, weekid=weekid, weeknumber=week) for week in sorted(weeks)),
            name,
        )

    def lecturer(self, slotid: int, lecturer: str | None) -> Step:
        """Another lecturer, or none."""
        return self._step(_LECTURER, slotid=slotid, lecturerid=lecturer, changed=self.changed)

    def group(self, module: str, group: str) -> Step:
        """A new group of a module."""
        return self._step(_GROUP, moduleid=module, grpcode=group)

    def lesson(self, lesson: Lesson, room: RoomChoice) -> Step:
        """A new lesson."""
        return self._step(
            _LESSON,
            slotid=lesson.slotid,
            weekid=lesson.weekid,
            weekday=lesson.weekday,
            starttime=clock_text(lesson.time.start),
            finishtime=clock_text(lesson.time.end),
            duration=lesson.time.minutes,
            moduleid=lesson.module,
            grpcode=lesson.group,
            component=lesson.group[:2],
            siteid=room.site,
            roomid=room.room,
            lecturerid=lesson.lecturer,
            teaching=TEACHING,
            confirmed=CONFIRMED,
            capacity=room.capacity,
            changed=self.changed,
        )

    def _step(self, statement: TextClause, **values: object) -> Step:
        return Step(statement, MappingProxyType({"setid": self.setid, **values}))
