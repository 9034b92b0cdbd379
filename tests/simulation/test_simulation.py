"""Per commit: fresh histories of every mix, those that once failed, and the same seed twice.

More of them: `python -m tests.simulation --histories 10000 --seed 1`.
"""

from __future__ import annotations

import contextlib
import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from echodesk.simulator.faults import FaultKind as K
from tests.simulation import __main__ as campaign_main
from tests.simulation import campaign, release, share
from tests.simulation.catalogue import BESIDE, CATALOGUE
from tests.simulation.draw import draw
from tests.simulation.mixes import MIXES
from tests.simulation.play import play
from tests.simulation.report import text_of
from tests.simulation.script import read_script, write_script
from tests.simulation.shrink import shrink
from tests.simulation.stage import Stage
from tests.worker.quick_store import on_file

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))
HISTORIES = 500
SEED = 1_000_000
"""Seeds of their own, so that a commit does not repeat the campaign."""
RARE = frozenset(
    {
        "lower limit",
        "overtaken",
        K.LIMIT_SECONDS,
        K.NEXT_LOOP,
        K.OTHER_CLIENT,
        K.OTHER_HOST_REDIRECT,
        K.REFERENCE_LAG,
        K.ROWS_REORDERED,
        K.ROW_LOST,
        K.SIGN_IN_ERROR,
        K.SIGN_IN_TIMEOUT,
        K.SPURIOUS_NOT_FOUND,
        K.STALE_READ,
    }
)
"""What these histories come to fewer than five times: a campaign demands it, and they do not."""


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """Workers that are killed and lied to have much to say."""
    logging.disable(logging.CRITICAL)
    yield
    # What a killed worker left behind is told when it is collected: that belongs to this test, not to a later one.
    gc.collect()
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder in memory."""
    with campaign.memory_folder() as home:
        yield home


@pytest.mark.timeout(600)
def test_histories_of_every_mix_break_no_promise() -> None:
    total = campaign.run(campaign.plan(HISTORIES, SEED, None), lambda _: None)
    assert [f"{one.mix} {one.seed}: {one.texts[0]}" for one in total.violated] == []
    assert total.histories == HISTORIES
    assert set(total.mixes) == set(MIXES)
    numbers_fired = {number for number, kinds in CATALOGUE.items() if any(total.faults[kind] for kind in kinds)}
    assert numbers_fired == set(CATALOGUE)
    demanded = {*(kind for kinds in CATALOGUE.values() for kind in kinds), *BESIDE} - RARE
    assert demanded - {kind for kind, times in total.faults.items() if times} == set()


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_once_failed_fails_no_more(path: Path, folder: Path) -> None:
    assert play(read_script(path), folder).violations == ()


@pytest.mark.parametrize("mix", ["clean", "late", "kills", "frozen", "everything"])
def test_the_same_seed_leaves_the_same_trace(mix: str, folder: Path) -> None:
    assert play(draw(7, mix), folder) == play(draw(7, mix), folder)


def test_another_seed_leaves_another_trace(folder: Path) -> None:
    assert play(draw(7, "clean"), folder).trace_hash != play(draw(8, "clean"), folder).trace_hash


@pytest.mark.parametrize("mix", ["clean", "kills", "pauses"])
def test_the_real_store_leaves_the_same_trace(mix: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = play(draw(3, mix), folder)
    monkeypatch.setattr(Stage, "copied", on_file)
    assert play(draw(3, mix), folder) == quick


def test_a_script_survives_its_file(tmp_path: Path) -> None:
    for mix in MIXES:
        script = draw(11, mix)
        write_script(script, tmp_path / "script.json")
        assert read_script(tmp_path / "script.json") == script


def test_a_rule_that_is_missing_is_found_and_its_history_made_small(folder: Path) -> None:
    """Echo360 is left as it is after every edit: the checks must see it."""

    @contextlib.contextmanager
    def nothing_is_deleted() -> Iterator[None]:
        taken = Stage.edit_now

        def edit_now(stage: Stage, ops: tuple[object, ...], *, committed: bool = True) -> None:
            taken(stage, ops, committed=committed)  # type: ignore[arg-type]  # whatever they are
            stage.sql("DELETE FROM STT_ECHO_QUEUE WHERE ACTION = 'DELETE'")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Stage, "edit_now", edit_now)
            yield

    script = next(
        script
        for script in (draw(seed, "clean") for seed in range(20))
        if play(script, folder, nothing_is_deleted).violations
    )
    small = shrink(script, folder, nothing_is_deleted)
    assert len(small.steps) <= 4
    assert small.shown.startswith("C1")
    assert play(small, folder).violations == ()


def test_seeds_are_shared_out_by_weight() -> None:
    chunks = campaign.plan(500, 1, None)
    assert sum(len(seeds) for _, seeds in chunks) == 500
    counts = {name: sum(len(seeds) for mix, seeds in chunks if mix == name) for name in MIXES}
    for weight in {mix.weight for mix in MIXES.values()}:
        alike = [count for name, count in counts.items() if MIXES[name].weight == weight]
        assert max(alike) - min(alike) <= 1


def test_a_release_plays_at_least_twelve_mixes_five_hundred_times() -> None:
    words = release.COMMANDS["histories"]
    chunks = campaign.plan(int(words[words.index("--histories") + 1]), 1, None)
    counts = [sum(len(seeds) for mix, seeds in chunks if mix == name) for name in MIXES]
    assert sum(counts) >= 10_000
    assert sum(count >= 500 for count in counts) >= 12
    assert min(counts) >= 150


def test_a_campaign_demands_every_fault_and_every_transition() -> None:
    nothing = campaign.Sum()
    assert len(nothing.never_fired) == sum(map(len, CATALOGUE.values())) + len(BESIDE)
    assert set(nothing.never_crossed) == set(campaign.LEGAL)


def test_the_report_says_what_was_found_and_what_was_not_run() -> None:
    kills = {
        "kills": 1000,
        "violations": ["kill 9: lost"],
        "by_point": {"claim: before its commit": 8},
        "random": 3,
    }
    mutants = {
        "caught": [{"rule": "principle 2", "after": 7, "where": "late 7"}],
        "missed": [{"name": "one", "why": "a second defence"}, {"name": "two", "why": "escaped 600 histories"}],
    }
    text = text_of(
        [
            {"part": name, "command": name, "commit": "abc", "exit": 1, "seconds": 3.5, "result": result}
            for name, result in (("kills", kills), ("mutants", mutants))
        ]
    )
    assert "| kills | `kills` | kills 1,000, random 3 | 1 | 3.5 | abc |" in text
    assert "- kill 9: lost" in text
    assert "| mutants | `mutants` | caught 1, missed 2 | 1 | 3.5 | abc |" in text
    assert "- histories: no result was given to the report." in text


def test_the_report_says_what_a_part_left_out() -> None:
    examples = {"examples": 20_000, "violations": 0, "properties": {}, "violated": []}
    histories = campaign_main.as_result(campaign.Sum(histories=10, twice=2), 10, 1, None, 3.5)

    def text(*parts: tuple[str, str, object]) -> str:
        return text_of(
            [
                {"part": name, "command": command, "commit": "abc", "exit": 0, "seconds": 3.5, "result": result}
                for name, command, result in parts
            ]
        )

    said = text(("planner examples", "p", examples), ("histories", "h --twice 5", histories))
    assert "- The 100,000 planner examples of a night: 20,000 were played." in said
    assert "- The second run of 8 of 10 histories: " in said
    assert "`h --twice 5`" in said
    said = text(
        ("planner examples", "p", examples | {"examples": 100_000}),
        ("histories", "h", histories | {"played_twice": 10}),
    )
    assert "of a night" not in said
    assert "The second run" not in said


def test_a_release_plays_every_seed_twice() -> None:
    words = release.COMMANDS["histories"]
    assert words[words.index("--twice") + 1] == "1"


def test_the_share_of_a_commit_counts_what_failed_and_what_was_skipped(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tests = tmp_path / "test_three.py"
    tests.write_text(
        "import pytest\ndef test_a():\n    pass\ndef test_b():\n    assert 0\n"
        "def test_c():\n    pytest.skip('no reason')\n"
    )
    found = share.run_part(str(tests))
    capfd.readouterr()
    assert (found["passed"], found["bad"]) == (1, 2)


def test_a_part_prints_what_the_report_asks_for() -> None:
    found = release.run_part("planner examples", ("tests.planning", "--examples", "20"))
    assert (found["exit"], found["command"]) == (0, "python -m tests.planning --examples 20")
    assert "| planner examples | `python -m tests.planning --examples 20` | examples 20" in text_of([found])
