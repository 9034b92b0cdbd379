"""Why nothing of a plan that is being sent goes on: pauses, safety stops and rooms without recorder that hold all
that is left of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from echodesk.messages import StopShown
from echodesk.planning.batches import BatchKind, BatchRecord
from echodesk.planning.records import PauseRecord
from echodesk.planning.stops import StopKind
from echodesk.planning.values import RoomDay
from echodesk.store.batches import Batches
from echodesk.store.binding import ChangeNumber, places_json, sure_place
from echodesk.store.office import Office
from echodesk.store.places import Places
from echodesk.store.stops import Stops

PIECES_AT_ONCE = 200

# A list names the room-days of its bookings; those that are held with them are named nowhere: 0.
_GUARDED = text(
    "SELECT d.ROOMID, d.LESSON_DATE, coalesce((SELECT min(s.ID) FROM STT_ECHO_STOP_ITEM i JOIN STT_ECHO_STOP s"
    " ON s.ID = i.STOP_ID WHERE i.ROOMID = d.ROOMID AND i.LESSON_DATE = d.LESSON_DATE AND s.ENDED IS NULL"
    " AND s.YES_AT IS NULL), 0) AS STOP_ID FROM json_each(:places) p CROSS JOIN STT_ECHO_DIRTY d"
    " ON d.ROOMID = json_extract(p.value, '$[0]') AND d.LESSON_DATE = json_extract(p.value, '$[1]')"
    " WHERE d.GUARDED = 1"
)
# A pause holds the room-days that are planned together with those that it covers as well.
_HELD = text(
    "SELECT d.ROOMID, d.LESSON_DATE, d.HELD_BY FROM json_each(:places) p CROSS JOIN STT_ECHO_DIRTY d"
    " ON d.ROOMID = json_extract(p.value, '$[0]') AND d.LESSON_DATE = json_extract(p.value, '$[1]')"
    " WHERE d.HELD_BY IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Held:
    """What holds all that is left of a plan."""

    by: str = ""
    """In words, '' if something of it is free."""
    stops: tuple[int, ...] = ()
    """The safety stops among it: they wait for an answer of staff."""


def held(connection: Connection, batch: BatchRecord) -> Held:
    """What holds a plan that is being sent and has open steps."""
    change = ChangeNumber(connection)
    office, batches = Office(connection), Batches(connection, change)
    standing = _pauses(office, batch, ())
    pauses = [pause for pause in standing if pause.id != batch.pause]
    stops = {one.key: one for one in Stops(connection, change).shown() if one.waits}
    closed = Places(connection, change).closed_rooms()
    if not standing and not stops and not closed:
        return Held()
    if (whole := next((pause for pause in pauses if pause.everything), None)) is not None:
        return _held([whole], [], ())
    feed = next((one for one in stops.values() if one.kind == StopKind.FEED), None)
    if feed is not None and batch.kind is not BatchKind.UNDO:
        return _held([], [feed], ())
    holding: dict[int, PauseRecord] = {}
    asked: set[int] = set()
    rooms: set[str] = set()
    after = 0
    while pieces := batches.next_pieces(batch.id, after, PIECES_AT_ONCE):
        places = {place for days in pieces.values() for place in days}
        standing = _pauses(office, batch, places)
        pauses = [pause for pause in standing if pause.id != batch.pause]
        waiting = _waiting(connection, places, standing)
        guarded = _guarded(connection, places) if stops else {}
        for days in pieces.values():
            covers = (pause for pause in pauses if any(map(pause.covers, days)))
            pause = next(covers, None) or next((waiting[place] for place in days if place in waiting), None)
            at = {guarded[place] for place in days if place in guarded}
            without = {place.room for place in days if place.room in closed}
            if pause is not None:
                holding[pause.id] = pause
            elif at:
                asked |= at - {0} or stops.keys()
            elif without:
                rooms |= without
            else:
                return Held()
        after = max(pieces)
    return _held(holding.values(), [stops[key] for key in sorted(asked)], sorted(rooms))


def _pauses(office: Office, batch: BatchRecord, places: Collection[RoomDay]) -> list[PauseRecord]:
    """The pauses that may hold it. Those that came with a batch have no say in what is taken back."""
    standing = office.pauses(places)
    return [pause for pause in standing if pause.batch is None] if batch.kind is BatchKind.UNDO else standing


def _guarded(connection: Connection, places: Collection[RoomDay]) -> dict[RoomDay, int]:
    rows = connection.execute(_GUARDED, {"places": places_json(places)})
    return {sure_place(row.ROOMID, row.LESSON_DATE): row.STOP_ID for row in rows}


def _waiting(
    connection: Connection, places: Collection[RoomDay], pauses: Iterable[PauseRecord]
) -> dict[RoomDay, PauseRecord]:
    """Room-days that are planned once one of these pauses is lifted, not before → that pause."""
    by_id = {pause.id: pause for pause in pauses}
    rows = connection.execute(_HELD, {"places": places_json(places)}) if by_id else ()
    return {sure_place(row.ROOMID, row.LESSON_DATE): by_id[row.HELD_BY] for row in rows if row.HELD_BY in by_id}


def _held(pauses: Iterable[PauseRecord], stops: Collection[StopShown], rooms: Sequence[str]) -> Held:
    told = [f"the pause “{pause.reason}” of {pause.owner or 'somebody'}" for pause in pauses]
    told += [f"the answer to safety stop {stop.key}: {stop.headline}" for stop in stops]
    if rooms:
        told.append(f"a recorder in {', '.join(rooms)} (tried again every hour)")
    return Held(" and ".join(told), tuple(stop.key for stop in stops))
