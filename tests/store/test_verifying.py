"""What `database verify` does with the store is right: it ends as it should on every engine that holds one."""

from __future__ import annotations

from echodesk.commands.verifying import used
from echodesk.main import Office
from echodesk.store.trial_steps import prepare
from tests.databases.cmis import Cmis


def test_every_use_of_the_store_ends_as_it_should(office: Office) -> None:
    with office.database.engine.begin() as connection:
        cmis = Cmis(connection)
        for table in ("stt_component_type", "stt_ext_person", "stt_echo_set"):
            cmis.delete(table)
    prepare(office.database)
    said = list(used(office.database))
    assert len(said) == 5
    assert dict(one for one in said if one[1]) == {}


def test_what_ends_otherwise_is_told(office: Office) -> None:
    """There is no year, so that no edit is entered; and a setting that is not there."""
    with office.database.engine.begin() as connection:
        Cmis(connection).delete("stt_echo_set")
    assert [what for what, said in used(office.database) if said] == [
        "an edit is taken up, once",
        "what waits is counted",
    ]
