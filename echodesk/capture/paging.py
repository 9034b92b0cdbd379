"""Listings page by page: `next` followed verbatim on our own origin, and nothing believed that does not add up."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import msgspec

from echodesk.capture.answers import refusal, unclear
from echodesk.capture.calls import Calls
from echodesk.capture.line import Got
from echodesk.capture.parsing import Row, Unreadable, decoded
from echodesk.planning.answers import Answer, Exchange

PAGE = 150
"""Larger values are clamped by Echo360 (API facts §4.1)."""
MOST_PAGES = 5000
LONGEST_PATH = 8000
_PATH = re.compile(r"/public/api/[!$-~]*")

_encode = msgspec.json.Encoder(order="deterministic").encode


async def pages(
    calls: Calls, origin: str, path: str, exchanges: list[Exchange]
) -> AsyncGenerator[list[Row] | Answer]:
    """The rows of each page; ends after the last page, or with the one `Answer` that stopped it.

    A row whose id was seen before is left out if it says the same; if it says something else, or a page leads back
    to an earlier one, to another host or nowhere, the listing ends with `Unclear` (faults 14, 22).
    """
    separator = "&" if "?" in path else "?"
    following: str | None = f"{path}{separator}limit={PAGE}"
    visited: set[str] = set()
    seen: dict[str, int] = {}
    while following is not None:
        if following in visited or len(visited) >= MOST_PAGES:
            yield unclear("The pages of Echo360's listing lead back to one that was read already.")
            return
        visited.add(following)
        got = await calls.ask(following, exchanges)
        if not isinstance(got, Got):
            yield got
            return
        page = _page(got, origin)
        if isinstance(page, _Page):
            rows = _new_rows(page.rows, seen)
            if rows is None:
                yield unclear("Echo360's listing names one thing twice with different content.")
                return
            yield rows
            following = page.following
        else:
            yield page
            return


class _Page(msgspec.Struct, frozen=True):
    rows: list[Row]
    following: str | None


def _page(got: Got, origin: str) -> _Page | Answer:
    if not 200 <= got.status < 300:
        return refusal("GET", got)
    try:
        document = decoded(got.body)
    except Unreadable as problem:
        return unclear(f"A page of Echo360's listing cannot be read: {problem}")
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return unclear("A page of Echo360's listing has no rows.")
    more, following = document.get("has_more"), document.get("next")
    if not isinstance(more, bool):
        # Each page says so (API facts §4.1); without it nothing proves that this was the last.
        return unclear("A page of Echo360's listing does not say whether there are more.")
    if not more:
        return _Page(rows, None)
    own = _own(following, origin)
    if own is None:
        return unclear("A page of Echo360's listing promises more and does not say where.")
    return _Page(rows, own)


def _own(following: object, origin: str) -> str | None:
    """The path of the next page if it is on our own origin; a token never goes anywhere else (reliability S7)."""
    if not isinstance(following, str):
        return None
    path = following.removeprefix(origin)
    return path if len(path) <= LONGEST_PATH and _PATH.fullmatch(path) else None


def _new_rows(rows: list[Row], seen: dict[str, int]) -> list[Row] | None:
    """The rows not seen before; None if one has no id, or an id seen before with other content."""
    new = []
    known = len(seen)
    for row in rows:
        key = row.get("id")
        if not isinstance(key, str):
            return None
        # A whole year's rows would be tens of megabytes.
        mark = hash(_encode(row))
        if seen.setdefault(key, mark) != mark:
            return None
        if len(seen) > known:
            new.append(row)
            known = len(seen)
    return new
