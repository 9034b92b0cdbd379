"""With what EchoDesk signs in: what the environment says, else what is kept for the data folder.

Services and scripts set the environment; for people the keyring keeps what they once typed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from echodesk import log
from echodesk.errors import WrongUse
from echodesk.secrets import Secrets
from echodesk.store.connection import PASSWORD, Connection
from echodesk.store.echo360 import Echo360Place, echo360_of

CLIENT_ID = "ECHODESK_ECHO360_CLIENT_ID"
CLIENT_SECRET = "ECHODESK_ECHO360_CLIENT_SECRET"


@dataclass(frozen=True, slots=True)
class Echo360Access:
    """Where Echo360 is reached, and with what. Never printed."""

    url: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Echo360Access({self.url!r})"


def echo360_account(place: Echo360Place) -> str:
    """Under what the client secret is kept: a secret given for one address goes to no other."""
    return f"{place.client_id} at {place.url}"


def database_account(connection: Connection) -> str:
    """Under what the password of the database is kept."""
    return connection.url


def echo360_access(secrets: Secrets, url: str) -> Echo360Access:
    """The address with its credentials. Raises `WrongUse` if one is missing, `KeyringTrouble`."""
    client_id, secret = _credentials(secrets, url)
    if not client_id or not secret:
        raise WrongUse(
            "Echo360's credentials are missing",
            f"{CLIENT_ID} and {CLIENT_SECRET} are not both set, and none are kept for {url}.",
            "Keep them with `echodesk echo360` and `echodesk secret set echo360`, or set both in the environment"
            " of this program.",
        )
    log.hide(secret)
    return Echo360Access(url, client_id, secret)


def has_credentials(secrets: Secrets, url: str) -> bool:
    """Whether both are there. Raises `KeyringTrouble`."""
    return all(_credentials(secrets, url))


def _credentials(secrets: Secrets, url: str) -> tuple[str, str]:
    client_id, secret = os.environ.get(CLIENT_ID, ""), os.environ.get(CLIENT_SECRET, "")
    place = echo360_of(secrets.folder)
    if not client_id and place is not None and place.url == url:
        client_id = place.client_id
    if client_id and not secret:
        secret = secrets.read(echo360_account(Echo360Place(url, client_id)))
    return client_id, secret


def database_password(secrets: Secrets, connection: Connection) -> str:
    """The password of the database, '' for none. Raises `KeyringTrouble`."""
    if PASSWORD in os.environ:
        return password_from_environment()
    return secrets.read(database_account(connection))


def password_from_environment() -> str:
    """The password that the environment holds, '' for none."""
    password = os.environ.get(PASSWORD, "")
    log.hide(password)
    return password


def address_of(folder: Path, given: str) -> str:
    """The address of Echo360: the given one, else the one that is kept, '' for none. Raises `WrongUse`."""
    place = None if given else echo360_of(folder)
    return given if place is None else place.url
