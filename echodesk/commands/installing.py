"""`database`: install EchoDesk's tables, or show the SQL that does it."""

from __future__ import annotations

from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, folder_of, folder_trouble, say
from echodesk.commands.connecting import connect
from echodesk.commands.verifying import verify
from echodesk.errors import WrongUse
from echodesk.main import data_folder
from echodesk.store.database import SCHEMA_VERSION
from echodesk.store.opening import PARTS

Engine = Annotated[str, typer.Option(help="sqlite, postgresql or oracle; without it, what the data folder uses.")]

database = typer.Typer(help="Install EchoDesk's tables, or show the SQL that does it.", no_args_is_help=False)


database.command()(connect)
database.command()(verify)


@database.command()
def install(
    data: Data = None,
    engine: Engine = "",
    room_features: Annotated[
        bool,
        typer.Option(
            "--room-features",
            help="Make the optional triggers on ROOMFEATURES too: a room that gains or loses its recorder is"
            " re-synced at once.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Make the tables and triggers in the database of a data folder. Where they are already, triggers and indexes
    that are missing or others are made anew, and nothing else is changed.

    JSON: database (the file, or the address), schema_version, installed (false if it was there already), mended
    (names).
    """
    place = data_folder(folder_of(data))
    _check(engine, place.engine)
    if room_features and place.engine == "oracle":
        raise WrongUse(
            "On Oracle a database administrator makes these triggers",
            "They stand on a table of the timetable's schema.",
            "Have an administrator run what `echodesk database script --part room_features` prints, in SQL*Plus.",
        )
    try:
        done = place.install(room_features=room_features)
    except OSError as error:
        raise folder_trouble(place.folder, error) from error
    values = {
        "database": place.name,
        "schema_version": SCHEMA_VERSION,
        "installed": done.new,
        "mended": done.mended,
    }
    said = "Installed" if done.new else "Nothing to do: EchoDesk's tables are there already"
    if done.mended and not done.new:
        said = f"Made anew: {', '.join(done.mended)}"
    say(values, as_json=json, text=f"{said}: {place.name}, schema version {SCHEMA_VERSION}.")


@database.command()
def upgrade(data: Data = None, json: Json = False) -> None:
    """Bring the tables of an earlier version up to this one, after copying the database file beside itself. On a
    server nothing is copied: have its administrator make a backup first.

    JSON: database (the file, or the address), was, schema_version, copy (null if none was made).
    """
    place = data_folder(folder_of(data))
    done = place.upgrade()
    copy = None if done.copy is None else str(done.copy)
    said = f"Nothing to do: {place.name} has schema version {SCHEMA_VERSION}."
    if done.was != SCHEMA_VERSION:
        said = f"Upgraded from {done.was} to {SCHEMA_VERSION}" + (f"; as it was: {copy}." if copy else ".")
    values = {"database": place.name, "was": done.was, "schema_version": SCHEMA_VERSION, "copy": copy}
    say(values, as_json=json, text=said)


@database.command()
def script(
    engine: Engine = "",
    part: Annotated[
        str,
        typer.Option(
            help="install, uninstall, room_features, grants (on a server), or upgrade and watching (Oracle)."
        ),
    ] = "install",
    data: Data = None,
    json: Json = False,
) -> None:
    """Print SQL for the database of the data folder, or for another engine: what makes EchoDesk's tables and
    triggers where there are none, what takes them away with all they hold, the optional triggers on ROOMFEATURES,
    what gives the database's users their rights, or, on Oracle, what brings an earlier version up to date or lets
    `check` see the triggers. Oracle's is for SQL*Plus.

    JSON: engine, part, schema_version, sql.
    """
    place = data_folder(folder_of(data))
    chosen = engine or place.engine
    _known(chosen)
    if part not in PARTS[chosen]:
        offered = ", ".join(PARTS[chosen])
        raise WrongUse("There is no such part", f"{part!r} is not one of {chosen}'s.", f"Choose one of {offered}.")
    sql = place.script(chosen, part)
    values = {"engine": chosen, "part": part, "schema_version": SCHEMA_VERSION, "sql": sql}
    say(values, as_json=json, text=sql.rstrip())


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    app.add_typer(database, name="database")


def _known(engine: str) -> None:
    if engine not in PARTS:
        raise WrongUse(
            "There is no such database", f"{engine!r} is not known.", f"The engine is {' or '.join(PARTS)}."
        )


def _check(engine: str, there: str) -> None:
    if engine and engine != there:
        _known(engine)
        raise WrongUse(
            "This data folder uses another database",
            f"It uses {there}.",
            "`echodesk database connect` shows it, and sets another.",
        )
