"""Whoever is asked to stop ends soon, also at the very beginning (reliability U1)."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from echodesk.simulator.wire import SimRequest, SimResponse
from tests.worker.world import World

Worlds = Callable[..., World]


def nobody_listens(request: SimRequest) -> SimResponse | None:
    raise httpx.ConnectError("nobody listens")


@pytest.mark.parametrize("after_s", [0.0, 0.001, 0.05, 5.0])
def test_a_stop_during_the_first_listing_is_heard(world: Worlds, after_s: float) -> None:
    w = world()
    w.wire.interfere = nobody_listens
    if after_s:
        w.pass_time(after_s)
    w.stop()
    assert w.loop.now < after_s + 3.0
