"""Bytes of an answer into plain objects, whatever the bytes are."""

from __future__ import annotations

from typing import Any

import msgspec

Row = dict[str, Any]
"""One JSON object of the API."""


class Unreadable(ValueError):
    """A body, or a member of it, is not what the API promises."""


def decoded(body: bytes) -> Any:
    """The JSON in a body. Raises `Unreadable` for all that is none: cut off, nested without end, not UTF-8."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as problem:
        # The words of a UnicodeError quote the whole body.
        words = "not UTF-8" if isinstance(problem, UnicodeError) else str(problem)
        raise Unreadable(words) from problem
