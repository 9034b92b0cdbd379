"""Safety stops in the database: counting, lists, what they hold, a yes, the timetable's size (design §4.12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from echodesk.errors import NothingDone, WrongUse
from echodesk.main import Office
from echodesk.planning.records import Mark
from echodesk.planning.stops import StopItem, StopKind, StopRecord, Tally
from echodesk.planning.values import Content, Interval, RoomDay, Standing
from echodesk.worker.books import Books
from tests.worker.campus import OTHER_SETID, SETID, day
from tests.worker.values import external

PLACE, OTHER = RoomDay("R1", day(2)), RoomDay("R2", day(2))
TODAY = day(1).isoformat()


def item(slot: int, place: RoomDay = PLACE, queue_id: int | None = None) -> StopItem:
    """A booking that would go."""
    return StopItem(
        external_id=external(slot),
        room=place.room,
        date=place.date.isoformat(),
        start=540,
        finish=600,
        title=f"M{slot}",
        presenter="ann.lee@example.ac.uk",
        why="not_wanted",
        queue_id=queue_id,
    )


def standing(slot: int, place: RoomDay = PLACE, week: int = 2) -> Standing:
    """A schedule of ours."""
    said = Content("M1", (), None, ())
    return Standing(f"e{slot}-{week}", external(slot, week), True, place, Interval(540, 600), said)


def hold(
    office: Office, items: Sequence[StopItem], kind: StopKind = StopKind.BRAKE, seen: Sequence[str] = ()
) -> int:
    """Hold these and their room-days."""

    def write(books: Books) -> int:
        places = {RoomDay(one.room, day(2)) for one in items}
        stop = books.stops.hold(kind, "Too many.", items, seen)
        books.places.mark(places, "edit")
        books.stops.hold_places(places, books.places.marks_at(places))
        return stop

    return office.write(write)


def dirty(office: Office) -> list[RoomDay]:
    """What would be planned."""
    return [mark.place for mark in office.read(lambda books: books.places.next_marks(9, (), TODAY))]


def open_stops(office: Office) -> list[StopRecord]:
    return office.read(lambda books: books.stops.open())


def on_list(office: Office, stop: int) -> list[str]:
    return [one.external_id for one in office.read(lambda books: books.stops.items(stop))]


_STAMPS = {
    "STT_ECHO_REMOVAL": text("UPDATE STT_ECHO_REMOVAL SET AT = :at"),
    "STT_ECHO_FEED": text("UPDATE STT_ECHO_FEED SET AT = :at"),
    "STT_ECHO_STOP": text("UPDATE STT_ECHO_STOP SET YES_AT = :at WHERE YES_AT IS NOT NULL"),
}


def later(office: Office, table: str, hours: int) -> None:
    """As if so many hours had passed since."""
    then = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    office.database.write(lambda c: c.execute(_STAMPS[table], {"at": then}))


def test_what_was_removed_is_counted_for_a_day_and_once(office: Office) -> None:
    ids = [external(slot) for slot in (1, 2, 3)]

    def remove(books: Books) -> None:
        books.mirror.put([standing(1), standing(2)])
        books.stops.removing(ids, [external(3)])
        books.stops.removing([external(1)], ())

    office.write(remove)
    assert office.read(lambda books: books.stops.tally()) == Tally(removed=2, in_flight=2, waiting=0)
    assert office.read(lambda books: books.stops.counted(ids)) == set(ids[:2])
    office.write(lambda books: books.mirror.drop(["e1-2"]))
    assert office.read(lambda books: books.stops.tally()).in_flight == 1
    office.write(lambda books: books.stops.made_again([external(2)]))
    assert office.read(lambda books: books.stops.tally()).removed == 1
    later(office, "STT_ECHO_REMOVAL", 25)
    assert office.read(lambda books: books.stops.tally()) == Tally(0, 0, 0)


def test_only_ours_and_only_what_has_not_begun_lies_ahead(office: Office) -> None:
    foreign = Standing("f", "theirs", False, PLACE, Interval(540, 600), Content("x", (), None, ()))
    passed = standing(3, RoomDay("R1", day(1)), week=1)
    office.write(lambda books: books.mirror.put([standing(1), standing(2), passed, foreign]))
    assert office.read(lambda books: books.stops.future(TODAY, 540)) == 2
    assert office.read(lambda books: books.stops.future(TODAY, 539)) == 3
    assert office.read(lambda books: books.stops.lessons_ahead(TODAY)) == {SETID: 3}


def test_one_list_for_one_cause(office: Office) -> None:
    stop = hold(office, [item(1, queue_id=7), item(2)])
    assert hold(office, [item(3, OTHER, queue_id=7)]) == stop
    (found,) = open_stops(office)
    assert (found.bookings, found.room_days, found.changes, found.unexplained) == (3, 2, 1, 1)
    assert (found.titles, found.people) == (("M1", "M2", "M3"), ("ann.lee@example.ac.uk",))
    assert dirty(office) == []
    assert office.read(lambda books: books.stops.held_in("R2", TODAY)) == {OTHER}
    assert office.read(lambda books: books.stops.waiting_at([PLACE])) == {
        external(1): StopKind.BRAKE,
        external(2): StopKind.BRAKE,
    }
    assert office.read(lambda books: books.stops.tally()).waiting == 3


def test_an_item_keeps_its_number_and_leaves_when_it_is_not_asked_for_any_more(office: Office) -> None:
    stop = hold(office, [item(1), item(2)])
    before = {one.external_id: one.id for one in office.read(lambda books: books.stops.items(stop))}
    hold(office, [item(2), item(3)], seen=[external(1), external(2)])
    after = {one.external_id: one.id for one in office.read(lambda books: books.stops.items(stop))}
    assert set(after) == {external(2), external(3)}
    assert after[external(2)] == before[external(2)]


def test_what_is_held_for_another_reason_changes_its_list(office: Office) -> None:
    brake = hold(office, [item(1)])
    other = hold(office, [item(1)], StopKind.DAY, seen=[external(1)])
    assert (on_list(office, brake), on_list(office, other)) == ([], [external(1)])
    office.write(lambda books: books.stops.review())
    assert [one.id for one in open_stops(office)] == [other]


def test_an_edit_that_came_meanwhile_is_planned(office: Office) -> None:
    def write(books: Books) -> None:
        books.places.mark([PLACE], "edit")
        (read,) = books.places.marks_at([PLACE])
        books.stops.hold(StopKind.BRAKE, "Too many.", [item(1)], ())
        books.stops.hold_places([PLACE, OTHER], [Mark(PLACE, read.number - 1)])

    office.write(write)
    assert dirty(office) == [PLACE]
    assert office.read(lambda books: books.stops.held_in("R2", TODAY)) == {OTHER}


def test_an_edit_frees_what_a_stop_holds(office: Office) -> None:
    hold(office, [item(1)])
    office.write(lambda books: books.places.mark([PLACE], "edit"))
    assert dirty(office) == [PLACE]


def test_a_yes_is_for_what_was_shown(office: Office) -> None:
    stop = hold(office, [item(1)])
    (shown,) = open_stops(office)
    hold(office, [item(2, OTHER)])
    freed = office.write(lambda books: books.stops.yes(stop, "ann", "meant", shown.last_item))
    assert freed == {PLACE, OTHER}
    ids = [external(1), external(2)]
    assert office.read(lambda books: books.stops.allowed(ids)) == {external(1)}
    waiting, said = open_stops(office)
    assert (waiting.waits, on_list(office, waiting.id)) == (True, [external(2)])
    assert (said.waits, said.yes_by, said.why) == (False, "ann", "meant")
    assert dirty(office) == [PLACE, OTHER]
    later(office, "STT_ECHO_STOP", 25)
    assert office.read(lambda books: books.stops.allowed(ids)) == set()
    office.write(lambda books: books.stops.review())
    assert [one.id for one in open_stops(office)] == [waiting.id]


def hold_with_another(office: Office) -> int:
    """A plan over two room-days is held; its list names a booking of the first alone."""

    def write(books: Books) -> int:
        stop = books.stops.hold(StopKind.BRAKE, "Too many.", [item(1)], ())
        books.places.mark([PLACE, OTHER], "edit")
        books.stops.hold_places([PLACE, OTHER], books.places.marks_at([PLACE, OTHER]))
        return stop

    return office.write(write)


def test_a_yes_frees_all_that_was_held_together(office: Office) -> None:
    stop = hold_with_another(office)
    office.write(lambda books: books.stops.yes(stop, "ann", "meant", 9))
    assert dirty(office) == [PLACE, OTHER]


def test_a_list_that_ends_by_itself_frees_all_that_was_held_together(office: Office) -> None:
    hold_with_another(office)
    office.write(lambda books: books.places.clear(books.places.marks_at([PLACE])))
    office.write(lambda books: books.stops.review())
    assert (open_stops(office), dirty(office)) == ([], [OTHER])


def test_nothing_stays_held_without_a_list(office: Office) -> None:
    stop = hold_with_another(office)
    office.database.write(lambda c: c.execute(text("DELETE FROM STT_ECHO_STOP_ITEM")))
    office.database.write(lambda c: c.execute(text("DELETE FROM STT_ECHO_STOP WHERE ID = :stop"), {"stop": stop}))
    office.write(lambda books: books.stops.review())
    assert dirty(office) == [PLACE, OTHER]


def test_a_yes_is_said_once_and_to_something(office: Office) -> None:
    stop = hold(office, [item(1)])
    with pytest.raises(WrongUse):
        office.write(lambda books: books.stops.yes(stop + 1, "ann", "meant", 9))
    office.write(lambda books: books.stops.yes(stop, "ann", "meant", 9))
    with pytest.raises(NothingDone):
        office.write(lambda books: books.stops.yes(stop, "bo", "meant", 9))


def test_a_stop_ends_when_nothing_leads_to_its_bookings(office: Office) -> None:
    hold(office, [item(1)])
    intent = office.write(lambda books: books.journal.write_intents(1, [("DELETE", external(1), (PLACE,))]))
    office.write(lambda books: books.stops.review())
    assert len(open_stops(office)) == 1
    office.write(lambda books: books.places.clear(books.places.marks_at([PLACE])))
    office.write(lambda books: books.stops.review())
    assert len(open_stops(office)) == 1
    office.write(lambda books: books.journal.clear_intents(intent))
    office.write(lambda books: books.stops.review())
    assert open_stops(office) == []


def test_the_size_of_the_timetable_is_remembered(office: Office) -> None:
    office.write(lambda books: books.stops.set_feed({SETID: 40, OTHER_SETID: 3}))
    assert office.read(lambda books: books.stops.feed()) == {SETID: 40, OTHER_SETID: 3}
    assert office.read(lambda books: books.stops.feed_settled()) == {}
    later(office, "STT_ECHO_FEED", 25)
    assert office.read(lambda books: books.stops.feed_settled()) == {SETID: 40, OTHER_SETID: 3}
    office.write(lambda books: books.stops.set_feed({SETID: 50}))
    assert office.read(lambda books: books.stops.feed()) == {SETID: 50}


def test_a_broken_timetable_has_one_stop_and_it_holds_everything(office: Office) -> None:
    office.write(lambda books: books.places.mark([PLACE, OTHER], "edit"))
    for reason in ("It is empty.", "It is empty still."):
        office.write(lambda books, said=reason: books.stops.stop_feed(said))  # type: ignore[misc]  # bound at once
    (found,) = open_stops(office)
    assert (found.kind, found.reason) == (StopKind.FEED, "It is empty still.")
    pending = office.look(lambda books: books.figures.pending(TODAY))
    assert (pending.quiet, pending.guarded) == (True, 2)
    office.write(lambda books: books.stops.end_feed())
    pending = office.look(lambda books: books.figures.pending(TODAY))
    assert (pending.quiet, pending.guarded) == (False, 0)


def test_the_overview_shows_what_waits(office: Office) -> None:
    hold(office, [item(1)])
    overview = office.read(lambda books: books.screens.overview(dt.datetime.fromisoformat(TODAY), 120))
    assert overview.held_by_stop == 1
    (shown,) = overview.stops
    assert (shown.headline, shown.waits) == ("1 booking would be removed", True)
    pending = office.look(lambda books: books.figures.pending(TODAY))
    assert (pending.quiet, pending.guarded, pending.room_days) == (True, 1, 0)
    assert str(pending) == "waiting: nothing; 1 by a safety stop"
