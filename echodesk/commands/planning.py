"""`plan`: what a comparison with Echo360 would make, change, move and remove, and why. It sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from echodesk.access import address_of, echo360_access
from echodesk.batches import Compare
from echodesk.commands import reading
from echodesk.commands.acting import WAIT_S
from echodesk.commands.answers import Data, Json, Wait, folder_of, office_at, say
from echodesk.commands.asking import ask, busy_s, leader
from echodesk.commands.plan_file import check_place, write_plan
from echodesk.commands.plan_steps import Wanted
from echodesk.commands.plan_texts import plan_text, plan_values
from echodesk.commands.plans import look_at, wait_until
from echodesk.commands.working import CallLimit, call_limit
from echodesk.demo.stage import existing
from echodesk.errors import CaptureTrouble, WrongUse
from echodesk.main import AllBooks, Office, compare_now, user
from echodesk.planning.batches import BatchKind, BatchState
from echodesk.planning.steps import PlanScope
from echodesk.secrets import Secrets
from echodesk.store.errors_seen import errors_seen, keep_seen
from echodesk.worker.comparing import keep_preview
from echodesk.worker.reconciling import rooms_of, selection
from echodesk.worker.weighing import preview_of

TRIES = 3


def plan(
    echo360: Annotated[
        str, typer.Option(help="Address of Echo360, as https://echo360.org.uk; needed where nobody is sending.")
    ] = "",
    room: Annotated[list[str] | None, typer.Option(help="Code of a room; may be given several times.")] = None,
    building: Annotated[str | None, typer.Option(help="Code of one building.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="First date, as 2026-11-23; without it today.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last date.")] = None,
    year: Annotated[
        str | None, typer.Option(help="A year (SETID) that is not sent yet: applying the plan switches it on.")
    ] = None,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Take over what others booked in Echo360 exactly where a lesson is."),
    ] = False,
    file: Annotated[Path | None, typer.Option(help="Write the plan into this file, too.")] = None,
    calls_per_minute: CallLimit = None,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Compare with what Echo360 holds now and show what would be sent, and why. Nothing is sent.

    Whoever is sending makes the comparison; where nobody is, it is made here, with the credentials of
    ECHODESK_ECHO360_CLIENT_ID and ECHODESK_ECHO360_CLIENT_SECRET, or those that are kept. The listing uses the
    institution's call limit like everything else. The plan is kept: `apply` sends it, exactly as shown.
    JSON: plan (its number), compared, paused and unplanned (room-days), schedules and foreign (in what was
    listed), counts (made, adopted, changed, moved, handed_over, removed), by (steps by action, building, room,
    week, reason and state), calls, minutes, to_make (rooms and sections that Echo360 lacks), guard (why staff must
    confirm it) and confirm (what to type then), left_out (reason: lessons), not_recorded (those lessons:
    external_id, title, room, building, date, time, reason, kept: what keeps the room, or why else), steps (number,
    piece, action, external_id, why, before, after, changes: field, before, after; needs, state, answer), progress,
    calls_left, minutes_left, sender, waits (why nothing goes on), stops (safety stops that it waits for),
    replaces, replaced_by, difference (shown, now: both plans; gone, came: steps).
    """
    secrets = Secrets(folder_of(data))
    demonstration = existing(secrets.folder) is not None
    if echo360 := address_of(secrets.folder, echo360):
        echo360 = reading.check_address(echo360, loopback_only=demonstration)
    command = Compare(
        user(),
        tuple(room or ()),
        reading.value_of("--building", building),
        reading.value_of("--from", first),
        reading.value_of("--to", last),
        reading.value_of("--year", year),
        adopt,
    )
    if file is not None:
        check_place(file)
    with office_at(data, busy_s(wait)) as office:
        today = office.clock().campus_now().date()
        scope = office.look(lambda books: selection(books, command, today))
        limit = calls_per_minute if calls_per_minute is not None else call_limit(office)
        if office.read(leader):
            number = _by_the_leader(office, command, wait)
        else:
            number = _here(office, secrets, scope, echo360, limit, loopback_only=demonstration)
        found = look_at(office, number, limit)
        if file is not None:
            write_plan(file, office.look(lambda books: books.batches.database()), found, limit)
        say(plan_values(found, limit), as_json=json, text=plan_text(found, limit, Wanted()))


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(plan)


def _by_the_leader(office: Office, command: Compare, wait_s: float) -> int:
    number = ask(office, command, wait_s).done.number
    if wait_until(office, number, frozenset({BatchState.COMPARING})) is BatchState.FAILED:
        batch = office.read(lambda books: books.batches.get(number))
        raise _no_listing(batch.said if batch is not None else "")
    return number


def _here(
    office: Office, secrets: Secrets, scope: PlanScope, echo360: str, limit: int, *, loopback_only: bool
) -> int:
    if not echo360:
        raise WrongUse(
            "Where is Echo360?",
            "Nobody is sending, so the comparison is made here.",
            "Give its address with --echo360, or start the window or `echodesk worker`.",
        )
    access = echo360_access(secrets, echo360)
    rooms, seen = office.look(lambda books: (rooms_of(books, scope), errors_seen(books.connection)))
    found = compare_now(
        office, access, limit, scope, rooms, loopback_only=loopback_only, tries=TRIES, asks_again=True
    )
    if isinstance(found, str):
        raise _no_listing(found)

    def keep(books: AllBooks) -> int:
        number = books.batches.add(BatchKind.RECONCILE, user(), scope)
        keep_seen(books.connection, number, seen)
        keep_preview(books, number, preview_of(books, found))
        return number

    return office.keep(keep)


def _no_listing(why: str) -> CaptureTrouble:
    return CaptureTrouble(
        "The listing could not be completed",
        f"{why} A listing that is not complete proves nothing, so there is no plan.",
        "Try again in a few minutes; `echodesk status` says whether Echo360 can be reached.",
    )
