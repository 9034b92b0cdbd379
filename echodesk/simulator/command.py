"""`echodesk simulator`: the command line of the simulator."""

from __future__ import annotations

import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from echodesk.errors import EchoDeskError, WrongUse
from echodesk.simulator.clocks import zone_exists
from echodesk.simulator.fault_profiles import PROFILES, profile
from echodesk.simulator.model import InstitutionConfig
from echodesk.simulator.seed import read_seed
from echodesk.simulator.server import ServerConfig, serve
from echodesk.simulator.switches import from_options

CLIENT_ID_VARIABLE = "ECHODESK_ECHO360_CLIENT_ID"
CLIENT_SECRET_VARIABLE = "ECHODESK_ECHO360_CLIENT_SECRET"


def command(
    host: Annotated[str, typer.Option(help="A loopback address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.", min=0, max=65535)] = 0,
    client_id: Annotated[
        str, typer.Option(envvar=CLIENT_ID_VARIABLE, help="Client id; made up if not given.")
    ] = "",
    client_secret: Annotated[
        str, typer.Option(envvar=CLIENT_SECRET_VARIABLE, help="Client secret; made up if not given.")
    ] = "",
    calls_per_minute: Annotated[int, typer.Option(help="The call limit; 0 lifts it.", min=0)] = 120,
    token_life_s: Annotated[int, typer.Option(help="How long an access token lasts.", min=1)] = 3600,
    latency_ms: Annotated[float, typer.Option(help="How long each answer takes at least.", min=0)] = 0.0,
    faults: Annotated[
        str, typer.Option(help=f"What goes wrong: {', '.join(PROFILES)}; several joined by commas.")
    ] = "none",
    fault_seed: Annotated[int, typer.Option(help="The same seed gives the same faults.")] = 0,
    fault_intensity: Annotated[float, typer.Option(help="Multiplies the rates of the faults.", min=0)] = 1.0,
    late_s: Annotated[float, typer.Option(help="How late a request may still take effect.", min=0)] = 1.5,
    seed_file: Annotated[
        Path | None, typer.Option(help="JSON of the rooms, sections and people that are there.")
    ] = None,
    switch: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE: how Echo360 behaves where that is not known. May be repeated."),
    ] = None,
    now: Annotated[
        datetime | None,
        typer.Option(
            help="Campus time at the start; it goes on from there.",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        ),
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone of the campus.")] = "Europe/London",
    log_size: Annotated[int, typer.Option(help="How many requests are remembered.", min=0)] = 1000,
    until_stdin_closes: Annotated[
        bool, typer.Option("--until-stdin-closes", help="Stop when standard input ends.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Say where it listens as one line of JSON.")] = False,
) -> None:
    """Run a local Echo360 for trying things out. It listens on this machine alone and forgets all at its end."""
    try:
        _run(
            _institution(client_id, client_secret, calls_per_minute, token_life_s, zone, switch or [], log_size),
            ServerConfig(
                host=host,
                port=port,
                faults=profile(faults, intensity=fault_intensity, late_s=late_s),
                fault_seed=fault_seed,
                latency_s=latency_ms / 1000,
                starts_at=now,
                until_stdin_closes=until_stdin_closes,
            ),
            seed_file,
            as_json=json,
        )
    except EchoDeskError as problem:
        typer.echo(problem.as_text(), err=True)
        if json:
            said = {"title": problem.title, "message": problem.message, "next_step": problem.next_step}
            typer.echo(msgspec.json.encode({"error": said}).decode())
        raise typer.Exit(problem.exit_code) from problem


def register(app: typer.Typer) -> None:
    """Mounts the command as `simulator`."""
    app.command("simulator")(command)


def _institution(
    client_id: str,
    client_secret: str,
    calls_per_minute: int,
    token_life_s: int,
    zone: str,
    switches: list[str],
    log_size: int,
) -> InstitutionConfig:
    if not zone_exists(zone):
        raise WrongUse("Unknown time zone", f"There is no time zone {zone!r}.", "Try Europe/London.")
    return InstitutionConfig(
        client_id=client_id or secrets.token_hex(16),
        client_secret=client_secret or secrets.token_urlsafe(32),
        calls_per_minute=calls_per_minute,
        token_life_s=token_life_s,
        zone=zone,
        switches=from_options(switches),
        log_size=log_size,
    )


def _run(institution: InstitutionConfig, config: ServerConfig, seed_file: Path | None, *, as_json: bool) -> None:
    def announce(url: str) -> None:
        sys.stdout.write(_announcement(url, institution, as_json=as_json) + "\n")
        sys.stdout.flush()

    seed = None if seed_file is None else read_seed(seed_file)
    serve(institution, config, seed=seed, on_ready=announce)


def _announcement(url: str, institution: InstitutionConfig, *, as_json: bool) -> str:
    values = {
        "url": url,
        "client_id": institution.client_id,
        "client_secret": institution.client_secret,
    }
    if as_json:
        return msgspec.json.encode(values).decode()
    return (
        f"Echo360 simulator at {url}\n  client id      {institution.client_id}\n"
        f"  client secret  {institution.client_secret}\nStop it with Ctrl+C."
    )
