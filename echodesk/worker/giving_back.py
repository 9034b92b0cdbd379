"""What others booked and an adoption left changed: it is given back, whoever leads by then (design §4.12).

Where Echo360 keeps the external id of a schedule, an adoption has only written over its owner's words, and they
are put back at once. A pause, a stop or the end of a worker may come between the two; then the step of the batch
alone remembers those words, however it ended. What stands tells whether they are still owed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from echodesk.planning.ground import Deadline
from echodesk.planning.undoing import booking_of, fingerprint_of, half_done
from echodesk.planning.values import Method, Plan, Projection, Request, Standing, Why
from echodesk.worker import caps
from echodesk.worker.books import Books
from echodesk.worker.work import Work, taking_back


def works_owed(books: Books, now: dt.datetime) -> list[Work]:
    """One work for each schedule that is to be given back and may be sent now; `now` is campus time."""
    # The newest first: it may have written over what an older one gives back after it.
    batches = [one for one in books.batches.begun_after(0) if one.scope.adopt]
    steps = [step for one in batches for step in books.batches.not_adopted(one.id) if step.before is not None]
    if not steps:
        return []
    rules = books.office.rules()
    late = Deadline.at(now + dt.timedelta(minutes=rules.lead))
    places = {step.place for step in steps}
    # The pause of a batch, on what was cancelled say, is no reason to keep what is theirs.
    pauses = books.office.pauses(places)
    own = {one.id for one in pauses if one.batch is not None}
    # What is to be listed first may have been changed by its owner.
    restless = books.places.restless(places, own)
    stands = {row.standing.echo_id: row.standing for row in books.mirror.at(places)}
    works: dict[str, Work] = {}
    for step in steps:
        before = step.before
        there = stands.get(before.echo_id) if before is not None else None
        if before is None or there is None or there.ours or fingerprint_of(there) == fingerprint_of(before):
            continue
        if fingerprint_of(there) not in half_done(step) or late.reached(there.place.date, there.time.start):
            # Its owner made something else of it, or it can be changed no more.
            continue
        held = any(pause.covers(there.place) for pause in pauses if pause.id not in own)
        if not held and there.place not in restless:
            works.setdefault(there.echo_id, _work(step.external_id, before, there, rules.lead))
    caps.hold_back(books, list(works.values()), float(rules.late_s), now)
    return [work for work in works.values() if work.open]


def _work(external_id: str, before: Standing, there: Standing, lead: int) -> Work:
    back = booking_of(before, None)
    there = replace(there, rest=before.rest)
    request = Request(0, Method.PUT, external_id, back, there, (), Why.UNDONE)
    return taking_back(Plan(request.places, (request,), Projection((back,), ()), frozenset(), ()), lead, 0)
