"""Staff's decisions made and taken back, one transaction each (design §4.5 "Decisions").

A decision or its withdrawal makes every room-day of its lessons dirty in the same transaction (decisions "Rules
that simulation demanded"); what comes of it is the projection's business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from echodesk.errors import NothingDone, WrongUse
from echodesk.messages import CommandDone, Decide, DecideAlike, Withdraw
from echodesk.planning.decisions import seat_of
from echodesk.planning.overlap import conflicts
from echodesk.planning.values import Decision, DecisionKind, Occurrence, RoomDay
from echodesk.worker.books import Books
from echodesk.worker.judging import listed, said
from echodesk.worker.meetings import Meeting, all_weeks, meetings_of, places_of


def decide(books: Books, command: Decide, today: dt.date) -> CommandDone:
    """Write a decision down. Raises `WrongUse` or `NothingDone`, with nothing changed."""
    _check_why(command.why)
    asked = examine(books, command, today)
    decision = asked.decision
    number = books.decisions.add(decision, command.why.strip())
    books.places.mark(asked.places, f"decision {number} by {command.by}")
    text = f"Decision {number}: {said(decision)} {_when(decision, asked.ahead)}."
    return CommandDone(text, len(asked.places), number)


def decide_alike(books: Books, command: DecideAlike, today: dt.date) -> CommandDone:
    """Write all of these decisions down as made in one moment. Raises like `decide`, with nothing changed."""
    _check_why(command.why)
    asked = [examine(books, one, today) for one in single(command)]
    numbers = books.decisions.add_all([one.decision for one in asked], command.why.strip())
    places = frozenset[RoomDay]().union(*(one.places for one in asked))
    which = f"decision {numbers[0]}" if len(numbers) == 1 else f"decisions {numbers[0]} to {numbers[-1]}"
    books.places.mark(places, f"{which} by {command.by}")
    first = said(asked[0].decision)
    text = f"{which[0].upper()}{which[1:]}: the same for all clashes that are alike; the first is to {first}."
    return CommandDone(text, len(places), numbers[0])


def single(command: Decide | DecideAlike) -> list[Decide]:
    """The decisions of a command, one by one. Raises `WrongUse` if there are none."""
    if isinstance(command, Decide):
        return [command]
    if not command.choices:
        raise WrongUse("Which lessons?", "None was named.", "Give the numbers (SLOTID) of the lessons.")
    return [
        Decide(command.by, command.why, command.kind, command.setid, one.lessons, one.winner, seen=one.seen)
        for one in command.choices
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that may be made."""

    decision: Decision
    """Without a number of its own."""
    ahead: Mapping[int, Meeting]
    """The weeks from today on in which its lessons meet."""
    places: frozenset[RoomDay]
    """What is to be planned again."""

    @property
    def meets(self) -> frozenset[RoomDay]:
        """The room-days about which it is: where its lessons meet in its weeks."""
        weeks = self.decision.weeks
        return frozenset(
            one.place
            for week, lessons in self.ahead.items()
            if weeks is None or week in weeks
            for one in lessons.values()
        )


def examine(books: Books, command: Decide, today: dt.date) -> Asked:
    """What is asked for, whatever the reason is. Raises like `decide`; changes nothing."""
    slotids = tuple(sorted(set(command.lessons)))
    _check_words(command, slotids)
    weeks_of = _weeks_of(books, command.setid, slotids)
    meetings = meetings_of(weeks_of)
    if not meetings:
        raise WrongUse(
            "These lessons never meet",
            f"In no week do the lessons {listed(slotids)} take place in the same room on the same day.",
            "`echodesk explain LESSON` shows where and when each takes place.",
        )
    rules = books.office.rules()
    for lessons in meetings.values():
        room = lessons[slotids[0]].place.room
        _check_times(command, lessons, rules.turnaround_in(room))
    ahead = {week: lessons for week, lessons in meetings.items() if lessons[slotids[0]].place.date >= today}
    if not ahead:
        raise NothingDone(
            "These lessons are over",
            "They do not meet from today on.",
            "Nothing is sent for days that have passed.",
        )
    scope = _scope(command, meetings, ahead)
    first = ahead[min(scope)]
    decision = Decision(
        id=0,
        kind=command.kind,
        setid=command.setid,
        slotids=slotids,
        winner=command.winner,
        weeks=scope if command.weeks or command.dates else None,
        fingerprint=tuple(seat_of(first[slotid]) for slotid in slotids),
        by=command.by,
    )
    _check_new(books, command, decision)
    return Asked(decision, ahead, frozenset(places_of(weeks_of, decision.weeks, today)))


