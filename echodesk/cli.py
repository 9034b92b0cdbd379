"""The command line: the same operations as the window, for services and scripts (design §8).

Every command takes `--json` and returns 0, 1 (something failed), 2 (wrong use) or 3 (nothing done). Errors are
three plain texts on standard error, or `{"error": {title, message, next_step}}` on standard output with `--json`.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from echodesk import paths, self_check
from echodesk.commands import (
    acting,
    activity,
    attending,
    checking,
    deciding,
    editing,
    explaining,
    installing,
    looking_up,
    planning,
    plans,
    profiles,
    secrets,
    settings,
    status,
    stops,
    working,
)
from echodesk.commands.answers import Data, Json, aligned, complain, keep_log, say
from echodesk.commands.reading import check_address, date
from echodesk.commands.windowing import check_theme, window
from echodesk.demo.stage import Wish
from echodesk.demonstration import DesktopWish, HeadlessWish, run_demonstration_window, run_headless
from echodesk.errors import EchoDeskError, WrongUse
from echodesk.simulator.command import register as register_simulator
from echodesk.simulator.fault_profiles import profile

logger = logging.getLogger(__name__)

app = typer.Typer(
    help="Keeps Echo360 lecture capture in step with the timetable.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for room in (
    status,
    checking,
    stops,
    acting,
    planning,
    plans,
    deciding,
    explaining,
    looking_up,
    attending,
    activity,
    settings,
    profiles,
    secrets,
    working,
    installing,
    editing,
):
    room.register(app)
register_simulator(app)


@app.callback()
def without_command(
    context: typer.Context,
    data: Data = None,
    echo360: Annotated[str, typer.Option(help="Address of Echo360, as https://echo360.org.uk.")] = "",
    theme: Annotated[str, typer.Option(help="How the window looks: system, light, dark or contrast.")] = "system",
    whole: Annotated[
        bool, typer.Option("--self-check", help="Check that all that EchoDesk needs came with it, then end.")
    ] = False,
) -> None:
    """Keeps Echo360 lecture capture in step with the timetable. Without a command: the window."""
    if whole:
        if context.invoked_subcommand is not None:
            raise WrongUse(
                "The self-check goes alone",
                f"--self-check was given together with {context.invoked_subcommand}.",
                "`echodesk --self-check` looks at the program itself; `echodesk check` at the office.",
            )
        self_check.run(self_check.checks(paths.shipped()), lambda line: say({}, as_json=False, text=line))
        raise typer.Exit(0)
    if context.invoked_subcommand is None:
        raise typer.Exit(window(data, echo360, theme))


@app.command()
def demo(
    data: Data = None,
    headless: Annotated[bool, typer.Option("--headless", help="Without a window.")] = False,
    screenshots: Annotated[Path | None, typer.Option(help="Take a picture of every page, then end.")] = None,
    timetable: Annotated[Path | None, typer.Option(help="Folder with a timetable in CSV.")] = None,
    apart: Annotated[
        bool, typer.Option("--apart", help="Lessons without lecturer are never one lecture.")
    ] = False,
    term_starts: Annotated[str, typer.Option(help="First Monday of teaching, as 2026-11-23.")] = "",
    edits: Annotated[int, typer.Option(help="With --headless: edits after the first synchronisation.", min=0)] = 0,
    edits_per_second: Annotated[float, typer.Option(help="With --headless: how fast they come.", min=0.01)] = 20.0,
    edits_per_minute: Annotated[
        float, typer.Option(help="In the window: how fast the timetabler works.", min=0)
    ] = 12.0,
    seed: Annotated[int | None, typer.Option(help="The same number makes the same university.")] = None,
    until_quiet: Annotated[
        bool, typer.Option("--until-quiet", help="With --headless: end when nothing is pending.")
    ] = False,
    timeout: Annotated[float, typer.Option(help="With --headless: seconds to wait for quiet.", min=1)] = 3600.0,
    keep_simulator: Annotated[
        bool, typer.Option("--keep-simulator", help="Go on serving Echo360 until stopped (Ctrl-C).")
    ] = False,
    calls_per_minute: Annotated[int | None, typer.Option(help="The call limit; 0 lifts it.", min=0)] = None,
    echo360: Annotated[str, typer.Option(help="Another Echo360 on this machine.")] = "",
    faults: Annotated[str, typer.Option(help="How the simulator misbehaves.")] = "none",
    latency_ms: Annotated[float, typer.Option(help="How slow the simulator is.", min=0)] = 0.0,
    theme: Annotated[str, typer.Option(help="How the window looks: system, light, dark or contrast.")] = "system",
    json: Json = False,
) -> None:
    """Show EchoDesk at work on a generated university, or on a timetable in CSV."""
    folder = data if data is not None else paths.demonstration_folder()
    wish = Wish(seed, timetable, date(term_starts), apart)
    profile(faults)
    check_theme(theme)
    if echo360:
        check_address(echo360, loopback_only=True)
    keep_log(folder)
    options = ("--faults", faults, "--latency-ms", str(latency_ms))

    def told(text: str) -> None:
        if not json:
            sys.stderr.write(text + "\n")

    if not headless:
        with ExitStack() as stack:
            if screenshots is not None and data is None:
                # Pictures are of a demonstration of their own; the one that people look at stays as it is.
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="echodesk-")))
            shown = DesktopWish(
                folder=folder,
                wish=wish,
                theme=theme,
                edits_per_minute=edits_per_minute,
                calls_per_minute=120 if calls_per_minute is None else calls_per_minute,
                screenshots=screenshots,
                simulator_options=options,
                echo360=echo360,
            )
            code = run_demonstration_window(shown, told)
        raise typer.Exit(code)
    code = 0

    def report_to(report: dict[str, object], simulator: Any) -> None:
        nonlocal code
        code = 0 if report["quiet"] and report["differences"] == 0 else 1
        if simulator is not None and keep_simulator:
            address = simulator.address
            report |= {"url": address.url, "client_id": address.client_id, "client_secret": address.client_secret}
        say(report, as_json=json, text=_readable(report))
        if simulator is not None and keep_simulator:
            simulator.wait()

    run_headless(
        HeadlessWish(
            folder=folder,
            wish=wish,
            edits=edits,
            edits_per_second=edits_per_second,
            echo360=echo360,
            calls_per_minute=calls_per_minute,
            simulator_options=options,
            keep_simulator=keep_simulator,
            timeout_s=timeout,
        ),
        told,
        report_to,
    )
    raise typer.Exit(code)


def _readable(report: Mapping[str, object]) -> str:
    """The report of a headless demonstration, a line for each figure."""
    rows = []
    for name, value in report.items():
        if isinstance(value, dict):
            value = ", ".join(f"{count} {what}" for what, count in value.items()) or "none"
        rows.append((name.replace("_", " "), "" if value is None or value == [] else value))
    return aligned(rows)


def run(arguments: Sequence[str] | None = None) -> None:
    """The whole command line, for these words or those that the program was started with. Ends the program with
    an exit code of design §8."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    raise SystemExit(exit_code(words))


def exit_code(words: Sequence[str]) -> int:
    """Run the command line and say what went wrong, if anything. Defects come through as they are."""
    as_json = "--json" in words
    try:
        code = app(list(words), prog_name="echodesk", standalone_mode=False)
    except EchoDeskError as error:
        return complain(error, as_json=as_json)
    except typer.TyperException as error:
        return complain(_usage(error, words), as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("Stopped.\n")
        return 1
    except BrokenPipeError:
        # Whoever read our answer has gone; nothing may be written to it any more, not even at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        logger.exception("the system refused something")
        return complain(_refused(error), as_json=as_json)
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException, words: Sequence[str]) -> WrongUse:
    known = {one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands}
    known |= {str(one.name) for one in app.registered_groups}
    named = next((word for word in words if word in known), "")
    return WrongUse(
        "This command cannot be understood",
        error.format_message(),
        f"`echodesk {named} --help` shows how it is written." if named else "Try `echodesk --help`.",
    )


def _refused(error: OSError) -> EchoDeskError:
    what = f"{error.filename}: " if error.filename else ""
    return EchoDeskError(
        "The system refused something",
        f"{what}{error.strerror or error}.",
        "Check the disk's room and the rights on the data folder, then try again. Nothing was half done.",
    )
