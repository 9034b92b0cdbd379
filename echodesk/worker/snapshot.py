"""From dirty room-days to plans: one snapshot, its connected closures, one plan for each (design §3.2, §3.7).

Everything here runs inside one read transaction: timetable, waiting notifications, marks and mirror are of one
moment, and no rule compares clocks.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from echodesk.planning.closures import split
from echodesk.planning.plan import make_plan
from echodesk.planning.records import Mark, MirrorRow, PauseRecord, Waiting
from echodesk.planning.values import Decision, Occurrence, RoomDay, Rules, Situation, Standing, Unfit
from echodesk.worker import caps
from echodesk.worker.books import Books, LessonKey
from echodesk.worker.work import Work, removal_print

AUDIO_ONLY = "Video was asked for; this room can record sound only, so only sound is recorded."
NO_RECORDER = "its room"
"""Stands in the place of a fingerprint where not one booking was refused but all of its room."""
NO_PRESENTER = "Echo360 does not know the lecturer's address; it is recorded without a presenter."


@dataclass(slots=True)
class Picture:
    """What one snapshot showed of some room-days and all they are linked with."""

    places: set[RoomDay] = field(default_factory=set)
    occurrences: dict[str, Occurrence] = field(default_factory=dict)
    unfit: dict[str, Unfit] = field(default_factory=dict)
    standing: dict[tuple[str, RoomDay], MirrorRow] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    links: set[tuple[RoomDay, RoomDay]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Plans to carry out, and those that wait for a pause."""

    works: tuple[Work, ...]
    held: tuple[tuple[tuple[Mark, ...], int, tuple[int, ...]], ...] = ()
    """(marks, pause, refresh marks) of plans that touch a paused room-day and wait whole."""


@dataclass(frozen=True, slots=True)
class Supposing:
    """What whoever only looks supposes to be decided, and to be taken back (numbers)."""

    decided: tuple[Decision, ...] = ()
    withdrawn: frozenset[int] = frozenset()
    asked_again: frozenset[tuple[str, str]] = frozenset()
    """Refusals (external id, fingerprint) that are supposed to be forgotten."""


NOTHING_SUPPOSED = Supposing()


def look(books: Books, places: Collection[RoomDay], today: dt.date) -> Picture:
    """Read these room-days and, until nothing new appears, all that moves between them and others."""
    picture = Picture()
    fresh = {place for place in places if place.date >= today}
    while fresh:
        picture.places |= fresh
        linked = _read(books, picture, fresh)
        fresh = {place for place in linked if place.date >= today} - picture.places
    return picture


def _read(books: Books, picture: Picture, fresh: set[RoomDay]) -> set[RoomDay]:
    occurrences, unfit = books.timetable.occurrences(fresh)
    standing = books.mirror.at(fresh)
    waiting = books.queue.waiting_at(fresh)
    _add_lessons(picture, occurrences, unfit)
    _add_standing(picture, standing)
    picture.waiting.update((one.id, one) for one in waiting)
    targets = {one.external_id for one in occurrences} | {one.external_id for one in unfit}
    targets |= {one.external_id for one in waiting}
    seen = {row.standing.external_id for row in standing if row.standing.ours}
    _add_standing(picture, books.mirror.of_external(targets - seen))
    known = picture.occurrences.keys() | picture.unfit.keys()
    moved = [
        (row.setid, row.slotid, row.week)
        for row in standing
        if row.setid is not None
        and row.slotid is not None
        and row.week is not None
        and row.standing.external_id not in known
    ]
    moved += _lessons_of(books, [one for one in waiting if one.external_id not in known])
    if moved:
        _add_lessons(picture, *books.timetable.occurrences_of(moved))
    return _link(picture)


def _lessons_of(books: Books, waiting: Iterable[Waiting]) -> list[tuple[str, int, int]]:
    found = []
    for one in waiting:
        lesson = books.timetable.lesson_of(one.external_id)
        if lesson is not None:
            found.append(lesson)
    return found


def _add_lessons(picture: Picture, occurrences: Iterable[Occurrence], unfit: Iterable[Unfit]) -> None:
    picture.occurrences.update((one.external_id, one) for one in occurrences)
    picture.unfit.update((one.external_id, one) for one in unfit)


def _add_standing(picture: Picture, rows: Iterable[MirrorRow]) -> None:
    picture.standing.update(((row.standing.echo_id, row.standing.place), row) for row in rows)


