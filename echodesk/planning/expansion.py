"""What one timetable edit means for each week (design §4.8, decisions "Week sets")."""

from __future__ import annotations

from collections.abc import Collection

from echodesk.planning.statuses import Action


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