def withdraw(books: Books, command: Withdraw, today: dt.date) -> CommandDone:
    """Take decisions back. Raises `WrongUse` for a number that is not there, `NothingDone` if none stands."""
    _check_why(command.why)
    places = places_freed(books, command, today)
    stood = books.decisions.withdraw(command.decisions, command.by, command.why.strip())
    books.places.mark(places, f"decision {listed(stood)} taken back by {command.by}")
    return CommandDone(f"Decision {listed(stood)} was taken back.", len(places))


def places_freed(books: Books, command: Withdraw, today: dt.date) -> frozenset[RoomDay]:
    """The room-days of the decisions that would be taken back. Raises like `withdraw`; changes nothing."""
    known = {one.decision.id: one for one in books.decisions.records()}
    missing = [number for number in command.decisions if number not in known]
    if missing or not command.decisions:
        raise WrongUse(
            "There is no such decision",
            f"Nobody made decision {listed(missing)}." if missing else "No decision was named.",
            "`echodesk decisions --all` lists them.",
        )
    stand = [known[number].decision for number in set(command.decisions) if not known[number].withdrawn]
    if not stand:
        raise NothingDone(
            "It was taken back before",
            f"Decision {listed(command.decisions)} does not stand any more.",
            "Nothing to do.",
        )
    places: set[RoomDay] = set()
    for one in stand:
        places |= places_of(all_weeks(books, one.setid, one.slotids), one.weeks, today)
    return frozenset(places)


def _when(decision: Decision, ahead: Mapping[int, Meeting]) -> str:
    if decision.weeks is None:
        weeks = "1 week" if len(ahead) == 1 else f"{len(ahead)} weeks"
        return f"whenever they meet ({weeks} from now on)" if len(decision.slotids) > 1 else "in any week"
    dates = [f"{week} ({next(iter(ahead[week].values())).place.date})" for week in sorted(decision.weeks)]
    return f"in week{'s' if len(dates) > 1 else ''} {listed(dates)}"


# ---- what is asked of the words -----------------------------------------------------------------------------


def _check_why(why: str) -> None:
    if not why.strip():
        raise WrongUse(
            "A decision needs a reason", "None was given.", "Say in a few words why; others will read it."
        )


def _check_words(command: Decide, slotids: Collection[int]) -> None:
    if not slotids:
        raise WrongUse("Which lessons?", "None was named.", "Give the numbers (SLOTID) of the lessons.")
    alone = command.kind is DecisionKind.DO_NOT_RECORD
    if alone and len(slotids) > 1:
        raise WrongUse(
            "One lesson at a time",
            f"{listed(slotids)} were named.",
            "Decide for each lesson by itself; for lessons that clash, choose “record neither”.",
        )
    if not alone and len(slotids) < 2:
        raise WrongUse(
            "Between which lessons?",
            f"Only lesson {listed(slotids)} was named.",
            "Name the lessons that clash, at least two.",
        )
    if command.kind is DecisionKind.RECORD_ONE and command.winner not in slotids:
        raise WrongUse(
            "The lesson to record is not one of these",
            f"{command.winner} is not among {listed(slotids)}.",
            "Name it among the lessons as well.",
        )
    if command.kind is not DecisionKind.RECORD_ONE and command.winner is not None:
        raise WrongUse(
            "What is to be decided?",
            f"Lesson {command.winner} was chosen, and something else as well.",
            "Choose one: record this one, record neither, record together, or do not record.",
        )


