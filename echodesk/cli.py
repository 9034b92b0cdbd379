"""The command line: the same operations as the window, for services and scripts (design §8).

Every command takes `--json` and returns 0, 1 (something failed), 2 (wrong use) or 3 (nothing done).
"""

from __future__ import annotations

import datetime as dt
import json as json_of
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from echodesk import log, paths
from echodesk.demo.stage import Wish
from echodesk.errors import EchoDeskError, WrongUse
from echodesk.simulator.command import register

app = typer.Typer(
    help="Keeps Echo360 lecture capture in step with the timetable.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
register(app)

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def say(values: dict[str, Any], *, as_json: bool, text: str = "") -> None:
    """Print an answer: JSON, or a text for people."""
    sys.stdout.write((json_of.dumps(values) if as_json else text) + "\n")
    sys.stdout.flush()


@app.command()
def demo(
    data: Annotated[Path | None, typer.Option(help="Folder of the demonstration's data.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Without a window.")] = False,
    timetable: Annotated[Path | None, typer.Option(help="Folder with a timetable in CSV.")] = None,
    apart: Annotated[
        bool, typer.Option("--apart", help="Lessons without lecturer are never one lecture.")
    ] = False,
    term_starts: Annotated[str, typer.Option(help="First Monday of teaching, as 2026-11-23.")] = "",
    edits: Annotated[int, typer.Option(help="Edits after the first synchronisation.", min=0)] = 0,
    edits_per_second: Annotated[float, typer.Option(help="How fast the timetabler works.", min=0.01)] = 20.0,
    seed: Annotated[int | None, typer.Option(help="The same number makes the same university.")] = None,
    until_quiet: Annotated[bool, typer.Option("--until-quiet", help="End when nothing is pending.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for quiet.", min=1)] = 3600.0,
    keep_simulator: Annotated[bool, typer.Option("--keep-simulator", help="Go on serving Echo360.")] = False,
    calls_per_minute: Annotated[int | None, typer.Option(help="The call limit; 0 lifts it.", min=0)] = None,
    echo360: Annotated[str, typer.Option(help="Another Echo360 on this machine.")] = "",
    faults: Annotated[str, typer.Option(help="How the simulator misbehaves.")] = "none",
    latency_ms: Annotated[float, typer.Option(help="How slow the simulator is.", min=0)] = 0.0,
    json: Json = False,
) -> None:
    """Show EchoDesk at work on a generated university, or on a timetable in CSV."""
    from echodesk.main import HeadlessWish, run_headless

    folder = data if data is not None else paths.demonstration_folder()
    log.set_up(folder, to_screen=False)
    wish = Wish(seed, timetable, _date(term_starts), apart)
    code = 0

    def told(text: str) -> None:
        if not json:
            sys.stderr.write(text + "\n")

    def report_to(report: dict[str, object], simulator: Any) -> None:
        nonlocal code
        code = 0 if report["quiet"] and report["differences"] == 0 else 1
        if simulator is not None and keep_simulator:
            address = simulator.address
            report |= {"url": address.url, "client_id": address.client_id, "client_secret": address.client_secret}
        say(report, as_json=json, text=json_of.dumps(report, indent=1))
        if simulator is not None and keep_simulator:
            sys.stdin.read()

    run_headless(
        HeadlessWish(
            folder=folder,
            wish=wish,
            edits=edits,
            edits_per_second=edits_per_second,
            echo360=echo360,
            calls_per_minute=calls_per_minute,
            simulator_options=("--faults", faults, "--latency-ms", str(latency_ms)),
            keep_simulator=keep_simulator,
            timeout_s=timeout,
        ),
        told,
        report_to,
    )
    raise typer.Exit(code)


def _date(value: str) -> dt.date | None:
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise WrongUse("This is not a date", f"{value!r} cannot be read.", "Write dates as 2026-11-23.") from error


def run() -> None:
    """The command line, with errors as three plain texts and the right exit code."""
    try:
        app()
    except EchoDeskError as error:
        sys.stderr.write(error.as_text() + "\n")
        raise SystemExit(error.exit_code) from error