def _link(picture: Picture) -> set[RoomDay]:
    at: dict[str, set[RoomDay]] = defaultdict(set)
    lessons: list[Occurrence | Unfit] = [*picture.occurrences.values(), *picture.unfit.values()]
    for one in lessons:
        at[one.external_id].add(one.place)
    for row in picture.standing.values():
        if row.standing.ours and row.standing.external_id is not None:
            at[row.standing.external_id].add(row.standing.place)
    for waits in picture.waiting.values():
        at[waits.external_id].update(waits.places)
    linked: set[RoomDay] = set()
    for places in at.values():
        first, *others = sorted(places)
        picture.links.update((first, other) for other in others)
        linked |= places
    return linked


def plan_places(
    books: Books,
    places: Collection[RoomDay],
    busy: Collection[RoomDay],
    now: dt.datetime,
    refresh: dict[RoomDay, tuple[int, ...]],
    refreshed: bool,
    *,
    heed_pauses: bool = True,
    adopt: frozenset[str] = frozenset(),
    supposing: Supposing = NOTHING_SUPPOSED,
) -> Snapshot:
    """Plans for these room-days and all they are linked with; what touches a busy room-day is left for later.

    `refresh` holds the ids of due refresh marks of each room-day, to be cleared by the plan's last transaction.
    Without `heed_pauses` what is paused is planned too, for whoever only looks. `adopt` holds Echo360's ids of
    schedules of others that are taken over where they match a lesson. `supposing` is for whoever only looks, too.
    """
    picture = look(books, places, now.date())
    rules = books.office.rules()
    pauses = books.office.pauses(picture.places) if heed_pauses else []
    closed = books.places.closed_rooms()
    numbers = {mark.place: mark for mark in books.places.marks_at(picture.places)}
    links = [(a, b) for a, b in picture.links if a in picture.places and b in picture.places]
    taken = frozenset(busy)
    free: list[_Share] = []
    held = []
    for share in _shares(picture, [one for one in split(picture.places, links) if not one & taken]):
        # What waits for a recorder stays dirty: it is tried again when its hour is over.
        share.marks = tuple(
            numbers[place] for place in sorted(share.closure) if place in numbers and place.room not in closed
        )
        share.refresh = tuple(one for place in share.closure for one in refresh.get(place, ()))
        pause = _pause_over(pauses, share.closure)
        if pause is not None:
            held.append((share.marks, pause.id, share.refresh))
            continue
        free.append(share)
    refused = _refused(books, free, supposing)
    decided = _decided(books, free, supposing)
    over = _over(picture, now.date())
    works = tuple(_work(share, refused, closed, decided, over, rules, now, refreshed, adopt) for share in free)
    caps.hold_back(books, works, float(rules.late_s), now)
    return Snapshot(works, tuple(held))


@dataclass(slots=True)
class _Share:
    """The part of a picture that one closure is about."""

    closure: frozenset[RoomDay]
    occurrences: list[Occurrence] = field(default_factory=list)
    unfit: list[Unfit] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    marks: tuple[Mark, ...] = ()
    refresh: tuple[int, ...] = ()

    @property
    def wanted(self) -> set[str]:
        """External ids that the timetable wants here."""
        return {one.external_id for one in self.occurrences} | {one.external_id for one in self.unfit}

    @property
    def named(self) -> set[str]:
        """Those, and what stands here and is ours."""
        return self.wanted | {one.external_id for one in self.standing if one.ours and one.external_id}


def _shares(picture: Picture, closures: Iterable[frozenset[RoomDay]]) -> list[_Share]:
    shares = [_Share(closure) for closure in closures]
    of = {place: share for share in shares for place in share.closure}
    for occurrence in picture.occurrences.values():
        if (share := of.get(occurrence.place)) is not None:
            share.occurrences.append(occurrence)
    for unfit in picture.unfit.values():
        if (share := of.get(unfit.place)) is not None:
            share.unfit.append(unfit)
    for row in picture.standing.values():
        if (share := of.get(row.standing.place)) is not None:
            share.standing.append(row.standing)
        elif (
            row.standing.ours
            and (wants := picture.occurrences.get(row.standing.external_id or "")) is not None
            and (share := of.get(wants.place)) is not None
        ):
            # It stands on a day that has passed: its id cannot be used again, wherever the lesson is now.
            share.standing.append(row.standing)
    for one in picture.waiting.values():
        touched = {id(found): found for place in one.places if (found := of.get(place)) is not None}
        for share in touched.values():
            share.waiting.append(one)
    return shares


