"""Opaque cursors and the list envelope (API facts §4.1)."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import Refusal, SimResponse, json_error, json_response

T = TypeVar("T")
Key = tuple[str, ...]
"""Where a row stands in a list; the last part is its id."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a list request asks for: how many rows, after which one."""

    limit: int
    after: Key | None


def asked_page(
    parameters: Mapping[str, str], switches: Switches, names: Sequence[str], institution_id: str
) -> Page:
    """Reads `limit` and `offset`. Larger limits are clamped, not refused; what is no cursor of ours is refused
    or ignored by switch."""
    limit = switches.default_page_size
    after: Key | None = None
    if "limit" in parameters:
        text = parameters["limit"]
        if text.isdecimal() and int(text) > 0:
            limit = int(text)
        elif switches.bad_paging == "refused":
            raise _bad("limit", "error.min")
    if "offset" in parameters:
        after = _decode(parameters["offset"], names, institution_id)
        if after is None and switches.bad_paging == "refused":
            raise _bad("offset", "error.invalid")
    return Page(min(limit, switches.max_page_size), after)


def list_answer(
    order: Sequence[Key],
    find: Callable[[str], T | None],
    render: Callable[[T], object],
    *,
    path: str,
    page: Page,
    filters: Mapping[str, str],
    names: Sequence[str],
    institution_id: str,
    switches: Switches,
) -> SimResponse:
    """A page out of a sorted list; an id whose entity is gone has no row."""
    begin = 0 if page.after is None else bisect_right(order, page.after)
    keys = order[begin : begin + page.limit]
    found = (find(key[-1]) for key in keys)
    more = begin + page.limit < len(order)
    answer: dict[str, object] = {"data": [render(each) for each in found if each is not None], "has_more": more}
    if more:
        cursor = _encode(keys[-1], names, institution_id)
        answer["next"] = f"{path}?{urlencode({'limit': page.limit, 'offset': cursor, **filters})}"
    elif switches.last_page_next == "null":
        answer["next"] = None
    return json_response(200, answer)


def _encode(key: Key, names: Sequence[str], institution_id: str) -> str:
    members = {name: {"s": part} for name, part in zip(names, key, strict=True)}
    members["institutionId"] = {"s": institution_id}
    return base64.b64encode(msgspec.json.encode(members)).decode()


def _decode(cursor: str, names: Sequence[str], institution_id: str) -> Key | None:
    try:
        raw = base64.b64decode(cursor, validate=True)
        members = msgspec.json.decode(raw, type=dict[str, dict[str, str]])
        if members["institutionId"]["s"] != institution_id:
            return None
        return tuple(members[name]["s"] for name in names)
    except (binascii.Error, ValueError, KeyError):
        return None


def _bad(name: str, text: str) -> Refusal:
    return Refusal(json_response(400, json_error({f"obj.{name}": [text]})))
