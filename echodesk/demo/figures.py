"""What a timetable amounts to: rooms, occurrences, overlaps. Only what is to be recorded counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from echodesk.demo.rows import RoomFeature, RoomRequest, Timetable, TimetableRow
from echodesk.timetable.eligibility import AUDIO, VIDEO, LessonFacts, eligible

F = TypeVar("F", RoomRequest, RoomFeature)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over a whole timetable."""

    lessons: int
    """Eligible lessons."""
    not_eligible: int
    """TIMETABLE rows that are not (design §4.1)."""
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
    """The lessons that are eligible once the year is live (design §4.1)."""
    modules = {(row.setid, row.moduleid): row.name for row in timetable.modules}
    groups = {(row.setid, row.moduleid, row.grpcode) for row in timetable.groups}
    components = {row.module_subgroup_code for row in timetable.components}
    asked = {(row.setid, row.slotid, row.slotentry): row.featureid for row in _recording(timetable.requests)}
    offered = {(row.setid, row.roomid): row.featureid for row in _recording(timetable.features)}
    return tuple(
        row
        for row in timetable.lessons
        if eligible(
            LessonFacts(
                setid=row.setid,
                slotid=row.slotid,
                slotentry=row.slotentry,
                weekid=row.weekid,
                weekday=row.weekday,
                start=row.starttime,
                finish=row.finishtime,
                module=row.moduleid,
                group=row.modgrpcode,
                room=row.roomid,
                room_group=row.roomgrpcode,
                lecturer=row.lecturerid,
                source=row.sourcesid,
                status=row.status,
                date_changed=row.datechanged,
                live=True,
                module_name=modules.get((row.setid, row.moduleid)),
                group_known=(row.setid, row.moduleid, row.modgrpcode) in groups,
                component_known=(row.modgrpcode or "")[:2] in components,
                asked=asked.get((row.setid, row.slotid, row.slotentry)),
                offered=offered.get((row.setid, row.roomid or "")),
                email=None,
                since=None,
            )
        )
    )


def _recording(rows: Iterable[F]) -> Iterator[F]:
    return (row for row in rows if row.featureid in (AUDIO, VIDEO))


def _overlap(one: TimetableRow, other: TimetableRow) -> bool:
    return one.starttime < other.finishtime and other.starttime < one.finishtime


def _together(one: TimetableRow, other: TimetableRow) -> bool:
    same_times = (one.starttime, one.finishtime) == (other.starttime, other.finishtime)
    return same_times and one.lecturerid is not None and one.lecturerid == other.lecturerid
