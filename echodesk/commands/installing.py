"""`database`: install EchoDesk's tables, or show the SQL that does it."""

from __future__ import annotations

from typing import Annotated

import typer

from echodesk import paths
from echodesk.commands.answers import Data, Json, folder_of, folder_trouble, say
from echodesk.errors import NothingDone, WrongUse
from echodesk.main import open_office, upgrade_office
from echodesk.store.database import SCHEMA_VERSION, sqlite_script
from echodesk.store.health import mend

SQLITE = "sqlite"
LATER = ("oracle", "postgresql")

Engine = Annotated[str, typer.Option(help="sqlite; oracle and postgresql come with a later version.")]

database = typer.Typer(help="Install EchoDesk's tables, or show the SQL that does it.", no_args_is_help=False)


@database.command()
def install(data: Data = None, engine: Engine = SQLITE, json: Json = False) -> None:
    """Make the tables and triggers in a data folder. Where they are already, triggers and indexes that are missing
    or others are made anew, and nothing else is changed.

    JSON: database (the file), schema_version, installed (false if it was there already), mended (names).
    """
    _check(engine)
    file = folder_of(data) / paths.DATABASE
    there = file.exists()
    try:
        office = open_office(folder_of(data), create=True)
    except OSError as error:
        raise folder_trouble(folder_of(data), error) from error
    try:
        mended = mend(office.database, paths.sql_folder()) if there else []
    finally:
        office.close()
    values = {
        "database": str(file),
        "schema_version": SCHEMA_VERSION,
        "installed": not there,
        "mended": mended,
    }
    said = "Installed" if not there else "Nothing to do: EchoDesk's tables are there already"
    if mended:
        said = f"Made anew: {', '.join(mended)}"
    say(values, as_json=json, text=f"{said}: {file}, schema version {SCHEMA_VERSION}.")


@database.command()
def upgrade(data: Data = None, json: Json = False) -> None:
    """Bring the tables of an earlier version up to this one, after copying the database file beside itself.

    JSON: database (the file), was, schema_version, copy (null if there was nothing to do).
    """
    file = folder_of(data) / paths.DATABASE
    done = upgrade_office(folder_of(data))
    copy = None if done.copy is None else str(done.copy)
    said = f"Upgraded from {done.was} to {SCHEMA_VERSION}; as it was: {copy}."
    values = {"database": str(file), "was": done.was, "schema_version": SCHEMA_VERSION, "copy": copy}
    say(values, as_json=json, text=said if copy else f"Nothing to do: {file} has schema version {SCHEMA_VERSION}.")


@database.command()
def script(engine: Engine = SQLITE, json: Json = False, data: Data = None) -> None:
    """Print the SQL that makes the tables and triggers. --data is accepted and not needed.

    JSON: engine, schema_version, sql.
    """
    _check(engine)
    sql = sqlite_script(paths.sql_folder())
    say({"engine": engine, "schema_version": SCHEMA_VERSION, "sql": sql}, as_json=json, text=sql.rstrip())


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    app.add_typer(database, name="database")


def _check(engine: str) -> None:
    if engine in LATER:
        raise NothingDone(
            f"{engine} is not supported yet",
            "This version keeps its data in SQLite; Oracle and PostgreSQL come with a later one.",
            "Leave --engine out. Nothing was done.",
        )
    if engine != SQLITE:
        raise WrongUse("There is no such database", f"{engine!r} is not known.", "The engine is sqlite.")
