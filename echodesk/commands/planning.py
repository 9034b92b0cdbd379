"""`plan`: what a comparison with Echo360 would make, change, move and remove, and why. It sends nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

import typer

from echodesk.commands import reading
from echodesk.commands.answers import Data, Json, aligned, folder_of, office_at, say
from echodesk.commands.working import CallLimit, call_limit
from echodesk.demo.stage import existing
from echodesk.desk import words
from echodesk.errors import CaptureTrouble, NothingDone, WrongUse
from echodesk.main import AllBooks, Office, access_from_environment, compare_now
from echodesk.planning.guards import batch_guard
from echodesk.planning.steps import PlanScope, Step, counts, steps_of
from echodesk.planning.values import Booking, LeftOut, Standing
from echodesk.worker.compare import Comparison
from echodesk.worker.guarding import no_ground

SHOWN = 20
TRIES = 3
_SAID = (
    ("made", "to make"),
    ("changed", "to change"),
    ("moved", "to move"),
    ("handed_over", "to hand over to another lesson"),
    ("removed", "to remove"),
)


def plan(
    echo360: Annotated[str, typer.Option(help="Address of Echo360, as https://echo360.org.uk.")],
    room: Annotated[list[str] | None, typer.Option(help="Code of a room; may be given several times.")] = None,
    building: Annotated[str, typer.Option(help="Code of one building.")] = "",
    first: Annotated[str, typer.Option("--from", help="First date, as 2026-11-23; without it today.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last date.")] = "",
    calls_per_minute: CallLimit = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Compare with what Echo360 holds now and show what would be sent, and why. Nothing is sent.

    The credentials come from ECHODESK_ECHO360_CLIENT_ID and ECHODESK_ECHO360_CLIENT_SECRET. The listing uses the
    institution's call limit like everything else.
    JSON: compared and paused (room-days), schedules and foreign (in what was listed), counts (made, changed,
    moved, handed_over, removed), calls, minutes, guard (why staff would have to confirm it), left_out (reason:
    lessons), steps (number, piece, action, external_id, why, before, after, needs).
    """
    if room and building:
        raise WrongUse("Rooms or a building?", "Both were given.", "Name rooms, or one building.")
    demonstration = existing(folder_of(data)) is not None
    reading.check_address(echo360, loopback_only=demonstration)
    access = access_from_environment(echo360)
    with office_at(data) as office:
        today = office.clock().campus_now().date()
        reading.span(first, last, today)
        scope = PlanScope(tuple(room or ()), building, first, last)
        rooms = office.look(lambda books: _rooms(books, scope))
        _ground(office, today)
        limit = calls_per_minute if calls_per_minute is not None else call_limit(office)
        found = compare_now(office, access, limit, scope, rooms, loopback_only=demonstration, tries=TRIES)
        if isinstance(found, str):
            raise CaptureTrouble(
                "The listing could not be completed",
                f"{found} A listing that is not complete proves nothing, so there is no plan.",
                "Try again in a few minutes; `echodesk status` says whether Echo360 can be reached.",
            )
        steps = steps_of(found.plans)
        guard = batch_guard(counts(found.plans)["removed"], found.schedules) or ""
        minutes = round(len(steps) / limit, 1) if limit else 0.0
        values = _values(found, steps, guard, minutes)
        say(values, as_json=json, text=_text(found, steps, guard, minutes))


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(plan)


def _rooms(books: AllBooks, scope: PlanScope) -> frozenset[str] | None:
    """The rooms that the scope names, None for all. Raises `WrongUse` for a code that nobody knows."""
    for room in scope.rooms:
        reading.check_room(books, room)
    reading.check_building(books, scope.building)
    if scope.building:
        return books.timetable.names.rooms_of_building(scope.building)
    return frozenset(scope.rooms) or None


def _ground(office: Office, today: dt.date) -> None:
    """Raise `NothingDone`, before any call, if the timetable is no ground for a plan (design §4.12)."""
    reason = office.look(lambda books: no_ground(books, today))
    if reason is not None:
        raise NothingDone(
            "There is no plan from this timetable",
            reason,
            "Nothing is removed because of it. Put the timetable right, or see `echodesk stops`.",
        )


def _values(found: Comparison, steps: Iterable[Step], guard: str, minutes: float) -> dict[str, object]:
    listed = list(steps)
    return {
        "compared": found.compared,
        "paused": found.paused,
        "schedules": found.schedules,
        "foreign": found.foreign,
        "counts": counts(found.plans),
        "calls": len(listed),
        "minutes": minutes,
        "guard": guard,
        "left_out": _reasons(found.left_out),
        "steps": [
            {
                "number": step.number,
                "piece": step.piece,
                "action": step.method.value,
                "external_id": step.external_id,
                "why": step.why.value,
                "before": _shown(step.before),
                "after": _shown(step.after),
                "needs": list(step.needs),
            }
            for step in listed
        ],
    }


def _shown(one: Standing | Booking | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "room": one.place.room,
        "date": one.place.date.isoformat(),
        "time": str(one.time),
        "title": one.content.title,
        "sections": list(one.content.sections),
        "presenter": one.content.presenter,
        "inputs": list(one.content.inputs),
    }


def _reasons(left_out: Iterable[LeftOut]) -> dict[str, int]:
    return dict(sorted(Counter(one.reason.value for one in left_out).items()))


def _text(found: Comparison, steps: tuple[Step, ...], guard: str, minutes: float) -> str:
    counted = counts(found.plans)
    lines = [f"{found.compared:,} room-days were compared with what Echo360 holds now. Nothing was sent."]
    if found.paused:
        lines.append(f"{found.paused:,} room-days are paused and were left out.")
    if not steps:
        lines.append("Everything stands as it should: there is nothing to do.")
    else:
        lines.append(aligned([(said, f"{counted[kind]:,}") for kind, said in _SAID if counted[kind]], indent=2))
        takes = f", about {_duration(minutes)} at the call limit" if minutes else ""
        lines.append(f"{len(steps):,} calls{takes}.")
    if guard:
        lines.append(f"Staff would have to confirm it: {guard}.")
    reasons = _reasons(found.left_out)
    if reasons:
        told = ", ".join(f"{words.reason(reason)} {count:,}" for reason, count in reasons.items())
        lines.append(f"Not recorded: {told}.")
    if found.foreign:
        lines.append(f"{found.foreign:,} schedules were booked by others and stay as they are.")
    lines += [_line(step) for step in steps[:SHOWN]]
    if len(steps) > SHOWN:
        lines.append(f"  and {len(steps) - SHOWN:,} more calls; --json lists all")
    return "\n".join(lines)


def _line(step: Step) -> str:
    about = step.after or step.before
    title = about.content.title if about is not None else step.external_id
    time = f"{about.time}" if about is not None else ""
    does = f"{_DOES[step.method]} {title}: {words.why(step.why.value)}"
    was = step.before
    if was is not None and step.after is not None and (was.place, was.time) != (step.after.place, step.after.time):
        does += f" (stands {was.place.date} {was.time} {was.place.room})"
    return f"  {step.place.date} {time} {step.place.room}  {does}"


def _duration(minutes: float) -> str:
    """`12 minute(s)`, `5.1 hours`."""
    return f"{minutes / 60:.1f} hours" if minutes >= 120 else f"{max(1, round(minutes))} minute(s)"


_DOES = {"POST": "make", "PUT": "change", "DELETE": "remove"}
