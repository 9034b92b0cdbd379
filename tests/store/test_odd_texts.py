"""A text with a NUL character in it, as Echo360 or a person may send one: no row is lost, nothing stops."""

from __future__ import annotations

import dataclasses

from echodesk.main import Office
from echodesk.planning.records import NotificationOutcome
from tests.store.test_mirror import foreign, standing
from tests.store.test_queue import enter, expand, rows
from tests.worker.campus import day

ODD = "Maths\0 100% \\u0000"


def kept(office: Office, text: str = ODD) -> str:
    """As the engine keeps it: PostgreSQL has no NUL character."""
    return text if office.database.engine.dialect.name == "sqlite" else text.replace("\0", "\ufffd")


def test_a_booking_is_remembered_whatever_its_words(office: Office) -> None:
    (one,) = foreign("f1", day(2), external_id="1-2-2030-31\0")
    odd = dataclasses.replace(one, content=dataclasses.replace(one.content, title=ODD), rest='{"a":"\\u0000"}')
    office.write(lambda books: books.mirror.put([standing("e1", 1), odd]))
    found = office.read(lambda books: books.mirror.at([odd.place]))
    titles = {row.standing.echo_id: row.standing.content.title for row in found}
    assert titles == {"e1": "Logic", "f1": kept(office)}
    rest = {row.standing.echo_id: row.standing.rest for row in found}
    assert rest["f1"] == '{"a":"\\u0000"}', "it goes back as it was read"


def test_an_odd_id_is_not_taken_for_the_one_that_it_begins_with(office: Office) -> None:
    office.write(lambda books: books.mirror.put([standing("e1", 1)]))
    assert office.read(lambda books: books.mirror.of_external(["1-2-2030-31\0"])) == []
    assert office.read(lambda books: books.journal.refused(["\\u0000", "\0"])) == {}


def test_an_answer_with_odd_words_ends_its_notification(office: Office) -> None:
    enter(office, 1)
    (entry,) = expand(office)
    outcome = NotificationOutcome(1, "FAILED", "NO", ODD, None)
    office.write(lambda books: books.queue.begin([1]))
    office.write(lambda books: books.queue.finish([outcome]))
    place = standing("e1", 1).place
    office.write(lambda books: books.places.fail([place], ODD))
    assert rows(office, "SELECT STATUS, MESSAGE FROM STT_ECHO_NOTIFICATION") == [("FAILED", kept(office))]
    assert rows(office, "SELECT STATUS FROM STT_ECHO_QUEUE") == [("FAILED",)]
    assert rows(office, "SELECT LAST_ERROR FROM STT_ECHO_DAY_ROOM") == [(kept(office),)]
    assert entry == 1


def test_staff_may_write_what_they_like(office: Office) -> None:
    number = office.write(lambda books: books.office.post_command("retry", ODD, "ann\0"))
    waiting = office.read(lambda books: books.office.next_command())
    assert waiting is not None
    assert (waiting.id, waiting.args, waiting.by) == (number, kept(office), kept(office, "ann\0"))
