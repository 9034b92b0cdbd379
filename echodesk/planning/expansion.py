"""What one timetable edit means for each week (design §4.8, decisions "Week sets")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from echodesk.planning.records import RequestEdit, Requests
from echodesk.planning.statuses import Action

AT_ONCE = dt.timedelta(seconds=0.5)
"""A request that is gone for no longer was never withdrawn: a program wrote its row anew, or another kind of
recording into a new row. Not every database tells whether two edits were one transaction."""


def actions_by_week(
    *,
    was_eligible: bool,
    is_eligible: bool,
    old_weeks: Collection[int],
    new_weeks: Collection[int],
    mirror_weeks: Collection[int] = (),
) -> list[tuple[int, Action]]:
    """(week, action) in order of weeks: only old → DELETE, only new → INSERT, both → UPDATE.

    Weeks of a lesson that was not eligible before, or is not now, do not count on that side. A week that is
    neither old nor new but for which the mirror holds an occurrence is a DELETE: a changed week structure must
    strand no schedule.
    """
    old = set(old_weeks) if was_eligible else set()
    new = set(new_weeks) if is_eligible else set()
    actions: list[tuple[int, Action]] = []
    for week in sorted(old | new | set(mirror_weeks)):
        if week not in new:
            actions.append((week, Action.DELETE))
        elif week in old:
            actions.append((week, Action.UPDATE))
        else:
            actions.append((week, Action.INSERT))
    return actions


def newly_asked(requests: Requests) -> set[int]:
    """The entries with which a recording of the lesson was asked for where none was: never before, or not since it
    was withdrawn. Another kind of recording is no such entry, whether it changes a request, writes it anew or
    comes beside it.

    Counted back from the requests that stand now, so it makes no difference when an entry is read, and with which
    others.
    """
    found: set[int] = set()
    before = requests.standing
    for number, edit in reversed(list(enumerate(requests.edits))):
        before -= {"INSERT": 1, "UPDATE": 0, "DELETE": -1}[edit.action]
        last = requests.edits[number - 1] if number else None
        if edit.action == "INSERT" and before <= 0 and not _written_anew(last, edit):
            found.add(edit.id)
    return found


def _written_anew(last: RequestEdit | None, edit: RequestEdit) -> bool:
    if last is None or last.action != "DELETE":
        return False
    gone = dt.datetime.fromisoformat(edit.created) - dt.datetime.fromisoformat(last.created)
    return abs(gone) <= AT_ONCE
