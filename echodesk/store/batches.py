"""Batches inside one transaction: the plans that were saved, their steps, and the room-days they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

import msgspec
from sqlalchemy import Connection, TextClause, text

from echodesk.errors import WrongUse
from echodesk.planning.batches import (
    BatchKind,
    BatchRecord,
    BatchState,
    Pace,
    Progress,
    StepState,
    Summary,
    batch_may_become,
)
from echodesk.planning.needed import Needed
from echodesk.planning.steps import PlanScope, Step
from echodesk.planning.values import LeftOut, RoomDay
from echodesk.store.batch_pauses import free_cancelled, free_torn, pause_pieces
from echodesk.store.batch_rows import batch_record, step_of_row, step_values
from echodesk.store.binding import ChangeNumber, as_json, places_json, sure_place
from echodesk.store.errors_seen import keep_seen, seen_by
from echodesk.store.many import ManyRows
from echodesk.store.not_recorded import forget_not_recorded, keep_not_recorded

PACE_MINUTES = 10
_LEFT = frozenset({StepState.FAILED, StepState.LEFT_OUT})

_ADD = text(
    "INSERT INTO STT_ECHO_BATCH (KIND, STATE, BY, SCOPE, UNDOES, REPLACES, CHANGE_NO)"
    " VALUES (:kind, 'COMPARING', :by, :scope, :undoes, :replaces, :change) RETURNING ID"
)
_COLUMNS = (
    "SELECT ID, KIND, STATE, BY, CREATED, SCOPE, UNDOES, REPLACES, GUARD, SAID, TRIED, PAUSE_ID,"
    " YES_BY, BEGUN FROM STT_ECHO_BATCH"
)
_ONE = text(f"{_COLUMNS} WHERE ID = :id")
_OPEN = text(f"{_COLUMNS} WHERE STATE IN ('COMPARING', 'CHECKING', 'RUNNING', 'STOPPED') ORDER BY ID")
_ALL = text(f"{_COLUMNS} ORDER BY ID DESC LIMIT :limit")
_BEGUN = text(f"{_COLUMNS} WHERE BEGUN IS NOT NULL ORDER BY BEGUN DESC, ID DESC")
_UNDOS = text(f"{_COLUMNS} WHERE UNDOES = :id AND STATE = 'DONE' ORDER BY ID DESC")
_STATE = text(
    "UPDATE STT_ECHO_BATCH SET STATE = :state, SAID = :said, CHANGE_NO = :change,"
    " BEGUN = CASE WHEN :state = 'RUNNING' THEN coalesce(BEGUN, strftime('%Y-%m-%dT%H:%M:%fZ')) ELSE BEGUN END,"
    " COMPARED = CASE WHEN :state IN ('READY', 'RUNNING') THEN strftime('%Y-%m-%dT%H:%M:%fZ') ELSE COMPARED END,"
    " ENDED = CASE WHEN :state IN ('DONE', 'CANCELLED', 'STALE', 'FAILED') THEN strftime('%Y-%m-%dT%H:%M:%fZ') END"
    " WHERE ID = :id AND STATE = :was"
)
_PLAN = text("UPDATE STT_ECHO_BATCH SET SUMMARY = :summary, GUARD = :guard, CHANGE_NO = :change WHERE ID = :id")
_FOUND = text("UPDATE STT_ECHO_BATCH SET SUMMARY = :summary, CHANGE_NO = :change WHERE ID = :id")
_SUMMARY = text("SELECT SUMMARY FROM STT_ECHO_BATCH WHERE ID = :id")
_SAY = text("UPDATE STT_ECHO_BATCH SET SAID = :said, CHANGE_NO = :change WHERE ID = :id")
_YES = text("UPDATE STT_ECHO_BATCH SET YES_BY = :by, CHANGE_NO = :change WHERE ID = :id")
_TRIED = text("UPDATE STT_ECHO_BATCH SET TRIED = 1, CHANGE_NO = :change WHERE ID = :id")
_PAUSE = text("UPDATE STT_ECHO_BATCH SET PAUSE_ID = :pause, CHANGE_NO = :change WHERE ID = :id")
_STEPS = ManyRows(
    "STT_ECHO_BATCH_STEP",
    {
        "BATCH_ID": "batch",
        "STEP": "step",
        "PIECE": "piece",
        "METHOD": "method",
        "EXTERNAL_ID": "external_id",
        "IDENTITY": "identity",
        "WHY": "why",
        "BEFORE": "before",
        "AFTER": "after",
        "NEEDS": "needs",
        "STATE": "state",
    },
)
_PLACES = ManyRows(
    "STT_ECHO_BATCH_PLACE", {"BATCH_ID": "batch", "LESSON_DATE": "date", "ROOMID": "room", "PIECE": "piece"}
)
_READ = text(
    "SELECT STEP, PIECE, METHOD, EXTERNAL_ID, WHY, BEFORE, AFTER, NEEDS, STATE, ANSWER FROM STT_ECHO_BATCH_STEP"
    " WHERE BATCH_ID = :batch AND (:state = '' OR STATE = :state) ORDER BY STEP"
)
# The index is named, because SQLite would read a batch whole for each of its pieces.
_READ_PIECES = text(
    "SELECT STEP, PIECE, METHOD, EXTERNAL_ID, WHY, BEFORE, AFTER, NEEDS, STATE, ANSWER FROM STT_ECHO_BATCH_STEP"
    " INDEXED BY STT_ECHO_BATCH_STEP_STATE WHERE BATCH_ID = :batch AND STATE IN (SELECT value FROM"
    " json_each(:states)) AND PIECE IN (SELECT value FROM json_each(:pieces)) ORDER BY STEP"
)
_COUNTS = text("SELECT STATE, count(*) AS STEPS FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch GROUP BY STATE")
_COUNTS_SINCE = text(
    "SELECT STATE, count(*) AS STEPS FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND ENDED >="
    " (SELECT h.COMPARED FROM STT_ECHO_BATCH h WHERE h.ID = :batch) GROUP BY STATE"
)
_IDENTITIES = text(
    "SELECT s.IDENTITY FROM json_each(:ids) j CROSS JOIN STT_ECHO_BATCH_STEP s"
    " INDEXED BY STT_ECHO_BATCH_STEP_IDENTITY ON s.BATCH_ID = :batch AND s.IDENTITY = j.value"
    " WHERE s.STATE = 'OPEN'"
)
_PACE = text(
    "SELECT count(*) AS ENDED, (julianday('now') - julianday(min(ENDED))) * 86400.0 AS SECONDS"
    " FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE IN ('DONE', 'FAILED')"
    " AND ENDED > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :minutes)"
    " AND ENDED >= (SELECT h.COMPARED FROM STT_ECHO_BATCH h WHERE h.ID = :batch)"
)
_DATABASE = text("SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'database'")
_END = text(
    "UPDATE STT_ECHO_BATCH_STEP SET STATE = :state, ENDED = strftime('%Y-%m-%dT%H:%M:%fZ'),"
    " ANSWER = CASE WHEN :state = 'DONE' THEN :answer ELSE coalesce(:answer, ANSWER) END"
    " WHERE BATCH_ID = :batch AND STEP = :step AND STATE = 'OPEN'"
)
_LEAVE_OUT = text(
    "UPDATE STT_ECHO_BATCH_STEP SET STATE = 'LEFT_OUT', ENDED = strftime('%Y-%m-%dT%H:%M:%fZ')"
    " WHERE BATCH_ID = :batch AND STATE = 'OPEN' AND STEP IN (SELECT value FROM json_each(:steps))"
)
_CANCEL = text(
    "UPDATE STT_ECHO_BATCH_STEP SET STATE = 'CANCELLED', ENDED = strftime('%Y-%m-%dT%H:%M:%fZ')"
    " WHERE BATCH_ID = :batch AND STATE = 'OPEN' AND STEP NOT IN (SELECT value FROM json_each(:but))"
)
_REOPEN = text(
    "UPDATE STT_ECHO_BATCH_STEP SET STATE = 'OPEN', ENDED = NULL,"
    " ANSWER = CASE WHEN WHY = 'adopted' THEN ANSWER END WHERE BATCH_ID = :batch"
    " AND STATE = 'FAILED' AND (:all OR STEP IN (SELECT value FROM json_each(:steps)))"
    " RETURNING EXTERNAL_ID"
)
_ADOPTING = text(
    "UPDATE STT_ECHO_BATCH_STEP SET ANSWER = 'No answer yet.' WHERE BATCH_ID = :batch AND IDENTITY IN"
    " (SELECT value FROM json_each(:identities)) AND WHY = 'adopted' AND STATE = 'OPEN'"
)
_NOT_ADOPTED = text(
    "SELECT STEP, PIECE, METHOD, EXTERNAL_ID, WHY, BEFORE, AFTER, NEEDS, STATE, ANSWER FROM STT_ECHO_BATCH_STEP"
    " INDEXED BY STT_ECHO_BATCH_STEP_STATE WHERE BATCH_ID = :batch AND STATE IN ('OPEN', 'FAILED', 'OVERTAKEN',"
    " 'CANCELLED') AND WHY = 'adopted' AND ANSWER IS NOT NULL ORDER BY STEP"
)
_NEXT_PIECES = text(
    "SELECT DISTINCT PIECE FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE = 'OPEN' AND PIECE > :after"
    " ORDER BY PIECE LIMIT :limit"
)
_PLACES_OF = text("SELECT ROOMID, LESSON_DATE, PIECE FROM STT_ECHO_BATCH_PLACE WHERE BATCH_ID = :batch")
_PLACES_OF_PIECES = text(
    "SELECT ROOMID, LESSON_DATE, PIECE FROM STT_ECHO_BATCH_PLACE WHERE BATCH_ID = :batch"
    " AND PIECE IN (SELECT value FROM json_each(:pieces))"
)
_OPEN_AT = text(
    "SELECT DISTINCT b.BATCH_ID, b.PIECE, b.ROOMID, b.LESSON_DATE FROM json_each(:places) p"
    " CROSS JOIN STT_ECHO_BATCH_PLACE b ON b.ROOMID = json_extract(p.value, '$[0]')"
    " AND b.LESSON_DATE = json_extract(p.value, '$[1]')"
    " CROSS JOIN STT_ECHO_BATCH h ON h.ID = b.BATCH_ID"
    " WHERE h.STATE IN ('CHECKING', 'RUNNING', 'STOPPED', 'CANCELLED')"
    " AND (h.BEGUN IS NOT NULL OR (h.STATE = 'CHECKING' AND :checked = 1))"
    " AND EXISTS (SELECT 1 FROM STT_ECHO_BATCH_STEP s WHERE s.BATCH_ID = b.BATCH_ID AND s.PIECE = b.PIECE"
    " AND s.STATE = 'OPEN')"
)
_AT_WORK = text(
    "SELECT 1 FROM STT_ECHO_BATCH h WHERE h.STATE IN ('CHECKING', 'RUNNING', 'STOPPED') OR (h.STATE = 'CANCELLED'"
    " AND h.BEGUN IS NOT NULL AND EXISTS (SELECT 1 FROM STT_ECHO_BATCH_STEP s"
    " WHERE s.BATCH_ID = h.ID AND s.STATE = 'OPEN')) LIMIT 1"
)
# What waits for a request that is on its way may be on its way as well.
_UNDER_WAY = text(
    "SELECT STEP FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE = 'OPEN' AND PIECE IN"
    " (SELECT s.PIECE FROM STT_ECHO_INTENT i JOIN STT_ECHO_BATCH_STEP s ON s.BATCH_ID = :batch"
    " AND s.EXTERNAL_ID = i.EXTERNAL_ID WHERE s.STATE = 'OPEN')"
)


class Batches:
    """Saved plans and what became of them."""

    def __init__(self, connection: Connection, change: ChangeNumber) -> None:
        self._connection = connection
        self._change = change

    def add(
        self,
        kind: BatchKind,
        by: str,
        scope: PlanScope,
        undoes: int | None = None,
        replaces: int | None = None,
    ) -> int:
        """A new batch, COMPARING; returns its id."""
        values = {
            "kind": kind.value,
            "by": by,
            "scope": msgspec.json.encode(scope).decode(),
            "undoes": undoes,
            "replaces": replaces,
            "change": self._change(),
        }
        batch = int(self._connection.execute(_ADD, values).scalar_one())
        if seen := seen_by(self._connection, replaces):
            keep_seen(self._connection, batch, seen)
        return batch

    def get(self, batch: int) -> BatchRecord | None:
        """One batch, None if there is none of this number."""
        row = self._connection.execute(_ONE, {"id": batch}).first()
        return None if row is None else batch_record(row)

    def open(self) -> list[BatchRecord]:
        """Batches with which the worker has something to do, oldest first."""
        return self._records(_OPEN)

    def newest(self, limit: int) -> list[BatchRecord]:
        """The last batches, newest first."""
        return self._records(_ALL, limit=limit)

    def _records(self, statement: TextClause, **values: int) -> list[BatchRecord]:
        return [batch_record(row) for row in self._connection.execute(statement, values)]

    def begun_after(self, batch: int) -> list[BatchRecord]:
        """Batches that were let go later than this one, or at all (0), whatever their numbers; the last first."""
        return list(takewhile(lambda one: one.id != batch, self._records(_BEGUN)))

    def taken_back(self, batch: int, *, whole: bool = False) -> bool:
        """True if an undo of it came to its end and was not taken back itself; `whole` if nothing is left of it to
        be tried again: nothing was refused, failed or left out."""
        return any(
            not self.taken_back(one.id)
            and not (whole and self.summary(one.id).refused)
            and not (whole and _LEFT & self.progress(one.id).by_state.keys())
            for one in self._records(_UNDOS, id=batch)
        )

    def become(self, batch: int, state: BatchState, said: str = "") -> None:
        """Go on to this state. Raises `WrongUse` if that does not follow the state it is in."""
        found = self.get(batch)
        if found is None or not batch_may_become(found.state, state):
            raise WrongUse(
                "This cannot be done with this plan now",
                f"Plan {batch} is {found.state.value if found else 'unknown'} and cannot become {state.value}.",
                "Look at it again: `echodesk plans` lists them.",
            )
        values = {"id": batch, "state": state.value, "was": found.state.value, "said": said}
        self._connection.execute(_STATE, values | {"change": self._change()})

    def save(
        self,
        batch: int,
        summary: Summary,
        steps: Iterable[Step],
        places: Mapping[int, Collection[RoomDay]],
        guard: str,
        left_out: Iterable[LeftOut] = (),
    ) -> None:
        """What was compared and planned."""
        self.weigh(batch, summary, guard)
        _STEPS.insert(self._connection, [step_values(batch, step) for step in steps])
        rows = [
            {"batch": batch, "date": place.date.isoformat(), "room": place.room, "piece": piece}
            for piece, found in places.items()
            for place in sorted(found)
        ]
        _PLACES.insert(self._connection, rows)
        keep_not_recorded(self._connection, batch, left_out)

    def weigh(self, batch: int, summary: Summary, guard: str) -> None:
        """What is to be sent of it, and why that must be confirmed in writing."""
        told = replace(summary, lost=self.summary(batch).lost)
        values = {"id": batch, "summary": msgspec.json.encode(told).decode(), "guard": guard}
        self._connection.execute(_PLAN, {**values, "change": self._change()})

    def forget_left_out(self, batches: Collection[int]) -> None:
        """Nobody needs to know any more which lessons these left out."""
        forget_not_recorded(self._connection, batches)

    def summary(self, batch: int) -> Summary:
        """What was found when it was compared."""
        found = self._connection.execute(_SUMMARY, {"id": batch}).scalar()
        return msgspec.json.decode(found, type=Summary) if found else Summary()

    def to_make(self, batch: int, lacking: Collection[Needed]) -> None:
        """So much is still to be made in Echo360 before its steps."""
        found = replace(self.summary(batch), lacking=tuple(sorted(lacking)))
        values = {"id": batch, "summary": msgspec.json.encode(found).decode(), "change": self._change()}
        self._connection.execute(_FOUND, values)

    def say(self, batch: int, said: str) -> None:
        """Why it stands where it stands."""
        self._connection.execute(_SAY, {"id": batch, "said": said, "change": self._change()})

    def agreed(self, batch: int, by: str) -> None:
        """Somebody said yes."""
        self._connection.execute(_YES, {"id": batch, "by": by, "change": self._change()})

    def tried(self, batch: int) -> None:
        """The first steps were looked at, and Echo360 held what had been sent."""
        self._connection.execute(_TRIED, {"id": batch, "change": self._change()})

    def steps(
        self, batch: int, state: StepState | None = None, pieces: Collection[int] | None = None
    ) -> list[tuple[Step, StepState, str]]:
        """Steps with their state and Echo360's words, in their order."""
        if pieces is None:
            rows = self._connection.execute(_READ, {"batch": batch, "state": state.value if state else ""})
        else:
            states = [state] if state is not None else list(StepState)
            values = {"batch": batch, "states": as_json(states), "pieces": as_json(sorted(pieces))}
            rows = self._connection.execute(_READ_PIECES, values)
        return [(step_of_row(row), StepState(row.STATE), row.ANSWER or "") for row in rows]

    def progress(self, batch: int, *, since_it_runs: bool = False) -> Progress:
        """How many steps are in which state; or only those that ended since it was last let go on."""
        rows = self._connection.execute(_COUNTS_SINCE if since_it_runs else _COUNTS, {"batch": batch})
        return Progress({StepState(row.STATE): row.STEPS for row in rows})

    def pace(self, batch: int) -> Pace:
        """What of it was sent in the last minutes, since it was last let go on."""
        row = self._connection.execute(_PACE, {"batch": batch, "minutes": f"-{PACE_MINUTES} minutes"}).one()
        return Pace(row.ENDED, row.SECONDS or 0.0)

    def database(self) -> str:
        """Which database this is, so that a plan's file is not taken for another one's."""
        return str(self._connection.execute(_DATABASE).scalar() or "")

    def next_pieces(self, batch: int, after: int, limit: int) -> dict[int, set[RoomDay]]:
        """The next pieces with open steps, with their room-days, beginning after this piece."""
        values = {"batch": batch, "after": after, "limit": limit}
        pieces = [row.PIECE for row in self._connection.execute(_NEXT_PIECES, values)]
        return self.places(batch, pieces) if pieces else {}

    def places(self, batch: int, pieces: Collection[int] | None = None) -> dict[int, set[RoomDay]]:
        """Piece → its room-days, of all pieces or of these."""
        found: dict[int, set[RoomDay]] = {}
        values = {"batch": batch} if pieces is None else {"batch": batch, "pieces": as_json(sorted(pieces))}
        rows = self._connection.execute(_PLACES_OF if pieces is None else _PLACES_OF_PIECES, values)
        for row in rows:
            found.setdefault(row.PIECE, set()).add(sure_place(row.ROOMID, row.LESSON_DATE))
        return dict(sorted(found.items()))

    def open_at(self, places: Collection[RoomDay], *, checked: bool = False) -> dict[RoomDay, tuple[int, int]]:
        """Those of these room-days in which a batch that is being sent has open steps → (batch, piece); with
        `checked`, also one that is compared once more. Of one that was cancelled there are those that were on
        their way then."""
        if not places or self._connection.execute(_AT_WORK).first() is None:
            return {}
        values = {"places": places_json(places), "checked": int(checked)}
        rows = self._connection.execute(_OPEN_AT, values)
        return {sure_place(row.ROOMID, row.LESSON_DATE): (row.BATCH_ID, row.PIECE) for row in rows}

    def open_identities(self, batch: int, identities: Collection[str]) -> set[str]:
        """Those of these identities that are open steps of the batch."""
        rows = self._connection.execute(_IDENTITIES, {"batch": batch, "ids": as_json(sorted(identities))})
        return {row.IDENTITY for row in rows}

    def end(self, batch: int, ended: Sequence[tuple[int, StepState, str]]) -> None:
        """(step, how it ended, what to tell of it), of open steps."""
        if ended:
            rows = [
                {"batch": batch, "step": number, "state": state.value, "answer": answer or None}
                for number, state, answer in ended
            ]
            self._connection.execute(_END, rows)

    def adopting(self, batch: int, identities: Collection[str]) -> None:
        """Those of these identities that take something over are about to be sent: what they write over is owed to
        its owner until they are done."""
        self._connection.execute(_ADOPTING, {"batch": batch, "identities": as_json(identities)})

    def not_adopted(self, batch: int) -> list[Step]:
        """Steps that were to take something over, may have been sent, and are not done, however they ended."""
        return [step_of_row(row) for row in self._connection.execute(_NOT_ADOPTED, {"batch": batch})]

    def leave_out(self, batch: int, steps: Collection[int]) -> None:
        """These steps are not to be sent, as far as they are open."""
        self._connection.execute(_LEAVE_OUT, {"batch": batch, "steps": as_json(sorted(steps))})

    def cancel_steps(self, batch: int, but: Collection[int]) -> int:
        """Open steps are not to be sent any more, but for these. Returns how many those were."""
        return self._connection.execute(_CANCEL, {"batch": batch, "but": as_json(sorted(but))}).rowcount

    def under_way(self, batch: int) -> set[int]:
        """Open steps of pieces of which a request is on its way, or may still take effect."""
        return {row.STEP for row in self._connection.execute(_UNDER_WAY, {"batch": batch})}

    def reopen(self, batch: int, steps: Collection[int]) -> list[str]:
        """Failed steps (all if none is named) are to be sent again; returns their external ids."""
        values = {"batch": batch, "all": int(not steps), "steps": as_json(sorted(steps))}
        return [row.EXTERNAL_ID for row in self._connection.execute(_REOPEN, values)]

    def pause_steps(self, batch: int, pause: int, state: StepState) -> None:
        """The pause covers every room-day of pieces with a step in this state."""
        self._connection.execute(_PAUSE, {"id": batch, "pause": pause, "change": self._change()})
        pause_pieces(self._connection, batch, state)

    def free_cancelled(self, batch: int) -> set[RoomDay]:
        """The pause covers pieces no more of which every step was cancelled; returns their room-days."""
        return free_cancelled(self._connection, batch)

    def free_torn(self, batch: int) -> set[RoomDay]:
        """The pause covers pieces no more in which a lesson stepped aside and will not be made again; returns
        their room-days."""
        return free_torn(self._connection, batch)
