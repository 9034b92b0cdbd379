"""Connecting an office's own systems from the window: the port `Connecting`, made of what commands do."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from concurrent.futures import Future

from echodesk import paths
from echodesk.access import (
    CLIENT_SECRET,
    Echo360Access,
    database_account,
    database_password,
    echo360_account,
)
from echodesk.batches import Compare
from echodesk.checks import Check, Line, State, results, trouble
from echodesk.commands.asking import NotAnswered, ask
from echodesk.commands.checking_connection import database_checks, echo360_check
from echodesk.commands.connecting import refuse_hiding
from echodesk.commands.reading import check_address
from echodesk.connecting import DatabaseKind, DatabaseWish, Echo360Wish, Found, Start, Wish, Year
from echodesk.errors import DatabaseTrouble, EchoDeskError
from echodesk.main import AllBooks, Office, user
from echodesk.messages import ChangeSetting
from echodesk.secrets import Secrets
from echodesk.store.address_parts import Parts, connection_from, parts_of
from echodesk.store.connection import (
    CONNECTION_FILE,
    ORACLE,
    POSTGRESQL,
    Connection,
    connection_of,
    keep_connection,
)
from echodesk.store.echo360 import Echo360Place, checked_echo360, echo360_of, keep_echo360
from echodesk.store.opening import DataFolder
from echodesk.store.profile import checked_profile, keep_profile
from echodesk.store.settings import SETTINGS, value_of
from echodesk.worker.thread import Aside

ANSWER_S = 10.0
"""How long a wish may wait for whoever sends; after that it is written down, and carried out later."""
SERVERS = {DatabaseKind.POSTGRESQL: POSTGRESQL, DatabaseKind.ORACLE: ORACLE}


class OwnSystems:
    """Connects the data folder of these secrets. Implements `Connecting`; `close` it at the end."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._folder = secrets.folder
        self._aside = Aside()

    def close(self) -> None:
        """Wait for what is under way."""
        self._aside.close()

    @property
    def present(self) -> Wish | None:
        """What the folder is connected with. Raises `WrongUse` if its files cannot be read."""
        place, connection = echo360_of(self._folder), connection_of(self._folder)
        if place is None and connection is None:
            return None
        echo360 = Echo360Wish("", "", "") if place is None else Echo360Wish(place.url, place.client_id, "")
        return Wish(_database_wish(connection), echo360)

    @property
    def place(self) -> str:
        """Where the file of SQLite is, or would be."""
        return str(self._folder / paths.DATABASE)

    @property
    def strategies(self) -> tuple[tuple[str, str], ...]:
        """(value, words) of all that may be chosen."""
        return SETTINGS["strategy"].choices

    def check_database(self, wish: DatabaseWish) -> None:
        """Raises `WrongUse` for what cannot be meant."""
        if self._connection(wish) is not None:
            refuse_hiding(self._folder)

    def check_echo360(self, wish: Echo360Wish) -> None:
        """Raises `WrongUse` for what cannot be meant."""
        _place(wish)

    def keyring(self) -> Future[str]:
        """A sentence on where secrets are going to be kept."""
        return self._aside.submit(self._told_of_keyring)

    def look(self, wish: Wish) -> Future[Found]:
        """Try both systems."""
        return self._aside.submit(lambda: self._look(wish))

    def keep(self, wish: Wish, start: Start) -> Future[tuple[str, ...]]:
        """Keep everything, the profile last."""
        return self._aside.submit(lambda: self._keep(wish, start))

    # ---- on the thread aside

    def _told_of_keyring(self) -> str:
        keyring = self._secrets.keyring
        if keyring.backend is not None:
            return f"The secret is kept in the keyring of this system ({keyring.name}), and in no file."
        return (
            f"{keyring.why_none} The secret is kept until EchoDesk is closed, in no file, and has to be"
            " typed again at the next start."
        )

    def _look(self, wish: Wish) -> Found:
        try:
            office = self._office(wish.database)
        except EchoDeskError as error:
            return Found((trouble("Database", error),), opened=False)
        try:
            place = _place(wish.echo360)
            today = office.clock().campus_now().date()
            years, strategy = office.look(lambda books: (_years(books, today), _strategy(books)))
            live = any(year.live for year in years)
            checks = [
                # Which year is sent is asked next.
                *(check for check in database_checks(office) if live or check.name != "Years"),
                Check("Years", lambda: _years_to_come(years)),
                echo360_check(office, place.url, lambda: self._access(wish.echo360), loopback_only=False),
            ]
            return Found(tuple(results(checks)), True, years, strategy)
        except EchoDeskError as error:
            return Found((trouble("Database", error),), opened=False)
        finally:
            office.close()

    def _keep(self, wish: Wish, start: Start) -> tuple[str, ...]:
        connection, place = self._connection(wish.database), _place(wish.echo360)
        profile = checked_profile(start.profile.kind, start.profile.name)
        office = self._office(wish.database)
        try:
            self._keep_secrets(wish, connection, place)
            if connection is None:
                (self._folder / CONNECTION_FILE).unlink(missing_ok=True)
            else:
                keep_connection(self._folder, connection)
            keep_echo360(self._folder, place)
            told = _begin(office, start)
            keep_profile(self._folder, profile)
        except OSError as error:
            raise DatabaseTrouble(
                "The data folder cannot be written",
                f"{self._folder}: {error.strerror or error}.",
                "Check its rights and the room on the disk, then try again.",
            ) from error
        finally:
            office.close()
        return told

    def _keep_secrets(self, wish: Wish, connection: Connection | None, place: Echo360Place) -> None:
        if wish.echo360.client_secret:
            self._secrets.keep(echo360_account(place), wish.echo360.client_secret)
        if connection is not None and wish.database.password:
            self._secrets.keep(database_account(connection), wish.database.password)

    def _office(self, wish: DatabaseWish) -> Office:
        """The database that is meant, opened with what was typed. Raises `DatabaseTrouble`, `SchemaMismatch`."""
        typed = wish.password
        folder = DataFolder(
            self._folder, paths.sql_folder(), lambda one: typed or database_password(self._secrets, one)
        )
        folder.connection = self._connection(wish)
        return Office(folder.opened())

    def _connection(self, wish: DatabaseWish) -> Connection | None:
        server = SERVERS.get(wish.kind)
        if server is None:
            return None
        parts = Parts(server, wish.host, wish.port, wish.name, wish.user, wish.encrypted)
        return connection_from(parts, wish.schema, wish.cmis_schema, connection_of(self._folder))

    def _access(self, wish: Echo360Wish) -> Echo360Access:
        place = _place(wish)
        kept = wish.client_secret or os.environ.get(CLIENT_SECRET) or self._secrets.read(echo360_account(place))
        return Echo360Access(place.url, place.client_id, kept)


