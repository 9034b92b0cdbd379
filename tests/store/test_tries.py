"""What was sent in vain and what stopped the worker, as the database keeps it (reliability H1, Q5)."""

from __future__ import annotations

import datetime as dt

from echodesk.main import Office
from echodesk.planning.records import ANSWERED, NewTry
from echodesk.planning.values import Method, RoomDay

HERE = RoomDay("R1", dt.date(2030, 9, 9))
THERE = RoomDay("R2", dt.date(2030, 9, 9))


def new(body: str, method: str = "PUT", external_id: str = "1-2", *places: RoomDay) -> NewTry:
    return NewTry(external_id, method, body, places or (HERE,))


def known(office: Office) -> list[tuple[str, str, int, str | None]]:
    found = office.read(lambda books: books.tries.of(["1-2", "3-2"]))
    return [(one.method, one.fingerprint, one.sent, one.said) for one in found]


def test_a_changed_body_begins_anew_and_another_method_does_not(office: Office) -> None:
    office.write(lambda books: books.tries.write([new("a"), new("gone", "DELETE"), new("a", "PUT", "3-2")]))
    office.write(lambda books: books.tries.write([new("b")]))
    assert sorted(known(office)) == [("DELETE", "gone", 1, None), ("PUT", "a", 1, None), ("PUT", "b", 1, None)]


def test_what_was_sent_after_all_is_written_down_and_what_was_not_is_dropped(office: Office) -> None:
    first, second = office.write(lambda books: books.tries.write([new("a"), new("x", "DELETE")]))
    office.write(lambda books: books.tries.told([(first, 3, "500")]))
    office.write(lambda books: books.tries.drop([second]))
    assert known(office) == [("PUT", "a", 3, "500")]


def test_a_resync_forgets_what_touches_its_room_day(office: Office) -> None:
    office.write(
        lambda books: books.tries.write([new("a", "PUT", "1-2", HERE, THERE), new("a", "PUT", "3-2", HERE)])
    )
    office.write(lambda books: books.tries.forget_at([THERE]))
    assert len(known(office)) == 1
    office.write(lambda books: books.tries.forget(["3-2"]))
    assert known(office) == []


def test_a_clear_answer_to_one_method_says_nothing_of_the_others(office: Office) -> None:
    office.write(
        lambda books: books.tries.write(
            [new("a"), new("gone", "DELETE"), new("a", "PUT", "3-2"), new("b", "POST")]
        )
    )
    office.write(lambda books: books.tries.answered({("1-2", Method.PUT), ("3-2", Method.POST)}))
    found = [(method, said) for method, _body, _sent, said in known(office)]
    assert found == [("PUT", ANSWERED), ("DELETE", None), ("PUT", None), ("POST", None)]


def test_what_was_answered_goes_with_its_burst_and_the_rest_after_a_day(office: Office) -> None:
    office.write(lambda books: books.tries.write([new("a"), new("gone", "DELETE")]))
    office.write(lambda books: books.tries.answered({("1-2", Method.PUT)}))
    office.write(lambda books: books.tries.prune(300.0))
    assert len(known(office)) == 2
    office.write(lambda books: books.tries.prune(-1.0))
    assert [method for method, *_rest in known(office)] == ["DELETE"]


def test_a_stop_is_counted_for_one_that_was_alone(office: Office) -> None:
    office.write(lambda books: books.suspects.begin([HERE, THERE]))
    assert office.write(lambda books: books.suspects.recover("killed")) == {HERE, THERE}
    assert office.read(lambda books: books.suspects.crashes()) == {HERE: 0, THERE: 0}
    office.write(lambda books: books.suspects.begin([HERE]))
    assert office.write(lambda books: books.suspects.recover("killed")) == {HERE}
    assert office.read(lambda books: books.suspects.crashes()) == {HERE: 1, THERE: 0}


def test_who_was_planned_well_is_no_suspect_unless_its_outcome_cannot_be_written(office: Office) -> None:
    office.write(lambda books: books.suspects.stopped([HERE], "ValueError"))
    office.write(lambda books: books.suspects.stopped([THERE], "ValueError", afterwards=True))
    office.write(lambda books: books.suspects.end([HERE, THERE]))
    assert office.read(lambda books: books.suspects.crashes()) == {THERE: 1}
    office.write(lambda books: books.suspects.clear([THERE]))
    assert office.read(lambda books: books.suspects.crashes()) == {}
