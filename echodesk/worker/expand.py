"""Expansion: each timetable edit becomes one notification per week, and makes room-days dirty (design §4.8).

Two transactions for a batch of entries: claim (one more attempt is written down first, so that an entry that
kills the worker is known), then all notifications and marks together: all weeks of an entry or none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from echodesk.planning.expansion import actions_by_week, newly_asked
from echodesk.planning.records import LessonNow, NewNotification, QueueEntry
from echodesk.planning.statuses import Action
from echodesk.planning.values import RoomDay
from echodesk.worker import second_try
from echodesk.worker.books import Books, LessonKey

MOST_NAMED = 10
BATCH = 300
"""Entries claimed together."""


def expand(books: Books, entries: Sequence[QueueEntry], today: dt.date) -> int:
    """Write the notifications and marks of these claimed entries; returns how many notifications there are."""
    reading = _Reading(books, entries, today)
    notifications: list[NewNotification] = []
    weeks: dict[int, tuple[int, str | None]] = {}
    seniors: dict[LessonKey, tuple[int, str]] = {}
    marks: set[RoomDay] = set()
    for entry in entries:
        made = list(reading.notifications(entry))
        notifications.extend(made)
        weeks[entry.id] = len(made), reading.undated(entry)
        marks.update(reading.places(entry, made))
        if reading.sets_seniority(entry):
            seniors[(entry.setid, entry.slotid)] = (entry.id, entry.created)
    retried = {entry.id for entry in entries if entry.source == "RETRY"}
    again = [one for one in notifications if one.queue_id in retried]
    second_try.of_lessons(books, again)
    books.tries.forget({one.external_id for one in again})
    # Who carries a shared recording has another external id.
    books.tries.forget_at({place for one in again for place in (one.old, one.new) if place is not None})
    books.queue.add_notifications(notifications)
    books.queue.describe(
        [(entry.id, reading.now[key]) for entry in entries if (key := _key(entry)) in reading.now]
    )
    books.queue.expanded(weeks)
    books.queue.set_seniority(seniors)
    books.places.mark(marks, "edit")
    return len(notifications)


def _key(entry: QueueEntry) -> LessonKey:
    return (entry.setid, entry.slotid)


class _Reading:
    """What a batch of entries is read against: the timetable now, the mirror, the intents, what came before."""

    def __init__(self, books: Books, entries: Sequence[QueueEntry], today: dt.date) -> None:
        self._books = books
        self._today = today
        keys = {_key(entry) for entry in entries}
        self.now: dict[LessonKey, LessonNow] = books.timetable.lessons_now(keys)
        self._weeks = books.timetable.weeks(_week_ids(entries, self.now.values()))
        self._mirror: dict[LessonKey, dict[int, set[RoomDay]]] = defaultdict(lambda: defaultdict(set))
        for row in books.mirror.of_lessons(keys):
            if row.setid is not None and row.slotid is not None and row.week is not None:
                self._mirror[(row.setid, row.slotid)][row.week].add(row.standing.place)
        # A member of a lecture taught together, and what was left out, stand in no mirror of their own; an entry
        # that names nothing but its lesson knows their room-days from nowhere else.
        nameless = {_key(entry) for entry in entries if entry.source != "TIMETABLE"}
        self._stood = books.places.stood(nameless) if nameless else {}
        self._left_out = books.places.left_out_of(nameless) if nameless else {}
        asked = {_key(entry) for entry in entries if (entry.source, entry.action) == ("ROOMREQUESTS", "INSERT")}
        requests = books.timetable.requests(asked) if asked else {}
        self._newly_asked = {number for found in requests.values() for number in newly_asked(found)}
        self._rewritten = _rewritten(_with_those_before(books, entries))
        self._intents: dict[LessonKey, set[RoomDay]] = defaultdict(set)
        for intent in books.journal.intents_open():
            lesson = books.timetable.lesson_of(intent.external_id)
            if lesson is not None:
                self._intents[lesson[:2]].update(intent.places)

    def notifications(self, entry: QueueEntry) -> Iterable[NewNotification]:
        """One for each week that the entry touches and that is not wholly past."""
        now = self.now.get(_key(entry))
        mirrored = self._mirror.get(_key(entry), {})
        by_trigger = entry.source == "TIMETABLE"
        stood = {} if by_trigger else {**self._left_out.get(_key(entry), {}), **self._stood.get(_key(entry), {})}
        old_weeks = self._of(entry.setid, entry.weekid_old) if by_trigger else mirrored.keys() | stood.keys()
        new_weeks = self._of(entry.setid, entry.weekid_new) if by_trigger else self._of_lesson(now)
        eligible = bool(entry.new_valid) if by_trigger else now is not None and now.eligible
        was = bool(entry.old_valid) if by_trigger else True
        for week, action in actions_by_week(
            was_eligible=was,
            is_eligible=eligible,
            old_weeks=old_weeks,
            new_weeks=new_weeks,
            mirror_weeks=mirrored.keys(),
        ):
            old, new = self._two_places(entry, now, week, action, by_trigger)
            held = mirrored.get(week, set())
            if old is None:
                old = min(held) if held else stood.get(week)
            if any(p.date >= self._today for p in (*held, old, new) if p is not None):
                yield self._notification(entry, now, week, action, old, new)

    def undated(self, entry: QueueEntry) -> str | None:
        """Which weeks of the lesson have no date, in words; None if all have one."""
        now = self.now.get(_key(entry))
        if now is None or not now.eligible or now.weekday is None:
            return None
        dated = self._books.timetable.date_of
        weeks = sorted(week for week in self._of_lesson(now) if dated(now.setid, week, now.weekday) is None)
        if not weeks:
            return None
        named = ", ".join(map(str, weeks[:MOST_NAMED])) + (" …" if len(weeks) > MOST_NAMED else "")
        return f"The week structure of {now.setid} has no date for week {named}: nothing is recorded in it."

    def _two_places(
        self, entry: QueueEntry, now: LessonNow | None, week: int, action: Action, by_trigger: bool
    ) -> tuple[RoomDay | None, RoomDay | None]:
        old = new = None
        if by_trigger:
            if action is not Action.INSERT:
                old = self._place(entry.setid, entry.room_old, week, entry.weekday_old)
            if action is not Action.DELETE:
                new = self._place(entry.setid, entry.room_new, week, entry.weekday_new)
        elif now is not None and action is not Action.DELETE:
            new = self._place(entry.setid, now.room, week, now.weekday)
        return old, new

    def places(self, entry: QueueEntry, made: Collection[NewNotification]) -> set[RoomDay]:
        """Old and new room-days, and wherever the mirror, an intent or the timetable now has the occurrence.

        Intents count even for weeks without a notification: a recording that is withdrawn while its first
        request is under way stands in no mirror yet. Of an entry that names nothing but its lesson, where it
        stood, was left out and is in the timetable counts beside what the mirror has, eligible or not: it may be
        a member of a lecture taught together, or have moved and been left out there before it was gone here.
        """
        found = set(self._intents.get(_key(entry), ()))
        now = self.now.get(_key(entry))
        mirrored = self._mirror.get(_key(entry), {})
        if entry.source != "TIMETABLE":
            found.update(self._stood.get(_key(entry), {}).values())
            found.update(self._left_out.get(_key(entry), {}).values())
            if now is not None:
                there = (self._place(entry.setid, now.room, week, now.weekday) for week in self._of_lesson(now))
                found.update(place for place in there if place is not None)
        for one in made:
            found.update(p for p in (one.old, one.new) if p is not None)
            found |= mirrored.get(one.week, set())
            if now is not None and now.eligible:
                place = self._place(entry.setid, now.room, one.week, now.weekday)
                if place is not None:
                    found.add(place)
        return {place for place in found if place.date >= self._today}

    def sets_seniority(self, entry: QueueEntry) -> bool:
        """Whether the edit changed room, weekday, times or week set, or made the lesson eligible (decisions).

        Of a request only the queue tells whether it made the lesson eligible or is for another kind of recording:
        the lesson may be left out or have no schedule of its own, and more may have happened to it by now.
        """
        if entry.source == "TIMETABLE":
            if not entry.new_valid or entry.id in self._rewritten:
                return False
            if not entry.old_valid:
                return True
            return (entry.room_old, entry.weekday_old, entry.start_old, entry.finish_old, entry.weekid_old) != (
                entry.room_new,
                entry.weekday_new,
                entry.start_new,
                entry.finish_new,
                entry.weekid_new,
            )
        return entry.id in self._newly_asked

    def _of(self, setid: str, weekid: int | None) -> frozenset[int]:
        return self._weeks.get((setid, weekid), frozenset()) if weekid is not None else frozenset()

    def _of_lesson(self, now: LessonNow | None) -> frozenset[int]:
        return self._of(now.setid, now.weekid) if now is not None else frozenset()

    def _place(self, setid: str, room: str | None, week: int, weekday: int | None) -> RoomDay | None:
        if not room or weekday is None:
            return None
        date = self._books.timetable.date_of(setid, week, weekday)
        return RoomDay(room, dt.date.fromisoformat(date)) if date else None

    def _notification(
        self,
        entry: QueueEntry,
        now: LessonNow | None,
        week: int,
        action: Action,
        old: RoomDay | None,
        new: RoomDay | None,
    ) -> NewNotification:
        return NewNotification(
            queue_id=entry.id,
            external_id=self._books.timetable.external_id(entry.setid, entry.slotid, week),
            setid=entry.setid,
            slotid=entry.slotid,
            week=week,
            action=action.value,
            old_valid=entry.old_valid,
            new_valid=entry.new_valid,
            old=old,
            new=new,
            start=entry.start_new or entry.start_old or (now.start if now else None),
            finish=entry.finish_new or entry.finish_old or (now.finish if now else None),
            room_group=now.room_group if now else None,
            module=now.module if now else None,
            group=now.group if now else None,
            lecturer=now.lecturer if now else None,
            email=now.email if now else None,
            feature=now.feature if now else None,
        )


def _with_those_before(books: Books, entries: Sequence[QueueEntry]) -> list[QueueEntry]:
    """The entries and, of each INSERT of a lesson, the one right before it, by id: who was first must not depend
    on which entries happened to be expanded together (reliability C4)."""
    inserted = {one.id for one in entries if (one.source, one.action) == ("TIMETABLE", "INSERT")}
    before = {number - 1 for number in inserted} - {one.id for one in entries}
    earlier = books.queue.entries(before) if before else []
    return sorted([*earlier, *entries], key=lambda one: one.id)


def _rewritten(entries: Sequence[QueueEntry]) -> set[int]:
    """INSERTs that put back at once exactly what a DELETE just took away: a program saved its row anew
    (INSERT OR REPLACE, or DELETE and INSERT), and nobody edited anything in between."""
    return {
        new.id
        for old, new in pairwise(entries)
        if new.id == old.id + 1
        and _key(old) == _key(new)
        and old.source == new.source == "TIMETABLE"
        and (old.action, new.action) == ("DELETE", "INSERT")
        and (old.room_old, old.weekday_old, old.start_old, old.finish_old, old.weekid_old)
        == (new.room_new, new.weekday_new, new.start_new, new.finish_new, new.weekid_new)
    }


def _week_ids(entries: Iterable[QueueEntry], lessons: Iterable[LessonNow]) -> set[tuple[str, int]]:
    found = {
        (one.setid, weekid) for one in entries for weekid in (one.weekid_old, one.weekid_new) if weekid is not None
    }
    found |= {(one.setid, one.weekid) for one in lessons if one.weekid is not None}
    return found
