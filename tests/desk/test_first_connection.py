"""The first connection: a demonstration or own systems, each tried with plain results, kept only at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget

from echodesk.connecting import Chosen, DatabaseKind
from echodesk.desk.dialogs.connection import ConnectionDialog, Page
from echodesk.paths import DATABASE
from echodesk.secrets import Secrets
from echodesk.store.connection import CONNECTION_FILE
from echodesk.store.echo360 import ECHO360_FILE, Echo360Place, echo360_of
from echodesk.store.profile import PROFILE_FILE, profile_of
from tests.cli.conftest import CLIENT_ID, CLIENT_SECRET
from tests.cli.conftest import csv_folder as csv_folder
from tests.cli.conftest import echo360 as echo360
from tests.cli.conftest import filled as filled
from tests.cli.conftest import folder as folder
from tests.desk.driving import click, press, push, until
from tests.desk.first_desk import (
    address,
    dialogs,
    office_of,
    results,
    run_first,
    sql,
    to_database,
    to_echo360,
    to_results,
    typed,
    walked_to,
)
from tests.keyrings import InMemory
from tests.keyrings import in_memory as in_memory

FILES = {CONNECTION_FILE, ECHO360_FILE, PROFILE_FILE}
YEAR = "SELECT SETID FROM STT_ECHO_SET"


def kept(folder: Path) -> set[str]:
    """Which of the files that make a connection are there."""
    return {one.name for one in folder.iterdir()} & FILES if folder.exists() else set()


def test_enter_opens_the_demonstration_and_keeps_nothing(qapp: QApplication, tmp_path: Path) -> None:
    async def body(dialog: ConnectionDialog) -> None:
        assert dialog.choice_page.demonstration.hasFocus()
        press(dialog, Qt.Key.Key_Return)

    office = tmp_path / "office"
    assert run_first(qapp, Secrets(office), body) is Chosen.DEMONSTRATION
    assert not office.exists()


def test_escape_leaves_everything_as_it_was(qapp: QApplication, tmp_path: Path) -> None:
    async def body(dialog: ConnectionDialog) -> None:
        to_echo360(dialog)
        press(dialog, Qt.Key.Key_Escape)

    office = tmp_path / "office"
    assert run_first(qapp, Secrets(office), body) is Chosen.NOTHING
    assert not office.exists()


def test_own_systems_are_tried_and_kept_with_years_strategy_and_profile(
    qapp: QApplication, folder: Path, echo360: str, in_memory: InMemory
) -> None:
    office = office_of(folder)
    (year,) = sql(office, YEAR)[0]

    async def body(dialog: ConnectionDialog) -> None:
        found = await to_results(dialog, echo360, CLIENT_ID, CLIENT_SECRET)
        assert [line.split(":")[0] for line in found] == [
            "Well - Database",
            "Well - Triggers",
            "Well - Room features",
            "Well - Call limit",
            "Well - Years",
            "Well - Echo360",
        ]
        assert f"{year}: not sent yet; the first lesson is on Monday" in found[4]
        assert dialog.hint.text() == "Both systems answer as they should."
        assert kept(office) == set(), "nothing is kept before the end"
        press(dialog, Qt.Key.Key_Return)
        page = dialog.start_page
        (box,) = page.years
        assert (box.text().startswith(f"{year}: first lesson Mon"), box.isChecked()) == (True, False)
        box.setFocus()
        press(box, Qt.Key.Key_Space)
        walked_to(page.strategy, "most_recorded")
        assert "long lesson" in page.risk.text()
        click(page.test)
        typed(page.name, "Spring trial")
        press(page.name, Qt.Key.Key_Return)
        await until(lambda: not dialogs(), within_s=20.0)

    assert run_first(qapp, Secrets(office), body) is Chosen.OWN
    assert echo360_of(office) == Echo360Place(echo360, CLIENT_ID)
    assert (profile_of(office).kind, profile_of(office).name) == ("test", "Spring trial")
    assert kept(office) == {ECHO360_FILE, PROFILE_FILE}
    assert list(in_memory.held.values()) == [CLIENT_SECRET]
    assert sql(office, "SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = 'strategy'") == [("most_recorded",)]
    assert sql(office, "SELECT LIVE FROM STT_ECHO_SET") == [(0,)], "switching a year on is a plan"
    ((scope,),) = sql(office, "SELECT SCOPE FROM STT_ECHO_BATCH")
    assert f'"{year}"' in scope
    assert CLIENT_SECRET.encode() not in b"".join(file.read_bytes() for file in office.iterdir())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "No server was named"),
        ({"host": "db.example.ac.uk"}, "The database's name was not given"),
        ({"host": "db.example.ac.uk", "name": "CMIS"}, "The user was not given"),
        ({"host": "db.example.ac.uk", "name": "CMIS", "user": "ann", "port": "x"}, "This is no port"),
        (
            {"host": "db.example.ac.uk", "name": "CMIS", "user": "ann", "cmis_schema": "a b"},
            "This is no name of a schema",
        ),
    ],
)
def test_a_database_that_cannot_be_meant_is_told_on_its_page(
    qapp: QApplication, tmp_path: Path, fields: dict[str, str], said: str
) -> None:
    async def body(dialog: ConnectionDialog) -> None:
        to_database(dialog)
        assert dialog.database_page.kind.currentData() == DatabaseKind.ORACLE
        for name, text in fields.items():
            typed(getattr(dialog.database_page, name), text)
        press(dialog, Qt.Key.Key_Return)
        assert dialog.page is Page.DATABASE
        assert said in dialog.hint.text()

    run_first(qapp, Secrets(tmp_path / "office"), body)


@pytest.mark.parametrize(
    ("url", "client_id", "said"),
    [
        ("", "an-id", "It does not begin with https://"),
        ("http://echo360.example.ac.uk", "an-id", "Without https"),
        ("https://echo360.org.uk", "", "This is no client id"),
        ("https://echo360.org.uk", "an id", "This is no client id"),
    ],
)
def test_an_echo360_that_cannot_be_meant_is_told_on_its_page(
    qapp: QApplication, tmp_path: Path, url: str, client_id: str, said: str
) -> None:
    async def body(dialog: ConnectionDialog) -> None:
        to_echo360(dialog)
        typed(address(dialog), url)
        typed(dialog.echo360_page.client_id, client_id)
        click(dialog.yes_button)
        assert dialog.page is Page.ECHO360
        assert said in dialog.hint.text()

    run_first(qapp, Secrets(tmp_path / "office"), body)


def test_a_region_stands_for_its_address(qapp: QApplication, tmp_path: Path) -> None:
    async def body(dialog: ConnectionDialog) -> None:
        to_echo360(dialog)
        box = dialog.echo360_page.address
        box.setFocus()
        press(box, Qt.Key.Key_Down)
        assert "United States" in box.currentText()
        press(box, Qt.Key.Key_Down)
        assert "Europe" in box.currentText()
        assert dialog.echo360_page.wish().url == "https://echo360.org.uk"

    run_first(qapp, Secrets(tmp_path / "office"), body)


def test_without_its_database_it_does_not_go_on_until_it_is_there(
    qapp: QApplication, folder: Path, echo360: str
) -> None:
    office = office_of(folder)
    (office / DATABASE).rename(office / "away")

    async def body(dialog: ConnectionDialog) -> None:
        (line,) = await to_results(dialog, echo360, CLIENT_ID, CLIENT_SECRET)
        assert line.startswith("Wrong - Database: ")
        assert not dialog.yes_button.isEnabled()
        press(dialog, Qt.Key.Key_Return)
        assert dialog.page is Page.RESULTS
        assert not (office / DATABASE).exists(), "looking makes nothing"
        (office / "away").rename(office / DATABASE)
        click(dialog.again_button)
        assert len(await results(dialog)) == 6
        assert dialog.yes_button.isEnabled()

    run_first(qapp, Secrets(office), body)


def test_a_wrong_secret_is_told_and_can_be_typed_again(qapp: QApplication, folder: Path, echo360: str) -> None:
    office = office_of(folder)

    async def body(dialog: ConnectionDialog) -> None:
        found = await to_results(dialog, echo360, CLIENT_ID, "not-the-secret")
        assert found[-1].startswith("Wrong - Echo360: ")
        assert "Check the address, the credentials" in found[-1]
        assert "not-the-secret" not in "".join(found)
        assert "go on and put it right later" in dialog.hint.text()
        click(push(dialog, "&Back"))
        assert dialog.page is Page.ECHO360
        typed(dialog.echo360_page.client_secret, CLIENT_SECRET)
        click(dialog.yes_button)
        assert (await results(dialog))[-1].startswith("Well - Echo360: ")

    run_first(qapp, Secrets(office), body)


def test_a_missing_secret_and_triggers_are_told(qapp: QApplication, folder: Path, echo360: str) -> None:
    office = office_of(folder)
    sql(office, "DROP TRIGGER STT_ECHO_TIMETABLE_DELETE")

    async def body(dialog: ConnectionDialog) -> None:
        found = await to_results(dialog, echo360, CLIENT_ID, "")
        wrong = [line for line in found if line.startswith("Wrong")]
        assert [line.split(":")[0] for line in wrong] == ["Wrong - Triggers", "Wrong - Echo360"]
        assert "STT_ECHO_TIMETABLE_DELETE" in wrong[0]
        assert "credentials are missing" in wrong[1]

    run_first(qapp, Secrets(office), body)


def test_going_back_while_it_looks_leaves_no_trace_of_it(qapp: QApplication, folder: Path, echo360: str) -> None:
    office = office_of(folder)

    async def body(dialog: ConnectionDialog) -> None:
        to_echo360(dialog)
        typed(address(dialog), echo360)
        typed(dialog.echo360_page.client_id, CLIENT_ID)
        typed(dialog.echo360_page.client_secret, "not-the-secret")
        click(dialog.yes_button)
        assert not dialog.yes_button.isEnabled()
        click(push(dialog, "&Back"))
        typed(dialog.echo360_page.client_secret, CLIENT_SECRET)
        click(dialog.yes_button)
        found = await results(dialog)
        assert len(found) == 6
        assert found[-1].startswith("Well - Echo360: ")

    run_first(qapp, Secrets(office), body)


def test_without_a_keyring_a_secret_is_for_this_session_and_that_is_said_where_it_is_typed(
    qapp: QApplication, folder: Path, echo360: str
) -> None:
    office = office_of(folder)
    secrets = Secrets(office)

    async def body(dialog: ConnectionDialog) -> None:
        await to_results(dialog, echo360, CLIENT_ID, CLIENT_SECRET)
        click(push(dialog, "&Back"))
        assert "no keyring that is running" in dialog.echo360_page.keyring_note.text()
        assert "typed again at the next start" in dialog.echo360_page.keyring_note.text()
        click(dialog.yes_button)
        await results(dialog)
        click(dialog.yes_button)
        click(dialog.yes_button)
        await until(lambda: not dialogs(), within_s=20.0)

    assert run_first(qapp, secrets, body) is Chosen.OWN
    account = f"{CLIENT_ID} at {echo360}"
    assert (secrets.read(account), Secrets(office).read(account)) == (CLIENT_SECRET, "")


def test_a_profile_that_cannot_be_meant_and_a_locked_keyring_keep_nothing(
    qapp: QApplication, folder: Path, echo360: str, in_memory: InMemory
) -> None:
    office = office_of(folder)

    async def body(dialog: ConnectionDialog) -> None:
        await to_results(dialog, echo360, CLIENT_ID, CLIENT_SECRET)
        click(dialog.yes_button)
        typed(dialog.start_page.name, "x" * 41)
        click(dialog.yes_button)
        await until(lambda: "This name cannot be shown" in dialog.hint.text())
        typed(dialog.start_page.name, "")
        in_memory.locked = True
        click(dialog.yes_button)
        await until(lambda: "The keyring cannot be used" in dialog.hint.text())
        assert dialog.yes_button.isEnabled()

    assert run_first(qapp, Secrets(office), body) is Chosen.NOTHING
    assert kept(office) == set()


def test_everything_has_a_name_and_is_plain_text(qapp: QApplication, tmp_path: Path) -> None:
    async def body(dialog: ConnectionDialog) -> None:
        fields = [*dialog.findChildren(QLineEdit), *dialog.findChildren(QComboBox)]
        fields += dialog.findChildren(QListWidget)
        own = [one for one in fields if not isinstance(one.parent(), QComboBox)]
        assert len(own) > 12
        assert [one for one in own if not one.accessibleName() and not one.objectName().startswith("qt_")] == []
        labels = dialog.findChildren(QLabel)
        assert {one.textFormat() for one in labels} == {Qt.TextFormat.PlainText}

    run_first(qapp, Secrets(tmp_path / "office"), body)


def test_secrets_are_typed_unseen(qapp: QApplication, tmp_path: Path) -> None:
    async def body(dialog: ConnectionDialog) -> None:
        for field in (dialog.database_page.password, dialog.echo360_page.client_secret):
            assert field.echoMode() is QLineEdit.EchoMode.Password

    run_first(qapp, Secrets(tmp_path / "office"), body)


def test_what_is_being_kept_is_not_left_half_way(
    qapp: QApplication, folder: Path, echo360: str, in_memory: InMemory
) -> None:
    office = office_of(folder)

    async def body(dialog: ConnectionDialog) -> None:
        await to_results(dialog, echo360, CLIENT_ID, CLIENT_SECRET)
        click(dialog.yes_button)
        click(dialog.yes_button)
        press(dialog, Qt.Key.Key_Escape)
        click(dialog.back_button)
        assert (dialog.isVisible(), dialog.page) == (True, Page.START)
        await until(lambda: not dialogs(), within_s=20.0)

    assert run_first(qapp, Secrets(office), body) is Chosen.OWN
    assert kept(office) == {ECHO360_FILE, PROFILE_FILE}
