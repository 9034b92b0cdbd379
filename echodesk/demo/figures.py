"""What a timetable amounts to: rooms, occurrences, overlaps. Only what is to be recorded counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from echodesk.demo.rows import AUDIO, CONFIRMED, TEACHING, VIDEO, Timetable, TimetableRow

RECORDING = frozenset((AUDIO, VIDEO))


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over a whole timetable."""

    lessons: int
    """Eligible lessons."""
    not_eligible: int
    """TIMETABLE rows that are not (design §4.1)."""
    codes_that_do_not_fit: int
    """Rows without a group code that is 4 long and ends in two digits."""
    rooms: int
    """Rooms that hold an eligible lesson."""
    occurrences: int
    busiest_room: str
    busiest_room_uses: int
    room_days: int
    room_days_with_overlap: int
    overlapping_pairs: int
    taught_together_pairs: int
    """Overlapping pairs with equal times and one known lecturer."""

    @property
    def overlap_share(self) -> float:
        """The part of the room-days on which something overlaps, 0 to 1."""
        return self.room_days_with_overlap / self.room_days if self.room_days else 0.0


def figures(timetable: Timetable) -> Figures:
    """Count `timetable`. Assumes that its year is live."""
    lessons = recordable(timetable)
    weeks_of: dict[int, list[int]] = {}
    for row in timetable.weeks_of_sets:
        weeks_of.setdefault(row.weekid, []).append(row.weeknumber)
    uses: Counter[str] = Counter()
    room_days: dict[tuple[str, int, int], list[TimetableRow]] = {}
    for lesson in lessons:
        room = lesson.roomid or ""
        uses[room] += len(weeks_of[lesson.weekid])
        for week in weeks_of[lesson.weekid]:
            room_days.setdefault((room, week, lesson.weekday), []).append(lesson)
    pairs = together = overlapping = 0
    for day in room_days.values():
        clashes = [(one, other) for one, other in combinations(day, 2) if _overlap(one, other)]
        overlapping += bool(clashes)
        pairs += len(clashes)
        together += sum(_together(one, other) for one, other in clashes)
    busiest, most = max(uses.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return Figures(
        lessons=len(lessons),
        not_eligible=len(timetable.lessons) - len(lessons),
        codes_that_do_not_fit=sum(not fits(lesson.modgrpcode) for lesson in timetable.lessons),
        rooms=len(uses),
        occurrences=sum(uses.values()),
        busiest_room=busiest,
        busiest_room_uses=most,
        room_days=len(room_days),
        room_days_with_overlap=overlapping,
        overlapping_pairs=pairs,
        taught_together_pairs=together,
    )


def recordable(timetable: Timetable) -> tuple[TimetableRow, ...]:
    """The rows that meet the nine criteria of design §4.1; a test holds this against the triggers."""
    modules = {(row.setid, row.moduleid) for row in timetable.modules}
    groups = {(row.setid, row.moduleid, row.grpcode) for row in timetable.groups}
    components = {row.module_subgroup_code for row in timetable.components}
    asked = {(row.setid, row.slotid, row.slotentry) for row in timetable.requests if row.featureid in RECORDING}
    offered = {(row.setid, row.roomid) for row in timetable.features if row.featureid in RECORDING}
    return tuple(
        row
        for row in timetable.lessons
        if row.sourcesid == TEACHING
        and row.status == CONFIRMED
        and row.slotentry == 1
        and row.roomid is not None
        and (row.setid, row.moduleid) in modules
        and (row.setid, row.moduleid, row.modgrpcode) in groups
        and fits(row.modgrpcode)
        and (row.modgrpcode or "")[:2] in components
        and (row.setid, row.slotid, row.slotentry) in asked
        and (row.setid, row.roomid) in offered
    )


def fits(code: str | None) -> bool:
    """True for a group code that is 4 long and ends in two digits (design §4.1)."""
    return code is not None and len(code) == 4 and code[2:].isascii() and code[2:].isdigit()


def _overlap(one: TimetableRow, other: TimetableRow) -> bool:
    return one.starttime < other.finishtime and other.starttime < one.finishtime


def _together(one: TimetableRow, other: TimetableRow) -> bool:
    same_times = (one.starttime, one.finishtime) == (other.starttime, other.finishtime)
    return same_times and one.lecturerid is not None and one.lecturerid == other.lecturerid
