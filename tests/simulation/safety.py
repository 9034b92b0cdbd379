"""What may never happen, checked at the moment at which it would happen.

Requests are judged when their sender lets go of them, because what the network does afterwards is nobody's choice;
effects are judged in Echo360 itself; writes of the database when they are committed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, deque
from email.utils import parsedate_to_datetime

import msgspec

from echodesk.planning.values import Interval, RoomDay
from echodesk.simulator.bookings import Schedule
from echodesk.simulator.wire import SimRequest, SimResponse
from echodesk.worker.snapshot import Snapshot
from tests.simulation.oracle import expected
from tests.simulation.planned import Planned
from tests.simulation.stage import Stage
from tests.simulation.states import States
from tests.worker.process import Process
from tests.worker.values import booked_by_others
from tests.worker.virtual_time import UTC_AT_START

SCHEDULES = "/public/api/v2/schedules"
WINDOW_S = 60.0
CAPS = ((10.0, 4), (3_600.0, 12), (86_400.0, 40))
"""(seconds, how often the same request may be sent within them), with L as in these tests."""
MOMENT_S = 0.002
"""Stamps of the database are cut to milliseconds."""
FREE_OF_EPOCH = frozenset({"take lease", "pass on", "post"})
"""Writes that need no lease."""


class Safety:
    """Watches one stage. Violations are texts that begin with the promise that was broken."""

    def __init__(self, stage: Stage, *, judges: bool) -> None:
        """`judges`: whether each DELETE has evidence is looked at when it is planned, which costs time."""
        self._stage = stage
        self._judges = judges
        self.violations: list[str] = []
        self.requests: Counter[str] = Counter()
        self.refused = 0
        """Requests for schedules that Echo360 refused: it holds what it held before."""
        self.trace: list[tuple[object, ...]] = []
        self._sent: deque[float] = deque()
        self._fired = 0
        self._made: Counter[tuple[str, str]] = Counter()
        self._changes = 0
        """Edits of the timetable and commands of people so far."""
        self._read_at: dict[str, int] = {}
        """Each run of a worker, and after how many of them it read its last snapshot."""
        self._judged: set[tuple[int, str, str]] = set()
        """Intents whose evidence was looked at: the database gives a number again once its row is gone."""
        self._as_wanted: set[str] = set()
        """Echo ids of schedules that stood as they should when a DELETE of their lesson was planned."""
        self._same: dict[tuple[str, str], tuple[tuple[bytes, str | None], list[float]]] = {}
        self._wait_until: dict[str, float] = {}
        """Each run of a worker, and until when Echo360 asked it to wait."""
        self._planned = Planned(stage, self.tell)
        self._states = States(stage)
        stage.on_edit = self._on_edit
        stage.watch(self._on_run)

    def tell(self, promise: str, text: str) -> None:
        """A promise was broken now."""
        self.violations.append(f"{promise} at {self._stage.loop.now:.3f} s: {text}")

    def writes(self) -> int:
        """Requests so far that may change what Echo360 holds."""
        return sum(count for method, count in self.requests.items() if method != "GET")

    def _on_run(self, process: Process) -> None:
        answered = process.wire.on_answered

        def on_answered(request: SimRequest, response: SimResponse | None) -> None:
            self._on_answered(process, request, response)
            answered(request, response)

        process.wire.on_sent = lambda request: self._on_sent(process, request)
        process.wire.on_answered = on_answered
        process.steps.saw = lambda answer: self._on_read(process, answer)
        process.steps.wrote = lambda step, rows: self._on_written(process, step, rows)

    # ---- requests -----------------------------------------------------------------------------------------

    def _on_sent(self, process: Process, request: SimRequest) -> None:
        now = self._stage.loop.now
        self.trace.append((round(now, 6), process.name, request.method, request.path, request.query, request.body))
        self._rate(now)
        if now < self._wait_until.get(process.holder, 0.0) - MOMENT_S:
            self.tell("H3", f"{request.method} {request.path} although Echo360 asked to wait")
        if "/oauth2/" in request.path:
            return
        self.requests[request.method] += 1
        self._lead(process, request)
        if request.method != "GET" and request.path.startswith(SCHEDULES):
            target = self._target(request)
            if target is not None and booked_by_others(target) and not self._adopting(request, target):
                self.tell("C8", f"{request.method} of a schedule that others booked: {target}")
            if not self._stage.refusing:
                # What never gets a connection was not sent.
                self._cap(now, request, target)
            if request.method == "DELETE" and target is not None and target.id in self._as_wanted:
                self.tell("C9", f"{target.external_id} is deleted, planned while it stood as it should")
            self._begun(request, target)
            self._paused(request, target)
            self._in_order(process, request, target)

    def _adopting(self, request: SimRequest, target: Schedule) -> bool:
        """Somebody said yes to taking it over, or to giving it back."""
        open_steps = self._stage.sql(
            "SELECT 1 FROM STT_ECHO_BATCH_STEP WHERE STATE = 'OPEN' AND METHOD = 'PUT'"
            " AND WHY IN ('adopted', 'undone') AND json_extract(BEFORE, '$.echo_id') = :id",
            id=target.id,
        )
        return request.method == "PUT" and bool(open_steps)

    def _cap(self, now: float, request: SimRequest, target: Schedule | None) -> None:
        """The same request at most so often in a burst, an hour and a day (H1); a changed one begins anew."""
        name = target.external_id if target is not None and request.body else None
        if name is None and request.body:
            name = msgspec.json.decode(request.body).get("externalId")
        key = (request.method, name or request.path)
        # Another content may look the same on the wire: its new lecturer is one whom Echo360 does not know either.
        tried = self._stage.sql(
            "SELECT max(ID), FINGERPRINT FROM STT_ECHO_TRY WHERE EXTERNAL_ID = :id AND METHOD = :method",
            id=key[1],
            method=request.method,
        )
        content = (request.body, tried[0][1])
        before, sends = self._same.get(key, (None, []))
        if before != content:
            sends = []
        self._same[key] = (content, sends)
        sends.append(now)
        for seconds, most in CAPS:
            count = sum(1 for at in sends if at > now - seconds)
            if count > most:
                self.tell("H1", f"{request.method} {key[1]} was sent {count} times within {seconds:g} s")

    def free_caps(self) -> None:
        """Staff asked for a re-sync or to try again: the counts begin anew."""
        self._same.clear()

    def _asked_for(self) -> bool:
        return bool(self._stage.sql("SELECT 1 FROM STT_ECHO_REFRESH WHERE REASON LIKE 'asked by %' LIMIT 1"))

    def _rate(self, now: float) -> None:
        """No minute holds more calls than the limit, all sources together: sign-ins as well (H9)."""
        limit = self._stage.around.calls_per_minute
        if limit:
            self._sent.append(now)
            while self._sent and self._sent[0] <= now - WINDOW_S:
                self._sent.popleft()
            if len(self._sent) > limit:
                self.tell("H9", f"{len(self._sent)} calls within a minute; {limit} are allowed")

    def _lead(self, process: Process, request: SimRequest) -> None:
        lease = self._stage.office.read(lambda books: books.office.lease())
        if lease.holder != process.holder and lease.seconds_left > 0:
            self.tell("L2", f"{process.holder} sends {request.method} {request.path} while {lease.holder} leads")

    def _target(self, request: SimRequest) -> Schedule | None:
        key = request.path.removeprefix(SCHEDULES).strip("/")
        return self._stage.institution.state.bookings.find(key) if key else None

    def _begun(self, request: SimRequest, target: Schedule | None) -> None:
        if target is None:
            return
        start = dt.datetime.combine(target.start_date, dt.time()) + dt.timedelta(minutes=target.start_minute)
        if start <= self._stage.clock.campus_now():
            self.tell("§4.4", f"{request.method} of {target.external_id}, which began at {start}")

    def _paused(self, request: SimRequest, target: Schedule | None) -> None:
        rooms = self._stage.institution.state.directory.rooms
        places = set()
        if target is not None and (room := rooms.get(target.room_id)) is not None:
            places.add(RoomDay(room.external_id or "", target.start_date))
        if request.method in ("POST", "PUT"):
            body = msgspec.json.decode(request.body)
            asked = body["venue"].get("roomExternalId")
            if asked is not None:
                places.add(RoomDay(asked, dt.date.fromisoformat(body["startDate"])))
        for pause in self._stage.office.read(lambda books: list(books.office.pauses())):
            created = (dt.datetime.fromisoformat(pause.created) - UTC_AT_START).total_seconds()
            held = sorted(place for place in places if pause.covers(place))
            if held and self._stage.loop.now > created + MOMENT_S and not self._undoing(request, pause.id):
                self.tell("A1", f"{request.method} for {held[0]} despite pause {pause.id}")

    def _in_order(self, process: Process, request: SimRequest, target: Schedule | None) -> None:
        """No older state of a lesson is written after a newer one was confirmed (Q3)."""
        name = target.external_id if target is not None else None
        if request.method == "DELETE":
            # What steps aside is removed and made again: that confirms nothing.
            if name is not None and not self._planned.makes(process.holder, name):
                self._states.removed(request, name)
            return
        name = msgspec.json.decode(request.body).get("externalId")
        if name is not None and not self._undoing(request):
            why = self._states.written(request, name)
            if why:
                self.tell("Q3", f"{request.method} writes {name} as {why}")

    def _undoing(self, request: SimRequest, pause: int | None = None) -> bool:
        """It takes back what somebody said yes to, under the pause that keeps it so, or that another plan left;
        under any, if none is named."""
        name = msgspec.json.decode(request.body).get("externalId") if request.body else None
        steps = self._stage.sql(
            "SELECT 1 FROM STT_ECHO_BATCH b JOIN STT_ECHO_BATCH_STEP s ON s.BATCH_ID = b.ID"
            " WHERE b.KIND = 'UNDO' AND b.STATE = 'RUNNING' AND s.STATE = 'OPEN'"
            " AND (:pause IS NULL OR :pause IN (SELECT h.PAUSE_ID FROM STT_ECHO_BATCH h))"
            " AND (s.EXTERNAL_ID = :name OR json_extract(s.BEFORE, '$.echo_id') = :id)",
            pause=pause,
            name=name,
            id=request.path.removeprefix(SCHEDULES).strip("/"),
        )
        return bool(steps)

    def _on_answered(self, process: Process, request: SimRequest, response: SimResponse | None) -> None:
        self.trace.append((request.method, None if response is None else (response.status, response.body)))
        self.one_schedule_per_id()
        if response is not None:
            self._states.answered(request, response)
            self._count(request, response)
            self._once(request, response)
            if request.method != "GET" and request.path.startswith(SCHEDULES) and response.status in (400, 409):
                self.refused += 1
        if response is not None and response.status in (429, 503):
            seconds = _seconds(dict(response.headers).get("retry-after", ""), self._stage.institution.utc())
            if seconds is not None:
                until = self._stage.loop.now + min(seconds, 3_600.0)
                self._wait_until[process.holder] = max(self._wait_until.get(process.holder, 0.0), until)

    def _once(self, request: SimRequest, response: SimResponse) -> None:
        """No reference data is made twice (H7)."""
        if request.method != "POST" or response.status != 201 or request.path.startswith(SCHEDULES):
            return
        body = msgspec.json.decode(request.body)
        key = (request.path, str(body.get("externalId") or body))
        self._made[key] += 1
        if self._made[key] > 1:
            self.tell("H7", f"{key[1]} was made {self._made[key]} times under {request.path}")

    def _count(self, request: SimRequest, response: SimResponse) -> None:
        """What Echo360 says of itself, and which part of it is out of order."""
        injector = self._stage.simulator.injector
        happened = self._stage.happened
        fired = injector.fired.total() - self._fired
        self._fired += fired
        if fired:
            if injector.settings.methods is not None or injector.settings.needle is not None:
                happened["partial outage"] += fired
            return
        schedule = request.path.startswith(SCHEDULES)
        words = response.body.lower()
        if response.status == 429:
            happened["lower limit"] += 1
        elif response.status in (400, 409) and request.method != "GET":
            if schedule and (b"clash" in words or b"already taken" in words):
                happened["real clash"] += 1
            elif b"externalid" in words or b"exist" in words:
                happened["external id exists" if schedule else "reference exists"] += 1
        elif response.status == 404 and schedule and request.method in ("PUT", "DELETE"):
            happened["not found"] += 1

    def _on_edit(self) -> None:
        self._changes += 1
        self._states.committed()

    def _on_read(self, process: Process, answer: object) -> None:
        if isinstance(answer, Snapshot):
            self._read_at[process.holder] = self._changes
        self._planned.on_read(process.holder, answer)

    def one_schedule_per_id(self) -> None:
        """No two schedules carry one external id (H5)."""
        ids = Counter(one.external_id for one in self._stage.institution.state.bookings if one.external_id)
        for external_id, count in ids.items():
            if count > 1:
                self.tell("H5", f"{count} schedules carry {external_id}")

    def _evidence(self, process: Process) -> None:
        """Looks at what DELETEs are planned for: what stands exactly as the timetable wants it, they must not
        reach (C9). They may well name another schedule of that lesson, which a lagging listing still shows; and of
        what was edited since the plan was read, or is not expanded yet, it could not know."""
        deletes = self._stage.sql(
            "SELECT ID, EXTERNAL_ID, PLACES FROM STT_ECHO_INTENT WHERE METHOD = 'DELETE' AND GIVEN_UP IS NULL"
        )
        fresh = [(name, json.loads(places)) for _, name, places in set(map(tuple, deletes)) - self._judged]
        self._judged = set(map(tuple, deletes))
        unread = (
            "SELECT 1 FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED'"
            " OR (STATUS = 'IN_PROGRESS' AND WEEKS_ALL = 0) LIMIT 1"
        )
        if not fresh or self._read_at.get(process.holder) != self._changes or self._stage.sql(unread):
            return
        wanted = expected(self._stage).wanted
        standing = self._stage.schedules()
        for external_id, places in fresh:
            must, stands = wanted.get(external_id), standing.get(external_id)
            ours = {one.id for one in self._stage.institution.state.bookings if one.external_id == external_id}
            self._as_wanted -= ours
            if must is None or stands is None or [stands.room, stands.date] not in places:
                continue
            if (must.room, must.date.isoformat(), Interval(must.start, must.finish)) == (
                stands.room,
                stands.date,
                Interval(*(int(text[:2]) * 60 + int(text[3:]) for text in stands.time.split("-"))),
            ):
                self._as_wanted |= ours

    # ---- the database -------------------------------------------------------------------------------------

    def _on_written(self, process: Process, step: str, rows: int) -> None:
        if step == "command" or (step == "mirror" and self._asked_for()):
            # What was refused before is asked for once more, over the listing that staff asked for.
            self.free_caps()
        self._changes += step == "command"
        if step == "intents" and self._judges:
            self._evidence(process)
        if step == "settle":
            self._planned.on_settled(process.holder)
        if rows and step not in FREE_OF_EPOCH:
            lease = self._stage.office.read(lambda books: books.office.lease())
            if lease.holder is not None and lease.holder != process.holder:
                self.tell("L1", f"{process.holder} wrote {rows} rows ({step}) under a stale epoch")


def _seconds(text: str, now: dt.datetime) -> float | None:
    """The wait that an answer asks for, if that can be read (fault 10)."""
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max((at - now).total_seconds(), 0.0)
