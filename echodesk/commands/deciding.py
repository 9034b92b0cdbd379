"""`decide` and `decisions`: which of the lessons that clash is recorded, and what was decided so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from echodesk.batches import LARGEST_ID
from echodesk.clashes import Suppose
from echodesk.commands import reading
from echodesk.commands.acting import WAIT_S
from echodesk.commands.answers import Data, Json, Wait, campus_stamps, office_at, say
from echodesk.commands.asking import answer, ask, busy_s
from echodesk.commands.supposing import all_alike, outcome, outcome_text
from echodesk.errors import WrongUse
from echodesk.main import AllBooks, user
from echodesk.messages import Decide, Withdraw
from echodesk.planning.values import DecisionKind
from echodesk.worker.judging import Judged, judge, listed, said
from echodesk.worker.room_days import suppose

MANY = ("--lessons", "--week", "--date", "--withdraw")


class Listing(TyperCommand):
    """A command whose options in MANY take several values: `--week 2 3` is as good as `--week 2 --week 3`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Write the option before each of its values."""
        return super().parse_args(ctx, spread(args))


def spread(words: Sequence[str]) -> list[str]:
    """The words with the option before each value that follows one of MANY."""
    spread_out: list[str] = []
    option, values = "", 0
    for word in words:
        if word.startswith("-"):
            option, values = (word if word in MANY else ""), 0
        elif option:
            if values:
                spread_out.append(option)
            values += 1
        spread_out.append(word)
    return spread_out


def decide(
    lessons: Annotated[
        list[int],
        typer.Option("--lessons", help="Numbers (SLOTID) of the lessons that clash.", min=1, max=LARGEST_ID),
    ],
    why: Annotated[str, typer.Option(help="Why; everyone sees it.")],
    record: Annotated[
        int | None, typer.Option(help="Record this one of them, whatever overlaps it.", min=1, max=LARGEST_ID)
    ] = None,
    neither: Annotated[bool, typer.Option("--neither", help="Record none of them.")] = False,
    together: Annotated[
        bool, typer.Option("--together", help="They are one lecture: one recording for all their sections.")
    ] = False,
    not_this: Annotated[bool, typer.Option("--not", help="Do not record this lesson (one alone).")] = False,
    weeks: Annotated[
        list[int] | None, typer.Option("--week", help="In these teaching weeks only.", min=0, max=LARGEST_ID)
    ] = None,
    dates: Annotated[list[str] | None, typer.Option("--date", help="On these dates only, as 2026-11-23.")] = None,
    year: Annotated[str, typer.Option("--set", help="The year (SETID), where several have these lessons.")] = "",
    alike: Annotated[
        bool, typer.Option("--alike", help="The same for every other open clash of the same cause.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Decide nothing: show what would be recorded and sent.")
    ] = False,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Decide about lessons that clash in a room: record one, none, or all together; or not record a lesson.

    It stands above the strategy, until it is taken back or a lesson it names changes its room, weekday or times;
    without --week and --date in every week in which they meet. --show tells first what would come of it.

    JSON: text, touched (room-days that are planned again), carried_out_by, decision (its number). With --show:
    clashes (about how many it decides), not_possible (about how many of the same cause it cannot), room_days,
    first, last, lessons (set, lesson, module, group, weeks, before, after, why), calls (by method), paused.
    """
    kind = _kind(record, neither=neither, together=together, not_this=not_this)
    for one in dates or ():
        reading.date(one)
    if alike and (weeks or dates):
        raise WrongUse(
            "Alike clashes are decided for every week",
            "--alike was given together with --week or --date.",
            "Leave one of them out.",
        )
    with office_at(data, busy_s(wait)) as office:
        now, named = office.clock().campus_now(), tuple(dict.fromkeys(lessons))
        setid = office.look(lambda books: _year(books, named, year))
        alone = Decide(user(), why, kind, setid, named, record, tuple(weeks or ()), tuple(dates or ()))
        command, refused = office.look(lambda books: all_alike(books, alone, now)) if alike else (alone, 0)
        if show:
            supposed = office.look(lambda books: suppose(books, Suppose(command), now))
            shown = outcome(command, refused, supposed)
            say(shown, as_json=json, text=outcome_text(shown))
            return
        found = ask(office, command, wait)
        values = {
            "text": found.done.text,
            "touched": found.done.touched,
            "carried_out_by": found.by,
            "decision": found.done.number,
        }
        say(values, as_json=json, text=found.done.text)


