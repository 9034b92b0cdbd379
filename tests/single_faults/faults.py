"""The kinds of disturbance, where each can strike, and what it does there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import httpx

from echodesk.errors import DatabaseBusy, DatabaseTrouble
from echodesk.simulator.faults import FaultKind, FaultSettings, Scope, scopes_of
from tests.single_faults.stage import LONG, SHORT, STALE_S, Stage
from tests.single_faults.watched import Disturbed
from tests.worker.world import LATE_S


class Kind(StrEnum):
    """A disturbance that is not the network's. Those of the network are `http:` and the simulator's name."""

    KILL = "kill"
    TWICE = "kill_twice"
    """Killed, and its successor killed at each of its own steps."""
    STOP = "stop"
    """Somebody quits, and starts it again: what is on its way comes to its end, and nothing more goes out."""
    FREEZE = "freeze"
    """Stands still until another worker has taken over and finished."""
    FREEZE_SHORT = "freeze_short"
    """Stands still until another worker has just taken over."""
    PAUSE = "staff_pause"
    STALE = "stale_snapshot"
    """The read is served from the database as it was before the edit."""
    SLOW_READ = "slow_read"
    """What the read saw is a second old when the worker learns of it."""
    EDIT = "edit"
    """Another edit of the same lesson is committed at this very step."""
    DATABASE_AWAY = "database_away"
    COMMIT_UNKNOWN = "commit_unknown"
    """The commit succeeded, and the worker is told that the database went away."""
    NO_CONNECTION = "http:connection_refused"
    NOT_FOUND = "http:not_found"
    """A change or removal of what is there is answered as if it were not: another server that lags behind."""


_EVERYWHERE = (Kind.KILL, Kind.TWICE, Kind.STOP, Kind.FREEZE, Kind.FREEZE_SHORT, Kind.PAUSE, Kind.EDIT)
_AT = {
    "read": (*_EVERYWHERE, Kind.STALE, Kind.SLOW_READ, Kind.DATABASE_AWAY),
    "write": (*_EVERYWHERE, Kind.DATABASE_AWAY),
    "written": (*_EVERYWHERE, Kind.COMMIT_UNKNOWN),
    "request": (*_EVERYWHERE, Kind.NO_CONNECTION),
    "answer": _EVERYWHERE,
}

_K = FaultKind
_ANY = (
    _K.TIMEOUT_NOT_APPLIED,
    _K.RESET_NOT_APPLIED,
    _K.CUT_APPLIED,
    _K.ERROR_500,
    _K.ERROR_502,
    _K.ERROR_503,
    _K.ERROR_504,
    _K.SLOW,
    _K.TRUNCATED_JSON,
    _K.MALFORMED_JSON,
    _K.OTHER_JSON,
    _K.MAINTENANCE_PAGE,
    _K.SCHEMA_DRIFT,
    _K.TYPE_DRIFT,
    _K.LIMIT_SECONDS,
    _K.LIMIT_DATE,
    _K.LIMIT_BARE,
    _K.LIMIT_ABSURD,
    _K.UNAVAILABLE_SECONDS,
    _K.UNAVAILABLE_DATE,
    _K.TOKEN_EXPIRED,
    _K.FORBIDDEN,
    _K.LOGIN_REDIRECT,
    _K.OTHER_HOST_REDIRECT,
)
_WRITE = (
    _K.TIMEOUT_APPLIED,
    _K.RESET_APPLIED,
    _K.ERROR_500_APPLIED,
    _K.ERROR_502_APPLIED,
    _K.ERROR_503_APPLIED,
    _K.ERROR_504_APPLIED,
    _K.LATE_TIMEOUT,
    _K.LATE_RESET,
    _K.LATE_504,
    _K.HTML_APPLIED,
    _K.OTHER_BODY,
)
_HTTP = {
    Scope.ANY: _ANY,
    Scope.WRITE: _WRITE,
    Scope.BOOKING: (_K.SPURIOUS_CLASH, _K.ENDLESS_CLASH, _K.SILENT_CHANGE),
    Scope.CREATION: (_K.REFERENCE_LAG,),
    Scope.LIST: (_K.STALE_LIST, _K.ROW_DUPLICATED, _K.ROW_LOST, _K.ROWS_REORDERED, _K.NEXT_LOOP),
    Scope.READ: (_K.STALE_READ, _K.SPURIOUS_NOT_FOUND),
    Scope.SIGN_IN: (_K.SIGN_IN_ERROR, _K.SIGN_IN_TIMEOUT, _K.SIGN_IN_SLOW),
}
_OTHERS = "what other people do there meanwhile is no answer to a call; scenarios of their own play it"
NOT_OF_ONE_CALL: Mapping[str, str] = {
    _K.OTHER_CLIENT: "somebody else's call uses up the limit, and ours goes well; the histories play it",
    **dict.fromkeys(
        (
            _K.FOREIGN_IN_THE_WAY,
            _K.FOREIGN_ADDED,
            _K.FOREIGN_MOVED,
            _K.FOREIGN_REMOVED,
            _K.OURS_MOVED,
            _K.OURS_REMOVED,
        ),
        _OTHERS,
    ),
}
"""The simulator's other kinds, and why they are no failure of a single call."""
NETWORK = tuple(f"http:{kind.value}" for kinds in _HTTP.values() for kind in kinds)
KINDS = (*(kind.value for kind in Kind), *NETWORK)
HEALED_BY_COMPARISON = frozenset({f"http:{_K.ROW_LOST.value}"})
"""What leaves no trace that the worker could see: a comparison must heal it (reliability C2)."""
HEALED_BY_SWEEP = frozenset({Kind.STALE.value})
"""A snapshot older than what the worker itself has committed exists in no database that EchoDesk runs on; after it
the sweep of the next ten minutes must find what is left."""


