"""What is looked at before EchoDesk is relied on, and how each look ended; commands and the window show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from echodesk.errors import EchoDeskError


class State(StrEnum):
    """How one check ended."""

    OK = "ok"
    NOTE = "note"
    """Somebody should know, but everything works."""
    WRONG = "wrong"
    SKIPPED = "skipped"
    """It could not be looked at; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One check: what was looked at, how it ended, what was found, and what to do if it is wrong."""

    check: str
    state: State
    text: str
    next_step: str = ""
    compare: bool = False
    """Edits may have been missed: a comparison is due."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at."""

    name: str
    look: Callable[[], list[Line]]
    """Blocks as long as it takes. Raises an `EchoDeskError` where nothing could be found out."""


def trouble(name: str, error: EchoDeskError) -> Line:
    """A check that ended with an error."""
    return Line(name, State.WRONG, f"{error.title}: {error.message}", error.next_step)


def results(checks: Iterable[Check]) -> Iterator[Line]:
    """What each check found, as soon as it has. Each stands alone: what fails stops no other."""
    for check in checks:
        try:
            yield from check.look()
        except EchoDeskError as error:
            yield trouble(check.name, error)
