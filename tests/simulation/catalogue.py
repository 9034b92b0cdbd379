"""The faults that the campaign must fire, by their number in the fault catalogue (reliability reference §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from echodesk.simulator.faults import FaultKind as K

CATALOGUE: Mapping[int, tuple[str, ...]] = {
    1: ("refused connection",),
    5: (K.TIMEOUT_NOT_APPLIED,),
    6: (K.TIMEOUT_APPLIED,),
    7: (K.LATE_TIMEOUT, K.LATE_RESET, K.LATE_504),
    8: (K.ERROR_500, K.ERROR_502, K.ERROR_503, K.ERROR_504),
    9: (K.ERROR_500_APPLIED, K.ERROR_502_APPLIED, K.ERROR_503_APPLIED, K.ERROR_504_APPLIED),
    10: (K.LIMIT_SECONDS, K.LIMIT_DATE, K.LIMIT_BARE, K.LIMIT_ABSURD),
    11: (K.UNAVAILABLE_SECONDS, K.UNAVAILABLE_DATE, K.MAINTENANCE_PAGE),
    12: (K.TOKEN_EXPIRED, K.FORBIDDEN, K.SIGN_IN_ERROR, K.SIGN_IN_TIMEOUT, K.SIGN_IN_SLOW),
    13: (K.LOGIN_REDIRECT, K.OTHER_HOST_REDIRECT),
    14: (K.TRUNCATED_JSON, K.MALFORMED_JSON, K.OTHER_JSON, K.HTML_APPLIED),
    17: (K.OTHER_BODY, K.SILENT_CHANGE),
    18: (K.SPURIOUS_CLASH, K.ENDLESS_CLASH, "real clash"),
    19: ("external id exists",),
    20: (K.SPURIOUS_NOT_FOUND, "not found"),
    21: (K.STALE_LIST, K.STALE_READ),
    22: (K.ROW_DUPLICATED, K.ROW_LOST, K.ROWS_REORDERED, K.NEXT_LOOP),
    23: (K.SCHEMA_DRIFT, K.TYPE_DRIFT),
    24: (
        K.FOREIGN_IN_THE_WAY,
        K.FOREIGN_ADDED,
        K.FOREIGN_MOVED,
        K.FOREIGN_REMOVED,
        K.OURS_MOVED,
        K.OURS_REMOVED,
        "foreign booking",
        "by hand",
    ),
    25: (K.REFERENCE_LAG,),
    27: ("partial outage",),
    28: (K.OTHER_CLIENT, "lower limit"),
    44: ("kill",),
    45: ("freeze",),
    46: ("suspend",),
    47: ("clock",),
    55: ("storm",),
    56: ("edit in between",),
}
"""Number → the kinds that make it happen. Each kind is demanded of a campaign, not only each number."""

BESIDE = ("overtaken",)
"""What must happen in a campaign as well, and is no fault: between the plan of a request and its turn the lesson
begins, or comes too near."""

NOT_HERE: Mapping[int, str] = {
    2: "over real sockets, in tests/end_to_end",
    3: "over real sockets, in tests/end_to_end",
    4: "over real sockets, in tests/end_to_end",
    15: "over real sockets, in tests/end_to_end",
    16: "over real sockets, in tests/end_to_end",
    26: "over real sockets, in tests/end_to_end",
}
"""Faults of the issue's list that other tests fire."""


def never_fired(fired: Iterable[str]) -> list[str]:
    """Kinds of the catalogue that are not among these, each with its number, and what else must happen."""
    seen = set(fired)
    kinds = [f"{number} {kind}" for number, kinds in CATALOGUE.items() for kind in kinds if kind not in seen]
    return [*kinds, *(one for one in BESIDE if one not in seen)]
