"""What the books keep of staff's decisions, and which of them a plan is given."""

from __future__ import annotations

from sqlalchemy import text

from echodesk.main import Office
from echodesk.planning.values import Decision, DecisionKind
from echodesk.worker.books import Books
from tests.worker.campus import SETID

ONE_OF_TWO = Decision(
    0,
    DecisionKind.RECORD_ONE,
    SETID,
    (1, 2),
    2,
    frozenset({3, 5}),
    ("R1 Monday 09:00-10:00", "R1 Monday 09:30"),
    "ann",
)
NOT_THREE = Decision(0, DecisionKind.DO_NOT_RECORD, SETID, (3,), None, None, ("R2 Friday 11:00-12:00",), "bob")


def add(office: Office, *decisions: Decision) -> list[int]:
    return office.write(lambda books: [books.decisions.add(one, "agreed") for one in decisions])


def standing(office: Office, *slots: int) -> list[Decision]:
    return office.read(lambda books: books.decisions.standing([(SETID, slot) for slot in slots]))


def made_at(office: Office, stamp: str) -> None:
    office.database.write(lambda c: c.execute(text("UPDATE STT_ECHO_DECISION SET AT = :at"), {"at": stamp}))


def test_a_decision_is_read_as_it_was_made(office: Office) -> None:
    assert add(office, ONE_OF_TWO, NOT_THREE) == [1, 2]
    made_at(office, "2030-11-04T12:00:00.000Z")
    first, second = standing(office, 1, 2, 3)
    assert str(first) == "decision 1 of ann, 2030-11-04"
    assert (first.kind, first.slotids, first.winner, first.weeks) == (
        ONE_OF_TWO.kind,
        (1, 2),
        2,
        frozenset({3, 5}),
    )
    assert first.fingerprint == ONE_OF_TWO.fingerprint
    assert (second.kind, second.winner, second.weeks) == (DecisionKind.DO_NOT_RECORD, None, None)


def test_it_is_found_by_any_lesson_that_it_names_once(office: Office) -> None:
    add(office, ONE_OF_TWO, NOT_THREE)
    assert [one.id for one in standing(office, 1)] == [1]
    assert [one.id for one in standing(office, 2)] == [1]
    assert [one.id for one in standing(office, 1, 2)] == [1]
    assert standing(office, 4) == []
    assert office.read(lambda books: books.decisions.standing([("1999/00", 1)])) == []
    assert standing(office) == []


def test_taken_back_it_stands_no_more_and_is_kept(office: Office) -> None:
    add(office, ONE_OF_TWO, NOT_THREE)

    def take_back(books: Books) -> list[int]:
        return books.decisions.withdraw([1, 9], "eve", "a mistake")

    assert office.write(take_back) == [1]
    assert office.write(take_back) == []
    assert standing(office, 1, 2) == []
    newest, oldest = office.read(lambda books: books.decisions.records())
    assert (newest.decision.id, newest.withdrawn, newest.why) == (2, "", "agreed")
    assert (oldest.decision.id, oldest.withdrawn_by, oldest.withdrawn_why) == (1, "eve", "a mistake")
    assert oldest.withdrawn


def test_the_date_is_the_campus_date(office: Office) -> None:
    """Half past eleven at night by the stamp is past midnight in London's summer."""
    add(office, NOT_THREE)
    made_at(office, "2030-07-01T23:30:00.000Z")
    (found,) = standing(office, 3)
    assert found.on == "2030-07-02"
