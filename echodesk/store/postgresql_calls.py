"""A connection to PostgreSQL on which nobody waits without end.

The server's own limits need a server that is at work: one that stands still says nothing, though its machine goes
on acknowledging what is sent to it.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

ANSWER_S = 35.0
"""Longer than the server lets any call last (`servers.CALL_S`): then it says so itself."""


class LimitedConnection(psycopg.Connection[Any]):
    """Ends itself where an answer does not come in time."""

    answer_s: float | None = ANSWER_S
    """None: as long as it takes."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As the driver's own. Raises `psycopg.OperationalError` if no answer came."""
        try:
            return super().wait(gen, interval, self.answer_s if timeout is None else timeout)
        except psycopg.OperationalError:
            # What may come yet is the answer to a question that nobody has any more.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise
