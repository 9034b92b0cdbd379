"""The lease, the audit, and what screens ask: "what changed since" (decisions: Processes)."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import text

from echodesk.errors import NotLeading, RowRefused, SchemaMismatch
from echodesk.main import Office
from echodesk.messages import QueueRow, Table, TableChanges, TableQuery
from echodesk.planning.records import AuditLine, Refusal
from echodesk.planning.values import RoomDay
from echodesk.worker.books import Books
from tests.store.test_queue import enter, expand, finish
from tests.worker.campus import day

TODAY = day(1).isoformat()
EVERYTHING = TableQuery()


def take(office: Office, holder: str) -> int | None:
    lease = office.write(lambda books: books.office.take_lease(holder, 30.0))
    return None if lease is None else lease.epoch


def run_out(office: Office) -> None:
    """The lease's time is over."""
    office.database.write(
        lambda c: c.execute(text("UPDATE STT_ECHO_LEASE SET UNTIL = '2020-01-01T00:00:00.000Z'"))
    )


def test_one_holds_the_lease_until_it_is_given_back_or_runs_out(office: Office) -> None:
    assert take(office, "ann") == 1
    assert take(office, "bo") is None
    office.write(lambda books: books.office.release_lease("bo", 1))
    assert take(office, "bo") is None
    office.write(lambda books: books.office.release_lease("ann", 1))
    assert take(office, "bo") == 2
    run_out(office)
    assert take(office, "ann") == 3
    assert not office.write(lambda books: books.office.renew_lease("bo", 2, 30.0))
    assert office.write(lambda books: books.office.renew_lease("ann", 3, 30.0))


def test_who_ended_without_giving_the_lease_back_takes_it_again_under_a_new_epoch(office: Office) -> None:
    assert take(office, "ann") == 1
    assert take(office, "ann") == 2
    with pytest.raises(NotLeading):
        office.write(lambda books: books.office.guard(1))


def test_who_is_of_another_version_than_the_tables_does_not_lead(office: Office) -> None:
    office.database.write(
        lambda c: c.execute(text("UPDATE STT_ECHO_META SET VALUE = '99' WHERE NAME = 'schema_version'"))
    )
    with pytest.raises(SchemaMismatch, match="schema version 99") as told:
        take(office, "ann")
    assert "echodesk database upgrade" in told.value.next_step
    assert office.read(lambda books: books.office.lease()).holder is None


def test_a_stale_epoch_writes_nothing(office: Office) -> None:
    take(office, "ann")
    run_out(office)
    take(office, "bo")

    def write(books: Books) -> None:
        books.places.mark([RoomDay("R1", day(2))], "edit")
        books.office.guard(1)

    with pytest.raises(NotLeading):
        office.write(write)
    assert office.read(lambda books: books.places.next_marks(9, (), TODAY)) == []
    office.write(lambda books: books.office.guard(2))
    office.write(lambda books: books.office.release_lease("bo", 2))
    with pytest.raises(NotLeading):
        office.write(lambda books: books.office.guard(2))


def test_who_handed_the_lease_over_writes_nothing_more_though_nobody_has_taken_it(office: Office) -> None:
    take(office, "ann")
    office.write(lambda books: books.office.hand_over_lease("ann", 1, "bo", 10.0))
    with pytest.raises(NotLeading):
        office.write(lambda books: books.office.guard(1))
    assert not office.write(lambda books: books.office.renew_lease("ann", 1, 30.0))
    assert take(office, "ann") is None
    epoch = take(office, "bo")
    assert epoch is not None
    office.write(lambda books: books.office.guard(epoch))


def test_the_audit_can_only_grow(office: Office) -> None:
    office.write(lambda books: books.journal.audit([AuditLine("ann", "PAUSE", why="exams")], None))
    for statement in ("UPDATE STT_ECHO_AUDIT SET WHO = 'bo'", "DELETE FROM STT_ECHO_AUDIT"):
        with pytest.raises(RowRefused):
            office.database.write(lambda c, one=statement: c.execute(text(one)))  # type: ignore[misc]  # bound at once
    assert office.database.read(lambda c: c.execute(text("SELECT WHO FROM STT_ECHO_AUDIT")).all()) == [("ann",)]


def test_intents_are_overdue_only_after_they_were_given_up(office: Office) -> None:
    place = RoomDay("R1", day(2))
    ids = office.write(
        lambda books: books.journal.write_intents(1, [("POST", "1-2-2030-31", (place,)), ("PUT", "2", (place,))])
    )
    assert office.read(lambda books: books.journal.overdue(0.0)) == []
    office.write(lambda books: books.journal.give_up(ids[:1]))
    assert [one.id for one in office.read(lambda books: books.journal.overdue(0.0))] == ids[:1]
    assert office.read(lambda books: books.journal.overdue(60.0)) == []
    assert office.write(lambda books: books.journal.orphan_all()) == 1
    office.write(lambda books: books.journal.clear_intents(ids))
    assert office.read(lambda books: books.journal.intents_open()) == []


