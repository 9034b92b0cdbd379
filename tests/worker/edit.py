"""What a timetabler does, in whole transactions and in the words of the tests."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from echodesk.store.database import Database
from tests.databases.cmis import Cmis, Value
from tests.worker.campus import LESSON, SETID, week_set


class Edit(Cmis):
    """A timetabler's transaction: committed when the block ends well."""

    def __init__(self, database: Database) -> None:
        self._transaction = database.engine.begin()
        super().__init__(self._transaction.__enter__())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, problem, trace)

    def add(self, slot: int, **changes: Any) -> None:
        """A lesson: `room`, `weekday`, `at`, `weeks`, `module`, `lecturer` … Its recording was
        asked for before."""
        values = {"module": f"M{(slot - 1) % 9 + 1}", "weeks": (2,), **changes}
        setid = values.get("setid", SETID)
        self.insert("timetable", **{**LESSON, "slotid": slot, **self._columns(values, setid)})

    def alter(self, slot: int, **values: Any) -> None:
        """Change a lesson."""
        setid = values.pop("setid", SETID)
        self.update("timetable", {"setid": setid, "slotid": slot}, **self._columns(values, setid))

    def ask(self, slot: int, feature: str = "VIDEOREC") -> None:
        """A recording is asked for."""
        self.insert("roomrequests", setid=SETID, slotid=slot, slotentry=1, itemnum=1, featureid=feature)

    def withdraw(self, slot: int) -> None:
        """The recording is wanted no more."""
        self.delete("roomrequests", setid=SETID, slotid=slot)

    def _columns(self, values: dict[str, Any], setid: str) -> dict[str, Value]:
        short = {"room": "roomid", "module": "moduleid", "group": "modgrpcode", "lecturer": "lecturerid"}
        columns: dict[str, Value] = {short.get(name, name): value for name, value in values.items()}
        at = columns.pop("at", None)
        if isinstance(at, str):
            columns["starttime"], columns["finishtime"] = at.split("-")
        weeks = columns.pop("weeks", None)
        if weeks is not None:
            columns["weekid"] = week_set(self, weeks, setid)  # type: ignore[arg-type]  # a tuple of week numbers
        return columns
