"""How a run ended: what Echo360 holds, what is left out, what was told to staff, and what is wrong in itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace

from echodesk.messages import Level, Notice
from tests.single_faults.stage import Stage

Rows = list[list[str]]

_LEFT_OUT = "SELECT EXTERNAL_ID, ROOMID, LESSON_DATE, REASON, WINNER FROM STT_ECHO_LEFT_OUT"
_OPEN = "SELECT ROOMID, LESSON_DATE, LEFT_OUT, FAILED FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL"
_ENTRIES = (
    "SELECT SOURCE, SLOTID, CASE WHEN STATUS = 'SUPERSEDED' AND EXISTS (SELECT 1 FROM STT_ECHO_NOTIFICATION n"
    " WHERE n.QUEUE_ID = q.ID AND n.MESSAGE LIKE 'Put right by a later check%Sent % without a clear answer%')"
    " THEN 'SUPERSEDED, put right' ELSE STATUS END FROM STT_ECHO_QUEUE q"
)
# The newest says what is true now; how it came to that may differ.
_IN_TIME = {"SUPERSEDED, put right": "PROCESSED"}
_RECORDED = (
    "SELECT EXTERNAL_ID, RECORDED FROM STT_ECHO_NOTIFICATION n WHERE QUEUE_ID ="
    " (SELECT max(QUEUE_ID) FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID)"
)
_UNFINISHED = (
    "SELECT 'entry ' || ID || ' ' || STATUS FROM STT_ECHO_QUEUE WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
    " UNION ALL SELECT 'notification ' || ID || ' ' || STATUS FROM STT_ECHO_NOTIFICATION"
    " WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
    " UNION ALL SELECT 'mark ' || ROOMID || ' ' || LESSON_DATE FROM STT_ECHO_DIRTY"
    " UNION ALL SELECT 'refresh ' || ROOMID || ' ' || LESSON_DATE FROM STT_ECHO_REFRESH"
    " UNION ALL SELECT 'intent ' || EXTERNAL_ID FROM STT_ECHO_INTENT"
    " UNION ALL SELECT 'command ' || KIND FROM STT_ECHO_COMMAND WHERE STATE <> 'DONE'"
)
_MIRROR = "SELECT ECHO_ID, EXTERNAL_ID, ROOMID, LESSON_DATE, STARTTIME FROM STT_ECHO_MIRROR WHERE OURS = 1"
_FAILURES = (
    "SELECT EXTERNAL_ID, STATUS FROM STT_ECHO_NOTIFICATION n WHERE STATUS IN ('FAILED', 'PARKED') AND QUEUE_ID ="
    " (SELECT max(QUEUE_ID) FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID)"
)


@dataclass(frozen=True, slots=True)
class Ending:
    """Everything that must be the same whatever happened on the way. System ids are not part of it."""

    ours: Rows
    """External id, room, date, time, name, sections, presenter, inputs; one row for each schedule."""
    foreign: Rows
    left_out: Rows
    open_days: Rows
    entries: Rows
    recorded: Rows
    failures: Rows
    wrong: list[str]
    """What no run may end with."""


def ending(stage: Stage) -> Ending:
    """Look at a stage that has come to rest."""
    return Ending(
        ours=_ours(stage),
        foreign=sorted([repr(one)] for one in stage.institution.state.bookings if one.foreign),
        left_out=_rows(stage, _LEFT_OUT),
        open_days=_rows(stage, _OPEN),
        entries=_rows(stage, _ENTRIES),
        recorded=_rows(stage, _RECORDED),
        failures=_rows(stage, _FAILURES),
        wrong=_wrong(stage),
    )


def as_if_in_time(found: Ending) -> Ending:
    """The same without the trace of having waited: who is killed twice may have sent a request as often as it may
    be sent (H1). It is told as failed then, tried again by itself after a while, and told as put right."""
    return replace(found, entries=[[_IN_TIME.get(value, value) for value in row] for row in found.entries])


def differences(expected: Ending, found: Ending) -> list[str]:
    """In words, what is otherwise than it should be; nothing if the two are equal and nothing is wrong."""
    told = list(found.wrong)
    others = asdict(found)
    for name, rows in asdict(expected).items():
        if name == "wrong":
            continue
        wanted, there = Counter(map(tuple, rows)), Counter(map(tuple, others[name]))
        told += [f"{name}: missing {' '.join(row)}" for row in (wanted - there).elements()]
        told += [f"{name}: unexpected {' '.join(row)}" for row in (there - wanted).elements()]
    return told


def _ours(stage: Stage) -> Rows:
    directory = stage.institution.state.directory
    found = []
    for one in stage.institution.state.bookings:
        if one.foreign:
            continue
        user = directory.users.get(one.user_id) if one.user_id else None
        room = directory.rooms.get(one.room_id)
        sections = [directory.sections.get(link.section_id) for link in one.sections]
        found.append(
            [
                one.external_id or "no external id",
                (room.external_id if room else None) or "no room",
                one.start_date.isoformat(),
                f"{one.start_minute}-{one.end_minute}",
                one.name,
                ",".join(sorted((section.external_id if section else None) or "?" for section in sections)),
                user.email if user else "nobody",
                f"{one.input1} {one.input2} {one.capture_quality}",
            ]
        )
    return sorted(found)


def _wrong(stage: Stage) -> list[str]:
    wrong = [*stage.complaints]
    compared = stage.compared()
    wrong += [f"differs from the timetable: {place.room} {place.date}" for place in compared.differing]
    wrong += [f"unfinished: {row[0]}" for row in stage.sql(_UNFINISHED)]
    held: list[str | None] = [row[0] for row in _ours(stage)]
    wrong += [f"stands twice: {one}" for one in {one for one in held if held.count(one) > 1}]
    directory = stage.institution.state.directory
    standing = {
        (
            one.id,
            one.external_id,
            (room.external_id if (room := directory.rooms.get(one.room_id)) else None),
            one.start_date.isoformat(),
            one.start_minute,
        )
        for one in stage.institution.state.bookings
        if not one.foreign
    }
    mirror = {tuple(row) for row in stage.sql(_MIRROR)}
    wrong += [f"only in the mirror: {row[1:]}" for row in mirror - standing]
    wrong += [f"not in the mirror: {row[1:]}" for row in standing - mirror]
    wrong += [f"illegal step: {step}" for step in stage.illegal_steps()]
    told = [one for process in stage.processes for one in process.heard.events]
    wrong += [f"U2: {one.message}" for one in told if isinstance(one, Notice) and one.level is Level.ERROR]
    return wrong


def _rows(stage: Stage, statement: str) -> Rows:
    return sorted([str(value) for value in row] for row in stage.sql(statement))