def _place(wish: Echo360Wish) -> Echo360Place:
    return checked_echo360(check_address(wish.url.strip(), loopback_only=False), wish.client_id)


def _database_wish(connection: Connection | None) -> DatabaseWish:
    if connection is None:
        return DatabaseWish(DatabaseKind.SQLITE)
    parts = parts_of(connection)
    (kind,) = (kind for kind, server in SERVERS.items() if server is parts.server)
    return DatabaseWish(
        kind,
        parts.host,
        parts.port,
        parts.name,
        parts.user,
        schema=connection.schema,
        cmis_schema=connection.cmis_schema,
        encrypted=parts.encrypted,
    )


def _years(books: AllBooks, today: dt.date) -> tuple[Year, ...]:
    calendar, live = books.timetable.reader.calendar(), books.timetable.sizes()
    spans = {setid: calendar.span(setid) for setid in {setid for setid, _week in calendar.starts}}
    ahead = {setid for setid, span in spans.items() if span is not None and span[1] >= today}
    found = []
    for setid in sorted({*ahead, *live}):
        first = books.timetable.first_day(setid)
        if first is not None:
            found.append(Year(setid, first[2] or "", setid in live))
    return tuple(found)


def _years_to_come(years: Sequence[Year]) -> list[Line]:
    """The years that are not sent yet, each with the date of its first lesson as it is computed."""
    lines = []
    for year in years:
        if year.first_lesson and not year.live:
            day = dt.date.fromisoformat(year.first_lesson)
            text = f"{year.setid}: not sent yet; the first lesson is on {day:%A} {day}"
            lines.append(Line("Years", State.OK, text))
        elif not year.live:
            text = f"{year.setid}: the week of its first lesson is not in the week structure."
            lines.append(Line("Years", State.WRONG, text, "Put WEEKSTRUCTURE right; without it nothing is sent."))
    if not years:
        text = "The timetable has no year that is not over."
        lines.append(Line("Years", State.WRONG, text, "Check that this is the right database."))
    return lines


def _strategy(books: AllBooks) -> str:
    return value_of(books.office.settings(), "strategy")


def _begin(office: Office, start: Start) -> tuple[str, ...]:
    """Ask for what the office begins with, as anybody would: the audit has it, and no year is sent at once."""
    wishes: list[ChangeSetting | Compare] = []
    if start.strategy != office.look(_strategy):
        wishes.append(ChangeSetting(user(), "strategy", start.strategy))
    wishes += [Compare(user(), year=setid) for setid in start.years]
    told = []
    for wish in wishes:
        try:
            told.append(ask(office, wish, ANSWER_S).done.text)
        except NotAnswered as later:
            told.append(later.in_one_line())
    return tuple(told)
