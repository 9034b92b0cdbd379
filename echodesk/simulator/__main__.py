"""`python -m echodesk.simulator`, with the options of `echodesk simulator`."""

from __future__ import annotations

import typer

from echodesk.simulator.command import command


def main() -> None:
    """Serve until stopped."""
    typer.run(command)


if __name__ == "__main__":
    main()
