"""What must be known of single values to bind them to Oracle's statements, and to read what they give back."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Double, String
from sqlalchemy.types import TypeDecorator

_WAIT = re.compile(r"([+-]?[0-9.]+) (second|minute|hour|day)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


class Blank(TypeDecorator[str]):
    """A text that is never NULL elsewhere: '' is kept as NULL, and read as ''."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> str:
        """What was written."""
        return "" if value is None else value


class ShortWords(TypeDecorator[str]):
    """Words for people, cut to the characters that their column holds."""

    impl = String
    cache_ok = True

    def __init__(self, chars: int) -> None:
        super().__init__(chars)
        self.chars = chars

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """The beginning of it."""
        return value[: self.chars] if isinstance(value, str) else value


class Seconds(TypeDecorator[float]):
    """How much later, or earlier, as SQLite says it: `+30.000 seconds`. Raises `ValueError` for anything else."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> float:
        """The seconds."""
        found = _WAIT.fullmatch(value)
        if found is None:
            raise ValueError(f"not a time to wait: {value!r}")
        return float(found[1]) * _SECONDS[found[2]]
