"""Keyrings for tests: one in memory that stands for a trusted one, and ones that are not to be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class InMemory(SecretService.Keyring):
    """Linux's own, as far as anybody can tell, without its service."""

    priority = 5.0

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("No such password!")

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("Failed to unlock the collection!")


class InAFile(KeyringBackend):
    """One that would write secrets where others can read them. The environment can name it."""

    priority = 9.0

    def __init__(self) -> None:
        """As any other."""

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("it was asked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("it was given a secret")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("it was asked")


class Several(ChainerBackend):
    """What the library makes of several: it would try one after the other."""

    def __init__(self) -> None:
        """As any other."""

    backends = [InAFile(), InMemory()]


@pytest.fixture
def in_memory() -> Iterator[InMemory]:
    """The system's keyring, for one test."""
    before = keyring.get_keyring()
    one = InMemory()
    keyring.set_keyring(one)
    yield one
    keyring.set_keyring(before)