def kinds_at(stage: Stage, where: str) -> Iterator[str]:
    """What can be done at this point."""
    yield from (kind.value for kind in _AT[where])
    if where == "request":
        scopes = scopes_of(stage.watched.arriving)
        for scope, kinds in _HTTP.items():
            if scope in scopes:
                yield from (f"http:{kind.value}" for kind in kinds)
        if "/v2/schedules/" in stage.watched.arriving.path and stage.watched.arriving.method in ("PUT", "DELETE"):
            yield Kind.NOT_FOUND.value


def disturb(stage: Stage, kind: str) -> Disturbed | None:
    """Do it, here and now. Raises what httpx raises where the connection fails."""
    if kind in (Kind.KILL, Kind.TWICE):
        stage.die()
    elif kind == Kind.STOP:
        stage.quit()
    elif kind == Kind.FREEZE:
        stage.freeze(LONG)
    elif kind == Kind.FREEZE_SHORT:
        stage.freeze(SHORT)
    elif kind == Kind.PAUSE:
        stage.staff_pause()
    elif kind == Kind.EDIT:
        _edit(stage)
    elif kind == Kind.STALE:
        return Disturbed(instead=stage.as_before)
    elif kind == Kind.SLOW_READ:
        return Disturbed(slow_s=1.0)
    elif kind == Kind.DATABASE_AWAY:
        return Disturbed(trouble=DatabaseBusy("The database is busy", "Somebody writes.", "Wait."))
    elif kind == Kind.COMMIT_UNKNOWN:
        return Disturbed(trouble=DatabaseTrouble("The database went away", "After a commit.", "Wait."))
    elif kind == Kind.NO_CONNECTION:
        raise httpx.ConnectError("connection refused")
    elif kind == Kind.NOT_FOUND:
        stage.watched.answer_instead = stage.institution.state.not_found("Schedule").response
    else:
        misbehave(stage, FaultKind(kind.removeprefix("http:")))
        if kind == f"http:{_K.FORBIDDEN.value}":
            stage.staff_act()
    return None


def _edit(stage: Stage) -> None:
    try:
        stage.another_edit(stage)
    except Exception as problem:
        # The worker, at whose step it happens, may take it for a defect of its own and go on.
        stage.complaints.append(f"the edit failed: {problem}")
        raise


def misbehave(stage: Stage, kind: FaultKind) -> None:
    """The request that arrives now goes wrong in this way, and none after it."""
    stage.simulator.injector.use(
        FaultSettings(rates={kind: 1.0}, first_requests=1, late_s=LATE_S * 0.8, stale_s=STALE_S)
    )


def struck(stage: Stage, kind: str) -> bool:
    """Whether it found something to act on."""
    if not kind.startswith("http:") or kind in (Kind.NO_CONNECTION, Kind.NOT_FOUND):
        return True
    return stage.simulator.injector.fired[FaultKind(kind.removeprefix("http:"))] > 0
