"""Figures are told as they are: ratios, goals met and missed, and the shape that checks rely on."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.__main__ import REPORT, machine, main, not_asked, not_measured
from tests.benchmarks.catalogue import BENCHMARKS
from tests.benchmarks.figures import Figure, Of, at_least, at_most, median, percentile, rounded
from tests.benchmarks.report import Row, markdown, missed, table, unmentioned

KEYS = ["name", "value", "unit", "baseline", "baseline_value", "ratio", "goal", "met"]


def figure(value: float, baseline: float | None = 100.0, goal: str = "none") -> Figure:
    goals = {"none": None, "half": at_least(0.5, Of.RATIO), "at most 2": at_most(2.0)}
    return Figure("speed", value, "m/s", "walking", baseline, goals[goal])


def test_the_shape_is_the_one_that_checks_rely_on() -> None:
    assert list(figure(60.0, goal="half").as_json()) == KEYS
    assert json.loads(json.dumps(figure(60.0, goal="half").as_json())) == {
        "name": "speed",
        "value": 60.0,
        "unit": "m/s",
        "baseline": "walking",
        "baseline_value": 100.0,
        "ratio": 0.6,
        "goal": "ratio ≥ 0.5",
        "met": True,
    }


@pytest.mark.parametrize(("value", "met"), [(49.9, False), (50.0, True), (50.1, True)])
def test_a_ratio_reaches_its_limit_exactly(value: float, met: bool) -> None:
    assert figure(value, goal="half").met is met


@pytest.mark.parametrize(("value", "met"), [(1.9, True), (2.0, True), (2.1, False)])
def test_a_value_stays_within_its_limit(value: float, met: bool) -> None:
    assert figure(value, goal="at most 2").met is met


@pytest.mark.parametrize("baseline", [None, 0.0])
def test_a_ratio_that_does_not_exist_reaches_nothing(baseline: float | None) -> None:
    assert figure(1.0, baseline).ratio is None
    assert figure(1.0, baseline, "half").met is False


def test_what_was_not_promised_is_neither_met_nor_missed() -> None:
    assert figure(60.0).met is None
    assert missed([figure(60.0).as_json()]) == []


def test_rounding_does_not_decide_whether_a_goal_is_met() -> None:
    missed_by_little = figure(49.9999, goal="half")
    assert missed_by_little.as_json()["value"] == 50.0
    assert missed_by_little.as_json()["met"] is False


def test_a_benchmark_that_failed_is_a_row_that_is_not_met() -> None:
    row = not_measured("deliver", "ended with code 1")
    assert (list(row), row["value"], row["goal"], row["met"]) == (KEYS, None, "ended with code 1", False)


def test_the_table_is_aligned_and_names_what_was_missed() -> None:
    rows: list[Row] = [figure(60.0, goal="half").as_json(), figure(4.0, goal="half").as_json()]
    lines = table(rows).splitlines()
    assert len(lines) == 3
    assert lines[1].rindex("yes") == lines[2].rindex("NO")
    assert len({line.index("m/s") for line in lines[1:]}) == 1


def test_quick_figures_say_that_they_prove_nothing() -> None:
    assert "ratio ≥ 0.5 (quick: not binding)" in table([{**figure(60.0, goal="half").as_json(), "quick": True}])


def test_the_report_lists_what_was_missed_and_what_did_not_run() -> None:
    rows = [figure(60.0, goal="half").as_json(), figure(4.0, goal="half").as_json()]
    text = markdown(rows, ["calls"], {"deliver": "ended with code 1"}, "Linux, 2 cores", "2026-11-21", 90.0)
    assert "## Not met\n\n- speed: 4 m/s (ratio ≥ 0.5)\n" in text
    assert "## Not measured\n\n- deliver: ended with code 1\n" in text
    assert "\nBenchmarks that ran: calls.\n" in text
    assert text.count("| speed |") == 2


def test_a_report_without_misses_says_so() -> None:
    text = markdown([figure(60.0, goal="half").as_json()], ["calls"], {}, "Linux, 2 cores", "2026-11-21", 90.0)
    assert text.count("\nNothing.\n") == 2


def test_a_report_says_of_every_benchmark_that_it_ran_or_why_not() -> None:
    names = [one.name for one in BENCHMARKS]
    text = markdown([], names[1:3], {names[0]: "ended with code 1"} | not_asked(names[:3]), "", "", 1.0)
    assert unmentioned(text, names) == []
    assert f"- {names[3]}: it was not run\n" in text
    assert not_asked(names) == {}


def test_a_report_that_is_older_than_a_benchmark_is_noticed() -> None:
    text = markdown([], ["deliver"], {"calls": "ended with code 1"}, "", "", 1.0)
    assert unmentioned(text, ["deliver", "calls", "year_plan"]) == ["year_plan"]


def test_the_report_of_the_project_speaks_of_every_benchmark() -> None:
    assert unmentioned(REPORT.read_text(encoding="utf-8"), [one.name for one in BENCHMARKS]) == []


def test_the_machine_is_described_without_a_path() -> None:
    assert "cores" in machine()
    assert "/" not in machine()


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.75, 3.0), (0.76, 4.0), (0.99, 4.0), (0.0, 1.0)])
def test_a_percentile_is_one_of_the_numbers(share: float, expected: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == expected


def test_of_two_hundred_numbers_one_percent_may_be_larger() -> None:
    assert percentile([1.0] * 198 + [9.0] * 2, 0.99) == 1.0
    assert percentile([1.0] * 197 + [9.0] * 3, 0.99) == 9.0


def test_median_and_rounding() -> None:
    assert median([3, 1, 2]) == 2.0
    assert rounded(1_234_567.0) == 1_235_000.0
    assert rounded(None) is None


def test_the_list_names_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [one.name for one in BENCHMARKS]


@pytest.mark.parametrize("arguments", [["nonsense"], ["--quick", "--report"]])
def test_wrong_use_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
