"""What the timetabler does to the timetable, kind by kind, and that it is the same every time."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from echodesk.demo.board import Board, Lesson
from echodesk.demo.csv_timetable import read_timetable
from echodesk.demo.edits import Edit, EditKind, Pen
from echodesk.demo.loading import load
from echodesk.demo.rows import Timetable
from echodesk.demo.timetabler import MIX, Timetabler
from echodesk.demo.university import DEFAULT_SEED, generate
from echodesk.errors import TimetableFault
from tests.demo.conftest import fresh_database
from tests.demo.csv_folder import write_folder

TERM = dt.date(2026, 9, 21)
NOW = dt.datetime(2026, 9, 17, 10, 30)  # noqa: DTZ001 - campus wall-clock time
STAMP = "202609171030"
SETID = "2026/27"

LESSON = text(
    "SELECT WEEKID, WEEKDAY, STARTTIME, FINISHTIME, ROOMID, SITEID, LECTURERID, STATUS, DATECHANGED FROM TIMETABLE"
    " WHERE SLOTID = :slotid AND SLOTENTRY = 1"
)
ALL = text("SELECT * FROM TIMETABLE ORDER BY SLOTID, SLOTENTRY")
ASKED = text("SELECT FEATUREID FROM ROOMREQUESTS WHERE SLOTID = :slotid ORDER BY ITEMNUM")
WEEK_SETS = text("SELECT WEEKID, WEEKNUMBER FROM WEEKMAPNUMERIC ORDER BY WEEKID, WEEKNUMBER")
QUEUE = text("SELECT SOURCE, ACTION, NEW_VALID, SLOTID FROM STT_ECHO_QUEUE WHERE ID > :id ORDER BY ID")
LAST_ENTRY = text("SELECT MAX(ID) FROM STT_ECHO_QUEUE")


@pytest.fixture(scope="module")
def university() -> Timetable:
    """The generated one."""
    return generate(DEFAULT_SEED, TERM)


@pytest.fixture
def loaded(engine: Engine, university: Timetable) -> Engine:
    """A database that holds it."""
    with engine.begin() as connection:
        load(connection, university)
    return engine


def drawn(connection: Connection, kind: EditKind, seed: int = 1) -> Edit:
    """An edit of this kind; some draws find nothing."""
    rng = random.Random(seed)
    for _ in range(200):
        edit = MIX[kind][1](rng, Board(connection, SETID, NOW.date()), Pen(SETID, STAMP))
        if edit is not None:
            assert edit.kind is kind
            return edit
    raise AssertionError(f"no {kind} was found in 200 draws")


def apply(connection: Connection, edit: Edit) -> None:
    """Do it."""
    Timetabler(1, SETID).apply(connection, edit)


def row_of(connection: Connection, slotid: int) -> dict[str, object]:
    """The lesson's leading row."""
    return dict(connection.execute(LESSON, {"slotid": slotid}).one()._mapping)


def lesson_of(connection: Connection, slotid: int) -> tuple[Board, Lesson]:
    """The lesson as the timetabler sees it now, among the lessons of its room."""
    board = Board(connection, SETID, NOW.date())
    room = str(row_of(connection, slotid)["ROOMID"])
    return board, next(lesson for lesson in board.in_room(room) if lesson.slotid == slotid)


def asked(connection: Connection, slotid: int) -> list[str]:
    """The features that a lesson asks for."""
    return [row[0] for row in connection.execute(ASKED, {"slotid": slotid})]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (EditKind.MOVE_TIME, {"STARTTIME", "FINISHTIME"}),
        (EditKind.MOVE_DAY, {"WEEKDAY"}),
        (EditKind.MOVE_ROOM, {"ROOMID"}),
    ],
)
def test_a_move_goes_where_the_room_is_free(loaded: Engine, kind: EditKind, changes: set[str], seed: int) -> None:
    with loaded.begin() as connection:
        edit = drawn(connection, kind, seed)
        before = row_of(connection, edit.slotids[0])
        apply(connection, edit)
        after = row_of(connection, edit.slotids[0])
        board, lesson = lesson_of(connection, edit.slotids[0])

    changed = {name for name in before if before[name] != after[name]}
    assert changes <= changed
    assert after["DATECHANGED"] == STAMP
    assert board.is_free(lesson.room, lesson.weekday, lesson.time, board.coming(lesson.weekid), [lesson.slotid])


@pytest.mark.parametrize(
    ("kind", "swapped"),
    [
        (EditKind.SWAP_ROOMS, ("ROOMID", "SITEID")),
        (EditKind.SWAP_TIMES, ("WEEKDAY", "STARTTIME", "FINISHTIME")),
    ],
)
def test_a_swap_gives_each_lesson_what_the_other_one_had(
    loaded: Engine, kind: EditKind, swapped: Sequence[str]
) -> None:
    with loaded.begin() as connection:
        edit = drawn(connection, kind)
        one, other = edit.slotids
        before = [row_of(connection, one), row_of(connection, other)]
        apply(connection, edit)
        after = [row_of(connection, one), row_of(connection, other)]

    for name in swapped:
        assert [row[name] for row in after] == [row[name] for row in reversed(before)]


