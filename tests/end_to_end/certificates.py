"""Certificates of all kinds for servers on this machine, made for one test run."""

from __future__ import annotations

import datetime as dt
import ssl
import warnings
from pathlib import Path

import trustme

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
HOST = "127.0.0.1"


class Office:
    """An office's own authority, which a client may be told of, and the certificates that a server can show."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA(organization_name="University Network")
        self._stranger = trustme.CA(organization_name="Somebody Else")
        self.ca_file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.ca_file))

    def proper(self) -> ssl.SSLContext:
        """What Echo360 should show."""
        return _context(self._authority.issue_cert(HOST))

    def expired(self) -> ssl.SSLContext:
        """It was proper years ago."""
        return _context(
            self._authority.issue_cert(HOST, not_before=LONG_AGO, not_after=LONG_AGO + dt.timedelta(days=90))
        )

    def not_yet_valid(self) -> ssl.SSLContext:
        """It will be proper in a hundred years."""
        begins = LONG_AGO + dt.timedelta(days=36_500)
        return _context(
            self._authority.issue_cert(HOST, not_before=begins, not_after=begins + dt.timedelta(days=1))
        )

    def of_another_host(self) -> ssl.SSLContext:
        """Somebody else's, by the right authority."""
        return _context(self._authority.issue_cert("mail.example.ac.uk"))

    def of_an_unknown_authority(self) -> ssl.SSLContext:
        """The right name, by an authority that nobody was told of: also what an inspecting proxy shows."""
        return _context(self._stranger.issue_cert(HOST))

    def self_signed(self) -> ssl.SSLContext:
        """A certificate that vouches for itself."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._stranger.configure_trust(made)
        key, certificate = self._stranger.private_key_pem, self._stranger.cert_pem
        with (
            key.tempfile() as key_file,
            certificate.tempfile() as certificate_file,
        ):
            made.load_cert_chain(certificate_file, key_file)
        return made

    def old(self) -> ssl.SSLContext:
        """A proper certificate, and nothing newer than TLS 1.1."""
        made = self.proper()
        # OpenSSL 3 offers them on its lowest level alone.
        made.set_ciphers("DEFAULT@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version = ssl.TLSVersion.TLSv1
            made.maximum_version = ssl.TLSVersion.TLSv1_1
        return made


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made
