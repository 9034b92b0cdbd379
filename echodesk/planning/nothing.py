"""What to say of a plan that sends nothing: of the reasons for it only one is good news. Pure."""

from __future__ import annotations

from echodesk.planning.batches import BatchKind, Summary
from echodesk.planning.reasons import REASONS

FINE = "Everything stands as it should."
REST_IS_FINE = "What can be recorded stands as it should."
NAMED = 5
"""So many lessons that cannot be taken back are named."""


def nothing_to_send(kind: BatchKind, summary: Summary) -> str:
    """Why a plan of this kind has no steps, in one or two sentences."""
    if kind is BatchKind.UNDO:
        return _nothing_back(summary)
    if not summary.compared and not summary.unplanned:
        if summary.paused:
            return "Everything that was chosen is paused."
        return "Nothing was chosen: these rooms and dates have no lesson, and no recording of ours in Echo360."
    told = [FINE if not summary.left_out and not summary.unplanned else REST_IS_FINE]
    if summary.left_out:
        reasons = "; ".join(f"{count:,} because {_because(one)}" for one, count in summary.left_out.items())
        told.append(f"{_lessons(sum(summary.left_out.values()))} not recorded: {reasons}.")
    if summary.unplanned:
        told.append(f"{_room_days(summary.unplanned)} could not be planned; the log says why.")
    if summary.paused:
        told.append(f"{_room_days(summary.paused)} paused and left as they are.")
    return " ".join(told)


def _nothing_back(summary: Summary) -> str:
    refused = summary.refused
    if not refused:
        return "No recording is to be taken back: all of them are as they were before."
    named = " ".join(refused[:NAMED])
    more = f" And {len(refused) - NAMED:,} more." if len(refused) > NAMED else ""
    return f"Nothing can be taken back. {named}{more}"


def _because(reason: str) -> str:
    return REASONS[reason].because if reason in REASONS else reason


def _lessons(count: int) -> str:
    return "1 lesson is" if count == 1 else f"{count:,} lessons are"


def _room_days(count: int) -> str:
    return "1 room-day" if count == 1 else f"{count:,} room-days"
