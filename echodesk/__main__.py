"""`python -m echodesk`, and what the command `echodesk` starts."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from echodesk.cli import run

    run()


if __name__ == "__main__":
    main()