def test_a_cancelled_lesson_stays_or_goes_with_its_requests(loaded: Engine) -> None:
    ways = set()
    for seed in range(12):
        with loaded.connect() as connection:
            edit = drawn(connection, EditKind.CANCEL, seed)
            slotid = edit.slotids[0]
            apply(connection, edit)
            rows = connection.execute(LESSON, {"slotid": slotid}).all()
            if rows:
                assert edit.sentence.endswith("is cancelled")
                assert rows[0].STATUS == 3
            else:
                assert edit.sentence.endswith("is deleted")
                assert asked(connection, slotid) == []
            ways.add(bool(rows))
            connection.rollback()
    assert ways == {True, False}


def test_a_cancelled_lesson_can_be_taught_after_all(loaded: Engine) -> None:
    with loaded.begin() as connection:
        edit = drawn(connection, EditKind.REINSTATE)
        before = row_of(connection, edit.slotids[0])["STATUS"]
        apply(connection, edit)
        after = row_of(connection, edit.slotids[0])["STATUS"]

    assert (before, after) == (3, 2)


@pytest.mark.parametrize("seed", range(8))
def test_other_weeks_are_another_week_set_and_no_set_that_exists_is_changed(loaded: Engine, seed: int) -> None:
    with loaded.begin() as connection:
        known = {tuple(row) for row in connection.execute(WEEK_SETS)}
        edit = drawn(connection, EditKind.CHANGE_WEEKS, seed)
        before = row_of(connection, edit.slotids[0])["WEEKID"]
        apply(connection, edit)
        after = row_of(connection, edit.slotids[0])["WEEKID"]
        now = {tuple(row) for row in connection.execute(WEEK_SETS)}

    assert after != before
    assert known <= now
    assert {weekid for weekid, _ in now - known} <= {after}
    assert any(weekid == after for weekid, _ in now)


def test_somebody_else_teaches(loaded: Engine) -> None:
    with loaded.begin() as connection:
        edit = drawn(connection, EditKind.CHANGE_LECTURER)
        before = row_of(connection, edit.slotids[0])["LECTURERID"]
        apply(connection, edit)
        after = row_of(connection, edit.slotids[0])["LECTURERID"]

    assert before != after


def test_recording_is_withdrawn_and_asked_for(loaded: Engine) -> None:
    with loaded.begin() as connection:
        withdrawn = drawn(connection, EditKind.WITHDRAW_RECORDING)
        assert asked(connection, withdrawn.slotids[0])
        apply(connection, withdrawn)
        assert asked(connection, withdrawn.slotids[0]) == []

        wanted = drawn(connection, EditKind.ASK_FOR_RECORDING)
        assert not {"VIDEOREC", "AUDIOREC"} & set(asked(connection, wanted.slotids[0]))
        apply(connection, wanted)
        assert {"VIDEOREC", "AUDIOREC"} & set(asked(connection, wanted.slotids[0]))