def decisions(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were taken back, and those whose weeks have passed.")
    ] = False,
    back: Annotated[
        list[int] | None,
        typer.Option("--withdraw", help="Take these decisions back, by number.", min=1, max=LARGEST_ID),
    ] = None,
    why: Annotated[str, typer.Option(help="With --withdraw: why; everyone sees it.")] = "",
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """List what staff decided and whether it counts; --withdraw takes a decision back.

    JSON: decisions, newest first, each with id, kind, set, lessons, winner, weeks (null: whenever they meet),
    said, stood (each lesson's room, weekday and times then), by, at, why, state (counts, void, over, withdrawn),
    because, room_days (where it counts, from today on), withdrawn, withdrawn_by, withdrawn_why. With --withdraw:
    text, touched, carried_out_by.
    """
    if why and not back:
        raise WrongUse(
            "Which decision is to be taken back?",
            "A reason was given, and no decision.",
            "Add --withdraw with its number; without --why they are listed.",
        )
    with office_at(data, busy_s(wait)) as office:
        if back:
            answer(office, Withdraw(user(), why, tuple(dict.fromkeys(back))), wait, as_json=json)
            return
        today = office.clock().campus_now().date()
        found = office.look(lambda books: judge(books, books.decisions.records(), today))
        shown = [one for one in found if everything or one.state in ("counts", "void")]
        stamp = campus_stamps(office)
        values = {"decisions": [values_of(one) for one in shown]}
        say(values, as_json=json, text="\n".join(text_of(one, stamp) for one in shown) or "Nothing was decided.")


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    app.command(cls=Listing)(decide)
    app.command(cls=Listing)(decisions)


def _kind(record: int | None, *, neither: bool, together: bool, not_this: bool) -> DecisionKind:
    chosen = [
        kind
        for kind, asked in (
            (DecisionKind.RECORD_ONE, record is not None),
            (DecisionKind.RECORD_NEITHER, neither),
            (DecisionKind.TOGETHER, together),
            (DecisionKind.DO_NOT_RECORD, not_this),
        )
        if asked
    ]
    if len(chosen) != 1:
        raise WrongUse(
            "What is to be decided?",
            "Several things were asked for at once." if chosen else "Nothing was chosen.",
            "Write one of --record SLOTID, --neither, --together, --not.",
        )
    return chosen[0]


def _year(books: AllBooks, lessons: Sequence[int], year: str) -> str:
    """The live year that has all these lessons. Raises `WrongUse` where there is none, or more than one."""
    if year:
        return year
    reader = books.timetable.reader
    years = {one: set(reader.sets_of_slot(one)) for one in lessons}
    missing = [one for one in lessons if not years[one]]
    if missing:
        raise WrongUse("No such lesson", f"The timetable has no lesson {listed(missing)}.", "Check the number.")
    common = set.intersection(*years.values())
    live = sorted(common & reader.live_sets())
    if len(live) == 1:
        return live[0]
    if live:
        raise WrongUse(
            "Which year?", f"These lessons are in {listed(live)}.", f"Add --set, for example --set {live[0]}."
        )
    raise WrongUse(
        "These lessons are never recorded together with one another",
        f"They are only in {listed(sorted(common))}, which is not switched on."
        if common
        else "No year has all of them.",
        "`echodesk explain LESSON` shows the years of each.",
    )


def values_of(one: Judged) -> dict[str, object]:
    """A decision for programs."""
    record, decision = one.record, one.record.decision
    return {
        "id": decision.id,
        "kind": decision.kind.value,
        "set": decision.setid,
        "lessons": list(decision.slotids),
        "winner": decision.winner,
        "weeks": None if decision.weeks is None else sorted(decision.weeks),
        "said": said(decision),
        "stood": list(decision.fingerprint),
        "by": decision.by,
        "at": record.at,
        "why": record.why,
        "state": one.state,
        "because": one.why,
        "room_days": [{"room": place.room, "date": place.date.isoformat()} for place in one.room_days],
        "withdrawn": record.withdrawn,
        "withdrawn_by": record.withdrawn_by,
        "withdrawn_why": record.withdrawn_why,
    }


def text_of(one: Judged, stamp: Callable[[str], str]) -> str:
    """A decision for people, in three lines."""
    record, decision = one.record, one.record.decision
    weeks = "" if decision.weeks is None else f", in week {listed(sorted(decision.weeks))}"
    if one.state == "counts":
        days = "1 room-day" if len(one.room_days) == 1 else f"{len(one.room_days)} room-days"
        state = f"counts in {days}, next {one.room_days[0].room} on {one.room_days[0].date}"
    elif one.state == "withdrawn":
        state = f"taken back by {record.withdrawn_by} ({stamp(record.withdrawn)}): {record.withdrawn_why}"
    else:
        state = f"{one.state}: {one.why}"
    return (
        f"Decision {decision.id}: {said(decision)} ({decision.setid}{weeks})\n"
        f"    {state}\n"
        f"    {decision.by}, {stamp(record.at)}: {record.why}"
    )
