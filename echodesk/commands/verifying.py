"""`database verify`: whether EchoDesk works on an Oracle, tried in a schema that is there for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from echodesk import paths
from echodesk.commands.answers import Json, say
from echodesk.errors import WrongUse
from echodesk.main import database_password
from echodesk.store.connection import ORACLE, PASSWORD, checked_connection
from echodesk.store.database import Database
from echodesk.store.trial_steps import STEPS

SHOWN = 5


def verify(
    url: Annotated[
        str,
        typer.Option(help="As oracle+oracledb://user@host:1521/?service_name=name; the user's schema is empty."),
    ],
    json: Json = False,
) -> None:
    """Try EchoDesk on an Oracle: make everything in the empty schema of a user, look at it, read every statement,
    make edits and look what the triggers enter, and take everything away again. Returns 1 if something is wrong.

    The user needs CREATE SESSION, TABLE, SEQUENCE, PROCEDURE, TRIGGER and VIEW and a quota; a schema that holds
    anything is refused. The password is read from ECHODESK_DATABASE_PASSWORD.
    JSON: server (its version), failed (how many), checks (check, said: '' if it is right).
    """
    from echodesk.store.oracle import open_oracle

    connection = checked_connection(url)
    address = connection.address(database_password())
    if connection.server is not ORACLE or not address.username:
        raise WrongUse(
            "This is no user of an Oracle",
            "Only an Oracle is tried so; PostgreSQL is tried with the program's own tests.",
            f"Write {ORACLE.example}, and set {PASSWORD}.",
        )
    database = Database(open_oracle(address, paths.sql_folder()))
    try:
        checks = list(_tried(database, address.username.upper()))
        version = ".".join(map(str, database.engine.dialect.server_version_info or ()))
    finally:
        database.close()
    failed = sum(bool(said) for _check, said in checks)
    values = {
        "server": version,
        "failed": failed,
        "checks": [{"check": check, "said": said} for check, said in checks],
    }
    lines = [f"{'wrong' if said else 'ok':<8} {check}{': ' if said else ''}{said}" for check, said in checks]
    say(values, as_json=json, text="\n".join([f"Oracle {version}, as {address.username}", *lines]))
    raise typer.Exit(1 if failed else 0)


def _tried(database: Database, user: str) -> Iterator[tuple[str, str]]:
    from echodesk.store import oracle_trial as trial

    sql = paths.sql_folder()
    with trial.scratch(database, sql, user):
        yield "everything is as the scripts make it", _some(trial.odd_in(database, sql))
        trial.install(database, sql, user)
        yield "installing again changes nothing", _some(trial.odd_in(database, sql))
        count, refused = trial.refused_statements(database, sql)
        yield f"{count} statements are read by the server", _some(refused)
        trial.prepare(database)
        for step in STEPS:
            yield f"edit: {step.what}", trial.taken(database, step)
    yield "everything was taken away", ""


def _some(found: list[str]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more
