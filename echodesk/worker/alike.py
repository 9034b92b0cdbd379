"""The same for all of its kind: what is decided about one clash, for the other open clashes of the same cause, and
what was decided at once, taken back at once. Reads only.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from echodesk.clashes import Alike, Choice, DecideAlike, FindAlike, Suppose, Withdraw
from echodesk.errors import NothingDone, WrongUse
from echodesk.planning.alike import Cause, Party, cause_of, clashes_of, parts_of
from echodesk.planning.values import Occurrence, RoomDay, Rules
from echodesk.worker.books import Books, LessonKey
from echodesk.worker.deciding import examine, single
from echodesk.worker.meetings import date_of
from echodesk.worker.room_days import suppose


def find_alike(books: Books, asked: FindAlike, now: dt.datetime) -> Alike:
    """What is of the same kind, and what would come of it. Raises what carrying that out would, but for the
    reason, and `WrongUse` for a date that cannot be read."""
    found = (
        Alike(_made_at_once(books, asked.command), None)
        if isinstance(asked.command, Withdraw)
        else _same_cause(books, asked.command, RoomDay(asked.room, date_of(asked.date)), now.date())
    )
    if found.command == asked.command:
        return found
    return replace(found, supposed=suppose(books, Suppose(found.command), now))


def _made_at_once(books: Books, command: Withdraw) -> Withdraw:
    standing = [one for one in books.decisions.records() if not one.withdrawn]
    moments = {(one.decision.by, one.at) for one in standing if one.decision.id in command.decisions}
    numbers = {one.decision.id for one in standing if (one.decision.by, one.at) in moments}
    return command if numbers <= set(command.decisions) else replace(command, decisions=tuple(sorted(numbers)))


def _same_cause(books: Books, command: DecideAlike, place: RoomDay, today: dt.date) -> Alike:
    (first,) = command.choices
    rules = books.office.rules()
    here = next(
        (
            clash
            for clash in _clashes(books, [place], rules)
            if {(command.setid, slotid) for slotid in first.lessons} <= {_key(one.lesson) for one in clash}
        ),
        None,
    )
    cause = cause_of(here, rules.turnaround_in(place.room)) if here is not None else None
    if here is None or cause is None:
        return Alike(command, None)
    part_of = {one.lesson.slotid: part for part, one in parts_of(here).items()}
    others: dict[tuple[int, ...], Choice] = {}
    for clash in _clashes(books, _open_with(books, cause, today), rules):
        if cause_of(clash, rules.turnaround_in(clash[0].lesson.place.room)) == cause:
            slot_of = {part: one.lesson.slotid for part, one in parts_of(clash).items()}
            lessons = tuple(sorted(slot_of[part_of[slotid]] for slotid in first.lessons))
            winner = None if first.winner is None else slot_of[part_of[first.winner]]
            others[lessons] = Choice(lessons, winner)
    others.pop(tuple(sorted(first.lessons)), None)
    if not others:
        return Alike(command, None)
    possible, refused = _possible(books, replace(command, choices=tuple(others.values())), today)
    return Alike(
        replace(command, choices=(first, *possible)),
        None,
        tuple(module for module, _group in cause.parts),
        len(refused),
    )


def _possible(
    books: Books, command: DecideAlike, today: dt.date
) -> tuple[tuple[Choice, ...], list[WrongUse | NothingDone]]:
    """Those of these that can be decided, each with the newest decision about its lessons; why not the others."""
    found: list[Choice] = []
    refused: list[WrongUse | NothingDone] = []
    for choice, one in zip(command.choices, single(command), strict=True):
        try:
            examine(books, one, today)
        except (WrongUse, NothingDone) as trouble:
            refused.append(trouble)
        else:
            standing = books.decisions.standing([(command.setid, slotid) for slotid in choice.lessons])
            found.append(replace(choice, seen=standing[-1].id if standing else 0))
    return tuple(found), refused


def _open_with(books: Books, cause: Cause, today: dt.date) -> set[RoomDay]:
    """The room-days with an open clash in which a lesson of one of these modules is not recorded."""
    left_out = [found for found in books.places.open_clashes(today.isoformat()) if found[1][0] == cause.setid]
    now = books.timetable.lessons_now({key for _place, key in left_out})
    modules = {module for module, _group in cause.parts}
    return {place for place, key in left_out if key in now and now[key].module in modules}


def _clashes(books: Books, places: Collection[RoomDay], rules: Rules) -> Iterable[tuple[Party, ...]]:
    by_place: dict[RoomDay, list[Occurrence]] = defaultdict(list)
    for one in books.timetable.occurrences(places)[0]:
        by_place[one.place].append(one)
    now = books.timetable.lessons_now({_key(one) for there in by_place.values() for one in there})
    for place, there in by_place.items():
        for clash in clashes_of(there, rules.turnaround_in(place.room)):
            if all(_key(one) in now for one in clash):
                yield tuple(Party(one, now[_key(one)].module or "", now[_key(one)].group or "") for one in clash)


def _key(one: Occurrence) -> LessonKey:
    return one.setid, one.slotid
