"""How often the same request may be sent, and when the next try may be (reliability H1). Pure.

The windows roll: nothing waits for a person, but nothing hammers either. A burst is as long as five requests take
of which each may take effect for L.
"""

from __future__ import annotations

from collections.abc import Iterable

from echodesk.planning.records import Try

BURST_TRIES = 4
HOUR_TRIES = 12
DAY_TRIES = 40
BURST_LATE = 5.0
BURST_LEAST_S = 10.0
BACK_OFF_S = 1.0
BACK_OFF_MAX_S = 300.0
"""Between two tries: 1 s to 5 min, with full jitter."""


def windows(late_s: float) -> tuple[tuple[float, int], ...]:
    """(seconds, how many sends they may hold)."""
    burst_s = max(BURST_LEAST_S, BURST_LATE * late_s)
    return ((burst_s, BURST_TRIES), (3_600.0, HOUR_TRIES), (86_400.0, DAY_TRIES))


def sends_left(tries: Iterable[Try], late_s: float) -> int:
    """How often the same request may be sent now; 0 or less: it waits."""
    counted = list(tries)
    return min(most - sum(one.sent for one in counted if one.age_s < seconds) for seconds, most in windows(late_s))


def wait_s(tries: Iterable[Try], late_s: float) -> float:
    """Seconds until it may be sent once more, 0 if now."""
    ages = sorted(one.age_s for one in tries for _ in range(one.sent))
    return max(
        [0.0, *(seconds - ages[most - 1] for seconds, most in windows(late_s) if len(ages) >= most)],
    )


def back_off_s(sent: int, fraction: float) -> float:
    """How long to wait before the next try after so many; `fraction` (0 to 1) is the jitter."""
    return fraction * min(BACK_OFF_MAX_S, BACK_OFF_S * 2.0 ** max(0, sent - 1))
