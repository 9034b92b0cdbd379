"""What `conftest` watches for: network, log records, threads, windows, timers. Qt only when it is used."""

from __future__ import annotations

import ipaddress
import logging
import re
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# ---- network ----

WATCHED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


class NetworkForbidden(RuntimeError):
    """A test tried to leave this machine. Not an OSError: code under test would take that for a bad network."""


def refuse_network(event: str, args: tuple[object, ...], besides: Collection[str] = ()) -> None:
    """An audit hook that lets Python's sockets reach loopback only, and the hosts `besides`.

    Sockets of libuv (uvloop) and of child processes do not pass here.
    """
    if event not in WATCHED:
        return
    place = args[WATCHED[event]]
    host = place[0] if isinstance(place, tuple) else place
    if not is_loopback(place) and host not in besides:
        raise NetworkForbidden(f"{event} to {place!r}: tests reach loopback only")


def is_loopback(address: object) -> bool:
    """Whether a host name, an internet address or a path of a local socket stays on this machine."""
    if isinstance(address, tuple):
        return is_loopback(address[0])
    if isinstance(address, bytes):
        address = address.decode(errors="replace")
    if address is None or not isinstance(address, str):
        return address is None
    if address in ("", "localhost") or address.startswith(("/", "\0")):
        return True
    try:
        return ipaddress.ip_address(address.split("%")[0]).is_loopback
    except ValueError:
        return False


# ---- log records ----


@dataclass(slots=True)
class ExpectedLogs:
    """Collects records of WARNING and above; a test names those that belong to its story."""

    records: list[logging.LogRecord] = field(default_factory=list)
    expectations: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)

    def expect(self, logger: str, message: str) -> None:
        """From now to the end of the test, records of this logger whose text matches the pattern are right.

        At least one must come: an expectation that nothing meets fails the test as well.
        """
        self.expectations.append((logger, re.compile(message)))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listens at the root logger; what a logger does not hand upwards is not heard."""
        collector = Collector(self.records)
        root = logging.getLogger()
        root.addHandler(collector)
        try:
            yield
        finally:
            root.removeHandler(collector)

    def verdict(self) -> None:
        """Raises AssertionError for records nobody expected, and for expectations nothing met."""
        unexpected = [
            record for record in self.records if not any(fits(record, each) for each in self.expectations)
        ]
        unmet = [each for each in self.expectations if not any(fits(record, each) for record in self.records)]
        told = [f"unexpected {each.levelname} of {each.name}: {each.getMessage()}" for each in unexpected]
        told += [f"expected of {logger} and never logged: {pattern.pattern}" for logger, pattern in unmet]
        if told:
            raise AssertionError("\n".join(told))


class Collector(logging.Handler):
    """Keeps records; sorted out at the end of the test."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one record; may be called from any thread."""
        self.records.append(record)


def fits(record: logging.LogRecord, expectation: tuple[str, re.Pattern[str]]) -> bool:
    """Whether this record is the expected one."""
    logger, pattern = expectation
    return record.name == logger and pattern.search(record.getMessage()) is not None


# ---- threads, windows, timers ----


def threads_left(before: set[threading.Thread], within_s: float) -> list[str]:
    """Names of threads that were not there before and do not end within the deadline.

    Threads that Python did not start (Qt's own) cannot be waited for and are left out.
    """
    deadline = time.monotonic() + within_s
    left = []
    for thread in threading.enumerate():
        if thread in before or thread is threading.main_thread() or isinstance(thread, threading._DummyThread):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(f"thread {thread.name}")
    return left


class Leftovers:
    """What stood before a test, to tell what it left behind."""

    def __init__(self, with_qt: bool) -> None:
        self.threads = set(threading.enumerate())
        self.with_qt = with_qt

    def qt_objects(self) -> list[str]:
        """Windows still there and timers still running; they are put away, so that the next test is not blamed."""
        if not self.with_qt:
            return []
        from tests.qt_guards import timers_left, windows_left

        return windows_left() + timers_left()
