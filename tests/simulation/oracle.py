"""An independent model of what Echo360 should hold: design §4 and decisions.md, read aloud, against real content.

`expected(world)` reads the timetable and EchoDesk's tables by SQL and the simulator's own memory; nothing of the
planner, the store or the timetable package decides. `differences(expected, world)` compares with what stands.

Where the timetable alone does not decide, what has happened is an input, never a result:
- what has begun is not compared, and is an obstacle where it stands;
- inside the lead time, and after a definite refusal, what stands at its place and time stays with whatever older
  content it has: that it stands is compared, what it says is not (`Wanted.held`);
- refusals (STT_ECHO_REFUSED) and missing persons (STT_ECHO_MISSING_PERSON) are taken as they are remembered;
- a room-day that is paused, or that something moving binds to a paused one, is not compared: its plan waits whole.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from tests.simulation.oracle_reading import DEFAULTS, read, stands
from tests.simulation.oracle_staying import settle_all
from tests.simulation.oracle_values import LeftOut, Lesson, Stood, Wanted
from tests.worker.world import World

Place = tuple[str, dt.date]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must stand from today on, and what is left out."""

    wanted: dict[str, Wanted]
    """By external id. What has begun is in here too, if it stands."""
    left_out: LeftOut
    """External id → (reason, winner): the external id of what is kept, or Echo360's id of an obstacle."""
    waiting: frozenset[Place]
    """Room-days that a pause holds: not compared."""
    stuck: frozenset[str] = frozenset()
    """External ids of what stays where it stands; not compared."""


def expected(world: World, seniority: str = "queue") -> Expected:
    """What Echo360 should hold now.

    `seniority` says where "who was first" comes from: 'queue' computes it from STT_ECHO_QUEUE by the rule in
    decisions.md, 'table' believes STT_ECHO_SENIORITY. The second is for histories whose queue does not tell it
    all: entries that were purged.
    """
    now = read(world, seniority)
    today = now.book.now.date()
    days: dict[Place, list[Lesson]] = defaultdict(list)
    for lesson in now.lessons:
        if lesson.date >= today:
            days[(lesson.room, lesson.date)].append(lesson)
    known = {one.external_id for one in now.lessons}
    settled, staying, _ = settle_all(days, now.stood, known, now.book)
    wanted: dict[str, Wanted] = {}
    left_out: LeftOut = {}
    for place in sorted(settled, key=lambda one: (one[1], one[0])):
        day = settled[place]
        wanted |= {one.external_id: one for one in day.wanted}
        left_out |= day.left_out
    left_out |= now.never
    return Expected(wanted, left_out, _waiting(world, now.lessons, now.stood), staying)


def differences(expected: Expected, world: World) -> tuple[str, ...]:
    """In words, each schedule of ours that is not as it should be: not begun, and not waiting for a pause."""
    now = world.clock.campus_now()
    found: list[str] = []
    template = world.sql("SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = 'external_id'")
    real: dict[str, list[Stood]] = defaultdict(list)
    for one in stands(world, template[0][0] if template else DEFAULTS["external_id"]):
        if one.ours and one.external_id is not None:
            real[one.external_id].append(one)
    for external_id in sorted((expected.wanted.keys() | real.keys()) - expected.stuck):
        must = expected.wanted.get(external_id)
        have = real.get(external_id, [])
        places = {(one.room, one.date) for one in have} | ({(must.room, must.date)} if must else set())
        if places & expected.waiting:
            continue
        starts = [(one.date, one.start) for one in have] + ([(must.date, must.start)] if must else [])
        if any(dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=at) <= now for date, at in starts):
            continue
        if must is None:
            found += [f"{external_id} stands and should not: {_shown(one)}" for one in have]
        elif not have:
            found.append(f"{external_id} is missing: {_shown(must)}")
        elif len(have) > 1:
            found.append(f"{external_id} stands {len(have)} times: {'; '.join(map(_shown, have))}")
        elif _differs(must, have[0]):
            found.append(f"{external_id} should be {_shown(must)} and is {_shown(have[0])}")
    return tuple(found)


def _differs(must: Wanted, have: Stood) -> bool:
    if (must.room, must.date, must.start, must.finish) != (have.room, have.date, have.start, have.finish):
        return True
    if must.held:
        return False
    return (must.title, set(must.sections), must.presenter, must.inputs) != (
        have.title, set(have.sections), have.presenter, have.inputs,
    )  # fmt: skip


def _shown(one: Wanted | Stood) -> str:
    at = f"{one.start // 60:02d}:{one.start % 60:02d}-{one.finish // 60:02d}:{one.finish % 60:02d}"
    said = f"{one.title!r} {','.join(one.sections)} {one.presenter} {'+'.join(one.inputs) or 'audio'}"
    return f"{one.room} {one.date} {at} {said}"


def _waiting(world: World, lessons: tuple[Lesson, ...], stood: tuple[Stood, ...]) -> frozenset[Place]:
    """Paused room-days, and every one that an external id binds to them: where it is wanted, where it stands,
    where the mirror has it, and where a notification that waits names it."""
    stamp = world.sql("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')")[0][0]
    pauses = world.sql("SELECT SITEID, ROOMID, FROM_DATE, TO_DATE, UNTIL FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL")
    pauses = [one for one in pauses if one[4] is None or one[4] > stamp]
    if not pauses:
        return frozenset()
    sites = {(row[0], row[1]) for row in world.sql("SELECT TRIM(SITEID), TRIM(ROOMID) FROM ROOMS")}
    at: dict[str, set[Place]] = defaultdict(set)
    for lesson in lessons:
        at[lesson.external_id].add((lesson.room, lesson.date))
    for one in stood:
        if one.ours and one.external_id is not None:
            at[one.external_id].add((one.room, one.date))
    for external_id, room, date in world.sql(
        "SELECT EXTERNAL_ID, ROOMID, LESSON_DATE FROM STT_ECHO_MIRROR WHERE OURS = 1 UNION"
        " SELECT EXTERNAL_ID, OLD_ROOMID, OLD_DATE FROM STT_ECHO_NOTIFICATION"
        " WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') AND OLD_DATE IS NOT NULL UNION"
        " SELECT EXTERNAL_ID, NEW_ROOMID, NEW_DATE FROM STT_ECHO_NOTIFICATION"
        " WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') AND NEW_DATE IS NOT NULL"
    ):
        at[external_id].add((room, dt.date.fromisoformat(date)))

    def covered(place: Place) -> bool:
        room, day = place[0], place[1].isoformat()
        return any(
            (site is None or (site, room) in sites)
            and (paused_room is None or paused_room == room)
            and (first is None or first <= day)
            and (last is None or day <= last)
            for site, paused_room, first, last, _ in pauses
        )

    waiting = {place for places in at.values() for place in places if covered(place)}
    while True:
        bound = {place for places in at.values() if places & waiting for place in places} - waiting
        if not bound:
            return frozenset(waiting)
        waiting |= bound
