"""`python -m echodesk`, and what the command `echodesk` starts."""

from __future__ import annotations

import sys

SIMULATOR = ["-m", "echodesk.simulator"]


def main() -> None:
    """Run the command line; or the simulator by itself, where a bundle is asked for it in the words of Python."""
    if sys.argv[1:3] == SIMULATOR:
        from echodesk.simulator.__main__ import main as simulate

        del sys.argv[1:3]
        simulate()
        return
    from echodesk.cli import run

    run()


if __name__ == "__main__":
    main()
