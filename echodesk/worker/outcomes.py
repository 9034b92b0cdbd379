"""What became of the notifications that a plan was made for (design §4.9).

Pure: read off one finished work; `settle` writes it down.
"""

from __future__ import annotations

from echodesk.planning.records import Lost, NotificationOutcome, Waiting
from echodesk.planning.statuses import NotificationStatus, Recorded
from echodesk.planning.values import LeftOut, Method, Reason, Request
from echodesk.worker.wording import left_out_text, lessons, made_way_text
from echodesk.worker.work import UNANSWERED, Fate, Result, Work

UNANSWERED_OR_CLASH = (UNANSWERED - {Fate.SPENT}) | {Fate.CLASH}
"""Fates after which a notification waits on."""
PASSED = "The day to which it was moved has passed: it is not recorded."
WAS_RECORDED = "The day to which it was moved has passed: what was recorded there stays."
LOST = (Reason.CLASH, Reason.FOREIGN, Reason.DECISION, Reason.TOO_LONG, Reason.UNREADABLE)
"""Why an occurrence that was recorded may not be recorded any more without an edit of its own."""


class Outcomes:
    """The ends of one finished work's notifications, and which occurrences stand as they should now."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._by_id = {request.external_id: request for request in work.plan.requests}
        for request in work.plan.requests:
            # Who hands a schedule over is served by the same request as who takes it.
            if request.standing is not None and request.standing.external_id is not None:
                self._by_id.setdefault(request.standing.external_id, request)
        self._carrier = dict(work.plan.carrier_of)
        self._left = {one.external_id: one for one in work.plan.projection.left_out}
        self._held = dict(work.plan.projection.held)

    def notifications(self) -> list[NotificationOutcome]:
        """One for each notification that this plan was made for; the newest of an occurrence takes the outcome."""
        newest: dict[str, Waiting] = {}
        for one in self._work.waiting:
            known = newest.get(one.external_id)
            if known is None or (one.queue_id, one.id) > (known.queue_id, known.id):
                newest[one.external_id] = one
        outcomes = []
        for one in self._work.waiting:
            outcome = self._outcome(newest[one.external_id])
            if one is newest[one.external_id] or outcome.status == NotificationStatus.UNPROCESSED:
                outcomes.append(NotificationOutcome(one.id, outcome.status, *_rest(outcome)))
            else:
                text = "A later edit of the same lesson was sent instead."
                outcomes.append(
                    NotificationOutcome(one.id, NotificationStatus.OUT_OF_DATE.value, outcome.recorded, text, None)
                )
        return outcomes

    def _outcome(self, one: Waiting) -> NotificationOutcome:
        carrier = self._carrier.get(one.external_id)
        request = self._by_id.get(carrier or one.external_id)
        result = self._work.results[request.number] if request is not None else None
        if result is not None and result.fate in UNANSWERED_OR_CLASH:
            return self._again(one, result)
        if result is not None and result.fate is Fate.SPENT:
            return self._set_aside(one, carrier, result)
        if carrier is not None:
            return self._booked(one, carrier, result)
        left = self._left.get(one.external_id)
        if left is not None:
            winner = self._not_yet_recorded(left.winner)
            if winner is not None and self._work.results[winner.number].fate in UNANSWERED_OR_CLASH:
                # Whether the other one is recorded instead is not known yet.
                return self._again(one, self._work.results[winner.number])
            return self._not_booked(one, left, result)
        return self._unwanted(one, result)

    def _again(self, one: Waiting, result: Result) -> NotificationOutcome:
        text = result.text or "It waits for another request."
        return NotificationOutcome(one.id, NotificationStatus.UNPROCESSED.value, None, text, None)

    def _set_aside(self, one: Waiting, carrier: str | None, result: Result) -> NotificationOutcome:
        """It waits for the call limit of its own request: what stands meanwhile is told as well."""
        recorded = self._recorded_as_before(carrier) if carrier is not None else Recorded.NO
        return _ended(one, NotificationStatus.PARKED, recorded, result.text)

    def parked(self) -> list[tuple[str, str]]:
        """(external id, text) of requests that wait for their call limit, for notifications parked before."""
        return [
            (member, result.text)
            for request in self._work.plan.requests
            if (result := self._work.results[request.number]).fate is Fate.SPENT
            for member in (request.booking.members if request.booking else (request.external_id,))
        ]

    def _booked(self, one: Waiting, carrier: str, result: Result | None) -> NotificationOutcome:
        if result is not None and result.fate in (Fate.REFUSED, Fate.NO_DEVICE):
            return _ended(one, NotificationStatus.FAILED, self._recorded_as_before(carrier), result.text)
        if result is not None and result.fate is Fate.TOO_LATE:
            return _ended(one, NotificationStatus.TOO_LATE, self._recorded_as_before(carrier), result.text)
        held = self._held.get(one.external_id)
        if held is Reason.REFUSED:
            words = self._words_of_refusal(carrier) or "Echo360 refused the change."
            return _ended(one, NotificationStatus.FAILED, Recorded.YES, f"Recorded as it was. {words}")
        if held is not None:
            text = "Recorded as it was: too late to change anything."
            return _ended(one, NotificationStatus.TOO_LATE, Recorded.YES, text)
        notes = [
            text for text in ((result.note if result else ""), self._work.notes.get(one.external_id, "")) if text
        ]
        booking = next(b for b in self._work.plan.projection.bookings if b.external_id == carrier)
        if carrier != one.external_id:
            notes_text = " ".join([f"Recorded together with {booking.content.title}.", *notes])
        else:
            notes_text = " ".join(notes)
        place = booking.place
        clashing = [
            o for o in self._left.values() if o.place == place and o.reason in (Reason.CLASH, Reason.FOREIGN)
        ]
        if clashing:
            text = (
                f"Recorded. Not recorded in this room on this day, because of a clash: {lessons(len(clashing))}."
            )
            return _ended(one, NotificationStatus.IN_CONFLICT, Recorded.YES, f"{text} {notes_text}".strip())
        if notes:
            return _ended(one, NotificationStatus.WARN, Recorded.YES, notes_text)
        status = NotificationStatus.REFRESHED if self._work.refreshed else NotificationStatus.SUCCESS
        return _ended(one, status, Recorded.YES, notes_text)

    def _recorded_as_before(self, carrier: str) -> Recorded:
        """After a change that did not get in: YES if what stands is at the same place and time."""
        request = self._by_id[carrier]
        there = request.booking, request.standing
        if there[0] is None or there[1] is None or request.method is not Method.PUT:
            return Recorded.NO
        same = (there[0].place, there[0].time) == (there[1].place, there[1].time)
        return Recorded.YES if same else Recorded.NO

    def _not_booked(self, one: Waiting, left: LeftOut, result: Result | None) -> NotificationOutcome:
        titles = {one.external_id: one.content.title for one in self._work.plan.projection.bookings}
        text = left_out_text(left, titles.get(left.winner or "", ""))
        if left.reason is Reason.REFUSED:
            words = self._words_of_refusal(one.external_id)
            return _ended(one, NotificationStatus.FAILED, Recorded.NO, words or text)
        if left.reason in (Reason.TOO_LATE, Reason.BEGUN):
            return _ended(one, NotificationStatus.TOO_LATE, Recorded.NO, text)
        if left.reason in (Reason.CLASH, Reason.FOREIGN, Reason.DECISION):
            return _ended(one, NotificationStatus.IN_CONFLICT, Recorded.NO, text, left.winner)
        if result is not None and result.fate is Fate.REFUSED:
            return _ended(one, NotificationStatus.FAILED, Recorded.NO, result.text)
        return _ended(one, NotificationStatus.WARN, Recorded.NO, text)

    def _words_of_refusal(self, external_id: str) -> str:
        words = [said for (refused, _print), said in self._work.refused.items() if refused == external_id]
        return words[-1] if words else ""

    def _unwanted(self, one: Waiting, result: Result | None) -> NotificationOutcome:
        if result is not None and result.fate in (Fate.REFUSED, Fate.NO_DEVICE):
            return _ended(one, NotificationStatus.FAILED, Recorded.NO, result.text)
        if one.external_id in self._work.frozen or (result is not None and result.fate is Fate.TOO_LATE):
            return _ended(one, NotificationStatus.TOO_LATE, Recorded.YES, "It has begun; Echo360 keeps it.")
        recorded = self._work.over.get(one.external_id)
        if recorded is not None:
            known = Recorded.YES if recorded else Recorded.NO
            return _ended(one, NotificationStatus.TOO_LATE, known, WAS_RECORDED if recorded else PASSED)
        if result is not None and result.note:
            return _ended(one, NotificationStatus.WARN, Recorded.NOT_WANTED, result.note)
        status = NotificationStatus.REFRESHED if self._work.refreshed else NotificationStatus.SUCCESS
        return _ended(one, status, Recorded.NOT_WANTED, "")

    def booked(self) -> set[str]:
        """Occurrences that now stand as they should."""
        return {
            external_id
            for external_id, carrier in self._carrier.items()
            if external_id not in self._held
            if (request := self._by_id.get(carrier)) is None
            or self._work.results[request.number].fate is Fate.DONE
        }

    def lost(self) -> list[Lost]:
        """What is not recorded any more, for notifications that ended before. What was to be removed and stands
        still is not among it; nothing is said to be recorded instead that is not."""
        stand = {
            one.standing.external_id
            for one in self._work.plan.requests
            if one.standing is not None and self._work.results[one.number].fate is not Fate.DONE
        }
        found = []
        for one in self._left.values():
            if one.reason not in LOST or one.external_id in stand:
                continue
            winner = self._not_yet_recorded(one.winner)
            if winner is None:
                found.append(Lost(one.external_id, Recorded.NO, one.winner, left_out_text(one)))
            else:
                found.append(Lost(one.external_id, Recorded.NO, None, made_way_text(winner)))
        return found

    def _not_yet_recorded(self, winner: str | None) -> Request | None:
        """The request that was to record this one, if it did not, and nothing of it stands there."""
        request = self._by_id.get(winner or "")
        if winner is None or request is None or request.booking is None or request.external_id != winner:
            return None
        done = self._work.results[request.number].fate is Fate.DONE
        return None if done or self._recorded_as_before(winner) is Recorded.YES else request

    def answered(self) -> set[tuple[str, Method]]:
        """(external id, method) of what Echo360 answered clearly and without surprise: what was sent so counts in
        its burst alone.

        Nothing else is such an answer. The clear answer to a PUT says nothing of the POSTs before it, and a
        listing that shows an occurrence as it should be says little: the next one may lose its row.
        """
        answered = set()
        for request in self._work.plan.requests:
            result = self._work.results[request.number]
            if result.surprised or result.fate in UNANSWERED or result.fate is Fate.CLASH:
                continue
            if result.fate is Fate.DONE:
                last = {one.method: one.status for one in result.exchanges}
                methods = {method for method in Method if 200 <= last.get(method.value, 0) < 300}
            else:
                methods = {request.method}
            answered |= {(request.external_id, method) for method in methods}
        return answered

    def good(self) -> set[str]:
        """Those, and what is wanted no more and is gone: their earlier failures are put right (design §4.11)."""
        return self.booked() | {
            request.external_id
            for request in self._work.plan.requests
            if request.method is Method.DELETE
            and self._work.results[request.number].fate is Fate.DONE
            and request.external_id not in self._left
            and request.external_id not in self._carrier
        }


def _rest(outcome: NotificationOutcome) -> tuple[str | None, str | None, str | None]:
    return outcome.recorded, outcome.message, outcome.winner


def _ended(
    one: Waiting, status: NotificationStatus, recorded: Recorded, text: str, winner: str | None = None
) -> NotificationOutcome:
    return NotificationOutcome(one.id, status.value, recorded.value, text or None, winner)
