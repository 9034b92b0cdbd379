"""Of `decide`: which other clashes are alike, and what would come of a decision before it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from echodesk.clashes import Choice, Decide, DecideAlike, FindAlike, Supposed
from echodesk.errors import NothingDone
from echodesk.worker.alike import find_alike
from echodesk.worker.books import Books


def all_alike(books: Books, command: Decide, now: dt.datetime) -> tuple[DecideAlike, int]:
    """The same about every other open clash of the same cause, and of how many more it cannot be decided.

    Raises `NothingDone` where these lessons are in no open clash.
    """
    named = {(command.setid, slotid) for slotid in command.lessons}
    room_day = min(
        (place for place, key in books.places.open_clashes(now.date().isoformat()) if key in named), default=None
    )
    if room_day is None:
        raise NothingDone(
            "These lessons are in no open clash",
            "None of them is left out of the recordings ahead because of another.",
            "Without --alike it is decided about them alone.",
        )
    first = DecideAlike(
        command.by, command.why, command.kind, command.setid, (Choice(command.lessons, command.winner),)
    )
    found = find_alike(books, FindAlike(first, room_day.room, room_day.date.isoformat()), now)
    if not isinstance(found.command, DecideAlike):
        raise TypeError(f"a decision that is alike came back as {found.command}")
    return found.command, found.refused


def outcome(command: Decide | DecideAlike, refused: int, supposed: Supposed) -> dict[str, Any]:
    """What would come of it, for programs."""
    return {
        "clashes": len(command.choices) if isinstance(command, DecideAlike) else 1,
        "not_possible": refused,
        "room_days": supposed.room_days,
        "first": supposed.first,
        "last": supposed.last,
        "lessons": [
            {
                "set": one.setid,
                "lesson": one.slotid,
                "module": one.module,
                "group": one.group,
                "weeks": one.weeks,
                "before": one.before,
                "after": one.after,
                "why": one.why,
            }
            for one in supposed.lessons
        ],
        "calls": dict(supposed.calls),
        "paused": supposed.paused,
    }


def outcome_text(shown: Mapping[str, Any]) -> str:
    """The same for people."""
    lines = [
        f"{shown['clashes']} clash(es) in {shown['room_days']} room-day(s), {shown['first']} to {shown['last']}:",
        *(
            f"  lesson {one['lesson']} ({one['module']} {one['group']}): recorded in {one['after']} of"
            f" {one['weeks']} week(s), now in {one['before']}"
            for one in shown["lessons"]
        ),
        "Calls to Echo360: "
        + (", ".join(f"{count} {method}" for method, count in shown["calls"].items()) or "none")
        + ".",
    ]
    if shown["not_possible"]:
        lines.append(f"Of {shown['not_possible']} more of the same cause it cannot be decided.")
    if shown["paused"]:
        lines.append(f"{shown['paused']} room-day(s) wait for a pause to end.")
    lines.append("Nothing is decided yet: the same command without --show decides it.")
    return "\n".join(lines)
