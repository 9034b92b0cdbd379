"""`check`: whether everything that EchoDesk needs is there and works, one line a check. It changes nothing; with
`--compare` it asks for a comparison where one is due."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import asdict
from typing import Annotated

import typer

from echodesk.access import address_of, echo360_access
from echodesk.batches import Compare
from echodesk.checks import Check, Line, State, results, trouble
from echodesk.commands.acting import WAIT_S
from echodesk.commands.answers import Data, Json, Wait, folder_of, office_at, say
from echodesk.commands.asking import ask, leader
from echodesk.commands.checking_connection import database_checks, echo360_check, looking
from echodesk.commands.checking_database import disk_line, edit_lines, writing_line
from echodesk.commands.reading import check_address
from echodesk.commands.status import pending_text
from echodesk.demo.stage import existing
from echodesk.errors import EchoDeskError
from echodesk.main import AllBooks, Office, user
from echodesk.planning.batches import BatchState
from echodesk.secrets import Secrets
from echodesk.store.lost_edits import came_to_an_end, comparisons
from echodesk.store.settings import value_of
from echodesk.worker.clock import utc_now
from echodesk.worker.guarding import no_ground

COMPARE_EVERY = dt.timedelta(days=2)
"""Triggers do not see everything: after so long a whole comparison is due."""


def check(
    echo360: Annotated[str, typer.Option(help="Address of Echo360, to sign in there, too.")] = "",
    compare: Annotated[
        bool, typer.Option("--compare", help="Have everything compared with Echo360 if that is due.")
    ] = False,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Check that everything EchoDesk needs is there and works; one line a check. Returns 1 if something is wrong.

    It signs in to Echo360 if --echo360 or the data folder names one, with the credentials of
    ECHODESK_ECHO360_CLIENT_ID and ECHODESK_ECHO360_CLIENT_SECRET or those that are kept, and asks for a schedule.
    A comparison is due when triggers were missing, or when none was made for two days; --compare asks whoever is
    sending for one. Its plan waits for a yes like any other.
    JSON: wrong (how many), compare_due, plan (the number of the comparison asked for, null if none), checks
    (check, state ok, note, wrong or skipped, text, next_step).
    """
    secrets = Secrets(folder_of(data))
    demonstration = existing(secrets.folder) is not None
    if echo360 := address_of(secrets.folder, echo360):
        echo360 = check_address(echo360, loopback_only=demonstration)
    lines: list[Line] = []
    plan: int | None = None
    try:
        with office_at(data) as office:
            lines.append(disk_line(secrets.folder, shutil.disk_usage(secrets.folder).free))
            lines += results(_checks(office, secrets, echo360, demonstration=demonstration))
            if compare and any(line.compare for line in lines):
                plan, line = _compared(office, wait)
                lines.append(line)
    except EchoDeskError as error:
        lines.append(trouble("Database", error))
    wrong = sum(line.state is State.WRONG for line in lines)
    values = {
        "wrong": wrong,
        "compare_due": any(line.compare for line in lines),
        "plan": plan,
        "checks": [{k: v for k, v in asdict(line).items() if k != "compare"} for line in lines],
    }
    say(values, as_json=json, text="\n".join(_text(line) for line in lines))
    raise typer.Exit(1 if wrong else 0)


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(check)


def _text(line: Line) -> str:
    return f"{line.state.value:<8} {line.check:<13} {line.text} {line.next_step}".rstrip()


def _checks(office: Office, secrets: Secrets, echo360: str, *, demonstration: bool) -> list[Check]:
    """Every check of a database that could be opened."""
    return [
        *database_checks(office),
        looking(office, "Edits", edit_lines),
        looking(office, "Timetable", _ground),
        looking(office, "Dates", _dates),
        looking(office, "Sending", _sending),
        looking(office, "Waiting", _waiting),
        looking(office, "Comparison", _comparison),
        Check("Writing", lambda: [writing_line(office)]),
        echo360_check(office, echo360, lambda: echo360_access(secrets, echo360), loopback_only=demonstration),
    ]


