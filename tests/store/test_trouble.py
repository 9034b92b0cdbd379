"""Whatever goes wrong below, those above see one family of errors with what to do."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.errors import DatabaseTrouble
from echodesk.main import Office


def test_a_defect_in_a_statement_is_trouble_with_the_database_and_not_a_crash(office: Office) -> None:
    with pytest.raises(DatabaseTrouble) as trouble:
        office.database.read(lambda connection: connection.execute(text("SELECT :missing"), {}))
    assert trouble.value.title == "The database cannot be used"
    assert trouble.value.next_step != ""


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM NOWHERE", "SELEC", "INSERT INTO STT_ECHO_LEASE (ID) VALUES (7)"]
)
def test_what_the_database_refuses_is_told_in_its_own_words(office: Office, statement: str) -> None:
    with pytest.raises(DatabaseTrouble) as trouble:
        office.database.write(lambda connection: connection.execute(text(statement)))
    assert trouble.value.message != ""
    assert trouble.value.next_step != ""
