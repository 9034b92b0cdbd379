"""Workers take over from one another on PostgreSQL, and what watches them sees what it is there to see."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from echodesk.main import InThisThread, Office
from echodesk.planning.records import AuditLine
from echodesk.planning.values import RoomDay
from echodesk.worker.books import Books
from tests.databases import postgres as postgres_server
from tests.databases.engines import Opener
from tests.databases.failover import figures, main
from tests.databases.failover_audit import Audit, Freeze, Term, overtaken, residual
from tests.databases.failover_programs import Exchange, NotedLedger
from tests.databases.failover_programs import Term as Epoch
from tests.databases.failover_round import Kind
from tests.databases.failover_world import offices
from tests.end_to_end.programs import ROOT, environment

pytestmark = pytest.mark.alone

ROUNDS = 10
PLACE = RoomDay("R1", dt.date(2030, 9, 9))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_failovers_on_postgresql() -> None:
    """Every kind at least once, with the office's own constants. The worlds wait side by side."""
    if why := postgres_server.absent():
        pytest.skip(why)
    command = [sys.executable, "-m", "tests.databases.failover", "--rounds", str(ROUNDS), "--worlds", str(ROUNDS)]
    done = subprocess.run(
        [*command, "--seed", "60", "--json"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert report["violations"] == [], done.stderr
    assert done.returncode == 0
    assert report["rounds"] == ROUNDS
    assert report["failovers"] + report["kept"] == ROUNDS
    assert all(report["by_kind"][kind.value]["rounds"] for kind in Kind)
    assert report["stale_writes"] == report["overlaps"] == 0
    assert report["takeover_s"]["max"] <= 40.0
    assert report["takeover_after_quit_s"]["max"] <= 3.0
    assert report["edits"] > ROUNDS
    assert report["requests"] > report["transactions"] > 0


# ---- who wrote without leading ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(postgres: Path) -> Opener:
    return offices(postgres)


@pytest.fixture
def office(filled: Opener, tmp_path: Path) -> Iterator[Office]:
    made = Office(filled(tmp_path))
    yield made
    made.close()


def take(ledger: NotedLedger, holder: str) -> None:
    """Take the lease from whoever has it."""

    def work(books: Books) -> tuple[object, object]:
        before = books.office.lease()
        books.office.release_lease(before.holder or "", before.epoch)
        return books.office.take_lease(holder, 30.0), books.office.utc()

    asyncio.run(ledger.write("take lease", work))


def write(ledger: NotedLedger, step: str, *, guarded: bool = False) -> None:
    """Write what only a leader may: a mark, and the number in the lease's row that it takes."""

    def work(books: Books) -> None:
        if guarded:
            books.office.guard(1)
        books.places.mark({PLACE}, "a test")

    asyncio.run(ledger.write(step, work))


def test_what_is_written_under_an_epoch_that_is_over_is_seen_on_postgresql(office: Office) -> None:
    first = NotedLedger(InThisThread(office), Epoch("worker A"))
    second = NotedLedger(InThisThread(office), Epoch("worker B"))
    audit = Audit(office.database)
    take(first, "a")
    write(first, "settle", guarded=True)
    take(second, "b")
    write(second, "settle")
    assert audit.stale_writes() == []
    assert [(term.epoch, term.worker) for term in audit.terms()] == [(1, "worker A"), (2, "worker B")]
    write(first, "settle")
    assert audit.stale_writes() == [
        f'worker A wrote {table} in "settle" under epoch 1 when epoch 2 led'
        for table in ("stt_echo_dirty", "stt_echo_lease")
    ]
    assert audit.transactions() == 5


def test_what_is_written_after_the_lease_was_given_back_is_seen_on_postgresql(office: Office) -> None:
    first = NotedLedger(InThisThread(office), Epoch("worker A"))
    take(first, "a")
    asyncio.run(first.write("release lease", lambda books: books.office.release_lease("a", 1)))
    assert Audit(office.database).stale_writes() == []
    write(first, "settle")
    assert Audit(office.database).stale_writes() == [
        f'worker A wrote {table} in "settle" under epoch 1 when epoch 1 was the last and nobody led'
        for table in ("stt_echo_dirty", "stt_echo_lease")
    ]


def test_who_does_not_lead_may_ask_and_leave_marks_on_postgresql(office: Office) -> None:
    first = NotedLedger(InThisThread(office), Epoch("worker A"))
    take(first, "a")
    take(NotedLedger(InThisThread(office), Epoch("worker B")), "b")
    asyncio.run(first.write("pass on", lambda books: books.office.post_command("Refresh", "{}", "ann")))
    sent = [("PUT", "one", (PLACE,))]
    asyncio.run(first.write("leave marks", lambda books: books.journal.write_intents(1, sent)))
    assert Audit(office.database).stale_writes() == []


def begins(books: Books) -> None:
    books.journal.audit([AuditLine("EchoDesk", "LEAD", why="a test")], None)


def test_where_a_term_begins_is_told_by_who_takes_the_lease_alone_on_postgresql(office: Office) -> None:
    first = NotedLedger(InThisThread(office), Epoch("worker A"))

    def work(books: Books) -> tuple[object, object]:
        lease = books.office.take_lease("a", 30.0)
        begins(books)
        return lease, books.office.utc()

    asyncio.run(first.write("take lease", work))
    assert Audit(office.database).stale_writes() == []
    asyncio.run(NotedLedger(InThisThread(office), Epoch("worker B")).write("take lease", begins))
    assert Audit(office.database).stale_writes() == [
        'worker B wrote stt_echo_audit in "take lease" under epoch 0 when epoch 1 led'
    ]


# ---- who asked without leading ----------------------------------------------------------------------------------

TERMS = [Term(1, "worker A", 0.0), Term(2, "worker B", 100.0)]


def exchange(began: float, ended: float | None, worker: str = "worker A", epoch: int = 1) -> Exchange:
    return Exchange(worker, epoch, "PUT", "/x", began, ended, 200)


@pytest.mark.parametrize(
    ("one", "late"),
    [
        (exchange(98.0, 99.9), False),
        (exchange(99.0, 100.1), True),
        (exchange(99.0, None), True),
        (exchange(140.0, 140.1), True),
        (exchange(140.0, 140.1, "worker B", 2), False),
        # Its own new term is no other worker's.
        (exchange(99.0, 100.1, "worker B", 1), False),
    ],
)
def test_a_request_that_is_at_echo360_when_another_has_taken_over_is_seen(one: Exchange, late: bool) -> None:
    assert overtaken([one], TERMS) == ([one] if late else [])


@pytest.mark.parametrize(
    ("one", "explained"),
    [
        (exchange(69.9, 130.1), True),
        (exchange(130.2, 130.4), True),
        (exchange(135.0, 135.1), False),
        (exchange(101.0, 130.1, "worker C"), False),
    ],
)
def test_only_what_a_process_had_decided_before_it_stood_still_is_residual(one: Exchange, explained: bool) -> None:
    assert residual([one], [Freeze("worker A", 70.0, 130.0)]) == ([one] if explained else [])


@pytest.mark.parametrize("asked", [["--rounds", "0"], ["--rounds", "2", "--worlds", "0"]])
def test_a_campaign_of_nothing_is_refused(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 2
    assert "at least one round" in capsys.readouterr().err


def test_figures_are_those_that_were_measured() -> None:
    assert figures([3.0, 1.0, 2.0, 40.0]) == {"p50": 2.0, "p99": 40.0, "max": 40.0}
    assert figures([]) == {"p50": None, "p99": None, "max": None}
