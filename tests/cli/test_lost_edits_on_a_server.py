"""Edits that a trigger on PostgreSQL could not enter are told until everything was compared."""

from __future__ import annotations

from contextlib import closing

from echodesk.main import open_office
from echodesk.planning.batches import BatchKind, BatchState, Summary
from echodesk.planning.steps import PlanScope
from echodesk.store.errors_seen import KEPT
from echodesk.store.lost_edits import lost_edits
from tests.cli.conftest import Run
from tests.cli.servers import ServedOffice
from tests.cli.test_checking import found
from tests.databases import postgres as server
from tests.worker.campus import LESSON, week_set


def test_an_edit_that_could_not_be_entered_is_told_until_everything_was_compared(
    run: Run, served: ServedOffice
) -> None:
    served.run("ALTER TABLE STT_ECHO_QUEUE ADD CHECK (SLOTID < 0) NOT VALID")
    with served.timetabler(server.USER) as cmis:
        cmis.insert("timetable", **{**LESSON, "slotid": 1, "moduleid": "M1", "weekid": week_set(cmis, [2])})
    assert served.run("SELECT count(*) FROM TIMETABLE") == [(1,)]
    said = run("check", "--data", served.folder, "--json")
    named = [line for line in said.json["checks"] if line["check"] == "Edits"]
    assert [line["state"] for line in named] == ["wrong"]
    assert "1 could not be entered" in named[0]["text"]
    assert "violates check constraint" in named[0]["text"]
    assert "check --compare" in named[0]["next_step"]
    assert said.json["compare_due"] is True
    assert run("status", "--data", served.folder, "--json").json["lost_edits"] == 1
    assert "check" in run("status", "--data", served.folder).out.split("Edits lost")[1].splitlines()[0]
    end_comparison(served, begin_comparison(served), BatchState.READY)
    assert found(run("check", "--data", served.folder, "--json"))["Edits"] == ["ok"]
    assert run("status", "--data", served.folder, "--json").json["lost_edits"] == 0


def begin_comparison(served: ServedOffice) -> int:
    """Everything is to be compared."""
    with closing(open_office(served.folder)) as office:
        return office.keep(lambda books: books.batches.add(BatchKind.RECONCILE, "ann", PlanScope()))


def end_comparison(served: ServedOffice, batch: int, state: BatchState) -> None:
    """It found nothing, and ended so."""
    with closing(open_office(served.folder)) as office:
        office.keep(lambda books: books.batches.save(batch, Summary(compared=1), [], {}, ""))
        office.keep(lambda books: books.batches.become(batch, state))


def lost(served: ServedOffice) -> int:
    with closing(open_office(served.folder)) as office:
        return office.look(lambda books: lost_edits(books.connection)).count


ERROR = (
    "INSERT INTO STT_ECHO_ERROR (SOURCE, ACTION, SETID, SLOTID, CODE, MESSAGE)"
    " VALUES ('TIMETABLE', 'INSERT', '2030/31', 1, 'x', 'told')"
)


def test_an_edit_that_was_committed_after_a_comparison_began_is_none_that_it_found(served: ServedOffice) -> None:
    """It was written down before: its stamp, and its number, are earlier than the comparison's."""
    with served.administrator.begin() as timetabler:
        timetabler.exec_driver_sql(ERROR)
        batch = begin_comparison(served)
    end_comparison(served, batch, BatchState.READY)
    assert lost(served) == 1
    end_comparison(served, begin_comparison(served), BatchState.READY)
    assert lost(served) == 0


def test_of_very_many_that_could_not_be_entered_a_comparison_remembers_the_newest(served: ServedOffice) -> None:
    """Where a trigger fails at every edit there are soon more than the Overview can read every few seconds."""
    many = ERROR.replace("VALUES (", "SELECT ").replace("told')", "told'")
    served.run(f"{many} FROM generate_series(1, 3000)")
    with served.administrator.begin() as timetabler:
        timetabler.exec_driver_sql(ERROR)
        batch = begin_comparison(served)
        with closing(open_office(served.folder)) as office:
            kept = office.look(lambda books: books.batches.summary(batch)).lost
        assert kept == tuple(range(3001 - KEPT, 3001))
        served.run(ERROR)
    assert lost(served) == 3002
    end_comparison(served, batch, BatchState.READY)
    assert lost(served) == 2
    end_comparison(served, begin_comparison(served), BatchState.READY)
    assert lost(served) == 0


def test_a_comparison_that_was_given_up_found_nothing(served: ServedOffice) -> None:
    served.run(ERROR)
    batch = begin_comparison(served)
    with closing(open_office(served.folder)) as office:
        office.keep(lambda books: books.batches.become(batch, BatchState.CANCELLED))
    assert lost(served) == 1
