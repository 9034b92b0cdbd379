"""A safety stop as the screens and the command line show it."""

from __future__ import annotations

from echodesk.messages import StopShown
from echodesk.planning.stops import StopRecord


def shown(one: StopRecord) -> StopShown:
    """The same stop in words."""
    return StopShown(
        key=one.id,
        kind=one.kind.value,
        headline=one.headline,
        reason=one.reason,
        cause=one.cause,
        next_step=one.next_step,
        since=one.since,
        bookings=one.bookings,
        room_days=one.room_days,
        waits=one.waits,
        last_item=one.last_item,
    )
