"""A limit to how long Oracle's driver waits while it signs in: by itself it waits without end for a server that
takes the connection and then says nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

ANSWER_S = 5
"""A server is away that leaves a question of the sign-in unanswered for so long, and then a last one."""


class SignIn:
    """The driver's options for one sign-in, with limits.

    WORKAROUND: https://github.com/oracle/python-oracledb/issues/451. The driver has no limit but that of a call,
    which can be set once the way to the server is open. It is set before each question: the driver may have been
    sent to another server in between.
    """

    def __init__(self) -> None:
        self._connection: Any = None

    def options(self, protocol: str) -> Mapping[str, Any]:
        """What is added to the options of `oracledb.connect`."""
        asking = {"operation_callback": self._begins, "round_trip_callback": self._asks}
        return {**asking, "ssl_context": _context()} if protocol == "tcps" else asking

    def _begins(self, name: str, given: Mapping[str, Any]) -> None:
        if name == "connect":
            self._connection = given["impl"]

    def _asks(self, _name: str) -> None:
        self._connection.set_call_timeout(ANSWER_S * 1000)


def signed_in(connection: Any) -> None:
    """From now on the limit is that of the connection's own `call_timeout`."""
    connection.operation_callback = None
    connection.round_trip_callback = None


class _Handshake(ssl.SSLSocket):
    """TLS is agreed upon before the first question."""

    def do_handshake(self, block: bool = False) -> None:
        """Raises `TimeoutError`."""
        self.settimeout(ANSWER_S)
        super().do_handshake(block)


def _context() -> ssl.SSLContext:
    """The driver's own, but for the limit; it adds what the address says of certificates."""
    context = ssl.create_default_context()
    context.sslsocket_class = _Handshake
    return context
