"""Plans of the whole year as the screens show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from sqlalchemy import Connection, TextClause, text

from echodesk.batches import CAME, GONE, PlanDetail, PlanList, PlanShown, StepRow, grouped
from echodesk.planning.batches import (
    BatchRecord,
    BatchState,
    StepState,
    Summary,
    confirmation,
    minutes_left,
    plan_difference,
    scope_in_words,
    switched,
)
from echodesk.planning.needed import Needed, still_lacking
from echodesk.planning.steps import Step, differences, kinds
from echodesk.store.batches import Batches
from echodesk.store.binding import ChangeNumber
from echodesk.store.journal import Journal
from echodesk.store.plan_waits import Held, held

NEWEST = 8
FEW = 3
"""So many of what cannot be taken back go with each plan; the plan itself lists all."""
OLDER = 20
"""So many older plans are shown at once."""
OVER = frozenset({BatchState.STALE, BatchState.CANCELLED})
AT_WORK = frozenset({BatchState.CHECKING, BatchState.RUNNING, BatchState.STOPPED})

_BUILDINGS = text(
    "SELECT TRIM(r.ROOMID) AS ROOMID, TRIM(s.SITENAME) AS SITENAME FROM ROOMS r JOIN SITES s"
    " ON TRIM(s.SETID) = TRIM(r.SETID) AND TRIM(s.SITEID) = TRIM(r.SITEID)"
    " WHERE s.SITENAME IS NOT NULL ORDER BY r.SETID"
)
# The index is named, because SQLite would read all steps of a plan for each of its days.
_UNDOABLE = text(
    "SELECT b.ID FROM STT_ECHO_BATCH b WHERE b.STATE IN ('DONE', 'CANCELLED')"
    " AND (EXISTS (SELECT 1 FROM STT_ECHO_BATCH_PLACE p CROSS JOIN STT_ECHO_BATCH_STEP s INDEXED BY"
    " STT_ECHO_BATCH_STEP_STATE ON s.BATCH_ID = p.BATCH_ID AND s.STATE = 'DONE' AND s.PIECE = p.PIECE"
    " WHERE p.BATCH_ID = b.ID AND p.LESSON_DATE >= :today)"
    # A move that was refused may have cost the booking at the old place.
    " OR EXISTS (SELECT 1 FROM STT_ECHO_BATCH_STEP f WHERE f.BATCH_ID = b.ID AND f.STATE = 'FAILED'"
    " AND f.WHY = 'moved' AND NOT EXISTS (SELECT 1 FROM STT_ECHO_MIRROR m WHERE m.EXTERNAL_ID = f.EXTERNAL_ID)))"
)
# What switched a year on, or off, may have sent nothing.
_SENT_NOTHING = text(
    "SELECT b.ID FROM STT_ECHO_BATCH b WHERE b.BEGUN IS NOT NULL AND b.STATE IN ('DONE', 'CANCELLED')"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_BATCH_STEP s WHERE s.BATCH_ID = b.ID AND s.STATE = 'DONE')"
)
_UNDONE = text("SELECT DISTINCT UNDOES AS ID FROM STT_ECHO_BATCH WHERE UNDOES IS NOT NULL AND STATE = 'DONE'")
_LIVE = text("SELECT SETID FROM STT_ECHO_SET WHERE LIVE = 1")
_IN_HAND = text(
    "SELECT ID FROM STT_ECHO_BATCH WHERE STATE IN ('COMPARING', 'READY', 'CHECKING', 'RUNNING', 'STOPPED')"
)
_BEFORE = text("SELECT ID FROM STT_ECHO_BATCH WHERE :before = 0 OR ID < :before ORDER BY ID DESC LIMIT :limit")
_REPLACED_BY = text("SELECT max(ID) FROM STT_ECHO_BATCH WHERE REPLACES = :id")
_COUNT = text("SELECT count(*) FROM STT_ECHO_BATCH")


class PlansShown:
    """Plans inside one transaction. `today` is the date on campus, `calls_per_minute` 0 for no limit."""

    def __init__(self, connection: Connection, calls_per_minute: int, today: str) -> None:
        self._connection = connection
        self._batches = Batches(connection, ChangeNumber(connection))
        self._journal = Journal(connection)
        self._limit = calls_per_minute
        self._today = today

    def listed(self) -> tuple[PlanShown, ...]:
        """The last plans, and all that wait for somebody, are at work or can be taken back; newest first."""
        return self._all({*self._ids_before(0, NEWEST), *self._ids(_IN_HAND, {}), *self._undoable})

    def before(self, number: int) -> PlanList:
        """The plans before this one (0: from the last one on), newest first."""
        ids = self._ids_before(number, OLDER + 1)
        return PlanList(self._all(ids[:OLDER]), len(ids) > OLDER)

    def in_all(self) -> int:
        """How many plans there are."""
        return int(self._connection.execute(_COUNT).scalar_one())

    def detail(self, number: int) -> PlanDetail | None:
        """One plan with its steps, and how they differ from those of the plan in whose place it stands; None if
        there is none of this number."""
        found = self._batches.get(number)
        if found is None:
            return None
        listed = self._batches.steps(number)
        building_of = buildings(self._connection)
        # Of a plan that is over nothing will be sent, although its steps were never touched.
        left = StepState.CANCELLED if found.state in OVER else StepState.OPEN
        kind_of = kinds(_steps(listed))
        rows = [
            _row(step, state if state is not StepState.OPEN else left, answer, building_of, kind_of[step.number])
            for step, state, answer in listed
        ]
        gone: list[StepRow] = []
        # Once something of it is sent, the difference is decided; it would be made again with every step.
        if found.replaces is not None and found.state not in AT_WORK:
            before = self._batches.steps(found.replaces)
            change = plan_difference(_steps(before), _steps(listed))
            came = {step.number for step in change.new}
            rows = [replace(row, since=CAME) if row.key in came else row for row in rows]
            gone = [replace(_row(step, StepState.CANCELLED, "", building_of), since=GONE) for step in change.gone]
        kept = self._batches.summary(number).refused
        return PlanDetail(self._shown(found), tuple(rows), grouped(rows, gone), tuple(gone), kept)

    @cached_property
    def _undoable(self) -> frozenset[int]:
        """Plans of which something was done, lies ahead, and was not wholly taken back; or that did nothing but
        switch a year on, or off, which is so still."""
        get, live = self._batches.get, {row.SETID for row in self._connection.execute(_LIVE)}
        nothing = (get(number) for number in self._ids(_SENT_NOTHING, {}))
        years = {one.id for one in nothing if one is not None and switched(one, get, live)}
        found = {*self._ids(_UNDOABLE, {"today": self._today}), *years}
        undone = found.intersection(self._ids(_UNDONE, {}))
        return frozenset(found - {one for one in undone if self._batches.taken_back(one, whole=True)})

    def _ids_before(self, number: int, limit: int) -> list[int]:
        return self._ids(_BEFORE, {"before": number, "limit": limit})

    def _ids(self, statement: TextClause, values: Mapping[str, object]) -> list[int]:
        return [row.ID for row in self._connection.execute(statement, values)]

    def _all(self, ids: Iterable[int]) -> tuple[PlanShown, ...]:
        found = (self._batches.get(one) for one in sorted(ids, reverse=True))
        return tuple(self._shown(one) for one in found if one is not None)

    def _shown(self, one: BatchRecord) -> PlanShown:
        batches = self._batches
        summary, progress = batches.summary(one.id), batches.progress(one.id)
        at_work = one.state in AT_WORK or one.state is BatchState.READY
        goes = one.state is BatchState.RUNNING and progress.open
        holds = held(self._connection, one) if goes else Held()
        to_make = self._to_make(summary) if at_work else frozenset()
        left = minutes_left(progress.open, batches.pace(one.id), self._limit, len(to_make)) if at_work else 0.0
        return PlanShown(
            key=one.id,
            kind=one.kind.value,
            state=one.state.value,
            by=one.by,
            created=one.created,
            scope=scope_in_words(one.scope),
            said=one.said,
            guard=one.guard,
            confirm=confirmation(summary) if one.guard else "",
            undoes=one.undoes or 0,
            compared=summary.compared,
            paused=summary.paused,
            foreign=summary.foreign,
            counts=tuple(summary.counts.items()),
            calls=summary.calls,
            left_out=tuple(summary.left_out.items()),
            unplanned=summary.unplanned,
            kept=summary.refused[:FEW],
            kept_in_all=len(summary.refused),
            steps=tuple((state.value, count) for state, count in progress.by_state.items()),
            minutes=left,
            replaces=one.replaces or 0,
            replaced_by=self._connection.execute(_REPLACED_BY, {"id": one.id}).scalar() or 0,
            waits_for=holds.by,
            stops=holds.stops,
            can_undo=one.id in self._undoable,
            to_make=tuple(sorted(Counter(need.kind.value for need in to_make).items())),
        )

    def _to_make(self, summary: Summary) -> frozenset[Needed]:
        """What is still to be made in Echo360 before the steps that need it."""
        return still_lacking(summary.lacking, self._journal.known_reference()) if summary.lacking else frozenset()


def buildings(connection: Connection) -> dict[str, str]:
    """Each room's building in words; a room that is in several years stands as in the last of them."""
    return {row.ROOMID: row.SITENAME for row in connection.execute(_BUILDINGS)}


def _steps(listed: Iterable[tuple[Step, StepState, str]]) -> list[Step]:
    return [step for step, _state, _answer in listed]


def _row(step: Step, state: StepState, answer: str, building_of: Mapping[str, str], kind: str = "") -> StepRow:
    about, was = step.after or step.before, step.before
    after = step.after
    moved = was is not None and after is not None and (was.place, was.time) != (after.place, after.time)
    return StepRow(
        key=step.number,
        piece=step.piece,
        action=step.method.value,
        external_id=step.external_id,
        title=about.content.title if about is not None else "",
        room=step.place.room,
        date=step.place.date.isoformat(),
        time=str(about.time) if about is not None else "",
        was=f"{was.place.date} {was.time} {was.place.room}" if was is not None and moved else "",
        why=step.why.value,
        state=state.value,
        answer=answer,
        building=building_of.get(step.place.room, ""),
        changes=differences(step),
        kind=kind,
    )