def test_refusals_are_forgotten_one_by_one_or_by_id(office: Office) -> None:
    one = Refusal("1-2-2030-31", "print", RoomDay("R1", day(2)), "no")
    two = Refusal("2-2-2030-31", "print", RoomDay("R2", day(2)), "no")
    three = dataclasses.replace(one, fingerprint="another print", place=two.place)

    def remembered() -> set[tuple[str, str]]:
        return set(office.read(lambda books: books.journal.refused([one.external_id, two.external_id])))

    office.write(lambda books: books.journal.remember_refusals([one, two, three]))
    assert office.read(lambda books: books.journal.refused_at([one.place])) == [one]
    office.write(lambda books: books.journal.forget([one]))
    assert remembered() == {(two.external_id, "print"), (three.external_id, "another print")}
    office.write(lambda books: books.journal.forget_refusals([three.external_id]))
    assert remembered() == {(two.external_id, "print")}


# ---- screens ------------------------------------------------------------------------------------------------


def changes(
    office: Office,
    cursor: int,
    query: TableQuery = EVERYTHING,
    *,
    snapshot: bool = False,
    told: frozenset[int] = frozenset(),
) -> TableChanges:
    return office.read(lambda books: books.screens.changes(Table.QUEUE, cursor, query, snapshot, TODAY, told))


def keys(found: TableChanges) -> list[int]:
    return [row.key for row in found.upserts]


def test_an_edit_is_shown_before_any_worker_has_numbered_it(office: Office) -> None:
    start = changes(office, 0, snapshot=True)
    assert keys(start) == []
    enter(office, 1)
    assert keys(changes(office, start.cursor)) == [1]


def test_what_changed_since_is_all_that_changed(office: Office) -> None:
    enter(office, 1, 2, 3)
    before = changes(office, 0, snapshot=True)
    assert sorted(keys(before)) == [1, 2, 3]
    expand(office)
    between = changes(office, before.cursor)
    assert sorted(keys(between)) == [1, 2, 3]
    assert changes(office, between.cursor).upserts == ()
    finish(office, "SUCCESS", 2)
    after = changes(office, between.cursor)
    assert keys(after) == [2]
    row = after.upserts[0]
    assert isinstance(row, QueueRow)
    assert (row.status, row.weeks_done, row.weeks_all) == ("PROCESSED", 1, 1)


def test_a_row_that_matches_no_longer_leaves_the_screen(office: Office) -> None:
    enter(office, 1)
    waiting = TableQuery("", ("UNPROCESSED",))
    start = changes(office, 0, waiting, snapshot=True)
    assert keys(start) == [1]
    expand(office)
    after = changes(office, start.cursor, waiting)
    assert (keys(after), after.deletes) == ([], frozenset({1}))


@pytest.mark.parametrize("words", ["m1", "TITLE OF M1", "room r2", "lc01", "2030/31"])
def test_a_search_finds_codes_and_names_in_a_snapshot_and_in_what_changes(office: Office, words: str) -> None:
    enter(office, 1)
    query = TableQuery(words)
    assert keys(changes(office, 0, query, snapshot=True)) == [1]
    assert keys(changes(office, 0, query)) == [1]
    assert keys(changes(office, 0, TableQuery(words + "%"), snapshot=True)) == []


def test_a_search_takes_no_notice_of_the_case_of_any_letter(office: Office) -> None:
    enter(office, 1)
    office.database.write(
        lambda c: c.execute(text("UPDATE MODULE SET NAME = 'École d''été' WHERE MODULEID = 'M1'"))
    )
    assert keys(changes(office, 0, TableQuery("école D'ÉTÉ"), snapshot=True)) == [1]


def test_the_newest_rows_are_shown_when_there_are_too_many(office: Office) -> None:
    enter(office, *range(1, 21))
    found = changes(office, 0, TableQuery(limit=3), snapshot=True)
    assert (keys(found), found.more) == ([20, 19, 18], True)
    assert not changes(office, 0, TableQuery(limit=20), snapshot=True).more


def test_the_newest_of_several_statuses_are_shown_together(office: Office) -> None:
    enter(office, *range(1, 10))
    expand(office, 6)
    finish(office, "FAILED", 1, 3, 5)
    finish(office, "SUCCESS", 2, 4, 6)
    query = TableQuery("", ("FAILED", "UNPROCESSED"), limit=5)
    assert keys(changes(office, 0, query, snapshot=True)) == [9, 8, 7, 5, 3]


def test_rows_without_a_number_are_told_once(office: Office) -> None:
    enter(office, 1, 2)
    first = changes(office, 0)
    assert sorted(keys(first)) == [1, 2]
    enter(office, 3)
    second = changes(office, first.cursor, told=first.unnumbered)
    assert (keys(second), sorted(second.unnumbered)) == ([3], [1, 2, 3])
    expand(office)
    third = changes(office, second.cursor, told=second.unnumbered)
    assert (sorted(keys(third)), third.unnumbered) == ([1, 2, 3], frozenset())


def test_where_more_has_changed_than_fits_everything_is_told_anew(office: Office) -> None:
    enter(office, *range(1, 6))
    expand(office)
    cursor = changes(office, 0).cursor
    finish(office, "SUCCESS", 1, 2, 3, 4)
    few = TableQuery(limit=3)
    found = changes(office, cursor, few)
    assert (keys(found), found.snapshot) == ([5, 4, 3], True)
    assert not changes(office, cursor, TableQuery(limit=4)).snapshot
