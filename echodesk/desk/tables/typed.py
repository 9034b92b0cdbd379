"""What a person types above a table: `status:failed room:2950203 since:yesterday` and words beside them. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from echodesk.desk import words
from echodesk.messages import Table

TERM = re.compile(r'(?P<key>[^\W\d]\w*):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]*))|"[^"]*"?|\S+')
# What is typed of a status, without what people leave out.
_SPARE = re.compile(r"[\s_\-,]+")
_DAYS_AGO = re.compile(r"(\d{1,4})d")
KEYS = ("status", "room", "since")
_KEYS_ARE = "Before a colon stands status, room or since."
_DAY_IS = "Write {0}:today, {0}:yesterday, {0}:7d for seven days ago, or a date as in {0}:2026-11-23."


@dataclass(frozen=True, slots=True)
class Typed:
    """A filter as it was typed; '' and () where nothing was."""

    words: str = ""
    """For `search_words`."""
    statuses: tuple[str, ...] = ()
    room: str = ""
    since: str = ""
    """An ISO date, of the campus."""
    trouble: str = ""
    """What cannot be understood, and what to write instead: then nothing else is said here."""


class NotUnderstood(ValueError):
    """Something that was typed: what, and what to write instead."""


def read_filter(text: str, table: Table, today: str) -> Typed:
    """What was typed; what cannot be understood is told, not guessed. A word with a colon is looked for as it is
    when it stands between quotes. `today` is an ISO date, of the campus."""
    found = Typed()
    rest: list[str] = []
    try:
        for term in TERM.finditer(text):
            key = term["key"]
            if key is None:
                rest.append(term[0])
            else:
                value = (term["value"] if term["quoted"] is None else term["quoted"]).strip()
                found = _with(found, key.casefold(), value, table, today)
    except NotUnderstood as why:
        return Typed(trouble=str(why))
    return replace(found, words=" ".join(rest))


def without(text: str, key: str) -> str:
    """The same without its terms of this key."""
    kept = (term[0] for term in TERM.finditer(text) if (term["key"] or "").casefold() != key)
    return " ".join(kept)


def _with(found: Typed, key: str, value: str, table: Table, today: str) -> Typed:
    if key not in KEYS:
        raise NotUnderstood(f'There is no "{key}:". {_KEYS_ARE} Put a word with a colon between quotes.')
    if key == "status":
        more = _statuses(value, table)
        return replace(found, statuses=(*found.statuses, *(one for one in more if one not in found.statuses)))
    if getattr(found, key):
        raise NotUnderstood(f'"{key}:" stands there twice. Leave one of them.')
    if key == "since":
        return replace(found, since=day_of(value, today))
    if not value:
        raise NotUnderstood("Which room? Write its code, or a part of its name between quotes, after room:")
    return replace(found, room=value)


def _statuses(value: str, table: Table) -> tuple[str, ...]:
    """One status, or several with commas between: the whole word, its beginning, or as the database has it."""
    known = words.STATUSES[table]
    offered = ", ".join(word for word, _tone in known.values())
    if not value:
        raise NotUnderstood(f"Which status? {offered}.")
    found: list[str] = []
    for part in [value] if _named(value, table) else value.split(","):
        named = _named(part, table)
        if not named:
            raise NotUnderstood(f'There is no status "{part.strip()}" here. There are: {offered}.')
        if len(named) > 1:
            meant = " or ".join(words.status(table, one) for one in named)
            raise NotUnderstood(f'"{part.strip()}" could be {meant}. Write more of it.')
        found += named
    return tuple(found)


def _named(value: str, table: Table) -> list[str]:
    """The statuses that may be meant: the one that is called so, else those whose word begins so."""
    wanted = _SPARE.sub("", value).casefold()
    called = {status: _SPARE.sub("", word).casefold() for status, (word, _tone) in words.STATUSES[table].items()}
    same = [s for s, word in called.items() if wanted in (word, _SPARE.sub("", s).casefold())]
    return same or [status for status, word in called.items() if wanted and word.startswith(wanted)]


def day_of(value: str, today: str, key: str = "since") -> str:
    """The ISO date that is meant behind `since:` or `until:`. Raises `NotUnderstood`."""
    now = dt.date.fromisoformat(today)
    ago = {"today": 0, "yesterday": 1}.get(value.casefold())
    if days := _DAYS_AGO.fullmatch(value.casefold()):
        ago = int(days[1])
    if ago is not None:
        return (now - dt.timedelta(days=ago)).isoformat()
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        said = f'"{value}" is no day. ' if value else f"{key.capitalize()} which day? "
        raise NotUnderstood(said + _DAY_IS.format(key)) from error
    if day > now:
        raise NotUnderstood(f"{day.isoformat()} has not come yet. {_DAY_IS.format(key)}")
    return day.isoformat()
