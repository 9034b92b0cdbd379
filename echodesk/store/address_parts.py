"""The address of a database on a server, put together from what a person types, and taken apart again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import URL, make_url

from echodesk.errors import WrongUse
from echodesk.store.connection import ORACLE, Connection, Server, checked_connection, given


@dataclass(frozen=True, slots=True)
class Parts:
    """What an address is made of; '' for what is not said."""

    server: Server
    host: str
    port: str
    name: str
    """The database's name; on Oracle the service's."""
    user: str
    encrypted: bool


def parts_of(connection: Connection) -> Parts:
    """What a person would have typed for it."""
    address, server = make_url(connection.url), connection.server
    name = given(address, "service_name")[0] if server is ORACLE else address.database
    encrypted = any(one in values for key, values in server.encrypts.items() for one in given(address, key))
    port = "" if address.port is None else str(address.port)
    return Parts(server, address.host or "", port, name or "", address.username or "", encrypted)


def connection_from(parts: Parts, schema: str, cmis_schema: str, before: Connection | None) -> Connection:
    """The connection that is meant; schemas are '' where they are the usual ones. What else `before` says of the
    same kind of server stays. Raises `WrongUse`."""
    query = dict(make_url(before.url).query) if before is not None and before.server is parts.server else {}
    if not parts.host and "host" not in query:
        raise WrongUse("Where is the database?", "No server was named.", "Type the name of its machine.")
    if not parts.name or not parts.user:
        lacking = "database's name" if not parts.name else "user"
        raise WrongUse("Something is missing", f"The {lacking} was not given.", "Fill it in.")
    if parts.port and not (parts.port.isascii() and parts.port.isdecimal() and 0 < int(parts.port) < 65_536):
        raise WrongUse("This is no port", f"{parts.port!r} cannot be used.", "Type a number to 65535, or nothing.")
    if parts.server is ORACLE:
        query["service_name"] = parts.name
    wanted = parts.server.encrypts
    if not parts.encrypted:
        query = {key: value for key, value in query.items() if key not in wanted}
    elif not any(query.get(key) in values for key, values in wanted.items()):
        key, values = next(iter(wanted.items()))
        query[key] = values[-1]
    url = URL.create(
        parts.server.driver,
        username=parts.user,
        host=parts.host or None,
        port=int(parts.port) if parts.port else None,
        database=None if parts.server is ORACLE else parts.name,
        query=query,
    )
    return checked_connection(url.render_as_string(hide_password=False), schema or None, cmis_schema or None)
