"""Answers made unusable or strange, from proper ones (reliability reference §3, faults 11, 14, 17, 22, 23)."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

from echodesk.simulator.wire import SimResponse, json_response

_HTML = (("content-type", "text/html; charset=utf-8"),)
_DEEP = b"[" * 20_000 + b"]" * 20_000


def truncated(response: SimResponse) -> SimResponse:
    """The first half of the body as if it were all."""
    return SimResponse(response.status, response.headers, response.body[: len(response.body) // 2])


def malformed(response: SimResponse, rng: random.Random) -> SimResponse:
    """A body that claims to be JSON and is hard to take for it."""
    bodies = (
        b"",
        b"\xef\xbb\xbf" + response.body,
        b'{"id": NaN, "startDate": Infinity}',
        b'{"id": "\\ud800", "name": "\xff\xfe"}',
        b'{"id": 1, "id": 2, "data": {}}',
        b'{"data": "none", "has_more": "no"}',
        b"null",
        b"0",
        _DEEP,
    )
    return SimResponse(response.status, response.headers, rng.choice(bodies))


def other_json(response: SimResponse, rng: random.Random) -> SimResponse:
    """Proper JSON that is not what was asked for."""
    return json_response(
        response.status, rng.choice(({"status": "ok"}, [], {"data": []}, {"result": {"id": None}}))
    )


def page(status: int, title: str) -> SimResponse:
    """An HTML page."""
    text = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return SimResponse(status, _HTML, text.encode())


def other_body(response: SimResponse, rng: random.Random) -> SimResponse:
    """The answer with another object's ids in it."""
    value = _object(response)
    if value is None:
        return other_json(response, rng)
    value["id"] = f"{rng.getrandbits(128):032x}"
    if "externalId" in value:
        value["externalId"] = f"another-{rng.randrange(10_000)}"
    return SimResponse(response.status, response.headers, msgspec.json.encode(value))


def drifted(response: SimResponse) -> SimResponse:
    """The answer with members that no one knows and nulls for some that are unset."""
    value = _object(response)
    if value is None:
        return response
    strange: dict[str, object] = {"revision": 7, "links": [{"rel": "self"}], "guestPresenter": None}
    return SimResponse(response.status, response.headers, msgspec.json.encode(strange | value))


def retyped(response: SimResponse) -> SimResponse:
    """The answer with times to the second and booleans as text."""
    value = _object(response)
    if value is None:
        return response
    for name, member in value.items():
        if isinstance(member, bool):
            value[name] = str(member).lower()
        elif name in ("startTime", "endTime"):
            value[name] = f"{member}:00"
    return SimResponse(response.status, response.headers, msgspec.json.encode(value))


def duplicated_row(response: SimResponse, rng: random.Random) -> SimResponse | None:
    """The page with one row twice, or None if it has no rows."""
    return _with_rows(response, lambda rows: [*rows, rng.choice(rows)])


def lost_row(response: SimResponse, rng: random.Random) -> SimResponse | None:
    """The page without one of its rows, or None if it has no rows."""

    def drop(rows: list[object]) -> list[object]:
        at = rng.randrange(len(rows))
        return rows[:at] + rows[at + 1 :]

    return _with_rows(response, drop)


def reordered(response: SimResponse, rng: random.Random) -> SimResponse | None:
    """The page with its rows in another order, or None if it has no rows."""
    return _with_rows(response, lambda rows: rng.sample(rows, len(rows)))


def looping(response: SimResponse, url: str) -> SimResponse | None:
    """The page with itself as the next one, or None if it is the last anyway."""
    value = _object(response)
    if value is None or not value.get("has_more"):
        return None
    value["next"] = url
    return SimResponse(response.status, response.headers, msgspec.json.encode(value))


def _with_rows(response: SimResponse, change: Callable[[list[object]], list[object]]) -> SimResponse | None:
    value = _object(response)
    rows = None if value is None else value.get("data")
    if value is None or not isinstance(rows, list) or not rows:
        return None
    value["data"] = change(rows)
    return SimResponse(response.status, response.headers, msgspec.json.encode(value))


def _object(response: SimResponse) -> dict[str, object] | None:
    if response.status >= 300 or not response.body.startswith(b"{"):
        return None
    return msgspec.json.decode(response.body, type=dict[str, object])
