"""What the institution counts: calls by method, sign-ins, refusals, and on wish each request."""

from __future__ import annotations

from collections import Counter, deque
from typing import NamedTuple


class Entry(NamedTuple):
    """One request as it was answered; `status` 0 = the client got no answer."""

    t: float
    method: str
    path: str
    status: int


class Ledger:
    """Counters since the start or the last reset."""

    def __init__(self, log_size: int) -> None:
        self.calls: Counter[str] = Counter()
        """API calls received by method, refused and faulted ones included, sign-ins not."""
        self.statuses: Counter[int] = Counter()
        self.sign_ins = 0
        self.log: deque[Entry] = deque(maxlen=log_size)

    def sign_in(self) -> None:
        """Counts a request at the token endpoint."""
        self.sign_ins += 1

    def call(self, method: str) -> None:
        """Counts an API call as it arrives."""
        self.calls[method] += 1

    def answered(self, t: float, method: str, path: str, status: int) -> None:
        """Notes how a request ended; `t` is monotonic time in seconds."""
        self.statuses[status] += 1
        if self.log.maxlen:
            self.log.append(Entry(t, method, path, status))

    def reset(self) -> None:
        """Starts counting anew."""
        self.calls.clear()
        self.statuses.clear()
        self.sign_ins = 0
        self.log.clear()
