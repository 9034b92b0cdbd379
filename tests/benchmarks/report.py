"""Figures as a table for people, as Markdown for the project, and as JSON for checks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Row = Mapping[str, object]

COLUMNS = ("name", "value", "unit", "baseline", "baseline_value", "ratio", "goal", "met")
HEADS = ("figure", "value", "unit", "baseline", "its value", "ratio", "goal", "met")
RAN, NOT_MEASURED = "Benchmarks that ran: ", "## Not measured"
RIGHT = frozenset({"value", "baseline_value", "ratio"})


def table(rows: Sequence[Row]) -> str:
    """An aligned table."""
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if name in RIGHT else text.ljust(width)
            for text, width, name in zip(line, widths, COLUMNS, strict=True)
        ).rstrip()
        for line in cells
    )


def markdown(
    rows: Sequence[Row],
    measured: Iterable[str],
    failures: Mapping[str, str],
    machine: str,
    day: str,
    seconds: float,
) -> str:
    """The text of REPORT.md: where it was measured, the table, what was not met. `measured` are the benchmarks
    that ran, `failures` those that did not, each with why."""
    lines = [
        "# Benchmarks",
        "",
        f"Written by `python -m tests.benchmarks --report` on {day}: {machine}; the run took {seconds:.0f} s.",
        "Every baseline was measured in the same run. Absolute times are of that machine and its other work;",
        "compare ratios.",
        "",
        f"{RAN}{', '.join(measured) or 'none'}.",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|" + "|".join("---:" if name in RIGHT else "---" for name in COLUMNS) + "|",
        *("| " + " | ".join(_cells(row)) + " |" for row in rows),
        "",
        "## Not met",
        "",
        *_listed(f"{row['name']}: {_text(row['value'])} {row['unit']} ({_goal(row)})" for row in missed(rows)),
        "",
        NOT_MEASURED,
        "",
        *_listed(f"{name}: {why}" for name, why in failures.items()),
        "",
    ]
    return "\n".join(lines)


def unmentioned(report: str, names: Iterable[str]) -> list[str]:
    """Those of these benchmarks of which a report says neither that they ran nor why not: it is older than they
    are."""
    lines = report.splitlines()
    told = {name for line in lines if line.startswith(RAN) for name in line[len(RAN) :].rstrip(".").split(", ")}
    told |= {line[2:].split(":")[0] for line in lines[lines.index(NOT_MEASURED) :] if line.startswith("- ")}
    return [name for name in names if name not in told]


def missed(rows: Iterable[Row]) -> list[Row]:
    """Those whose goal was not reached."""
    return [row for row in rows if row["met"] is False]


def _listed(texts: Iterable[str]) -> list[str]:
    return [f"- {text}" for text in texts] or ["Nothing."]


def _cells(row: Row) -> tuple[str, ...]:
    return tuple(_goal(row) if name == "goal" else _text(row[name]) for name in COLUMNS)


def _goal(row: Row) -> str:
    text = _text(row["goal"])
    return f"{text} (quick: not binding)" if row.get("quick") and text != "-" else text


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:,g}" if isinstance(value, int | float) else str(value)
