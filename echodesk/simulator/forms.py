"""Reading a JSON body field by field and collecting what is wrong with it, as the Play framework does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import Refusal, SimRequest, json_error, json_response, refusal

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?\Z")
MISSING = "error.path.missing"


def read_body(request: SimRequest, switches: Switches) -> dict[str, object]:
    """The body as a JSON object. Refuses anything else as "Invalid json"."""
    try:
        value = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = None
    if not isinstance(value, dict):
        raise refusal(400, switches.invalid_json_form, "InvalidJson", "Invalid json")
    return value


class Form:
    """One JSON object being read; nested ones share the list of problems."""

    def __init__(
        self,
        data: Mapping[str, object],
        path: str = "obj",
        problems: dict[str, list[str]] | None = None,
        max_text: int = 0,
    ) -> None:
        self.data = data
        self.path = path
        self.problems: dict[str, list[str]] = {} if problems is None else problems
        self.max_text = max_text

    def problem(self, name: str, text: str) -> None:
        """Notes what is wrong with a field."""
        self.problems.setdefault(f"{self.path}.{name}", []).append(text)

    def finish(self) -> None:
        """Refuses the request if any field had a problem."""
        if self.problems:
            raise Refusal(json_response(400, json_error(self.problems)))

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.data.get(name) is not None

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A string, or None if absent."""
        value = self._value(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.problem(name, "error.expected.jsstring")
            return None
        if self.max_text and len(value) > self.max_text:
            self.problem(name, "error.maxLength")
        return value

    def needed_text(self, name: str) -> str:
        """A string that must be there and not be blank."""
        value = self.text(name, required=True)
        if value is not None and not value.strip():
            self.problem(name, "error.minLength")
        return value or ""

    def flag(self, name: str, *, required: bool = False) -> bool:
        """A boolean, False if absent."""
        value = self._value(name, required)
        if value is None:
            return False
        if not isinstance(value, bool):
            self.problem(name, "error.expected.jsboolean")
            return False
        return value

    def whole(self, name: str) -> int | None:
        """A whole number, or None if absent."""
        value = self._value(name, False)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.problem(name, "error.expected.jsnumber")
            return None
        return value

    def word(self, name: str, words: Mapping[str, str], *, required: bool = False) -> str | None:
        """One of a set of words whatever its case, in its proper spelling."""
        value = self.text(name, required=required)
        if value is None:
            return None
        proper = words.get(value.lower())
        if proper is None:
            self.problem(name, "error.expected.validenumvalue")
        return proper

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A date `YYYY-MM-DD`."""
        value = self.text(name, required=required)
        if value is None:
            return None
        parsed = parse_day(value)
        if parsed is None:
            self.problem(name, "error.expected.date.isoformat")
        return parsed

    def minute(self, name: str) -> int | None:
        """A time `HH:MM` or `HH:MM:SS` as minutes since midnight; seconds are dropped (API facts §4.3)."""
        value = self.text(name, required=True)
        if value is None:
            return None
        match = _TIME.match(value)
        if match is None:
            self.problem(name, "error.expected.time.isoformat")
            return None
        return int(match[1]) * 60 + int(match[2])

    def nested(self, name: str, *, required: bool = False) -> Form | None:
        """A JSON object inside this one."""
        value = self._value(name, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.problem(name, "error.expected.jsobject")
            return None
        return Form(value, f"{self.path}.{name}", self.problems, self.max_text)

    def nested_list(self, name: str, *, required: bool = False) -> list[Form]:
        """A list of JSON objects, empty if absent."""
        forms = []
        for at, value in enumerate(self._list(name, required)):
            if isinstance(value, dict):
                forms.append(Form(value, f"{self.path}.{name}[{at}]", self.problems, self.max_text))
            else:
                self.problem(f"{name}[{at}]", "error.expected.jsobject")
        return forms

    def texts(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of strings, empty if absent."""
        texts = []
        for at, value in enumerate(self._list(name, required)):
            if isinstance(value, str):
                texts.append(value)
            else:
                self.problem(f"{name}[{at}]", "error.expected.jsstring")
        return tuple(texts)

    def _list(self, name: str, required: bool) -> list[object]:
        value = self._value(name, required)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(name, "error.expected.jsarray")
            return []
        return value

    def _value(self, name: str, required: bool) -> object:
        value = self.data.get(name)
        if value is None and required:
            self.problem(name, MISSING)
        return value


def parse_day(text: str) -> date | None:
    """A date from `YYYY-MM-DD`, or None."""
    if _DAY.match(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
