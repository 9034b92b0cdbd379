"""The command line of the simulator, where it needs no socket."""

import re

import typer
from typer.testing import CliRunner

from echodesk.simulator.command import register


def mounted() -> typer.Typer:
    """An application with the simulator among its commands."""
    app = typer.Typer()

    @app.command("other")
    def other() -> None:
        """Another command, so that `simulator` must be named."""

    register(app)
    return app


def test_it_is_mounted_by_name_with_all_its_options() -> None:
    result = CliRunner().invoke(mounted(), ["simulator", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert result.exit_code == 0
    told = set(re.findall(r"--[a-z-]+", result.output))
    assert told >= {
        "--port",
        "--client-id",
        "--client-secret",
        "--calls-per-minute",
        "--latency-ms",
        "--faults",
        "--fault-seed",
        "--late-s",
        "--seed-file",
        "--switch",
        "--now",
        "--zone",
        "--json",
    }


def test_wrong_use_ends_with_2_and_says_what_to_do() -> None:
    result = CliRunner().invoke(mounted(), ["simulator", "--switch", "put=half"])
    assert result.exit_code == 2
    assert "Switch put cannot be 'half'" in result.output
    assert "Traceback" not in result.output


def test_numbers_out_of_range_are_wrong_use() -> None:
    assert CliRunner().invoke(mounted(), ["simulator", "--port", "70000"]).exit_code == 2
    assert CliRunner().invoke(mounted(), ["simulator", "--calls-per-minute", "-1"]).exit_code == 2