@pytest.mark.parametrize("seed", range(6))
def test_a_double_booking_overlaps_another_lesson(loaded: Engine, seed: int) -> None:
    with loaded.begin() as connection:
        edit = drawn(connection, EditKind.DOUBLE_BOOK, seed)
        apply(connection, edit)
        board, lesson = lesson_of(connection, edit.slotids[0])

    assert not board.is_free(
        lesson.room, lesson.weekday, lesson.time, board.coming(lesson.weekid), [lesson.slotid]
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_repaired_double_booking_overlaps_nothing(loaded: Engine, seed: int) -> None:
    with loaded.begin() as connection:
        edit = drawn(connection, EditKind.REPAIR, seed)
        _, before = lesson_of(connection, edit.slotids[0])
        apply(connection, edit)
        board, lesson = lesson_of(connection, edit.slotids[0])
        weeks = board.coming(lesson.weekid)

        assert (lesson.room, lesson.time) != (before.room, before.time)
        assert board.is_free(lesson.room, lesson.weekday, lesson.time, weeks, [lesson.slotid])


def test_a_closed_room_is_empty_on_that_day(loaded: Engine) -> None:
    with loaded.begin() as connection:
        edit = drawn(connection, EditKind.CLOSE_ROOM_DAY)
        place = row_of(connection, edit.slotids[0])
        apply(connection, edit)
        board = Board(connection, SETID, NOW.date())

        assert [
            lesson for lesson in board.in_room(str(place["ROOMID"])) if lesson.weekday == place["WEEKDAY"]
        ] == []
        assert len(edit.steps) == len(edit.slotids)


def test_lessons_of_a_closed_room_that_find_no_other_room_are_cancelled(engine: Engine, tmp_path: Path) -> None:
    rooms = "room_id,building_id,name,capacity\nB1 Hall,B1,Great Hall,300\n"
    lessons = (
        "slot_id,module_id,group_code,lecturer_id,room_id,weekday,start,finish,weeks\n"
        "a1,ENGL1003,LC01,,B1 Hall,1,09:00,10:00,1 2\n"
    )
    with engine.begin() as connection:
        load(connection, read_timetable(write_folder(tmp_path, rooms=rooms, lessons=lessons), TERM))
        edit = drawn(connection, EditKind.CLOSE_ROOM_DAY)
        apply(connection, edit)

        assert row_of(connection, 100001)["STATUS"] == 3
        assert edit.sentence == "B1 Hall is closed on Mondays: 0 lessons go to other rooms, 1 cancelled"


def test_a_new_lesson_is_queued_whether_its_request_comes_before_or_after_it(loaded: Engine) -> None:
    orders = set()
    for seed in range(10):
        with loaded.connect() as connection:
            last = connection.scalar(LAST_ENTRY)
            edit = drawn(connection, EditKind.NEW_LESSON, seed)
            apply(connection, edit)
            entries = [tuple(row) for row in connection.execute(QUEUE, {"id": last})]
            assert {slotid for *_, slotid in entries} == set(edit.slotids)
            orders.add(("TIMETABLE", "INSERT", 1, edit.slotids[0]) in entries)
            connection.rollback()
    assert orders == {True, False}


def test_the_sentence_names_lessons_and_places(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        load(connection, read_timetable(write_folder(tmp_path), TERM))
        edit = drawn(connection, EditKind.MOVE_ROOM)

    assert edit.sentence.split(" moves from ")[0] in ("ENGL1003 LC01", "MATH2 TU03")
    assert edit.sentence.endswith(("Monday 09:00-10:00", "Friday 10:30-12:00"))


def run(engine: Engine, seed: int, edits: int) -> tuple[list[Edit], list[tuple[object, ...]]]:
    """So many edits, and the lessons afterwards."""
    timetabler = Timetabler(seed, SETID)
    done = []
    for _ in range(edits):
        with engine.begin() as connection:
            edit = timetabler.propose(connection, NOW)
            timetabler.apply(connection, edit)
        done.append(edit)
    with engine.connect() as connection:
        return done, [tuple(row) for row in connection.execute(ALL)]


def test_the_mix_holds_every_kind_and_leaves_a_timetable_that_can_be_read(loaded: Engine) -> None:
    done, lessons = run(loaded, 3, 500)

    kinds = Counter(edit.kind for edit in done)
    assert set(kinds) == set(EditKind)
    assert kinds.most_common(2)[0][0] in (EditKind.MOVE_TIME, EditKind.MOVE_ROOM)
    with loaded.connect() as connection:
        board = Board(connection, SETID, NOW.date())
        seen = [lesson for choice in board.rooms() for lesson in board.in_room(choice.room)]
    assert len(seen) > 2_000
    assert all(lesson.time.minutes > 0 for lesson in seen)
    assert len(lessons) > 2_000


def test_the_same_seed_makes_the_same_edits_on_the_same_timetable(university: Timetable) -> None:
    runs = []
    for _ in range(2):
        with fresh_database() as database:
            with database.begin() as connection:
                load(connection, university)
            done, lessons = run(database, 7, 40)
            runs.append(([edit.sentence for edit in done], lessons))

    assert runs[0] == runs[1]


def test_another_seed_makes_other_edits(loaded: Engine) -> None:
    with loaded.connect() as connection:
        one = [Timetabler(1, SETID).propose(connection, NOW).sentence for _ in range(3)]
        other = [Timetabler(2, SETID).propose(connection, NOW).sentence for _ in range(3)]

    assert one != other


def test_an_edit_is_nothing_until_its_transaction_is_committed(loaded: Engine) -> None:
    with loaded.connect() as connection:
        before = connection.execute(ALL).all()
        timetabler = Timetabler(1, SETID)
        timetabler.apply(connection, timetabler.propose(connection, NOW))
        assert connection.execute(ALL).all() != before
        connection.rollback()
        assert connection.execute(ALL).all() == before


def test_lessons_whose_weeks_are_over_are_left_alone(loaded: Engine) -> None:
    second_semester = NOW + dt.timedelta(weeks=15)
    with loaded.connect() as connection:
        timetabler = Timetabler(1, SETID)
        board = Board(connection, SETID, second_semester.date())
        for _ in range(40):
            for slotid in timetabler.propose(connection, second_semester).slotids:
                rows = connection.execute(LESSON, {"slotid": slotid}).all()
                assert all(board.coming(row.WEEKID) for row in rows)


def test_when_the_year_is_over_there_is_nothing_to_edit(loaded: Engine) -> None:
    with loaded.connect() as connection, pytest.raises(TimetableFault, match="No lesson of 2026/27"):
        Timetabler(1, SETID).propose(connection, NOW + dt.timedelta(weeks=52))


def test_none_of_echodesks_own_tables_is_written(loaded: Engine) -> None:
    done, _ = run(loaded, 5, 150)

    written = {str(step.statement) for edit in done for step in edit.steps}
    assert len(written) > 8
    assert not [statement for statement in written if "STT_ECHO" in statement]