def _check_times(command: Decide, lessons: Meeting, turnaround: int) -> None:
    """Raises `WrongUse` unless the times of lessons that meet allow this kind of decision."""
    times = {slotid: one.time for slotid, one in lessons.items()}
    shown = ", ".join(f"{slotid} {time}" for slotid, time in sorted(times.items()))
    if command.kind is DecisionKind.TOGETHER:
        if len(set(times.values())) > 1:
            raise WrongUse(
                "Their times differ",
                f"Only lessons with the same start and finish can be recorded together: {shown}.",
                "Choose which one to record, or have the timetable changed.",
            )
        return
    if command.kind is DecisionKind.DO_NOT_RECORD:
        return

    def meets_one_of(slotid: int, others: Iterable[int]) -> bool:
        return any(conflicts(times[slotid], times[one], turnaround) for one in others if one != slotid)

    rivals = list(times) if command.winner is None else [command.winner]
    apart = [one for one in times if one != command.winner and not meets_one_of(one, rivals)]
    if apart:
        with_whom = "any of the others" if command.winner is None else f"lesson {command.winner}"
        raise WrongUse(
            "These lessons do not overlap",
            f"Lesson {listed(apart)} does not overlap {with_whom}: {shown}.",
            "Leave out the lessons that are in nobody's way.",
        )


def _scope(command: Decide, meetings: Mapping[int, Meeting], ahead: Mapping[int, Meeting]) -> frozenset[int]:
    """The weeks that were asked for. Raises `WrongUse` for one that is none of theirs or has passed."""
    if not command.weeks and not command.dates:
        return frozenset(ahead)
    week_of = {next(iter(lessons.values())).place.date.isoformat(): week for week, lessons in meetings.items()}
    strange = [f"week {week}" for week in command.weeks if week not in meetings]
    strange += [date for date in command.dates if date not in week_of]
    asked = set(command.weeks) | {week_of[date] for date in command.dates if date in week_of}
    passed = sorted(week for week in asked if week in meetings and week not in ahead)
    weeks = listed(f"{week} ({date})" for date, week in sorted(week_of.items()) if week in ahead)
    if strange:
        raise WrongUse(
            "They do not meet then", f"Not in {listed(strange)}.", f"From today on they meet in week {weeks}."
        )
    if passed:
        raise NothingDone("These weeks have passed", f"Week {listed(passed)}.", f"What is left: week {weeks}.")
    return frozenset(asked)


def _check_new(books: Books, command: Decide, decision: Decision) -> None:
    """Raises `NothingDone` if the newest decision about these lessons says the same already, or is not known to
    whoever decides."""
    standing = books.decisions.standing([(decision.setid, slotid) for slotid in decision.slotids])
    newest = standing[-1] if standing else None
    if newest is not None and replace(newest, id=0, by=decision.by, on="") == decision:
        raise NothingDone("This is decided already", f"There is {newest}, which says the same.", "Nothing to do.")
    if newest is not None and command.seen is not None and newest.id > command.seen:
        raise NothingDone(
            "Somebody else has decided meanwhile",
            f"There is {newest} by now: {said(newest)}. Yours was not made.",
            "Look at the room-day again, and decide anew if you still want to.",
        )


def _weeks_of(books: Books, setid: str, slotids: Collection[int]) -> dict[int, dict[int, Occurrence]]:
    """SLOTID → week → where it takes place. Raises `WrongUse` for a lesson that is unknown or never recorded."""
    known = books.timetable.lessons_now([(setid, slotid) for slotid in slotids])
    missing = [slotid for slotid in slotids if (setid, slotid) not in known]
    if missing:
        raise WrongUse(
            "No such lesson",
            f"The timetable has no lesson {listed(missing)} in {setid}.",
            "Check the number and the year.",
        )
    weeks_of = all_weeks(books, setid, slotids)
    idle = [slotid for slotid in slotids if not weeks_of[slotid]]
    if idle:
        raise WrongUse(
            "It is not recorded anyway",
            f"Lesson {listed(idle)} is not to be recorded, or cannot be.",
            f"`echodesk explain {idle[0]}` says why.",
        )
    return weeks_of
