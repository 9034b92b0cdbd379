"""A large plan goes out in portions, each planned from what stands by then: whoever stops it, or changes a lesson
in one of its room-days, waits for few calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from echodesk.planning.values import Method, Request


def portion(requests: Sequence[Request], most: int) -> frozenset[int]:
    """Numbers of the first of these requests: `most`, and those without which they may not go.

    A request goes with all that it waits for. A lesson that steps aside has no schedule until it is made again; so
    its removal goes with that, and with the others that step aside in the same knot: only a whole knot leaves
    behind what would be planned in the same way again.
    """
    of = {request.number: request for request in requests}
    made_again = _made_again(of)
    going: set[int] = set()
    for request in requests:
        if len(going) >= most:
            break
        wanted = [request.number]
        while wanted:
            number = wanted.pop()
            if number in of and number not in going:
                going.add(number)
                wanted += (*of[number].after, *made_again.get(number, ()))
    return frozenset(going)


def _made_again(of: Mapping[int, Request]) -> dict[int, tuple[int, ...]]:
    """Each removal of a lesson that steps aside → the requests that make it and others of its knot again."""
    by_lesson: dict[str, dict[Method, int]] = defaultdict(dict)
    beside: dict[int, set[int]] = defaultdict(set)
    for number, request in of.items():
        by_lesson[request.external_id][request.method] = number
        for before in request.after:
            beside[number].add(before)
            beside[before].add(number)
    aside = {
        found[Method.DELETE]: found[Method.POST]
        for found in by_lesson.values()
        if {Method.DELETE, Method.POST} <= found.keys()
    }
    again: dict[int, tuple[int, ...]] = {}
    for removal in aside:
        if removal in again:
            continue
        knot, at = {removal}, [removal]
        while at:
            fresh = beside[at.pop()] - knot
            knot |= fresh
            at += fresh
        here = [number for number in aside if number in knot]
        again |= dict.fromkeys(here, tuple(aside[number] for number in here))
    return again
