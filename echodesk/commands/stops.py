"""`stops` and `allow`: what waits for a yes of staff, and the yes (design §4.12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from echodesk.batches import LARGEST_ID
from echodesk.commands.acting import WAIT_S
from echodesk.commands.answers import Data, Json, Wait, aligned, campus_stamps, office_at, say
from echodesk.commands.asking import answer, busy_s
from echodesk.errors import NothingDone
from echodesk.main import AllBooks, user
from echodesk.messages import Allow, StopList, StopShown
from echodesk.worker.allowing import list_of

SHOWN = 20


def stops(data: Data = None, json: Json = False) -> None:
    """Show safety stops: what EchoDesk does not send before somebody has said yes.

    JSON: stops (id, kind, headline, reason, cause, next_step, since, bookings, room_days, waits, items
    (external_id, title, room, date, start, finish, presenter, why)).
    """

    def read(books: AllBooks) -> list[StopList]:
        lists = [list_of(books, one.key) for one in books.stops.shown()]
        return [one for one in lists if one is not None]

    with office_at(data) as office:
        found = office.look(read)
        stamp = campus_stamps(office)
    text = "\n\n".join(_text(one, stamp) for one in found) or "Nothing waits for a yes."
    say({"stops": [_values(one) for one in found]}, as_json=json, text=text)


def allow(
    stop: Annotated[
        int, typer.Argument(help="Number of the safety stop; `stops` shows it.", min=1, max=LARGEST_ID)
    ],
    why: Annotated[str, typer.Option(help="Why it is meant; everyone sees it.")],
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Say yes to a safety stop: exactly what is on its list now is removed; more than that asks again.

    JSON: text, touched (bookings), carried_out_by.
    """
    with office_at(data, busy_s(wait)) as office:
        found = office.look(lambda books: list_of(books, stop))
        if found is None:
            raise NothingDone(
                f"Safety stop {stop} does not wait",
                "There is no such stop, or it is over.",
                "`echodesk stops` lists what waits.",
            )
        answer(office, Allow(user(), stop, why, found.stop.last_item), wait, as_json=json)


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    for command in (stops, allow):
        app.command()(command)


def _values(one: StopList) -> dict[str, object]:
    stop = one.stop
    return {
        "id": stop.key,
        "kind": stop.kind,
        "headline": stop.headline,
        "reason": stop.reason,
        "cause": stop.cause,
        "next_step": stop.next_step,
        "since": stop.since,
        "bookings": stop.bookings,
        "room_days": stop.room_days,
        "waits": stop.waits,
        "items": [
            {
                "external_id": line.external_id,
                "title": line.title,
                "room": line.room,
                "date": line.date,
                "start": line.start,
                "finish": line.finish,
                "presenter": line.presenter,
                "why": line.why,
            }
            for line in one.lines
        ],
    }


def _text(one: StopList, stamp: Callable[[str], str]) -> str:
    lines = [_head(one.stop, stamp)]
    rows = [
        (f"{line.date} {line.start}-{line.finish}", f"{line.room}  {line.title}") for line in one.lines[:SHOWN]
    ]
    if rows:
        lines.append(aligned(rows, indent=4))
    if len(one.lines) > SHOWN:
        lines.append(f"    and {len(one.lines) - SHOWN} more; --json lists all")
    return "\n".join(lines)


def _head(stop: StopShown, stamp: Callable[[str], str]) -> str:
    state = "" if stop.waits else " (yes was said; it is being carried out)"
    parts = [f"Safety stop {stop.key}: {stop.headline}{state}, since {stamp(stop.since)}.", stop.reason]
    if stop.waits:
        parts += [stop.cause, stop.next_step, f'Yes: `echodesk allow {stop.key} --why "…"`.']
    else:
        parts.append(stop.cause)
    return "\n  ".join(part for part in parts if part)
