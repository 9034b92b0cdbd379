"""Which Oracle the tests are given: the variable ORACLE_DSN, an address as `echodesk database verify` takes it."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

DSN = "ORACLE_DSN"
ABSENT = f"no Oracle here: {DSN} names none (oracle+oracledb://user@host:port/?service_name=…, an empty schema)"


def absent() -> str:
    """Why there is none, '' if there is one."""
    return "" if os.environ.get(DSN) else ABSENT


def addresses() -> set[str]:
    """The machine's name and addresses, which alone may be reached beside this one; nothing if there is none."""
    host = urlsplit(os.environ.get(DSN, "")).hostname
    return {host, *(str(found[4][0]) for found in socket.getaddrinfo(host, None))} if host else set()
