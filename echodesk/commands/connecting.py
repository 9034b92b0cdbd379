"""`database connect`: which database on a server a data folder uses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from echodesk import paths
from echodesk.commands.answers import Data, Json, folder_of, folder_trouble, say
from echodesk.demo.stage import existing
from echodesk.errors import WrongUse
from echodesk.store.connection import Connection, checked_connection, connection_of, keep_connection


def connect(
    url: Annotated[
        str,
        typer.Option(
            help="As postgresql+psycopg://user@host:5432/database, or"
            " oracle+oracledb://user@host:1521/?service_name=name; never with a password in it."
        ),
    ] = "",
    schema: Annotated[
        str | None, typer.Option(help="The schema of EchoDesk's own tables: public, on Oracle ECHODESK.")
    ] = None,
    cmis_schema: Annotated[
        str | None, typer.Option(help="The schema of the timetable's tables: public, on Oracle CMIS_OWNER.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Have a data folder use a database on a server (PostgreSQL or Oracle); without --url, show which one it uses.

    Nothing is asked of the server: `database install` makes the tables there, `check` tells whether all is well.
    The password is read at each start from ECHODESK_DATABASE_PASSWORD, or from where `echodesk secret` keeps it.
    JSON: url, schema, cmis_schema (null each: SQLite in the data folder), changed, warning ('' if there is none).
    """
    folder = folder_of(data)
    before = connection_of(folder)
    if not url:
        if (schema, cmis_schema) != (None, None):
            raise WrongUse("Which database?", "A schema was given without --url.", "Give both.")
        say(_values(before, changed=False), as_json=json, text=_text(before))
        return
    chosen = checked_connection(url, schema, cmis_schema)
    refuse_hiding(folder)
    try:
        keep_connection(folder, chosen)
    except OSError as error:
        raise folder_trouble(folder, error) from error
    step = "If it asks for a password, `echodesk secret set database`; then `database install` and `check`."
    say(_values(chosen, changed=chosen != before), as_json=json, text=f"{_text(chosen)}\n{step}")


def refuse_hiding(folder: Path) -> None:
    """Raise `WrongUse` where a database on a server would take the place of one that is in the folder."""
    mine = folder / paths.DATABASE
    if existing(folder) is not None or (connection_of(folder) is None and mine.exists()):
        raise WrongUse(
            "This data folder has a database of its own",
            f"What {mine} holds would not be seen any more.",
            "Name another folder with --data; this one was left as it is.",
        )


def _values(one: Connection | None, *, changed: bool) -> dict[str, object]:
    if one is None:
        return {"url": None, "schema": None, "cmis_schema": None, "changed": changed, "warning": ""}
    named = {"url": one.url, "schema": one.schema, "cmis_schema": one.cmis_schema}
    return {**named, "changed": changed, "warning": one.unprotected}


def _text(one: Connection | None) -> str:
    if one is None:
        return "SQLite in the data folder."
    text = f"{one.url}, EchoDesk's tables in schema {one.schema}, the timetable's in {one.cmis_schema}."
    return f"{text}\n{one.unprotected}".rstrip()
