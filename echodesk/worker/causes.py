"""Why updates failed, in a handful of causes: what was told of each says it in words, Echo360's or our own."""

from __future__ import annotations

from echodesk.lessons import FailureCause

_SAID_WITH: tuple[tuple[FailureCause, tuple[str, ...]], ...] = (
    (FailureCause.STOPPED, ("stopped the worker", "stopped echodesk")),
    (FailureCause.NO_ANSWER, ("without a clear answer",)),
    (FailureCause.NO_RECORDER, ("device not found", "no device", "has no recorder")),
    (FailureCause.OTHER_YEAR, ("sectionofotheryear", "belongs to")),
    (
        FailureCause.MISSING,
        (
            "not found",
            "does not exist",
            "unknown",
            "is not in echo360",
            "is in echo360 under",
            "cannot be made",
            "is in echo360 without",
            "names no section",
            "no campus is known",
            "gone from echo360",
        ),
    ),
)
"""The first of them that the text holds, whatever the case: a device that is not found is no missing room."""


def cause_of(message: str) -> FailureCause:
    """The cause that a message tells of; what nothing else is known of was refused."""
    told = message.casefold()
    return next(
        (cause for cause, signs in _SAID_WITH if any(sign in told for sign in signs)), FailureCause.REFUSED
    )
