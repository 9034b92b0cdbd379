"""The triggers and the program decide the same: thousands of rows, padding, '' and NULL (design §4.1).

The triggers' decision is read from the queue entry that an edit writes (or does not), the program's from
`echodesk.timetable.eligibility` over what the reader reads; where the program reads no timetable, over the same
rows in SQLite.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from echodesk.store.database import Database
from echodesk.timetable.eligibility import CRITERIA, eligible, examine
from echodesk.timetable.reading import TimetableReader
from tests.databases.cmis import LESSON, OTHER_SETID, SETID, Cmis, Value, fill, go_live
from tests.databases.conftest import ENGINES
from tests.databases.engines import Opener, marked

ROWS = 3000
SEED = 20230918
FORMER_SETID = "2021/22"

# The first value of each is right, and is drawn more often than all others together.
DRAWN: dict[str, tuple[Value, ...]] = {
    "sourcesid": ("TEACH", "TEACH  ", " TEACH", "teach", "EXAM", "", None, "TEACHING"),
    "status": (2, 3, 1, 0, 22, None),
    "slotentry": (1, 1, 1, 2),
    "roomid": ("R1", "R2", "R1   ", " R2", "R8", "R9", "r1", "", "  ", None),
    "moduleid": ("COMP101", "COMP102", "COMP101  ", "comp101", "NONE", "", " ", None),
    "modgrpcode": (
        "LC01",
        "LC02",
        " LC01 ",
        "LC09",
        "XX01",
        "LC1",
        "LC001",
        "LCA1",
        "LC1A",
        "lc01",
        "",
        None,
        "LC\u0660\u0661",
    ),
    "lecturerid": ("P1", "P2", "", None),
}
SETS = (SETID, SETID, SETID, SETID, f"{SETID} ", OTHER_SETID, FORMER_SETID, "1999/00")


def draw(rng: random.Random, slotid: int) -> dict[str, Value]:
    """A lesson in which most values are right, so that all nine criteria are often met."""
    row = {**LESSON, "slotid": slotid, "setid": rng.choice(SETS)}
    for name, values in DRAWN.items():
        row[name] = values[0] if rng.random() < 0.8 else rng.choice(values)
    return row


def surroundings(cmis: Cmis) -> None:
    """Two live years and a former one; some slots without a request, some with another one."""
    rng = random.Random(SEED)
    for setid in (OTHER_SETID, FORMER_SETID):
        fill(cmis, setid, slots=0)
        go_live(cmis, setid, live=int(setid == OTHER_SETID))
    for setid in (SETID, OTHER_SETID, FORMER_SETID):
        cmis.insert("modulegroups", setid=setid, moduleid="NONE", grpcode="LC01")
        # In Oracle '' is NULL, which is no key.
        if cmis.conn.dialect.name != "oracle":
            cmis.insert("module", setid=setid, moduleid="")
            cmis.insert("modulegroups", setid=setid, moduleid="", grpcode="LC01")
            cmis.insert("roomfeatures", setid=setid, roomid="", featureid="AUDIOREC")
    cmis.delete("roomrequests", setid=SETID)
    asked: list[dict[str, Value]] = []
    for slotid in range(1, ROWS + 1):
        for setid in (SETID, OTHER_SETID, FORMER_SETID):
            feature = rng.choices(("VIDEOREC", "AUDIOREC ", "TEA", None), (6, 2, 1, 1))[0]
            for entry in rng.choices(((1,), (2,), (1, 2)), (6, 1, 3))[0]:
                asked.append(
                    {"setid": setid, "slotid": slotid, "slotentry": entry, "itemnum": 1, "featureid": feature}
                )
    cmis.insert_all("roomrequests", asked)
    cmis.full_entries()


@dataclass(frozen=True, slots=True)
class Crowded:
    """Everything that is around the drawn lessons, and none of them; for the triggers, and for the program."""

    triggers: Database
    program: Database

    @contextmanager
    def edited(self) -> Iterator[Places]:
        """Edits that are taken back."""
        with ExitStack() as stack:
            conns = {one: stack.enter_context(one.engine.connect()) for one in (self.triggers, self.program)}
            taken = [stack.enter_context(conn.begin()) for conn in conns.values()]
            yield Places(tuple(map(Cmis, conns.values())))
            for transaction in taken:
                transaction.rollback()


@dataclass(frozen=True, slots=True)
class Places:
    """A timetabler at each database: one, or two that are edited alike."""

    all: tuple[Cmis, ...]

    @property
    def triggers(self) -> Cmis:
        """Where the triggers decide."""
        return self.all[0]

    @property
    def program(self) -> Cmis:
        """Where the program reads."""
        return self.all[-1]


@pytest.fixture(scope="module")
def crowded(opener: Opener, sqlite_opener: Opener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowded]:
    """One database if the program reads there, else SQLite's beside it."""
    found = opener(tmp_path_factory.mktemp("crowded"))
    reads = inspect(found.engine).has_table("stt_echo_notification")
    made = Crowded(found, found if reads else sqlite_opener(tmp_path_factory.mktemp("read")))
    for database in {made.triggers, made.program}:
        with database.engine.begin() as conn:
            surroundings(Cmis(conn))
    yield made
    for database in {made.triggers, made.program}:
        database.close()


