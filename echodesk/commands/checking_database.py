"""The lines of `check` about the database: what is in it, what its users may do, what its triggers could not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from echodesk import paths
from echodesk.checks import Line, State
from echodesk.main import AllBooks, Office
from echodesk.store.connection import SERVERS
from echodesk.store.database import SCHEMA_VERSION
from echodesk.store.errors_seen import KEEP_THEM
from echodesk.store.health import SEES_EDITS, Odd, damage, odd_things, sees_room_features, try_to_write
from echodesk.store.lost_edits import lost_edits

SHOWN = 4
MEGABYTE = 1024 * 1024
ROOM_BYTES = 100 * MEGABYTE
"""What one large plan may write before it is whole; more than the log of a busy day."""
GRANTS = (
    "Ask the database's administrator to run what `echodesk database script --part grants` prints, and to make the"
    " user a member of {role}."
)
WATCHING = (
    "Have SYS run what `echodesk database script --part watching` prints; until then nobody sees the triggers."
)

OF_ANOTHER_TYPE = "Have it changed, or copied as such a type; until then nothing is seen of what is edited there."


def disk_line(folder: Path, free: int) -> Line:
    """Whether there is room where the data folder is, its database and its log; `free` in bytes."""
    if free >= ROOM_BYTES:
        return Line("Disk", State.OK, f"{free // MEGABYTE:,} MB are free")
    text = f"Only {free // MEGABYTE} MB are free where {folder} is, which may be too little for a large plan."
    return Line("Disk", State.WRONG, text, "Make room on the disk. Nothing is lost: EchoDesk goes on by itself.")


def database_lines(books: AllBooks, _now: dt.datetime) -> list[Line]:
    """The database and what is in it; triggers have lines of their own, because without them edits are missed."""
    odd = odd_things(books.connection, paths.sql_folder())
    triggers = [_odd("Triggers", one) for one in odd if one.kind in SEES_EDITS]
    others = [_odd("Database", one) for one in odd if one.kind not in SEES_EDITS]
    if books.connection.dialect.name == "sqlite":
        whole, rights = _file(books), []
    else:
        whole, rights = [*_server(books), *_encryption(books)], _rights(books)
        triggers += _trigger_rights(books)
    well = Line("Triggers", State.OK, "all there, as this version makes them")
    told = [replace(one, compare=True) for one in triggers] or [well]
    return [*whole, *others, *rights, *told, _room_features(books)]


def writing_line(office: Office) -> Line:
    """Whether something can be written now; it is tried and taken back. Raises what a write raises."""
    if office.database.engine.dialect.name == "sqlite":
        try_to_write(office.database)
        return Line("Writing", State.OK, "something could be written")
    from echodesk.store.site import rights_missing

    if office.look(lambda books: rights_missing(books.connection, paths.sql_folder())):
        return Line("Writing", State.SKIPPED, "It is not tried where the database's user lacks a right.")
    try_to_write(office.database)
    text = "something could be written; how much room is left only the server's administrator can see"
    return Line("Writing", State.OK, text)


def edit_lines(books: AllBooks, _now: dt.datetime) -> list[Line]:
    """Edits that a trigger could not enter; no line where a trigger's error makes the edit fail."""
    if books.connection.dialect.name not in KEEP_THEM:
        return []
    found = lost_edits(books.connection)
    if not found.count:
        return [Line("Edits", State.OK, "the triggers entered every one")]
    text = f"{found.count} could not be entered, the last at {found.last}: {found.said}."
    step = "Put right what the error names; then `echodesk check --compare` finds what those edits changed."
    return [Line("Edits", State.WRONG, text, step, compare=True)]


def _room_features(books: AllBooks) -> Line:
    """Whether the optional triggers are there. What is wrong with them is told with the other triggers."""
    there = sees_room_features(books.connection, paths.sql_folder())
    if there is None:
        return Line("Room features", State.SKIPPED, "Nobody sees whether the optional triggers are there.")
    if there:
        text = "with their optional triggers: a recorder that a room gains or loses counts at once"
    else:
        text = "without their optional triggers: a recorder that a room gains or loses counts within ten minutes"
    return Line("Room features", State.OK, text)


def _file(books: AllBooks) -> list[Line]:
    said = damage(books.connection)
    if said is None:
        return [Line("Database", State.OK, f"whole, schema version {SCHEMA_VERSION}")]
    step = "Put the last backup of the data folder back; do not delete the file."
    return [Line("Database", State.WRONG, f"The file is damaged: {said}.", step)]


def _server(books: AllBooks) -> list[Line]:
    from echodesk.store.site import timetable_lacks, unreadable_types

    dialect = books.connection.dialect
    version = ".".join(map(str, dialect.server_version_info or ()))
    titles = {one.name: one.title for one in SERVERS}
    step = "EchoDesk reads it under this name: ask the administrator of the timetable."
    return [
        Line("Database", State.OK, f"{titles[dialect.name]} {version}, schema version {SCHEMA_VERSION}"),
        *(
            Line("Timetable", State.WRONG, f"{one.kind.capitalize()} {one.name} of the timetable {one.how}.", step)
            for one in timetable_lacks(books.connection)
        ),
        *(
            Line("Timetable", State.WRONG, f"Column {one.name} of the timetable {one.how}.", OF_ANOTHER_TYPE)
            for one in unreadable_types(books.connection)
        ),
    ]


def _encryption(books: AllBooks) -> list[Line]:
    from echodesk.store.site import reads_along

    who = reads_along(books.connection)
    if not who:
        return []
    text = f"What goes to {who} and back is not encrypted: whoever is on the way can read and change it."
    return [Line("Encryption", State.NOTE, text, "`echodesk database connect` tells how to ask for it.")]


def _rights(books: AllBooks) -> list[Line]:
    from echodesk.store.site import only_reads, rights_missing

    missing = rights_missing(books.connection, paths.sql_folder())
    if not missing:
        return [Line("Rights", State.OK, "the database's user may do what EchoDesk needs")]
    if only_reads(books.connection, missing, paths.sql_folder()):
        return [Line("Rights", State.NOTE, "The database's user may look at everything and change nothing.")]
    text = f"The database's user has no right to {_some(missing)}."
    return [Line("Rights", State.WRONG, text, _grants(books))]


def _trigger_rights(books: AllBooks) -> list[Line]:
    from echodesk.store.site import trigger_rights_missing

    missing = trigger_rights_missing(books.connection, paths.sql_folder())
    if not missing:
        return []
    text = f"{missing[0][0]}, as whom the triggers run, has no right to {_some([right for _, right in missing])}."
    return [Line("Triggers", State.WRONG, text, _grants(books))]


def _grants(books: AllBooks) -> str:
    from echodesk.store.site import WORKERS

    return GRANTS.format(role=WORKERS[books.connection.dialect.name])


def _some(missing: Sequence[str]) -> str:
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    return ", ".join(missing[:SHOWN]) + more


def _odd(name: str, one: Odd) -> Line:
    step = "`echodesk database install` makes it anew; nothing is lost by it."
    if one.kind == "VIEW":
        step = WATCHING
    if one.kind in ("TABLE", "COLUMN"):
        step = "Put a backup of the database back, or ask who changed it."
    return Line(name, State.WRONG, f"{one.kind.capitalize()} {one.name} {one.how}.", step)
