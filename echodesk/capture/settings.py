"""What a connection to Echo360 needs to know, checked before the first call."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from echodesk.errors import CaptureTrouble
from echodesk.planning.answers import CALL_DEADLINE_S, Kind

DEMONSTRATION_MAY_CREATE = frozenset(Kind) - {Kind.PERSON}
OFFICE_MAY_CREATE = DEMONSTRATION_MAY_CREATE - {Kind.TERM, Kind.ORGANIZATION}
"""Terms and organisations are made by a person (design §4.10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """One connection to one institution's Echo360. Raises `CaptureTrouble` for an address that is not safe."""

    base_url: str
    """Scheme, host and perhaps port, nothing more. https, except on this machine itself (reliability S7)."""
    client_id: str
    client_secret: str = field(repr=False)
    recognise: Callable[[str], bool]
    """Whether an external id is one that EchoDesk gave: it matches the pattern and names a live or former set."""
    calls_per_minute: int = 120
    """The institution's limit; 0 lifts it (decisions: call budget)."""
    may_create: frozenset[Kind] = OFFICE_MAY_CREATE
    organization: str | None = None
    """External id or name of the organisation under which departments are made; None: without one."""
    campus: str = ""
    """External id or name of the campus of buildings whose site names none."""
    campus_zone: str | None = None
    """IANA zone that a campus made by EchoDesk gets; None: Echo360 decides."""
    quality: str = "High"
    quality_of_room: tuple[tuple[str, str], ...] = ()
    """Capture quality of a new schedule, per room where given (design §4.14)."""
    late_s: float = 60.0
    """L: how long an unanswered request may still take effect (reliability §2)."""
    deadline_s: float = CALL_DEADLINE_S
    """Total time of one call, sign-in and second sending included (reliability H8)."""
    connections: int = 8
    """More make httpx slower, not faster (desktop §4)."""
    ca_file: Path | None = None
    """An authority of the office's own, in PEM, believed beside the public ones; an administrator names it, and
    nothing in the environment can (reliability S5)."""
    loopback_only: bool = False
    """The demonstration refuses every address but this machine's own."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", checked_address(self.base_url, loopback_only=self.loopback_only))
        if not self.client_id or not self.client_secret:
            raise CaptureTrouble(
                "Echo360's credentials are missing",
                "There is no client id or no client secret.",
                "An institution admin makes them in Echo360 under Settings, Integration, API Clients. "
                "Give both to EchoDesk.",
            )
        if self.calls_per_minute < 0:
            raise CaptureTrouble(
                "The call limit cannot be meant",
                f"{self.calls_per_minute} calls a minute.",
                "Give the institution's limit (120 unless told otherwise), or 0 for none.",
            )


def checked_address(address: str, *, loopback_only: bool) -> str:
    """The address as `scheme://host[:port]`. Raises `CaptureTrouble` saying what to do."""
    shown = _without_userinfo(address)
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError as problem:
        raise _trouble(shown, f"It cannot be read ({problem}).") from problem
    host = parts.hostname
    if parts.scheme not in ("https", "http") or not host:
        raise _trouble(shown, "It does not begin with https:// and a host.")
    if parts.username is not None or parts.password is not None:
        raise _trouble(shown, "It holds a user name or password.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _trouble(shown, "It goes on after the host.")
    if parts.scheme == "http" and not is_loopback(host):
        raise _trouble(shown, "Without https the credentials would travel in the open.")
    if loopback_only and not is_loopback(host):
        raise CaptureTrouble(
            "The demonstration stays on this machine",
            f"{shown} is another machine.",
            "Use the simulator, or an Echo360 on 127.0.0.1.",
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")


def is_loopback(host: str) -> bool:
    """True if the host is this machine, without asking any name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_userinfo(address: str) -> str:
    scheme, separator, rest = address.strip().rpartition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def _trouble(shown: str, reason: str) -> CaptureTrouble:
    return CaptureTrouble(
        "The address of Echo360 cannot be used",
        f"{shown}: {reason}",
        "Give the host alone, for example https://echo360.org.uk; http only for this machine itself.",
    )
