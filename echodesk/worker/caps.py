"""How often the same request may be sent, and when the next try may be (reliability H1).

The windows roll: nothing waits for a person, but nothing hammers either. A burst is as long as five requests take
of which each may take effect for L.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from echodesk.planning.records import NewTry, Try
from echodesk.planning.values import Method, Request
from echodesk.worker.books import Books
from echodesk.worker.wording import SENT_IN_A_BURST, spent_text
from echodesk.worker.work import Fate, Result, Work, print_of

BURST_TRIES = 4
HOUR_TRIES = 12
DAY_TRIES = 40
BURST_LATE = 5.0
BURST_LEAST_S = 10.0
BACK_OFF_S = 1.0
BACK_OFF_MAX_S = 300.0
"""Between two tries: 1 s to 5 min, with full jitter."""


LOOKED_AT_FIRST = (
    "An earlier request has no answer yet; Echo360 is looked at first, because the lesson may have begun."
)


def burst_s(late_s: float) -> float:
    """How long a burst is, in seconds."""
    return max(BURST_LEAST_S, BURST_LATE * late_s)


def windows(late_s: float) -> tuple[tuple[float, int], ...]:
    """(seconds, how many sends they may hold)."""
    return ((burst_s(late_s), BURST_TRIES), (3_600.0, HOUR_TRIES), (86_400.0, DAY_TRIES))


def _counted(tries: Iterable[Try], late_s: float) -> Iterator[tuple[float, int, list[Try]]]:
    """(seconds, how many sends they may hold, the tries that count). What was answered clearly counts in a burst
    alone."""
    listed = list(tries)
    vain = [one for one in listed if not one.answered]
    for number, (seconds, most) in enumerate(windows(late_s)):
        yield seconds, most, vain if number else listed


def sends_left(tries: Iterable[Try], late_s: float) -> int:
    """How often the same request may be sent now; 0 or less: it waits."""
    return min(
        most - sum(one.sent for one in counted if one.age_s < seconds)
        for seconds, most, counted in _counted(tries, late_s)
    )


def wait_s(tries: Iterable[Try], late_s: float) -> float:
    """Seconds until it may be sent once more, 0 if now."""
    waits = [0.0]
    for seconds, most, counted in _counted(tries, late_s):
        ages = sorted(one.age_s for one in counted for _ in range(one.sent))
        if len(ages) >= most:
            waits.append(seconds - ages[most - 1])
    return max(waits)


def sent_in_burst(tries: Iterable[Try], late_s: float) -> int:
    """How often the most repeated of these was sent in this burst."""
    burst = burst_s(late_s)
    counts: Counter[tuple[str, str, str]] = Counter()
    for one in tries:
        if one.age_s < burst and not one.answered:
            counts[one.external_id, one.method, one.fingerprint] += one.sent
    return max(counts.values(), default=0)


def back_off_s(sent: int, fraction: float) -> float:
    """How long to wait before the next try after so many; `fraction` (0 to 1) is the jitter."""
    return fraction * min(BACK_OFF_MAX_S, BACK_OFF_S * 2.0 ** max(0, sent - 1))


def hold_back(books: Books, works: Sequence[Work], late_s: float, now: dt.datetime) -> None:
    """End here, unsent, what was sent too often, and what has to be looked at before it is touched.

    Part of the plan's snapshot; `now` is campus time.
    """
    _count(books, works, late_s, now)
    _look_first(books, works, late_s, now.date())


def _count(books: Books, works: Sequence[Work], late_s: float, now: dt.datetime) -> None:
    """Look up how often the requests of these plans were sent in vain; those at a cap end here."""
    named = {request.external_id for work in works for request in work.plan.requests}
    known: dict[tuple[str, str, str], list[Try]] = defaultdict(list)
    for one in books.tries.of(named):
        known[one.external_id, one.method, one.fingerprint].append(one)
    if not known:
        return
    for work in works:
        for request in work.plan.requests:
            tries = known.get((request.external_id, request.method.value, print_of(request)))
            if tries and request.number not in work.results:
                _judge(work, request, tries, late_s, now)


def _judge(work: Work, request: Request, tries: Sequence[Try], late_s: float, now: dt.datetime) -> None:
    sent = sum(one.sent for one in tries)
    left = sends_left(tries, late_s)
    if left > 0:
        vain = [one for one in tries if not one.answered]
        if vain:
            work.sent_before[request.number] = sum(one.sent for one in vain if one.said)
        if any(one.said is not None for one in vain):
            work.retries.add(request.number)
        work.sends_left[request.number] = left
        return
    later_s = wait_s(tries, late_s)
    if tries[-1].answered and later_s <= burst_s(late_s):
        work.record(request.number, Result(Fate.LATER, SENT_IN_A_BURST, wait_s=later_s))
        return
    said = next((one.said for one in reversed(tries) if one.said and not one.answered), "")
    text = spent_text(sent, said, now + dt.timedelta(seconds=later_s))
    work.record(request.number, Result(Fate.SPENT, text, wait_s=later_s))


def _look_first(books: Books, works: Sequence[Work], late_s: float, today: dt.date) -> None:
    """Leave alone what a request without an answer may have moved into today: it may have begun there by now.

    The mirror still shows it where it was, so nobody sees that (design §4.4). After L its room is listed, and then
    it is known; at the call limit that may take a while.
    """
    touching = [
        (work, request, {request.external_id, request.standing.external_id})
        for work in works
        for request in work.open
        if request.standing is not None and request.method is not Method.POST
    ]
    if not touching:
        return
    moved = {
        one.external_id
        for one in books.journal.intents_open()
        if one.method is not Method.DELETE and any(place.date == today for place in one.places)
    }
    named = {one for _work, _request, ids in touching for one in ids if one is not None}
    moved |= books.tries.not_looked_at(named - moved, today.isoformat())
    for work, request, ids in touching:
        if moved & ids and request.number not in work.results:
            work.record(request.number, Result(Fate.LATER, LOOKED_AT_FIRST, wait_s=late_s))


def new_try(request: Request) -> NewTry:
    """This request, about to be sent."""
    return NewTry(request.external_id, request.method.value, print_of(request), tuple(sorted(request.places)))
