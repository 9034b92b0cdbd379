"""Where secrets are kept: in the keyring of the operating system, and nowhere else (reliability S1 to S4).

Where there is none, or none of those that are trusted here, a secret lives as long as this process, and whoever
gives it is told. No secret is ever put into a file, and none is written to the log once it has passed here.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from echodesk import log
from echodesk.errors import EchoDeskError, WrongUse

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

LONGEST_BYTES = 2_560
"""What Windows keeps in one entry, in UTF-16; a longer secret is refused on every system."""


class KeyringTrouble(EchoDeskError):
    """The keyring of the system is there, and does not give or take what it should."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keyring of this system, or why none is used."""

    name: str
    """As its makers call it; '' for none."""
    why_none: str = ""
    backend: KeyringBackend | None = None


class Secrets:
    """The secrets of one data folder, each under its account: who signs in, and where.

    They are this user's; another folder, user or address has others. The keyring is asked at the first use and may
    have a person unlock it, so that `keep`, `read` and `forget` take as long as that takes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._session: dict[str, str] = {}

    @cached_property
    def keyring(self) -> Keyring:
        """Where they are kept."""
        return system_keyring()

    def keep(self, account: str, secret: str) -> bool:
        """Keep a secret, in place of an older one; False if it lives as long as this process only.

        Raises `WrongUse` for one that no keyring could give back, `KeyringTrouble` if it was not taken.
        """
        log.hide(secret)
        _check(secret)
        if self.keyring.backend is None:
            self._session[account] = secret
            return False
        try:
            self.keyring.backend.set_password(self._service, account, secret)
        except refusals() as error:
            raise _trouble(self.keyring, "did not take the secret", error) from error
        return True

    def read(self, account: str) -> str:
        """The secret, '' if there is none. Raises `KeyringTrouble`."""
        secret = self._session.get(account) or self._kept(account)
        log.hide(secret)
        return secret

    def forget(self, account: str) -> bool:
        """Take the secret away; False if there was none. Raises `KeyringTrouble`."""
        there = self._session.pop(account, "") != ""
        if self.keyring.backend is None or not self._kept(account):
            return there
        try:
            self.keyring.backend.delete_password(self._service, account)
        except refusals() as error:
            raise _trouble(self.keyring, "did not give the secret up", error) from error
        return True

    def _kept(self, account: str) -> str:
        if self.keyring.backend is None:
            return ""
        try:
            return self.keyring.backend.get_password(self._service, account) or ""
        except refusals() as error:
            raise _trouble(self.keyring, "could not be read", error) from error

    @property
    def _service(self) -> str:
        return f"EchoDesk {self.folder.resolve()}"


def system_keyring() -> Keyring:
    """The keyring of this system if it is one that keeps secrets from others, whatever is configured."""
    # It takes a while to load, and most commands need no secret.
    import keyring
    from keyring.backends import chainer, fail, null

    trusted = _trusted()
    try:
        found = keyring.get_keyring()
    except (ImportError, AttributeError, ValueError, RuntimeError) as error:
        return Keyring("", f"The keyring that is configured cannot be used ({error}).")
    for one in found.backends if isinstance(found, chainer.ChainerBackend) else [found]:
        if isinstance(one, trusted):
            return Keyring(str(one.name), backend=one)
    if isinstance(found, (fail.Keyring, null.Keyring, chainer.ChainerBackend)):
        return Keyring("", "This system has no keyring that is running.")
    return Keyring(
        "", f"{found.name} is configured, which EchoDesk does not trust: it may write secrets into files."
    )


def _trusted() -> tuple[type[KeyringBackend], ...]:
    """Those that give a secret to its user alone. Named here, so that the bundle holds them."""
    if sys.platform == "win32":
        from keyring.backends import Windows

        return (Windows.WinVaultKeyring,)
    if sys.platform == "darwin":
        from keyring.backends import macOS

        return (macOS.Keyring,)
    from keyring.backends import SecretService, kwallet, libsecret

    return (SecretService.Keyring, kwallet.DBusKeyring, libsecret.Keyring)


def refusals() -> tuple[type[Exception], ...]:
    """What a trusted keyring raises; the libraries below it have errors of their own on each system."""
    from keyring.errors import KeyringError

    if sys.platform == "win32":
        from win32ctypes.pywin32.pywintypes import error

        return (KeyringError, OSError, error)
    if sys.platform == "darwin":
        return (KeyringError, OSError)
    from jeepney import DBusErrorResponse  # type: ignore[import-untyped]  # it ships no types
    from secretstorage.exceptions import SecretStorageException

    return (KeyringError, OSError, DBusErrorResponse, SecretStorageException)


def _check(secret: str) -> None:
    if not secret or not secret.isprintable() or secret != secret.strip():
        raise WrongUse(
            "This is no secret",
            "It is empty, or holds spaces around it or signs that cannot be printed.",
            "Copy it again, whole, and nothing around it.",
        )
    if len(secret.encode("utf-16-le")) > LONGEST_BYTES:
        raise WrongUse(
            "This secret is too long",
            f"It has {len(secret)} letters; a keyring keeps {LONGEST_BYTES // 2}.",
            "Copy the secret alone. It was not kept.",
        )


def _trouble(keyring: Keyring, what: str, error: Exception) -> KeyringTrouble:
    return KeyringTrouble(
        "The keyring cannot be used",
        f"{keyring.name} {what} ({error or type(error).__name__}).",
        "Unlock the keyring and try again. Nothing was changed.",
    )
