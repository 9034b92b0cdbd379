"""Whom EchoDesk believes to be Echo360: TLS 1.2 at least, a known authority, the right name (reliability S5).

There is no switch that turns any of this off. An office whose network inspects traffic may name its own authority.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import certifi

from echodesk.errors import CaptureTrouble

_WAIT = "Nothing was sent; EchoDesk tries again by itself."
_CLOCK = f"Check this machine's date; if it is right, tell Echo360's support. {_WAIT}"
_INSPECTED = (
    "If this network inspects encrypted traffic, its administrator has to exempt Echo360 or name its authority to"
    f" EchoDesk; otherwise somebody may be listening. {_WAIT}"
)
_ADDRESS = f"Check the address of Echo360 in EchoDesk. {_WAIT}"
# Codes of OpenSSL's X509_verify_cert(3): what a person can do differs by them alone.
_REASONS = {
    9: ("its certificate is not valid yet", _CLOCK),
    10: ("its certificate has expired", _CLOCK),
    18: ("its certificate is signed by nobody but itself", _INSPECTED),
    19: ("its certificate comes from an authority that is not known", _INSPECTED),
    20: ("its certificate comes from an authority that is not known", _INSPECTED),
    21: ("its certificate comes from an authority that is not known", _INSPECTED),
    62: ("its certificate belongs to another host", _ADDRESS),
    64: ("its certificate belongs to another host", _ADDRESS),
}
_OLD = f"Whoever runs this server or the proxy in front of it has to allow TLS 1.2. {_WAIT}"
_NO_TLS = f"Check the address, and that it is Echo360 that answers there. {_WAIT}"


def context(ca_file: Path | None) -> ssl.SSLContext:
    """What every connection is checked by: the public authorities, and the office's own if there is one.

    Raises `CaptureTrouble` if the own authority cannot be read.
    """
    # Not ssl.create_default_context: that one lets SSLKEYLOGFILE write the keys of the session.
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_verify_locations(certifi.where())
    if ca_file is not None:
        try:
            made.load_verify_locations(ca_file)
        except OSError as problem:
            # ssl.SSLError is one of them: a file that holds no certificate.
            raise CaptureTrouble(
                "The own certificate authority cannot be used",
                f"{ca_file} cannot be read as certificates in PEM: {problem}.",
                "Ask the network's administrator for its authority's certificate as a PEM file.",
            ) from problem
    return made


def distrust(problem: BaseException, host: str) -> CaptureTrouble | None:
    """Why the other side was not believed, if that is why there is no connection: title, what, what to do."""
    for cause in _causes(problem):
        if isinstance(cause, ssl.SSLCertVerificationError):
            what, next_step = _REASONS.get(cause.verify_code, (cause.verify_message, _INSPECTED))
            return CaptureTrouble("Echo360's certificate was refused", f"{host}: {what}.", next_step)
        if isinstance(cause, ssl.SSLError):
            if (cause.reason or "").endswith(("UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION")):
                what = "it offers nothing newer than TLS 1.1"
                return CaptureTrouble("Echo360's encryption was refused", f"{host}: {what}.", _OLD)
            what = f"no encrypted connection came about ({cause.reason or cause})"
            return CaptureTrouble("Echo360's encryption was refused", f"{host}: {what}.", _NO_TLS)
    return None


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
