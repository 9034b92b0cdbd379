"""Connecting once more: what is kept stands there, and the page Settings leads there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.commands.first_connection import OwnSystems
from echodesk.connecting import DatabaseKind
from echodesk.desk.dialogs.connection import ConnectionDialog, Page
from echodesk.secrets import Secrets
from echodesk.store.connection import checked_connection, connection_of, keep_connection
from echodesk.store.echo360 import Echo360Place, keep_echo360
from echodesk.store.profile import profile_of
from tests.cli.conftest import CLIENT_ID, CLIENT_SECRET
from tests.cli.conftest import csv_folder as csv_folder
from tests.cli.conftest import echo360 as echo360
from tests.cli.conftest import filled as filled
from tests.cli.conftest import folder as folder
from tests.desk.driving import Desk, click, dialog_of, press, run_desk, until
from tests.desk.first_desk import (
    address,
    office_of,
    results,
    run_first,
    to_database,
    to_results,
    typed,
)
from tests.keyrings import InMemory
from tests.keyrings import in_memory as in_memory


def test_what_is_kept_already_stands_there_at_the_next_time(
    qapp: QApplication, folder: Path, echo360: str, in_memory: InMemory
) -> None:
    office = office_of(folder)
    keep_echo360(office, Echo360Place(echo360, CLIENT_ID))
    Secrets(office).keep(f"{CLIENT_ID} at {echo360}", CLIENT_SECRET)

    async def body(dialog: ConnectionDialog) -> None:
        assert dialog.page is Page.DATABASE, "the demonstration is not offered any more"
        assert not dialog.back_button.isVisible()
        press(dialog, Qt.Key.Key_Return)
        assert dialog.echo360_page.client_secret.text() == ""
        assert "Leave it empty" in dialog.echo360_page.client_secret.placeholderText()
        press(dialog, Qt.Key.Key_Return)
        assert (await results(dialog))[-1].startswith("Well - Echo360: ")

    run_first(qapp, Secrets(office), body)


def test_the_page_settings_leads_there_and_says_from_when_it_counts(
    qapp: QApplication, folder: Path, echo360: str, in_memory: InMemory
) -> None:
    office = office_of(folder)

    async def body(desk: Desk) -> None:
        press(desk.window, Qt.Key.Key_8, Qt.KeyboardModifier.ControlModifier)
        page = desk.window.settings
        told: list[str] = []
        desk.session.gateway.answered.connect(lambda done: told.append(done.text))
        click(page.connect_button)
        dialog = await dialog_of(desk.window, ConnectionDialog)
        assert isinstance(dialog, ConnectionDialog)
        await to_results(dialog, echo360, CLIENT_ID, CLIENT_SECRET)
        click(dialog.yes_button)
        click(dialog.start_page.test)
        click(dialog.yes_button)
        await until(lambda: bool(told), within_s=20.0)
        assert told == ["EchoDesk uses these systems from its next start."]

    with closing(OwnSystems(Secrets(office))) as systems:
        run_desk(qapp, body, connecting=systems)
    assert profile_of(office).kind == "test"


def test_without_a_way_to_connect_settings_does_not_offer_it(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.window.open_page(7)
        assert desk.window.settings.isVisible()
        assert not desk.window.settings.connect_button.isVisible()

    run_desk(qapp, body)


def test_a_database_that_an_administrator_chose_stands_there(qapp: QApplication, tmp_path: Path) -> None:
    url = "postgresql+psycopg://ann@db.example.ac.uk:5433/timetable?sslmode=verify-full"
    chosen = checked_connection(url, "echodesk", "cmis")
    keep_connection(tmp_path, chosen)

    async def body(dialog: ConnectionDialog) -> None:
        page = dialog.database_page
        assert (page.kind.currentData(), page.host.text(), page.port.text()) == (
            DatabaseKind.POSTGRESQL,
            "db.example.ac.uk",
            "5433",
        )
        assert (page.name.text(), page.user.text(), page.cmis_schema.text()) == ("timetable", "ann", "cmis")
        assert page.password.text() == ""
        press(dialog, Qt.Key.Key_Return)
        assert dialog.page is Page.ECHO360, "it can be meant as it stands"
        assert address(dialog).text() == ""

    run_first(qapp, Secrets(tmp_path), body)
    assert connection_of(tmp_path) == chosen


def test_a_database_in_the_folder_is_not_hidden_by_one_on_a_server(qapp: QApplication, folder: Path) -> None:
    office = office_of(folder)

    async def body(dialog: ConnectionDialog) -> None:
        to_database(dialog)
        for field, text in (
            (dialog.database_page.host, "db.example.ac.uk"),
            (dialog.database_page.name, "CMIS"),
            (dialog.database_page.user, "ann"),
        ):
            typed(field, text)
        press(dialog, Qt.Key.Key_Return)
        assert dialog.page is Page.DATABASE
        assert "would not be seen any more" in dialog.hint.text()

    run_first(qapp, Secrets(office), body)
