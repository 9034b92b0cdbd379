"""What a person types about a database becomes its address, and the address what a person would have typed."""

from __future__ import annotations

import pytest

from echodesk.errors import WrongUse
from echodesk.store.address_parts import Parts, connection_from, parts_of
from echodesk.store.connection import ORACLE, POSTGRESQL, checked_connection

PG = Parts(POSTGRESQL, "db.example.ac.uk", "5433", "timetable", "ann", encrypted=True)
ORA = Parts(ORACLE, "db.example.ac.uk", "1521", "CMIS.example.ac.uk", "ann", encrypted=True)


@pytest.mark.parametrize(
    ("parts", "url"),
    [
        (PG, "postgresql+psycopg://ann@db.example.ac.uk:5433/timetable?sslmode=verify-full"),
        (ORA, "oracle+oracledb://ann@db.example.ac.uk:1521?protocol=tcps&service_name=CMIS.example.ac.uk"),
    ],
)
def test_it_is_put_together_and_taken_apart(parts: Parts, url: str) -> None:
    made = connection_from(parts, "", "", None)
    assert made == checked_connection(url)
    assert parts_of(made) == parts
    assert made.unprotected == ""


def test_odd_letters_of_a_user_stay_what_they_are() -> None:
    parts = Parts(POSTGRESQL, "db", "", "time table", "ann@uni:x/y", encrypted=False)
    made = connection_from(parts, "", "", None)
    assert parts_of(made) == parts
    assert made.address("sesame-77").password == "sesame-77"


def test_what_was_said_besides_stays_with_the_same_server() -> None:
    before = checked_connection(f"{connection_from(PG, '', '', None).url}&sslrootcert=/etc/ca.pem")
    assert "sslrootcert" in connection_from(PG, "", "", before).url
    assert "sslrootcert" not in connection_from(ORA, "", "", before).url


def test_a_weaker_encryption_that_was_chosen_stays_and_none_is_taken_out() -> None:
    before = checked_connection("postgresql+psycopg://ann@db/timetable?sslmode=require")
    parts = parts_of(before)
    assert parts.encrypted
    assert connection_from(parts, "", "", before) == before
    plain = Parts(POSTGRESQL, "db", "", "timetable", "ann", encrypted=False)
    assert "sslmode" not in connection_from(plain, "", "", before).url


def test_a_socket_needs_no_name_of_a_server() -> None:
    before = checked_connection("postgresql+psycopg://ann@/timetable?host=/run/postgresql")
    assert connection_from(parts_of(before), "", "", before) == before


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "1.5", "\N{SUPERSCRIPT TWO}"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(WrongUse, match="no port"):
        connection_from(Parts(POSTGRESQL, "db", port, "timetable", "ann", encrypted=True), "", "", None)
