"""The named mixtures of faults that `--faults` takes."""

from __future__ import annotations

from collections.abc import Mapping

from echodesk.simulator.faults import FaultKind, FaultSettings, UnknownFault

_K = FaultKind
_LOWER_LIMIT = 90

PROFILES: Mapping[str, Mapping[FaultKind, float]] = {
    "none": {},
    "flaky": {
        _K.TIMEOUT_NOT_APPLIED: 0.0005,
        _K.TIMEOUT_APPLIED: 0.0005,
        _K.RESET_NOT_APPLIED: 0.008,
        _K.RESET_APPLIED: 0.008,
        _K.CUT_APPLIED: 0.006,
        _K.ERROR_500: 0.006,
        _K.ERROR_502: 0.006,
        # Whoever is told that the service is away leaves it alone for some seconds, with all that is to be sent:
        # at the rate of the others a whole university would stand still for twenty minutes.
        _K.ERROR_503: 0.0005,
        _K.ERROR_504: 0.004,
        _K.ERROR_500_APPLIED: 0.006,
        _K.ERROR_502_APPLIED: 0.006,
        _K.ERROR_503_APPLIED: 0.0005,
        _K.ERROR_504_APPLIED: 0.004,
        _K.TRUNCATED_JSON: 0.006,
        _K.MALFORMED_JSON: 0.004,
        _K.OTHER_JSON: 0.004,
        _K.MAINTENANCE_PAGE: 0.004,
        _K.HTML_APPLIED: 0.004,
        _K.SIGN_IN_ERROR: 0.05,
    },
    "late": {_K.LATE_TIMEOUT: 0.001, _K.LATE_RESET: 0.03, _K.LATE_504: 0.03, _K.SLOW: 0.1},
    "limits": {
        _K.LIMIT_SECONDS: 0.01,
        _K.LIMIT_DATE: 0.01,
        _K.LIMIT_BARE: 0.01,
        # An absurd wait (a thousand million seconds) is known but not in the profile: it is cut to an hour, and a
        # demonstration would stand still for that hour.
        _K.UNAVAILABLE_SECONDS: 0.01,
        _K.UNAVAILABLE_DATE: 0.01,
        _K.OTHER_CLIENT: 0.05,
    },
    # What leaves no trace that a client could see before its next comparison (ours moved or removed by hand,
    # rows lost from a page) is known but not in the profile: switch it on by its rate.
    "hostile": {
        _K.SPURIOUS_CLASH: 0.02,
        _K.FOREIGN_IN_THE_WAY: 0.005,
        _K.FOREIGN_ADDED: 0.005,
        _K.FOREIGN_MOVED: 0.003,
        _K.STALE_LIST: 0.01,
        _K.STALE_READ: 0.01,
        _K.ROWS_REORDERED: 0.05,
        _K.OTHER_BODY: 0.005,
        _K.SCHEMA_DRIFT: 0.02,
        _K.TOKEN_EXPIRED: 0.005,
        _K.LOGIN_REDIRECT: 0.005,
    },
}


def profile(names: str, *, intensity: float = 1.0, late_s: float = 1.5) -> FaultSettings:
    """The settings of a profile, or of several joined by commas; rates add up and are multiplied by `intensity`.

    Raises `UnknownFault`.
    """
    rates: dict[FaultKind, float] = {}
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        found = PROFILES.get(name)
        if found is None:
            raise UnknownFault(f"There is no fault profile {name!r}. There are: {', '.join(PROFILES)}")
        for kind, rate in found.items():
            rates[kind] = min(rates.get(kind, 0.0) + rate * intensity, 1.0)
    return FaultSettings(rates=rates, late_s=late_s, calls_per_minute=_LOWER_LIMIT if "limits" in wanted else None)
