"""`python -m tests.single_faults`: every scenario, every step, every disturbance.

`--scenario NAME` and `--fault KIND` (each may be repeated) choose; `--share N` plays a share, as the tests of a
commit do (the report says which); `--json` prints the report as JSON. Returns 1 if a run ended elsewhere than the
undisturbed one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from tests.single_faults.faults import KINDS, NOT_OF_ONE_CALL
from tests.single_faults.run import Report, campaign, everything, fixed_share
from tests.single_faults.scenarios import SCENARIOS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign that was asked for."""
    asked = _asked(arguments)
    chosen = [one for one in SCENARIOS if not asked.scenario or one.name in asked.scenario]
    if asked.share:
        wanted, share = fixed_share(asked.share), share_in_words(asked.share)
    else:
        wanted, share = everything(asked.fault), "everything" if not asked.fault else ", ".join(asked.fault)
    report = campaign(chosen, wanted, share, asked.jobs, _progress)
    sys.stdout.write(json.dumps(report.as_values()) if asked.json else _in_words(report))
    sys.stdout.write("\n")
    return 1 if report.differences else 0


def share_in_words(one_in: int) -> str:
    """Which share `fixed_share` plays."""
    return f"all kills of the nineteen, one in {one_in // 3} of the network's faults, one in {one_in} of the rest"


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.single_faults", description=__doc__)
    names = [one.name for one in SCENARIOS]
    parser.add_argument("--scenario", action="append", choices=names, default=[], metavar="NAME")
    parser.add_argument("--fault", action="append", choices=KINDS, default=[], metavar="KIND")
    parser.add_argument("--share", type=int, default=0, metavar="N")
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _in_words(report: Report) -> str:
    lines = [
        f"{report.scenarios} scenarios, {report.steps} steps, {report.runs} disturbed runs ({report.share}):"
        f" {len(report.differences)} differences, {report.seconds:.0f} s"
    ]
    lines += [f"  {runs:6d} {kind}" for kind, runs in sorted(report.by_kind.items())]
    lines += [f"  not played: {kind}: {why}" for kind, why in NOT_OF_ONE_CALL.items()]
    for one in report.differences:
        lines += [f"{one.scenario}: {one.kind} at {one.point}", *(f"    {told}" for told in one.told)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
