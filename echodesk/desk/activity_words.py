"""The page "Activity" in the office's words: its columns, what is typed above it, before and after. Pure."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from echodesk.activity import WORKER, ActivityLine, ShowActivity
from echodesk.desk import formats, prose, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.tables.columns import AnyColumn, Cell, Column, named
from echodesk.desk.tables.row_cache import SortValue
from echodesk.desk.tables.typed import TERM, NotUnderstood, day_of

KEYS = ("who", "action", "room", "lesson", "since", "until")
ANYBODY = "EchoDesk"
"""Who made a call."""
_STANDING = re.compile(
    r"(?P<room>.+) (?P<date>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d-\d\d:\d\d)"
    r" · (?P<sections>.*) · (?P<presenter>[^·]*)",
    re.DOTALL,
)
_PARTS = (
    ("Room", "room"),
    ("Date", "date"),
    ("Time", "time"),
    ("Sections", "sections"),
    ("Presenter", "presenter"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of what stood before and stands after."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether the call changed it."""
        return self.before != self.after


def compared(line: ActivityLine, campus: CampusTime) -> tuple[Compared, ...]:
    """What stood and what stands, field by field; nothing for what has neither."""
    if not line.before and not line.after:
        return ()
    before, after = (_STANDING.fullmatch(text) for text in (line.before, line.after))
    if (line.before and before is None) or (line.after and after is None):
        return (Compared("Stands", *(prose.readable(text, campus) for text in (line.before, line.after))),)
    return tuple(
        Compared(label, *(prose.readable(found[part], campus) if found else "" for found in (before, after)))
        for label, part in _PARTS
    )


def who(line: ActivityLine) -> str:
    """The person, or EchoDesk itself."""
    return ANYBODY if line.who == WORKER else line.who


def what(line: ActivityLine) -> Cell:
    """What was done, and how it ended."""
    ended, _about = prose.outcome(line.outcome)
    return Cell(
        words.call(line.action), ended, words.outcome_tone(line.outcome.partition(": ")[0]) if ended else None
    )


def lesson(line: ActivityLine) -> Cell:
    """The lesson by its names, or the external id alone."""
    title, code = named(line.module_title, line.module)
    if not line.module:
        return Cell(line.external_id or formats.NOTHING)
    return Cell(title, " · ".join(part for part in (code, line.group, line.external_id) if part))


def why(line: ActivityLine) -> str:
    """Why it was done, or what came of it."""
    return words.why(line.why)


def facts(line: ActivityLine, campus: CampusTime) -> tuple[tuple[str, str], ...]:
    """What the pane says above everything else: (label, value)."""
    about = prose.outcome(line.outcome)[1]
    listed = (
        ("When", formats.moment(campus.to_local(line.at), campus.now()[:10])),
        ("Who", who(line)),
        ("Where", line.machine),
        ("Lesson", lesson(line).line if line.external_id else ""),
        ("Room", named(line.room_name, line.room)[0] if line.room else ""),
        ("Date", formats.date(line.date) if line.date else ""),
        ("Why", prose.readable(why(line), campus)),
        ("Answer", " · ".join(part for part in _answer(line) if part)),
        ("Said", prose.readable(about, campus)),
    )
    return tuple((label, value) for label, value in listed if value)


def _answer(line: ActivityLine) -> tuple[str, str]:
    took = f"{formats.number(line.milliseconds)} ms" if line.milliseconds else ""
    return (str(line.status) if line.status else "", took)


def body(text: str) -> str:
    """A request or an answer, laid out where it is JSON."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def columns(campus: CampusTime) -> Sequence[AnyColumn]:
    """The table."""

    def stamp(line: ActivityLine) -> Cell:
        local = campus.to_local(line.at)
        today = local[:10] == campus.now()[:10]
        return Cell(local[11:19], "today" if today else formats.short_date(local[:10]))

    def room(line: ActivityLine) -> Cell:
        name = named(line.room_name, line.room)[0]
        return Cell(name, formats.date(line.date) if line.date else "")

    return (
        _column("When", 96, stamp, lambda line: (line.at,)),
        _column("Who", 110, lambda line: Cell(who(line), line.machine), lambda line: (who(line).casefold(),)),
        _column("What", 150, what, lambda line: (words.call(line.action), line.outcome)),
        _column("Lesson", 190, lesson, lambda line: (line.module_title.casefold(), line.external_id)),
        _column("Room and date", 150, room, lambda line: (line.room_name.casefold(), line.room, line.date)),
        _column("Why", 240, lambda line: Cell(prose.readable(why(line), campus)), lambda line: (why(line),)),
    )


def _column(
    title: str, width: int, cell: Callable[[ActivityLine], Cell], sort: Callable[[ActivityLine], SortValue]
) -> AnyColumn:
    made: Column[Any] = Column(title, width, cell, lambda line: (*sort(line), line.key))
    return made


# ---- what is typed


def read_wish(text: str, campus: CampusTime) -> tuple[ShowActivity, str]:
    """What was typed as a question; else the second says what cannot be understood and what to write instead."""
    wish = ShowActivity()
    given = set()
    try:
        for term in TERM.finditer(text):
            key, value = _term(term)
            if key in given:
                raise NotUnderstood(f'"{key}:" stands there twice. Leave one of them.')
            given.add(key)
            wish = _with(wish, key, value, campus)
    except NotUnderstood as trouble:
        return ShowActivity(), str(trouble)
    return wish, ""


def _term(term: re.Match[str]) -> tuple[str, str]:
    key = (term["key"] or "").casefold()
    if key not in KEYS:
        raise NotUnderstood(
            f'What is "{term[0]}"? Write who:ann, action:paused, room:2950203, lesson:617747, since:yesterday or'
            " until:2026-11-23."
        )
    value = (term["value"] if term["quoted"] is None else term["quoted"]).strip()
    if not value:
        raise NotUnderstood(f"What of {key}? Write it right behind the colon, in quotes if it has spaces.")
    return key, value


def _with(wish: ShowActivity, key: str, value: str, campus: CampusTime) -> ShowActivity:
    if key == "who":
        return replace(wish, who=WORKER if value.casefold() == ANYBODY.casefold() else value)
    if key == "room":
        return replace(wish, room=value)
    if key == "lesson":
        return replace(wish, lesson=value)
    if key == "action":
        actions = words.actions_named(value)
        if not actions:
            raise NotUnderstood(f'There is no action "{value}". There are: {", ".join(words.all_actions())}.')
        return replace(wish, actions=actions)
    today = campus.now()[:10]
    if key == "since":
        return replace(wish, since=campus.to_utc(f"{day_of(value, today, key)}T00:00:00"))
    return replace(wish, until=campus.to_utc(f"{_day_after(day_of(value, today, key))}T00:00:00"))


def _day_after(iso: str) -> str:
    return (dt.date.fromisoformat(iso) + dt.timedelta(days=1)).isoformat()


def term_of(key: str, value: str) -> str:
    """What is typed for it."""
    plain = value.replace('"', "")
    return f'{key}:"{plain}"' if re.search(r"\s", plain) else f"{key}:{plain}"
