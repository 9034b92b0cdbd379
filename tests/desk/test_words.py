"""Every name of the database and the worker has the office's words; what is not known is shown as itself."""

from __future__ import annotations

import typing

import pytest

from echodesk.desk import words
from echodesk.desk.words import Tone
from echodesk.messages import Phase, Table
from echodesk.planning import answers
from echodesk.planning.values import Reason, Why


@pytest.mark.parametrize(
    ("table", "value", "word"),
    [
        (Table.QUEUE, "UNPROCESSED", "Waiting"),
        (Table.QUEUE, "IN_PROGRESS", "In progress"),
        (Table.QUEUE, "PROCESSED", "Done"),
        (Table.QUEUE, "FAILED", "Failed"),
        (Table.QUEUE, "SUPERSEDED", "Replaced"),
        (Table.NOTIFICATIONS, "UNPROCESSED", "Waiting"),
        (Table.NOTIFICATIONS, "IN_PROGRESS", "In progress"),
        (Table.NOTIFICATIONS, "SUCCESS", "Done"),
        (Table.NOTIFICATIONS, "WARN", "Done, with a note"),
        (Table.NOTIFICATIONS, "OUT_OF_DATE", "Overtaken by a later check"),
        (Table.NOTIFICATIONS, "REFRESHED", "Recorded after re-sync"),
        (Table.NOTIFICATIONS, "IN_CONFLICT", "Room clash"),
        (Table.NOTIFICATIONS, "TOO_LATE", "Too late to change"),
        (Table.NOTIFICATIONS, "FAILED", "Failed"),
        (Table.NOTIFICATIONS, "PARKED", "Set aside, needs you"),
        (Table.NOTIFICATIONS, "SUPERSEDED", "Replaced"),
        (Table.ROOM_DAYS, "open", "Open"),
        (Table.ROOM_DAYS, "resolved", "Resolved"),
        (Table.ROOM_DAYS, "passed", "Passed"),
    ],
)
def test_statuses_are_said_in_the_words_of_the_design(table: Table, value: str, word: str) -> None:
    assert words.status(table, value) == word


@pytest.mark.parametrize(("value", "word"), [("INSERT", "New"), ("UPDATE", "Changed"), ("DELETE", "Cancelled")])
def test_actions(value: str, word: str) -> None:
    assert words.action(value) == word


@pytest.mark.parametrize(("table", "title"), list(zip(Table, words.PAGES.values(), strict=True)))
def test_pages_have_the_offices_names(table: Table, title: str) -> None:
    assert words.PAGES[table] == title
    assert title in ("Timetable changes", "Weekly updates", "Room clashes")


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_words_of_its_own(phase: Phase) -> None:
    assert words.phase(phase) not in ("", phase.value)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_in_either_case(reason: Reason) -> None:
    assert words.reason(reason.value) == words.reason(reason.value.upper()) != reason.value


@pytest.mark.parametrize("why", list(Why))
def test_every_why_has_words(why: Why) -> None:
    assert words.why(why.value) != why.value


@pytest.mark.parametrize("kind", [kind.__name__ for kind in typing.get_args(answers.Answer)])
def test_every_answer_of_echo360_has_words(kind: str) -> None:
    assert words._OUTCOMES[kind.upper()]
    snake = "".join(f"_{letter}" if letter.isupper() else letter for letter in kind).strip("_")
    assert words.outcome(snake) == words.outcome(kind)


@pytest.mark.parametrize("value", ["YES", "NO", "NOT_WANTED", ""])
def test_recorded_is_always_answered(value: str) -> None:
    assert words.recorded(value) not in ("", value)


@pytest.mark.parametrize("value", ["TIMETABLE", "ROOMREQUESTS", "RETRY"])
def test_sources(value: str) -> None:
    assert words.source(value) != value


@pytest.mark.parametrize("value", ["POST", "PUT", "DELETE", "GET", "sign_ins"])
def test_calls(value: str) -> None:
    assert words.call(value) != value


def test_what_is_not_known_is_shown_as_itself_and_feels_quiet() -> None:
    new = "INVENTED_LATER"
    for table in Table:
        assert words.status(table, new) == new
        assert words.status_tone(table, new) is Tone.QUIET
    said = (
        words.action,
        words.source,
        words.recorded,
        words.reason,
        words.phase,
        words.call,
        words.outcome,
        words.why,
    )
    assert {say(new) for say in said} == {new}
    felt = (words.recorded_tone, words.phase_tone, words.outcome_tone)
    assert {feel(new) for feel in felt} == {Tone.QUIET}


def test_what_needs_a_person_never_feels_good() -> None:
    for status in words.RETRYABLE:
        assert words.status_tone(Table.NOTIFICATIONS, status) is Tone.BAD
