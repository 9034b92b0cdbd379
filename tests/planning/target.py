"""A strict target in memory: refuses whatever Echo360 would refuse, and never forgets what it was told."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import replace

from echodesk.planning.values import Method, Request, RoomDay, Standing


class RefusedRequest(AssertionError):
    """The target said no; a plan must never make it."""


class StrictTarget:
    """Schedules by target id; back-to-back is allowed, overlaps, doubles and the past are not."""

    def __init__(self, standing: Iterable[Standing], now: dt.datetime, lead: int = 0) -> None:
        self._held = {(one.echo_id, one.place): one for one in standing}
        self._now = now
        self._earliest = now + dt.timedelta(minutes=lead)
        self._made = 0

    @property
    def standing(self) -> tuple[Standing, ...]:
        return tuple(self._held.values())

    def apply(self, request: Request) -> None:
        """Carry out one request. Raises RefusedRequest."""
        if request.method is Method.DELETE:
            del self._held[self._key_of(request)]
            return
        booking = request.booking
        if booking is None:
            raise RefusedRequest(f"{request} says nothing")
        if request.method is Method.PUT:
            key = self._key_of(request, self._earliest)
            old = self._held.pop(key)
            made = replace(old, external_id=booking.external_id, place=booking.place, time=booking.time)
        else:
            self._made += 1
            made = Standing(
                f"new{self._made}", booking.external_id, True, booking.place, booking.time, booking.content
            )
        made = replace(made, content=booking.content)
        if _start(made) <= self._earliest:
            raise RefusedRequest(f"too late for {request}")
        for other in self._held.values():
            if other.external_id == made.external_id:
                raise RefusedRequest(f"{request}: the external id exists")
            if other.place == made.place and other.time.overlaps(made.time):
                raise RefusedRequest(f"{request}: timing clash with {other}")
        self._held[made.echo_id, made.place] = made

    def _key_of(self, request: Request, earliest: dt.datetime | None = None) -> tuple[str, RoomDay]:
        old = request.standing
        if old is None or (old.echo_id, old.place) not in self._held:
            raise RefusedRequest(f"{request}: not there")
        if not old.ours:
            raise RefusedRequest(f"{request}: not ours")
        if _start(old) <= (earliest or self._now):
            raise RefusedRequest(f"{request}: has begun, or is about to")
        return (old.echo_id, old.place)


def run(
    target: StrictTarget,
    requests: Iterable[Request],
    chance: random.Random | None = None,
    fails: Callable[[Request], bool] = lambda request: False,
) -> set[int]:
    """Send requests, in order or in any order that `after` allows; the numbers of those that succeeded."""
    waiting = list(requests)
    done: set[int] = set()
    while True:
        ready = [one for one in waiting if done.issuperset(one.after)]
        if not ready:
            return done
        request = chance.choice(ready) if chance else ready[0]
        waiting.remove(request)
        if not fails(request):
            target.apply(request)
            done.add(request.number)


def _start(standing: Standing) -> dt.datetime:
    return dt.datetime.combine(standing.place.date, dt.time()) + dt.timedelta(minutes=standing.time.start)
