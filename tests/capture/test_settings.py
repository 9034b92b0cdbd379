"""Addresses and credentials are checked before anything is sent, and no secret is shown."""

from __future__ import annotations

import pytest

from echodesk.capture.settings import OFFICE_MAY_CREATE, checked_address
from echodesk.errors import CaptureTrouble
from echodesk.planning.answers import Kind
from tests.capture.world import SECRET, Server, client, settings


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://echo360.org.uk", "https://echo360.org.uk"),
        ("https://echo360.org.uk/", "https://echo360.org.uk"),
        (" https://Echo360.org.uk:8443 ", "https://echo360.org.uk:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_a_scheme_and_a_host(given: str, used: str) -> None:
    assert checked_address(given, loopback_only=False) == used


@pytest.mark.parametrize(
    "given",
    [
        "http://echo360.org.uk",
        "http://127.0.0.1.example.ac.uk",
        "http://10.0.0.1",
        "echo360.org.uk",
        "ftp://echo360.org.uk",
        "https://",
        "",
        "https://ann:hidden-word@echo360.org.uk",
        "https://echo360.org.uk/public/api",
        "https://echo360.org.uk?x=1",
        "https://echo360.org.uk:99999",
        "https://[::1",
    ],
)
def test_an_address_that_is_not_safe_is_refused_with_what_to_do(given: str) -> None:
    with pytest.raises(CaptureTrouble) as caught:
        checked_address(given, loopback_only=False)
    assert "https://echo360.org.uk" in caught.value.next_step
    assert "hidden-word" not in caught.value.as_text()


def test_the_demonstration_refuses_other_machines() -> None:
    with pytest.raises(CaptureTrouble, match="stays on this machine"):
        settings(base_url="https://echo360.org.uk", loopback_only=True)
    assert settings(loopback_only=True).base_url == "http://127.0.0.1:8999"


@pytest.mark.parametrize("changes", [{"client_id": ""}, {"client_secret": ""}, {"calls_per_minute": -1}])
def test_what_cannot_work_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(CaptureTrouble):
        settings(**changes)


def test_no_repr_shows_the_secret() -> None:
    assert SECRET not in repr(settings())
    assert SECRET not in repr(client(Server()))


def test_an_office_makes_neither_terms_nor_organisations_nor_people() -> None:
    assert OFFICE_MAY_CREATE.isdisjoint({Kind.TERM, Kind.ORGANIZATION, Kind.PERSON})