def _ground(books: AllBooks, now: dt.datetime) -> list[Line]:
    reason = no_ground(books, now.date())
    if reason is None:
        return [Line("Timetable", State.OK, "as full as it was")]
    return [Line("Timetable", State.WRONG, reason, "Nothing is removed because of it. See `echodesk stops`.")]


def _dates(books: AllBooks, _now: dt.datetime) -> list[Line]:
    count, first = books.timetable.unreadable_changes()
    if not count:
        return [Line("Dates", State.OK, "when lessons were changed can be read")]
    text = f'DATECHANGED of {count} lessons cannot be read, "{first}" among them: in clashes they are the oldest.'
    step = "Have the timetable write YYYYMMDDHHMM there; until then `echodesk decide` says which one is recorded."
    return [Line("Dates", State.NOTE, text, step)]


def _sending(books: AllBooks, now: dt.datetime) -> list[Line]:
    today = now.date().isoformat()
    waits = pending_text(books.figures.pending(today))
    holder = leader(books)
    if not holder:
        step = "Start the window or `echodesk worker` on a machine that is always on."
        return [Line("Sending", State.WRONG, f"Nobody is sending; waiting: {waits}.", step)]
    trouble = books.office.told_state().echo360
    if trouble:
        step = "See `echodesk status`."
        return [Line("Sending", State.WRONG, f"{holder} is sending, but: {trouble}", step)]
    return [Line("Sending", State.OK, f"{holder} is sending; waiting: {waits}")]


def _waiting(books: AllBooks, now: dt.datetime) -> list[Line]:
    limit = int(value_of(books.office.settings(), "calls_per_minute"))
    found = books.figures.overview(now, limit)
    lines = [
        Line("Waiting", State.NOTE, f"Safety stop {one.key} waits for a yes: {one.headline}", "`echodesk stops`")
        for one in found.stops
        if one.waits
    ]
    lines += [
        Line("Waiting", State.NOTE, f"Plan {one.key} waits for a yes", "`echodesk plans`")
        for one in found.plans
        if one.waits
    ]
    if found.failed:
        lines.append(Line("Waiting", State.NOTE, f"{found.failed} updates failed", "See `echodesk status`."))
    return lines or [Line("Waiting", State.OK, "nothing waits for a person")]


def _comparison(books: AllBooks, _now: dt.datetime) -> list[Line]:
    step = "`echodesk check --compare` asks for one; the setting compare_at has one made every night."
    whole = comparisons(books.batches)
    if any(one.state is BatchState.COMPARING for one in whole):
        return [Line("Comparison", State.OK, "is being made")]
    made = [one for one in whole if came_to_an_end(books.batches, one)]
    if not made:
        return [Line("Comparison", State.NOTE, "Nothing was ever compared with Echo360.", step, compare=True)]
    age = utc_now() - dt.datetime.fromisoformat(made[0].created)
    hours = int(age.total_seconds() // 3_600)
    text = f"everything was compared with Echo360 {hours} hours ago (plan {made[0].id})"
    if age > COMPARE_EVERY:
        return [Line("Comparison", State.NOTE, text, step, compare=True)]
    return [Line("Comparison", State.OK, text)]


def _compared(office: Office, wait_s: float) -> tuple[int | None, Line]:
    if not office.read(leader):
        step = "Start the window or `echodesk worker`, or use `echodesk plan --echo360 https://…`."
        return None, Line("Comparison", State.WRONG, "Nobody is sending, who could compare.", step)
    try:
        number = ask(office, Compare(user()), wait_s).done.number
    except EchoDeskError as error:
        return None, trouble("Comparison", error)
    return number, Line(
        "Comparison", State.OK, f"asked for: plan {number}", "`echodesk plans` shows what it finds."
    )
