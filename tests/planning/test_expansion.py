"""Week sets that change (design §4.8, decisions "Week sets")."""

from __future__ import annotations

import pytest

from echodesk.planning.expansion import actions_by_week
from echodesk.planning.statuses import Action

I, U, D = Action.INSERT, Action.UPDATE, Action.DELETE  # noqa: E741 - the three letters of the seed document


@pytest.mark.parametrize(
    ("was", "now", "old", "new", "mirror", "expected"),
    [
        (True, True, [1, 2], [2, 3], [], [(1, D), (2, U), (3, I)]),
        (False, True, [1, 2], [2, 3], [], [(2, I), (3, I)]),
        (True, False, [1, 2], [2, 3], [], [(1, D), (2, D)]),
        (False, False, [1, 2], [2, 3], [], []),
        (True, True, [2], [2], [2, 7], [(2, U), (7, D)]),
        (False, True, [], [2], [2, 7], [(2, I), (7, D)]),
        (False, False, [], [], [7, 3], [(3, D), (7, D)]),
        (True, True, [10, 9, 9], [9, 10], [], [(9, U), (10, U)]),
    ],
    ids=[
        "both sides",
        "not eligible before: only the new",
        "not eligible now: only the old",
        "never eligible: nothing",
        "a week only the mirror knows is removed",
        "the same for a lesson that was not eligible",
        "whatever the mirror holds of a lesson that is none",
        "in the order of weeks, each once",
    ],
)
def test_what_an_edit_means_for_each_week(
    was: bool,
    now: bool,
    old: list[int],
    new: list[int],
    mirror: list[int],
    expected: list[tuple[int, Action]],
) -> None:
    found = actions_by_week(was_eligible=was, is_eligible=now, old_weeks=old, new_weeks=new, mirror_weeks=mirror)
    assert found == expected
