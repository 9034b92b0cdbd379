"""What a mutation is, and the few tools with which one is made: parts of the program replaced for a while.

Only tests replace parts of the program, and only here: to prove that the simulation would notice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from echodesk.planning.values import Plan, Request

Mutation = Callable[[], AbstractContextManager[object]]
"""Enters with the rule switched off; each history enters one of its own."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """The program without one rule."""

    name: str
    rule: str
    """Where the rule stands."""
    instead: str
    """What the program does without it."""
    apply: Mutation
    mixes: tuple[str, ...] = ()
    """Where it shows soonest; all mixes if none is named. Empty for rules of the planner alone."""
    planner: bool = False
    """Looked for with planner examples instead of histories."""
    test: str = ""
    """Shown by this test, because in the histories another rule makes up for it (`escapes` says which)."""
    escapes: str = ""
    """Why it cannot be caught, if that is known."""


def replaced(*changes: tuple[object, str, Any]) -> Mutation:
    """Each (owner, name) is another thing meanwhile."""

    @contextmanager
    def apply() -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, other in changes:
                stack.enter_context(mock.patch.object(owner, name, other))
            yield

    return apply


def wrapped(owner: Any, name: str, around: Callable[[Any], Any]) -> Mutation:
    """`around` gets the real function for each history and returns what stands in its place."""

    @contextmanager
    def apply() -> Iterator[None]:
        with mock.patch.object(owner, name, around(getattr(owner, name))):
            yield

    return apply


def both(*mutations: Mutation) -> Mutation:
    """Several at once."""

    @contextmanager
    def apply() -> Iterator[None]:
        with ExitStack() as stack:
            for one in mutations:
                stack.enter_context(one())
            yield

    return apply


def does_nothing(*_args: object, **_kwargs: object) -> None:
    """In the place of something that writes."""


async def waits_for_nothing(*_args: object, **_kwargs: object) -> None:
    """In the place of something that waits."""


def finds_nothing(*_args: object, **_kwargs: object) -> list[Any]:
    """In the place of something that reads."""
    return []


def without(plan: Plan, dropped: Callable[[Request], bool]) -> Plan:
    """The plan without some of its requests; nothing waits for them any more."""
    kept = [request for request in plan.requests if not dropped(request)]
    number = {request.number: at for at, request in enumerate(kept)}
    return dataclasses.replace(
        plan,
        requests=tuple(
            dataclasses.replace(
                request,
                number=number[request.number],
                after=tuple(number[one] for one in request.after if one in number),
            )
            for request in kept
        ),
    )
