"""What staff ask of a worker that leads no more is done by the one that leads (reliability L1, L8)."""

from __future__ import annotations

from echodesk import messages
from echodesk.errors import DatabaseTrouble, RightMissing
from echodesk.messages import Phase
from echodesk.store.database import SCHEMA_VERSION
from tests.worker.test_takeover import TTL_S, Worlds, leads, two_workers


def test_what_is_asked_of_one_who_was_overtaken_is_carried_out_by_who_leads(world: Worlds) -> None:
    w, first, second = two_workers(world)

    def away(step: str) -> None:
        if step == "renew lease":
            raise DatabaseTrouble("The database cannot be reached", "The line is bad.", "Wait.")

    first.steps.before = away
    w.until(lambda: leads(second), within_s=TTL_S + 10.0)
    assert leads(first), "it has not found out yet"
    assert w.ask(messages.Pause("exams", "ann")).text.startswith("Passed on")
    w.until(lambda: second.heard.state.phase is Phase.PAUSED, within_s=5.0)
    assert w.sql("SELECT REASON, OWNER FROM STT_ECHO_PAUSE") == [("exams", "ann")]
    assert w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("DONE",)]


def test_who_stood_by_while_the_tables_became_another_versions_takes_nothing_over(world: Worlds) -> None:
    w, first, second = two_workers(world)
    w.sql("UPDATE STT_ECHO_META SET VALUE = '99' WHERE NAME = 'schema_version'")
    first.stop()
    w.pass_time(3 * TTL_S)
    assert not leads(second)
    assert second.heard.state.phase is Phase.DATABASE_LOST
    assert "schema version 99" in second.heard.state.database
    w.sql("UPDATE STT_ECHO_META SET VALUE = :mine WHERE NAME = 'schema_version'", mine=SCHEMA_VERSION)
    w.until(lambda: leads(second), within_s=TTL_S + 10.0)


def test_who_may_only_look_says_that_nobody_is_sending_and_not_that_the_database_is_lost(world: Worlds) -> None:
    w, first, second = two_workers(world)
    refused: list[str] = []

    def refuse(step: str) -> None:
        if step == "take lease":
            refused.append(step)
            raise RightMissing("EchoDesk may not do this in the database", "Its user lacks a right.", "Ask.")

    second.steps.before = refuse
    first.stop()
    w.pass_time(TTL_S)
    assert (second.heard.state.phase, second.heard.state.holder) == (Phase.LOOKING, "")
    assert second.heard.state.database == ""
    assert 1 < len(refused) <= TTL_S
    second.steps.before = lambda step: None
    w.until(lambda: leads(second), within_s=10.0)


def test_who_was_overtaken_answers_no_command(world: Worlds) -> None:
    """What could not be done is answered in a transaction of its own, and by then another may lead."""
    w = world()
    w.settle()
    first = w.processes[0]
    tries: list[str] = []

    def overtake(step: str) -> None:
        if step == "command":
            tries.append(step)
            if len(tries) == 2:
                w.sql("UPDATE STT_ECHO_LEASE SET HOLDER = 'another', EPOCH = EPOCH + 1")

    first.steps.before = overtake
    w.sql("INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES ('Dance', '{}', 'ann')")
    w.until(lambda: not leads(first), within_s=10.0)
    assert w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("WAITING",)]
    w.until(lambda: leads(first), within_s=TTL_S + 10.0)
    w.until(lambda: w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("FAILED",)], within_s=5.0)
