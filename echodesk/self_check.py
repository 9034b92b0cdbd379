"""`echodesk --self-check`: whether all that the program needs came with it, and works on this machine.

The third composition root: it asks each part for what breaks first where something was left out of a bundle, or
where this machine lacks a library. It opens no data folder and reaches nothing but a closed port here.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from echodesk.capture import trust
from echodesk.errors import DatabaseTrouble, EchoDeskError
from echodesk.store.database import Database
from echodesk.store.opening import PARTS, DataFolder
from echodesk.store.settings import SETTINGS

CLOSED = "127.0.0.1:1"
"""An address on this machine at which nothing listens: port 1 has been out of use for decades."""
FEWEST_AUTHORITIES = 50
PLATFORMS = {"win32": ("windows", "offscreen"), "darwin": ("cocoa", "offscreen")}
"""What Qt shows windows on; the second is for pictures and for this check."""
KEYRINGS = frozenset(("keyring", "secretstorage"))
"""Libraries that may ask the user to unlock something."""


class NotWhole(EchoDeskError):
    """Something that the program needs is not there, or does not work; the message says what."""

    def __init__(self, message: str) -> None:
        super().__init__(
            "EchoDesk is not whole",
            message,
            "Install it anew; if that changes nothing, send these lines to whoever looks after this computer.",
        )


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at."""

    name: str
    look: Callable[[], str]
    """What was found, in a few words. Raises an `EchoDeskError`, `OSError` or `ImportError` if it is not right."""


def checks(shipped: Path) -> list[Check]:
    """Everything that is looked at; `shipped` is the folder with `sql` and `resources`."""
    sql = shipped / "sql"
    return [
        Check("SQL files", lambda: sql_files(sql)),
        Check("SQLite", lambda: sqlite(sql)),
        Check("TLS roots", tls_roots),
        Check("Time zones", lambda: time_zones(SETTINGS["zone"].default)),
        Check("Oracle's driver", lambda: oracle_driver(sql)),
        Check("PostgreSQL's driver", lambda: postgresql_driver(sql)),
        Check("Window", lambda: window(PLATFORMS.get(sys.platform, ("xcb", "offscreen")))),
        Check("Resources", lambda: resources(shipped / "resources")),
        Check("Keyring", lambda: keyring_unasked(sys.modules)),
    ]


def run(looked_at: Sequence[Check], told: Callable[[str], None]) -> None:
    """Tell each check's result in a line. Raises `NotWhole` after the last if one of them failed."""
    failed = []
    for check in looked_at:
        try:
            told(f"ok      {check.name}: {check.look()}")
        except EchoDeskError as trouble:
            failed.append(check.name)
            told(f"FAILED  {check.name}: {trouble.message}")
        except (OSError, ImportError) as trouble:
            failed.append(check.name)
            told(f"FAILED  {check.name}: {trouble}")
    if failed:
        raise NotWhole(f"{len(failed)} of {len(looked_at)} checks failed: {', '.join(failed)}.")


def sql_files(sql: Path) -> str:
    """Every script that an administrator can ask for is there."""
    with tempfile.TemporaryDirectory() as folder:
        place = DataFolder(Path(folder), sql, lambda _: "")
        scripts = [place.script(engine, part) for engine, parts in PARTS.items() for part in parts]
    return f"{len(scripts)} scripts for {len(PARTS)} databases"


def sqlite(sql: Path) -> str:
    """A database is made and opened."""
    with tempfile.TemporaryDirectory() as folder:
        place = DataFolder(Path(folder), sql, lambda _: "")
        place.install()
        place.opened().close()
    return "a database was made and opened"


def tls_roots() -> str:
    """The authorities by which Echo360 is recognised."""
    authorities = len(trust.context(None).get_ca_certs())
    if authorities < FEWEST_AUTHORITIES:
        raise NotWhole(f"There are only {authorities} authorities by which Echo360 can be recognised.")
    return f"{authorities} authorities"


def time_zones(zone: str) -> str:
    """The zone is known from what came with the program, also where the system knows none."""
    system = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    try:
        winter, summer = (offset(zone, month) for month in (1, 7))
    except zoneinfo.ZoneInfoNotFoundError as unknown:
        raise NotWhole(f"The time zone {zone} is not known.") from unknown
    finally:
        zoneinfo.reset_tzpath(system)
    return f"{zone} is ahead of UTC by {winter} in January, by {summer} in July"


def offset(zone: str, month: int) -> timedelta | None:
    """What a zone is ahead of UTC in the middle of a month, read anew."""
    return datetime(2026, month, 15, tzinfo=zoneinfo.ZoneInfo.no_cache(zone)).utcoffset()


def oracle_driver(sql: Path) -> str:
    """The driver gets as far as the network: it fails there, and nowhere before.

    What a bundle lacks of it shows at the first connection alone (DPY-3016).
    """
    from echodesk.store.oracle import open_oracle

    url = f"oracle+oracledb://nobody:nothing@{CLOSED}/?service_name=none"
    return refused(Database(open_oracle(url, sql)), "DPY-6005")


def postgresql_driver(sql: Path) -> str:
    """As with Oracle's."""
    from echodesk.store.servers import open_postgresql

    url = f"postgresql+psycopg://nobody:nothing@{CLOSED}/none"
    return refused(Database(open_postgresql(url, sql)), "refused")


def refused(database: Database, expected: str) -> str:
    """Try to connect where nothing listens. Raises `NotWhole` unless that fails in these words."""
    try:
        database.read(lambda _: None)
    except DatabaseTrouble as trouble:
        if expected in trouble.message:
            return f"a closed port was refused ({expected})"
        raise NotWhole(f"A closed port did not give {expected}: {trouble.message}") from trouble
    finally:
        database.close()
    raise NotWhole(f"Something answers at {CLOSED}, where nothing should.")


def window(platforms: Sequence[str]) -> str:
    """Qt can show windows here, or could if there were a screen."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Qt is imported here: a machine without its libraries is told so, and the other checks go on.
    from echodesk.desk import whole

    if lacking := whole.unloadable_platforms(platforms):
        raise NotWhole("; ".join(lacking))
    return f"{whole.started()}, with {' and '.join(platforms)}"


def resources(folder: Path) -> str:
    """What the program shows beside its own words is there, and can be read."""
    from echodesk.desk import whole

    files = [each for each in sorted(folder.rglob("*")) if each.is_file()]
    bad = [each.relative_to(folder).as_posix() for each in files if not each.stat().st_size]
    bad += whole.unreadable_pictures(folder, [each for each in files if each.suffix == ".png"])
    if bad or not files:
        raise NotWhole(f"Cannot be read: {', '.join(bad)}." if bad else f"{folder} holds no files.")
    return f"{len(files)} files"


def keyring_unasked(loaded: Iterable[str]) -> str:
    """Nothing of the above woke the keyring, which may ask for a password that nobody is there to type."""
    if asked := sorted(KEYRINGS.intersection(loaded)):
        raise NotWhole(f"The check loaded {' and '.join(asked)}, which may ask for a password.")
    return "was not asked"
