"""What each kind of fault does to a request, one effect per kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from echodesk.simulator import spoil, strangers
from echodesk.simulator.bookings import clock_text
from echodesk.simulator.faults import FaultInjector, FaultKind
from echodesk.simulator.limiter import retry_after
from echodesk.simulator.model import Institution
from echodesk.simulator.outcomes import Delivery, LateRequest, Outcome
from echodesk.simulator.schedules import clash
from echodesk.simulator.wire import Refusal, SimRequest, SimResponse, json_response

_K = FaultKind
_SHORTENED_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Scene:
    """What an effect acts on."""

    institution: Institution
    injector: FaultInjector
    clashed: set[str] = field(default_factory=set)
    """Requests that were told of a clash that was none."""

    @property
    def rng(self) -> random.Random:
        """The dice of the faults."""
        return self.injector.rng

    def late(self, request: SimRequest) -> LateRequest:
        """The request, taking effect within the lateness in force."""
        return LateRequest(request, self.rng.uniform(0, self.injector.settings.late_s))


Effect = Callable[[Scene, SimRequest, FaultKind], Outcome | None]
"""Returns None if it finds nothing to act on, having done nothing: then the request goes well."""


def _answer(kind: FaultKind, response: SimResponse, delay_s: float = 0.0) -> Outcome:
    return Outcome(Delivery.ANSWER, response, delay_s, kind)


def _unheard(delivery: Delivery) -> Effect:
    """No effect, no answer."""
    return lambda scene, request, kind: Outcome(delivery, fault=kind)


def _applied(delivery: Delivery) -> Effect:
    """The request takes effect, its client does not learn of it."""
    return lambda scene, request, kind: Outcome(delivery, scene.institution.perform(request), fault=kind)


def _late(delivery: Delivery) -> Effect:
    """The request takes effect after its client stopped waiting."""

    def effect(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome:
        response = spoil.page(504, "Gateway Time-out") if delivery is Delivery.ANSWER else None
        return Outcome(delivery, response, fault=kind, late=scene.late(request))

    return effect


def _told(tell: Callable[[Scene, SimRequest], SimResponse]) -> Effect:
    """No effect, a made-up answer."""
    return lambda scene, request, kind: _answer(kind, tell(scene, request))


def _spoiled(spoiler: Callable[[SimResponse, random.Random], SimResponse | None]) -> Effect:
    """The request takes effect, its answer is spoiled; if there is nothing to spoil, it stands."""

    def effect(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome:
        proper = scene.institution.perform(request)
        spoiled = spoiler(proper, scene.rng)
        return Outcome(Delivery.ANSWER, proper) if spoiled is None else _answer(kind, spoiled)

    return effect


def _error(status: int, *, applied: bool) -> Effect:
    titles = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}

    def effect(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome:
        if applied:
            scene.institution.perform(request)
        if status == 500:
            return _answer(kind, json_response(500, {"error": "InternalServerError"}))
        return _answer(kind, spoil.page(status, titles[status]))

    return effect


def _slow(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome:
    delay_s = scene.rng.uniform(0, scene.injector.settings.slow_s)
    return _answer(kind, scene.institution.perform(request), delay_s)


def _wait(status: int, form: str) -> Effect:
    def effect(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome:
        seconds = scene.rng.randint(1, scene.injector.settings.retry_after_s)
        headers = retry_after(form, seconds, scene.institution.utc())
        error = "TooManyRequests" if status == 429 else "ServiceUnavailable"
        return _answer(kind, json_response(status, {"error": error}, headers))

    return effect


def _absurd_wait(scene: Scene, request: SimRequest) -> SimResponse:
    value = scene.rng.choice(("-1", "0", "soon", "1e3", "", "999999999999999999999"))
    return json_response(429, {"error": "TooManyRequests"}, (("retry-after", value),))


def _other_client(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome | None:
    if scene.institution.limiter.calls_per_minute == 0:
        return None
    scene.institution.limiter.take(refused_count=False)
    return _answer(kind, scene.institution.perform(request))


def _expire(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome | None:
    scene.institution.sign_in.revoke(request)
    try:
        scene.institution.sign_in.check(request)
    except Refusal as refused:
        return _answer(kind, refused.response)
    return None


def _clash_once(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome | None:
    body = _json(request)
    key = f"{request.method} {request.path} {None if body is None else body.get('externalId')}"
    if key in scene.clashed:
        return None
    scene.clashed.add(key)
    return _answer(kind, clash(scene.institution.state.switches).response)


def _silent_change(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome | None:
    """The schedule is kept with an earlier end than was asked for."""
    body = _json(request)
    hour, _, minute = str(None if body is None else body.get("endTime"))[:5].partition(":")
    if body is None or not (hour.isdecimal() and minute.isdecimal()):
        return None
    body["endTime"] = clock_text(max(int(hour) * 60 + int(minute) - _SHORTENED_MINUTES, 0))
    changed = SimRequest(request.method, request.path, request.query, request.headers, msgspec.json.encode(body))
    return _answer(kind, scene.institution.perform(changed))


def _stale(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome | None:
    """An answer from the schedules as they stood a moment ago."""
    parts = request.segments()
    state = scene.institution.state
    if parts[2:4] != ["v2", "schedules"] or len(parts) > 5 or not state.bookings.journal:
        return None
    held = state.bookings.as_of(state.monotonic() - scene.injector.settings.stale_s)
    schedules = scene.institution.schedules
    try:
        if len(parts) == 4:
            return _answer(kind, schedules.listing(request, held))
        return _answer(kind, schedules.reading(parts[4], held))
    except Refusal as refused:
        return _answer(kind, refused.response)


def _reference_lag(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome | None:
    """What was made is answered and then unknown for a while."""
    response = scene.institution.perform(request)
    appear = scene.institution.reference.hide(request, response)
    if appear is None:
        return Outcome(Delivery.ANSWER, response)
    after_s = scene.rng.uniform(0, scene.injector.settings.stale_s)
    return Outcome(Delivery.ANSWER, response, fault=kind, late=LateRequest(request, after_s, appear))


def _strangers(act: Callable[[Scene, SimRequest], bool]) -> Effect:
    """Someone works in Echo360's own pages just before the request, which then goes its way."""

    def effect(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome | None:
        return _answer(kind, scene.institution.perform(request)) if act(scene, request) else None

    return effect


def _room_for_strangers(scene: Scene) -> bool:
    return strangers.count(scene.institution) < scene.injector.settings.max_foreign


def _loop(scene: Scene, request: SimRequest, kind: FaultKind) -> Outcome:
    proper = scene.institution.perform(request)
    looping = spoil.looping(proper, f"{request.path}?{request.query}")
    return Outcome(Delivery.ANSWER, proper) if looping is None else _answer(kind, looping)


def _json(request: SimRequest) -> dict[str, object] | None:
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


EFFECTS: Mapping[FaultKind, Effect] = {
    _K.TIMEOUT_NOT_APPLIED: _unheard(Delivery.SILENCE),
    _K.TIMEOUT_APPLIED: _applied(Delivery.SILENCE),
    _K.RESET_NOT_APPLIED: _unheard(Delivery.RESET),
    _K.RESET_APPLIED: _applied(Delivery.RESET),
    _K.CUT_APPLIED: _applied(Delivery.CUT),
    _K.ERROR_500: _error(500, applied=False),
    _K.ERROR_502: _error(502, applied=False),
    _K.ERROR_503: _error(503, applied=False),
    _K.ERROR_504: _error(504, applied=False),
    _K.ERROR_500_APPLIED: _error(500, applied=True),
    _K.ERROR_502_APPLIED: _error(502, applied=True),
    _K.ERROR_503_APPLIED: _error(503, applied=True),
    _K.ERROR_504_APPLIED: _error(504, applied=True),
    _K.SLOW: _slow,
    _K.LATE_TIMEOUT: _late(Delivery.SILENCE),
    _K.LATE_RESET: _late(Delivery.RESET),
    _K.LATE_504: _late(Delivery.ANSWER),
    _K.TRUNCATED_JSON: _spoiled(lambda proper, rng: spoil.truncated(proper)),
    _K.MALFORMED_JSON: _spoiled(spoil.malformed),
    _K.OTHER_JSON: _spoiled(spoil.other_json),
    _K.MAINTENANCE_PAGE: _told(lambda scene, request: spoil.page(200, "Scheduled maintenance")),
    _K.HTML_APPLIED: _spoiled(lambda proper, rng: spoil.page(proper.status, "Welcome")),
    _K.OTHER_BODY: _spoiled(spoil.other_body),
    _K.SILENT_CHANGE: _silent_change,
    _K.SCHEMA_DRIFT: _spoiled(lambda proper, rng: spoil.drifted(proper)),
    _K.TYPE_DRIFT: _spoiled(lambda proper, rng: spoil.retyped(proper)),
    _K.LIMIT_SECONDS: _wait(429, "seconds"),
    _K.LIMIT_DATE: _wait(429, "date"),
    _K.LIMIT_BARE: _wait(429, "off"),
    _K.LIMIT_ABSURD: _told(_absurd_wait),
    _K.UNAVAILABLE_SECONDS: _wait(503, "seconds"),
    _K.UNAVAILABLE_DATE: _wait(503, "date"),
    _K.OTHER_CLIENT: _other_client,
    _K.TOKEN_EXPIRED: _expire,
    _K.FORBIDDEN: _told(lambda scene, request: json_response(403, {"error": "Forbidden"})),
    _K.SIGN_IN_ERROR: _told(lambda scene, request: spoil.page(503, "Service unavailable")),
    _K.SIGN_IN_TIMEOUT: _unheard(Delivery.SILENCE),
    _K.SIGN_IN_SLOW: _slow,
    _K.LOGIN_REDIRECT: _told(lambda scene, request: SimResponse(302, (("location", "/login"),))),
    _K.OTHER_HOST_REDIRECT: _told(
        lambda scene, request: SimResponse(302, (("location", "https://login.example.ac.uk/"),))
    ),
    _K.SPURIOUS_CLASH: _clash_once,
    _K.ENDLESS_CLASH: _told(lambda scene, request: clash(scene.institution.state.switches).response),
    _K.SPURIOUS_NOT_FOUND: _told(
        lambda scene, request: scene.institution.state.not_found("Object", code="NotFound").response
    ),
    _K.STALE_LIST: _stale,
    _K.STALE_READ: _stale,
    _K.REFERENCE_LAG: _reference_lag,
    _K.ROW_DUPLICATED: _spoiled(spoil.duplicated_row),
    _K.ROW_LOST: _spoiled(spoil.lost_row),
    _K.ROWS_REORDERED: _spoiled(spoil.reordered),
    _K.NEXT_LOOP: _loop,
    _K.FOREIGN_IN_THE_WAY: _strangers(
        lambda scene, request: (
            _room_for_strangers(scene) and strangers.stand_in_the_way(scene.institution, request)
        )
    ),
    _K.FOREIGN_ADDED: _strangers(
        lambda scene, request: _room_for_strangers(scene) and strangers.add(scene.institution, scene.rng)
    ),
    _K.FOREIGN_MOVED: _strangers(
        lambda scene, request: strangers.move(scene.institution, scene.rng, foreign=True)
    ),
    _K.FOREIGN_REMOVED: _strangers(
        lambda scene, request: strangers.remove(scene.institution, scene.rng, foreign=True)
    ),
    _K.OURS_MOVED: _strangers(lambda scene, request: strangers.move(scene.institution, scene.rng, foreign=False)),
    _K.OURS_REMOVED: _strangers(
        lambda scene, request: strangers.remove(scene.institution, scene.rng, foreign=False)
    ),
}