def by_triggers(cmis: Cmis) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]:
    """(SETID, SLOTID) of rows that were eligible before, and of those that are now, by the newest entries."""
    before: Counter[tuple[str, int]] = Counter()
    after: Counter[tuple[str, int]] = Counter()
    for entry in cmis.entries():
        key = (entry.setid, entry.slotid)
        before[key] += entry.old_valid or 0
        after[key] += entry.new_valid or 0
    return +before, +after


def by_program(cmis: Cmis, keys: set[tuple[str, int]]) -> Counter[tuple[str, int]]:
    """(SETID, SLOTID) of the rows that the program takes."""
    reader = TimetableReader(cmis.conn)
    return Counter(key for key in keys for facts in reader.entries(*key) if eligible(facts))


def test_on_thousands_of_rows_inserted_updated_and_deleted(crowded: Crowded) -> None:
    rng = random.Random(SEED + 1)
    with crowded.edited() as places:
        first = [draw(rng, slotid) for slotid in range(1, ROWS + 1)]
        keys = {(str(row["setid"]).strip(), int(row["slotid"] or 0)) for row in first}
        for cmis in places.all:
            cmis.full_entries()
            cmis.insert_all("timetable", first)
        _, triggers = by_triggers(places.triggers)
        inserted = by_program(places.program, keys)
        assert triggers == inserted

        broken: Counter[str] = Counter()
        reader = TimetableReader(places.program.conn)
        for key in keys:
            for facts in reader.entries(*key):
                failed = [result.criterion.name for result in examine(facts) if not result.passed]
                broken["+".join(failed) if facts.live else "not live"] += 1
        assert inserted.total() > ROWS / 10
        assert broken["not live"] > ROWS / 10
        # Without a room nothing can be offered; every other criterion fails alone somewhere.
        needed = [c.name if c.name != "room" else "room+offered" for c in CRITERIA]
        assert min(broken[name] for name in needed) >= 5, broken

        for row in first:
            changed = draw(rng, int(row["slotid"] or 0))
            del changed["setid"]
            for cmis in places.all:
                cmis.update(
                    "timetable", {"setid": row["setid"], "slotid": row["slotid"]}, **{**changed, "weekid": 2}
                )
        before, after = by_triggers(places.triggers)
        assert before == inserted
        updated = by_program(places.program, keys)
        assert after == updated
        assert min((inserted - updated).total(), (updated - inserted).total()) > ROWS / 20

        for cmis in places.all:
            cmis.delete("timetable", weekid=2)
        before, after = by_triggers(places.triggers)
        assert before == updated
        assert after == Counter()


TEXTS = (
    st.none()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
    | st.text("LCXT019 \u0663\u00b2", max_size=6)
)


# Texts are texts, whatever type the numbers of a copy have.
@pytest.mark.parametrize("opener", [marked(one) for one in ENGINES], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    group=TEXTS,
    room=st.sampled_from(["R1", " R1"]) | TEXTS,
    source=st.sampled_from(["TEACH", "TEACH\t"]) | TEXTS,
    status=st.sampled_from([2, 2, 2, 3]) | st.integers(-5, 5),
    component=TEXTS,
)
def test_on_any_text(
    crowded: Crowded, group: str | None, room: str | None, source: str | None, status: int, component: str | None
) -> None:
    """Here the surroundings hold what the lesson names, so that the other criteria decide."""
    with crowded.edited() as places:
        for cmis in places.all:
            cmis.delete("modulegroups", setid=SETID)
            cmis.insert("modulegroups", setid=SETID, moduleid="COMP101", grpcode=group or "")
            cmis.delete("stt_component_type")
            cmis.insert("stt_component_type", module_subgroup_code=component or "")
            cmis.delete("roomfeatures", setid=SETID)
            cmis.insert("roomfeatures", setid=SETID, roomid=room or "", featureid="VIDEOREC")
            cmis.delete("roomrequests", setid=SETID, slotid=1)
            cmis.insert("roomrequests", setid=SETID, slotid=1, slotentry=1, itemnum=1, featureid="VIDEOREC")
            cmis.full_entries()
            cmis.lesson(modgrpcode=group, roomid=room, sourcesid=source, status=status)
        _, triggers = by_triggers(places.triggers)
        assert triggers == by_program(places.program, {(SETID, 1)})
