"""What holds nothing in SQLite is made anew when it is missing or another: triggers, their view, indexes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from echodesk import paths
from echodesk.store.connection import Schemas
from echodesk.store.database import Database, install_sqlite, open_sqlite
from echodesk.store.health import MISSING, OTHER, Odd, mend, odd_things
from tests.store.test_upgrading import shape

VIEW, ENTER = "STT_ECHO_EDIT", "STT_ECHO_EDIT_ENTER"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(open_sqlite(tmp_path / "office.sqlite", create=True))
    install_sqlite(database, paths.sql_folder())
    yield database
    database.close()


@pytest.mark.parametrize(
    ("spoil", "odd"),
    [
        ((f"DROP VIEW {VIEW}",), [Odd("VIEW", VIEW, MISSING), Odd("TRIGGER", ENTER, MISSING)]),
        (
            (f"DROP VIEW {VIEW}", f"CREATE VIEW {VIEW} AS SELECT 1 AS ACTION"),
            [Odd("VIEW", VIEW, OTHER), Odd("TRIGGER", ENTER, MISSING)],
        ),
        ((f"DROP TRIGGER {ENTER}", "DROP INDEX STT_ECHO_ROOM"), [Odd("TRIGGER", ENTER, MISSING)]),
    ],
    ids=["no view", "another view", "a trigger and an index"],
)
def test_what_is_missing_or_another_is_told_and_made_anew(
    database: Database, spoil: tuple[str, ...], odd: list[Odd]
) -> None:
    whole = shape(database)
    with database.engine.begin() as connection:
        for one in spoil:
            connection.exec_driver_sql(one)
    found = database.read(lambda connection: odd_things(connection, paths.sql_folder()))
    assert [one for one in found if one.kind != "INDEX"] == odd
    assert mend(database, paths.sql_folder(), Schemas()) == [one.name for one in found]
    assert shape(database) == whole


def test_a_trigger_of_a_view_that_is_made_anew_stays(database: Database) -> None:
    whole = shape(database)
    with database.engine.begin() as connection:
        enter = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (ENTER,)).scalar_one()
        view = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (VIEW,)).scalar_one()
        connection.exec_driver_sql(f"DROP VIEW {VIEW}")
        connection.exec_driver_sql(view.replace("WHERE 0", "WHERE 1 = 0"))
        connection.exec_driver_sql(enter)
    assert mend(database, paths.sql_folder(), Schemas()) == [VIEW]
    assert shape(database) == whole
