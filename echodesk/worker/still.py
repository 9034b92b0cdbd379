"""While a whole year lies in memory the garbage collector does not walk through it again and again.

A full collection over some hundred thousand lessons holds the interpreter for more than 100 ms, in which the
window's thread cannot move either; the figure `planner_slices_gap` of the benchmarks shows it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_still() -> Iterator[None]:
    """What exists now is left out of collections until the block ends. Blocks may not be nested."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
