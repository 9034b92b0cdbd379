"""What the details say about a week that is not recorded, they say once."""

from __future__ import annotations

from sqlalchemy import text

from echodesk.main import Office
from echodesk.messages import Table
from echodesk.store.details import Details
from tests.store.test_shared_details import detail_of_an_update

TAKEN = "Not recorded: M2 LC01 has this room at that time."
_TELL = text("UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'IN_CONFLICT', RECORDED = 'NO', MESSAGE = :message")


def told(office: Office, message: str) -> tuple[str, str]:
    """The head of the update's details, and its line in those of its change."""
    detail_of_an_update(office, "NO")
    with office.database.engine.begin() as connection:
        connection.execute(_TELL, {"message": message})
        update = Details(connection).detail(Table.NOTIFICATIONS, 1)
        change = Details(connection).detail(Table.QUEUE, 1)
    assert update is not None
    assert change is not None
    ((_, line),) = next(group for group in change.groups if group.title == "Weeks").lines
    return update.headline, line


def test_a_reason_that_begins_with_it_is_told_alone(office: Office) -> None:
    assert told(office, TAKEN) == (TAKEN, f"IN_CONFLICT · {TAKEN}")


def test_another_reason_follows_it(office: Office) -> None:
    assert told(office, "Too late.") == ("Not recorded. Too late.", "IN_CONFLICT · NO · Too late.")
