"""`python -m echodesk.simulator`, with the options of `echodesk simulator`."""

import typer

from echodesk.simulator.command import command

if __name__ == "__main__":
    typer.run(command)
