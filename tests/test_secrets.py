"""Secrets stand in a trusted keyring or nowhere; they go to the address they were given for, and into no log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, kwallet, libsecret
from keyring.core import load_keyring

from echodesk import log
from echodesk.access import CLIENT_ID, CLIENT_SECRET, Echo360Access, database_password, echo360_access
from echodesk.errors import WrongUse
from echodesk.secrets import LONGEST_BYTES, KeyringTrouble, Secrets, system_keyring
from echodesk.store.connection import PASSWORD, checked_connection
from echodesk.store.echo360 import ECHO360_FILE, checked_echo360, echo360_of, keep_echo360
from tests.keyrings import InMemory, Several
from tests.keyrings import in_memory as in_memory

ACCOUNT = "client at https://echo360.example.ac.uk"
SECRET = "canary-5e5a"
WIDE = "\U0001d54a"
"""A letter that takes the room of two in UTF-16."""
URL = "https://echo360.example.ac.uk"
DATABASE = checked_connection("postgresql+psycopg://ann@db.example.ac.uk/timetable?sslmode=verify-full")


def using(monkeypatch: pytest.MonkeyPatch, found: KeyringBackend) -> None:
    """Have the library find this keyring."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", found)


def written(folder: Path) -> bytes:
    """Everything that stands in the files of a folder."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


# ---- where they are kept ----


def test_a_secret_is_kept_read_by_the_next_start_and_forgotten(in_memory: InMemory, tmp_path: Path) -> None:
    assert Secrets(tmp_path).keep(ACCOUNT, SECRET)
    assert list(in_memory.held.values()) == [SECRET]
    assert Secrets(tmp_path).read(ACCOUNT) == SECRET
    assert Secrets(tmp_path).forget(ACCOUNT)
    assert in_memory.held == {}
    assert not Secrets(tmp_path).forget(ACCOUNT)
    assert Secrets(tmp_path).read(ACCOUNT) == ""
    assert written(tmp_path) == b""


def test_another_folder_and_another_account_have_secrets_of_their_own(in_memory: InMemory, tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "office")
    secrets.keep(ACCOUNT, SECRET)
    assert Secrets(tmp_path / "trial").read(ACCOUNT) == ""
    assert secrets.read("client at https://echo360.org.uk") == ""
    secrets.keep(ACCOUNT, "a-newer-one")
    assert list(in_memory.held.values()) == ["a-newer-one"]


def test_a_folder_is_the_same_however_it_is_named(
    in_memory: InMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Secrets(tmp_path).keep(ACCOUNT, SECRET)
    monkeypatch.chdir(tmp_path)
    assert Secrets(Path()).read(ACCOUNT) == SECRET


def test_without_a_keyring_a_secret_lives_as_long_as_the_session(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    assert not secrets.keep(ACCOUNT, SECRET)
    assert secrets.keyring.why_none == "This system has no keyring that is running."
    assert secrets.read(ACCOUNT) == SECRET
    assert Secrets(tmp_path).read(ACCOUNT) == ""
    assert written(tmp_path) == b""
    assert secrets.forget(ACCOUNT)
    assert not secrets.forget(ACCOUNT)


@pytest.mark.parametrize("kind", [SecretService.Keyring, kwallet.DBusKeyring, libsecret.Keyring])
def test_the_keyrings_of_linux_are_trusted(
    kind: Callable[[], KeyringBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = kind()
    using(monkeypatch, found)
    assert system_keyring().backend is found


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ("keyring.backends.fail.Keyring", "no keyring that is running"),
        ("keyring.backends.null.Keyring", "no keyring that is running"),
        ("tests.keyrings.InAFile", "does not trust"),
    ],
)
def test_what_keeps_nothing_or_keeps_it_in_a_file_is_never_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found: str, why: str
) -> None:
    using(monkeypatch, load_keyring(found))
    secrets = Secrets(tmp_path)
    assert (secrets.keep(ACCOUNT, SECRET), secrets.read(ACCOUNT), secrets.forget(ACCOUNT)) == (False, SECRET, True)
    assert secrets.keyring.backend is None
    assert why in secrets.keyring.why_none


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("tests.keyrings.InAFile", "does not trust"),
        ("keyring.backends.null.Keyring", "no keyring that is running"),
        ("no.such.module.Keyring", "cannot be used"),
        ("keyring.backends.fail.NoSuch", "cannot be used"),
        ("", "cannot be used"),
    ],
)
def test_what_the_environment_names_is_no_way_round_that(
    monkeypatch: pytest.MonkeyPatch, named: str, why: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    found = system_keyring()
    assert (found.backend, found.name) == (None, "")
    assert why in found.why_none


def test_of_several_the_trusted_one_is_used_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    using(monkeypatch, Several())
    assert Secrets(tmp_path).keep(ACCOUNT, SECRET)
    assert Secrets(tmp_path).read(ACCOUNT) == SECRET


def test_a_locked_keyring_is_told_with_what_to_do(in_memory: InMemory, tmp_path: Path) -> None:
    in_memory.locked = True
    secrets = Secrets(tmp_path)
    for work in (lambda: secrets.keep(ACCOUNT, SECRET), lambda: secrets.read(ACCOUNT)):
        with pytest.raises(KeyringTrouble) as told:
            work()
        assert "Failed to unlock the collection!" in told.value.message
        assert "Unlock the keyring" in told.value.next_step
        assert SECRET not in told.value.as_text()


@pytest.mark.parametrize("secret", ["", " canary-5e5a", "canary-5e5a\n", "canary\x00-5e5a"])
def test_what_was_copied_badly_is_refused(in_memory: InMemory, tmp_path: Path, secret: str) -> None:
    with pytest.raises(WrongUse, match="This is no secret"):
        Secrets(tmp_path).keep(ACCOUNT, secret)
    assert in_memory.held == {}


@pytest.mark.parametrize(("secret", "fits"), [("s" * 1_280, True), ("s" * 1_281, False), (WIDE * 641, False)])
def test_a_secret_longer_than_windows_keeps_is_refused_whole(
    in_memory: InMemory, tmp_path: Path, secret: str, fits: bool
) -> None:
    assert (len(secret.encode("utf-16-le")) <= LONGEST_BYTES) is fits
    if fits:
        assert Secrets(tmp_path).keep(ACCOUNT, secret)
        return
    with pytest.raises(WrongUse, match="too long") as told:
        Secrets(tmp_path).keep(ACCOUNT, secret)
    assert secret[:20] not in told.value.as_text()
    assert in_memory.held == {}


def test_no_secret_that_passed_here_is_logged(in_memory: InMemory, tmp_path: Path) -> None:
    Secrets(tmp_path).keep(ACCOUNT, "canary-typed")
    in_memory.held = dict.fromkeys(in_memory.held, "canary-read")
    Secrets(tmp_path).read(ACCOUNT)
    root, level = logging.getLogger(), logging.getLogger().level
    before = list(root.handlers)
    log.set_up(tmp_path, to_screen=False)
    try:
        logging.getLogger("echodesk").info("told: %s and %s", "canary-typed", "canary-read")
    finally:
        for handler in [one for one in root.handlers if one not in before]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    assert b"told: *** and ***" in written(tmp_path)


# ---- with what EchoDesk signs in ----


def test_what_is_kept_for_an_address_goes_to_no_other(in_memory: InMemory, tmp_path: Path) -> None:
    keep_echo360(tmp_path, checked_echo360(URL, "client"))
    secrets = Secrets(tmp_path)
    secrets.keep(ACCOUNT, SECRET)
    assert echo360_access(secrets, URL) == Echo360Access(URL, "client", SECRET)
    with pytest.raises(WrongUse, match="credentials are missing"):
        echo360_access(secrets, "https://echo360.example.com")


def test_a_client_id_of_the_environment_does_not_take_the_secret_elsewhere(
    in_memory: InMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Secrets(tmp_path).keep(ACCOUNT, SECRET)
    monkeypatch.setenv(CLIENT_ID, "client")
    assert echo360_access(Secrets(tmp_path), URL).client_secret == SECRET
    with pytest.raises(WrongUse, match="credentials are missing"):
        echo360_access(Secrets(tmp_path), "https://echo360.example.com")


def test_the_environment_comes_first_and_then_no_keyring_is_asked(
    in_memory: InMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_memory.locked = True
    for name, value in ((CLIENT_ID, "other"), (CLIENT_SECRET, "of-the-environment"), (PASSWORD, "sesame-77")):
        monkeypatch.setenv(name, value)
    assert echo360_access(Secrets(tmp_path), URL) == Echo360Access(URL, "other", "of-the-environment")
    assert database_password(Secrets(tmp_path), DATABASE) == "sesame-77"
    monkeypatch.setenv(PASSWORD, "")
    assert database_password(Secrets(tmp_path), DATABASE) == ""


def test_a_database_has_its_password_of_the_keyring(in_memory: InMemory, tmp_path: Path) -> None:
    assert database_password(Secrets(tmp_path), DATABASE) == ""
    Secrets(tmp_path).keep(DATABASE.url, SECRET)
    assert database_password(Secrets(tmp_path), DATABASE) == SECRET


@pytest.mark.parametrize("client_id", ["", "  ", "two words", "a\nb", "x" * 201])
def test_what_is_no_client_id_is_refused(client_id: str) -> None:
    with pytest.raises(WrongUse, match="no client id"):
        checked_echo360(URL, client_id)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ECHO360_FILE).write_text('{"url": "https://x", "client_id": "c", "client_secret": "s"}')
    with pytest.raises(WrongUse, match="cannot be read") as told:
        echo360_of(tmp_path)
    assert "echodesk echo360" in told.value.next_step