def _refused(
    books: Books, shares: Iterable[_Share], supposing: Supposing
) -> dict[str, dict[tuple[str, str], str]]:
    """External id → the remembered refusals of it."""
    named = {one for share in shares for one in share.named}
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for (external_id, printed), text in books.journal.refused(named).items():
        if (external_id, printed) not in supposing.asked_again:
            found[external_id][external_id, printed] = text
    return found


def _decided(books: Books, shares: Iterable[_Share], supposing: Supposing) -> dict[LessonKey, list[Decision]]:
    """The first lesson that a decision names → the decisions that stand."""
    lessons = {(one.setid, one.slotid) for share in shares for one in share.occurrences}
    found: dict[LessonKey, list[Decision]] = defaultdict(list)
    standing = [one for one in books.decisions.standing(lessons) if one.id not in supposing.withdrawn]
    for decision in (*standing, *supposing.decided):
        found[decision.setid, decision.slotids[0]].append(decision)
    return found


def _over(picture: Picture, today: dt.date) -> dict[str, bool]:
    """What the timetable has on a day that has passed → whether it was recorded there."""
    stood = {
        (row.standing.external_id, row.standing.place) for row in picture.standing.values() if row.standing.ours
    }
    lessons: list[Occurrence | Unfit] = [*picture.occurrences.values(), *picture.unfit.values()]
    return {one.external_id: (one.external_id, one.place) in stood for one in lessons if one.place.date < today}


def _pause_over(pauses: Iterable[PauseRecord], closure: Collection[RoomDay]) -> PauseRecord | None:
    for pause in pauses:
        if any(pause.covers(place) for place in closure):
            return pause
    return None


def _work(
    share: _Share,
    refusals: Mapping[str, Mapping[tuple[str, str], str]],
    closed: Mapping[str, str],
    decided: Mapping[LessonKey, Sequence[Decision]],
    over: Mapping[str, bool],
    rules: Rules,
    now: dt.datetime,
    refreshed: bool,
    adopt: frozenset[str],
) -> Work:
    wanted = share.wanted
    refused = {key: text for one in share.named for key, text in refusals.get(one, {}).items()}
    refused |= {
        (one.external_id, NO_RECORDER): closed[one.place.room]
        for one in share.occurrences
        if one.place.room in closed
    }
    occurrences, waiting = tuple(share.occurrences), tuple(share.waiting)
    lessons = {(one.setid, one.slotid) for one in occurrences}
    standing = tuple(_left_standing(one, wanted, refused) for one in share.standing)
    plan = make_plan(
        Situation(
            places=share.closure,
            occurrences=occurrences,
            unfit=tuple(share.unfit),
            standing=standing,
            rules=rules,
            now=now,
            refused=frozenset(refused),
            closed=frozenset(closed),
            decisions=tuple(decision for one in lessons for decision in decided.get(one, ())),
            adopt=adopt,
        )
    )
    begun = frozenset(
        one.external_id
        for one in standing
        if one.ours and one.external_id and _begins(one.place.date, one.time.start) <= now
    )
    return Work(
        plan=plan,
        marks=share.marks,
        refresh=share.refresh,
        refreshed=refreshed,
        waiting=waiting,
        refused=refused,
        notes=_notes(occurrences),
        closed=frozenset(place for place in share.closure if place.room in closed),
        over=over,
        frozen=begun,
        lead=rules.lead,
        stuck=tuple(
            (one.place, f"{one.external_id}: {refused[one.external_id, removal_print(one.echo_id)]}")
            for one, left in zip(share.standing, standing, strict=True)
            if one.ours and not left.ours and one.external_id is not None
        ),
    )


def _left_standing(one: Standing, wanted: Collection[str], refused: Collection[tuple[str, str]]) -> Standing:
    """A schedule that nobody wants and that Echo360 would not remove is walked around like a foreign one."""
    if one.external_id is None or one.external_id in wanted:
        return one
    if (one.external_id, removal_print(one.echo_id)) not in refused:
        return one
    return dataclasses.replace(one, ours=False)


def _notes(occurrences: Iterable[Occurrence]) -> dict[str, str]:
    notes = {}
    for one in occurrences:
        if one.presenter_missing:
            notes[one.external_id] = NO_PRESENTER
        elif one.asked_recording == "video" and one.room_recording == "audio":
            notes[one.external_id] = AUDIO_ONLY
    return notes


def _begins(date: dt.date, minute: int) -> dt.datetime:
    return dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=minute)
