"""`status`: who is sending, what waits, what failed, what is paused. It reads only, whoever leads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import typer

from echodesk.batches import PlanShown
from echodesk.commands.answers import Data, Json, aligned, campus_stamps, office_at, say
from echodesk.commands.plan_texts import list_line, waits
from echodesk.desk import words
from echodesk.main import AllBooks, Office
from echodesk.messages import Overview, Scope, Table
from echodesk.planning.batches import OPEN_BATCHES, BatchState
from echodesk.planning.records import LeaderState, LeaseState, PauseRecord
from echodesk.store.figures import Pending
from echodesk.store.settings import value_of
from echodesk.worker.control import scope_text

IN_HAND = frozenset({*OPEN_BATCHES, BatchState.READY})
"""Plans that are at work, stand still or wait for a yes."""


def status(data: Data = None, json: Json = False) -> None:
    """Show who is sending, what waits, what failed and what is paused.

    JSON: sending (holder, phase, seconds_left), health (database, echo360), pending (entries, notifications,
    room_days, refreshes, intents, commands, held, guarded, quiet, minutes, next_lesson), waiting_for_yes (numbers
    of safety stops), queue, notifications and room_days (rows per status), left_out (per reason), failed,
    not_recorded, too_late_today, transferred_24h, schedules, foreign, unknown_people (that Echo360 does not
    know), lost_edits (that the triggers could not enter), plans (those in hand: plan, state, waits (why nothing
    goes on), steps, ended), pauses (id, building, room, from, to, reason, owner, created, until), calls (24 hours
    by method), calls_last_minute, calls_per_minute.
    """
    with office_at(data) as office:
        values, text = _read(office)
    say(values, as_json=json, text=text)


def pending_text(pending: Pending) -> str:
    """What waits to be sent, in words."""
    if pending.quiet:
        return "nothing"
    return f"{pending.entries} changes, {pending.notifications} weekly updates, {pending.room_days} room-days"


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(status)


def _read(office: Office) -> tuple[dict[str, object], str]:
    now = office.clock().campus_now()

    def read(books: AllBooks) -> tuple[Overview, Pending, LeaseState, LeaderState, list[PauseRecord]]:
        limit = int(value_of(books.office.settings(), "calls_per_minute"))
        return (
            books.figures.overview(now, limit),
            books.figures.pending(now.date().isoformat()),
            books.office.lease(),
            books.office.told_state(),
            books.office.pauses(()),
        )

    overview, pending, lease, told, pauses = office.look(read)
    leads = lease.holder is not None and lease.seconds_left > 0
    told = told if leads else LeaderState()
    holder = lease.holder if leads else None
    sending = {
        "holder": holder or "",
        "phase": told.phase,
        "since": told.since,
        "seconds_left": round(max(0.0, lease.seconds_left), 1),
    }
    health = {"database": "", "echo360": told.echo360}
    plans = [one for one in overview.plans if one.state in IN_HAND]
    values = {"sending": sending, "health": health} | _values(overview, pending, pauses)
    values["plans"] = [_plan_values(one, holder or "") for one in plans]
    stamp = campus_stamps(office)
    lines = [
        _text(overview, pending, holder, told, stamp),
        *(list_line(one, stamp(one.created), holder or "") for one in plans),
        *(_pause(one, stamp) for one in pauses),
    ]
    return values, "\n".join(lines)


def _plan_values(plan: PlanShown, sender: str) -> dict[str, object]:
    return {
        "plan": plan.key,
        "state": plan.state,
        "waits": waits(plan, sender),
        "steps": plan.to_send,
        "ended": plan.to_send - plan.count("OPEN"),
    }


def _values(overview: Overview, pending: Pending, pauses: list[PauseRecord]) -> dict[str, object]:
    return {
        "pending": {
            "entries": pending.entries,
            "notifications": pending.notifications,
            "room_days": pending.room_days,
            "refreshes": pending.refreshes,
            "intents": pending.intents,
            "commands": pending.commands,
            "held": pending.held,
            "guarded": pending.guarded,
            "quiet": pending.quiet,
            "minutes": overview.pending_minutes,
            "next_lesson": overview.next_lesson,
        },
        "waiting_for_yes": [one.key for one in overview.stops if one.waits],
        "queue": dict(overview.queue),
        "notifications": dict(overview.notifications),
        "room_days": dict(overview.room_days),
        "left_out": dict(overview.left_out),
        "failed": overview.failed,
        "not_recorded": overview.not_recorded,
        "too_late_today": overview.too_late_today,
        "transferred_24h": overview.transferred_24h,
        "schedules": overview.schedules,
        "foreign": overview.foreign,
        "unknown_people": overview.unknown_people,
        "lost_edits": overview.lost_edits,
        "pauses": [
            {
                "id": one.id,
                "building": one.building or "",
                "room": one.room or "",
                "from": one.first or "",
                "to": one.last or "",
                "reason": one.reason,
                "owner": one.owner,
                "created": one.created,
                "until": one.until or "",
            }
            for one in pauses
        ],
        "calls": dict(overview.calls),
        "calls_last_minute": overview.calls_last_minute,
        "calls_per_minute": overview.calls_per_minute,
    }


def _text(
    overview: Overview,
    pending: Pending,
    holder: str | None,
    told: LeaderState,
    stamp: Callable[[str], str],
) -> str:
    echo360 = told.echo360
    doing = f": {words.phase(told.phase)}" if told.phase else ""
    since = f", since {stamp(told.since)}" if told.since else ""
    sending = "nobody" if holder is None else f"{holder}{doing}{since}"
    limit = f"limit {overview.calls_per_minute}" if overview.calls_per_minute else "no limit"
    rows: list[tuple[str, object]] = [
        ("Sending", sending),
        ("Echo360", echo360 or ("well, as far as is known" if holder is not None else "not asked")),
        ("Waiting", pending_text(pending)),
        ("Time needed", f"about {overview.pending_minutes:g} minutes" if overview.pending_minutes else ""),
        ("Next lesson", overview.next_lesson),
        ("Commands", f"{pending.commands} wait" if pending.commands else ""),
        ("Held by a pause", pending.held or ""),
        ("Waiting for a yes", _stops(overview)),
        ("Failed", overview.failed),
        ("Edits lost", f"{overview.lost_edits}. See `echodesk check`." if overview.lost_edits else ""),
        ("Not recorded", _counts(overview.left_out, words.reason)),
        ("Too late today", overview.too_late_today),
        ("In Echo360", f"{overview.schedules} of ours, {overview.foreign} booked by others"),
        (
            "Unknown people",
            f"{overview.unknown_people}. See `echodesk unknown-people`." if overview.unknown_people else "",
        ),
        ("Transferred", f"{overview.transferred_24h} in 24 hours"),
        ("Calls", f"{overview.calls_last_minute} in the last minute ({limit})"),
    ]
    for table, counts in (
        (Table.QUEUE, overview.queue),
        (Table.NOTIFICATIONS, overview.notifications),
        (Table.ROOM_DAYS, overview.room_days),
    ):
        rows.append((words.PAGES[table], _counts(counts, partial(words.status, table))))
    return aligned((label, value) for label, value in rows if value != "")


def _stops(overview: Overview) -> str:
    waiting = [f"{one.headline} (safety stop {one.key})" for one in overview.stops if one.waits]
    return "; ".join(waiting) + ". See `echodesk stops`." if waiting else ""


def _counts(counts: tuple[tuple[str, int], ...], word: Callable[[str], str]) -> str:
    return ", ".join(f"{count} {word(value)}" for value, count in counts) or "none"


def _pause(one: PauseRecord, stamp: Callable[[str], str]) -> str:
    scope = Scope(one.building or "", one.room or "", one.first or "", one.last or "", str(one.batch or ""))
    until = f", until {stamp(one.until)}" if one.until else ""
    return f"Pause {one.id}: {scope_text(scope)} by {one.owner} since {stamp(one.created)}{until}: {one.reason}"
