"""Plain sentences for what a plan found: kept with notifications and in the audit."""

from __future__ import annotations

import datetime as dt

from echodesk.planning.reasons import REASONS
from echodesk.planning.values import LeftOut, Request, Standing
from echodesk.worker.work import Result


def left_out_text(one: LeftOut, winner_title: str = "") -> str:
    """Why an occurrence is not recorded, in one or two sentences; the winner by its title where that is known."""
    winner = f"{winner_title} ({one.winner})" if winner_title else one.winner or "another lesson"
    text = REASONS[one.reason].kept.format(winner=winner)
    return f"{text} {one.detail}".strip() if one.detail and one.detail not in text else text


def made_way_text(winner: Request) -> str:
    """Why an occurrence is not recorded any more; true whatever becomes of the one for which it was removed."""
    title = winner.booking.content.title if winner.booking is not None else ""
    return f"Not recorded any more: it made way for “{title}” ({winner.external_id})."


def standing_text(standing: Standing | None) -> str | None:
    """A schedule in one line: room, date, times, sections, presenter."""
    if standing is None:
        return None
    sections = ", ".join(standing.content.sections) or "no section"
    presenter = standing.content.presenter or "no presenter"
    return f"{standing.place.room} {standing.place.date} {standing.time} · {sections} · {presenter}"


def outcome_text(result: Result) -> str:
    """What became of a request, for the audit."""
    return f"{result.fate.value}: {result.text}" if result.text else result.fate.value


def lessons(count: int) -> str:
    """`1 lesson`, `2 lessons`."""
    return "1 lesson" if count == 1 else f"{count} lessons"


SENT_IN_A_BURST = "Sent several times within a short while; Echo360 answered, and it is sent again by itself."


def spent_text(sent: int, said: str, again: dt.datetime | None) -> str:
    """Why a request waits that was sent as often as it may be: what was tried, what Echo360 said last, when it is
    tried again (campus time) and what to do."""
    times = "once" if sent == 1 else f"{sent} times"
    parts = [f"Sent {times} without a clear answer; not sent again for a while."]
    if said:
        parts.append(f"Echo360 said last: {said.rstrip('.')}.")
    parts.append(f"Tried again by itself {f'on {again:%d %B} after {again:%H:%M}' if again else 'in a while'}.")
    parts.append("If it is urgent, look in Echo360 and press Retry.")
    return " ".join(parts)
