"""One sentence for whoever is asked on the phone: recorded or not, and why."""

from __future__ import annotations

import pytest

from echodesk.planning.statuses import Recorded
from echodesk.planning.values import Reason
from echodesk.planning.why import Case, Spot, why

HERE = Spot("R1", "2030-09-23", "09:00-10:00")
BEFORE = Spot("R2", "2030-09-23", "09:00-10:00")
YES, NO, NOT_WANTED = Recorded.YES, Recorded.NO, Recorded.NOT_WANTED


@pytest.mark.parametrize(
    ("case", "recorded", "sentence"),
    [
        (Case(HERE, held=HERE), YES, "Recorded: Echo360 holds it as the timetable has it."),
        (
            Case(HERE, held=HERE, again=True),
            YES,
            "Recorded again: nothing keeps it out any more. Echo360 holds it as the timetable has it.",
        ),
        (Case(HERE, shared="BIO1 LC01"), YES, "Recorded together with BIO1 LC01, as one lecture."),
        (
            Case(HERE, held=BEFORE, waits=True),
            YES,
            "Recorded as it was (R2 2030-09-23 09:00-10:00): the change waits to be sent.",
        ),
        (
            Case(HERE, held=BEFORE, refused="the room is closed"),
            YES,
            "Recorded as it was (R2 2030-09-23 09:00-10:00): the room is closed.",
        ),
        (
            Case(HERE, held=BEFORE, paused="exams"),
            YES,
            "Recorded as it was (R2 2030-09-23 09:00-10:00): sending is paused. Exams.",
        ),
        (
            Case(HERE, held=BEFORE, left_out=Reason.CLASH, keeps="MATH2 LC01"),
            YES,
            "Echo360 still holds it (R2 2030-09-23 09:00-10:00)."
            " Not recorded: MATH2 LC01 keeps the room at that time.",
        ),
        (Case(HERE, held=HERE, over=True), YES, f"Echo360 held it when its day came ({HERE})."),
        (
            Case(HERE, left_out=Reason.CLASH, keeps="MATH2 LC01"),
            NO,
            "Not recorded: MATH2 LC01 keeps the room at that time.",
        ),
        (
            Case(HERE, left_out=Reason.FOREIGN, keeps="Open day"),
            NO,
            "Not recorded: others have booked the room in Echo360 at that time (Open day).",
        ),
        (
            Case(HERE, left_out=Reason.DECISION, detail="decision 3 of ann"),
            NO,
            "Not recorded: staff decided so. Decision 3 of ann.",
        ),
        (
            Case(HERE, left_out=Reason.REFUSED, refused="No capture device in this room"),
            NO,
            "Not recorded: Echo360 refused it. No capture device in this room.",
        ),
        (Case(HERE, failed="Device not found in Room"), NO, "Not recorded: Device not found in Room."),
        (
            Case(None, trouble="600 minutes are longer than the recorder's limit of 480"),
            NO,
            "Not recorded: 600 minutes are longer than the recorder's limit of 480.",
        ),
        (Case(None), NO, "Not recorded: the week has no date in the week structure."),
        (Case(HERE, over=True), NO, "Not recorded: nothing was booked for it when its day came."),
        (
            Case(HERE, failing="Recording was asked for: no"),
            NOT_WANTED,
            "Not to be recorded: recording was asked for: no.",
        ),
        (
            Case(HERE, failing="Recording was asked for: no", held=HERE),
            YES,
            "Not to be recorded any more: recording was asked for: no. Echo360 still holds it."
            " Its removal waits to be sent.",
        ),
        (
            Case(HERE, failing="Recording was asked for: no", held=HERE, paused="exams"),
            YES,
            "Not to be recorded any more: recording was asked for: no. Echo360 still holds it."
            " Sending is paused: exams.",
        ),
        (Case(HERE, waits=True), None, "Not recorded yet: it waits to be sent."),
        (
            Case(HERE, waits=True, paused="exams"),
            None,
            "Not recorded yet: sending is paused for its room and day. Exams.",
        ),
        (
            Case(HERE),
            None,
            "Not recorded yet: nothing has led to it so far; Compare and repair finds it.",
        ),
    ],
)
def test_the_answer(case: Case, recorded: Recorded | None, sentence: str) -> None:
    answer = why(case)
    assert (answer.recorded, answer.text) == (recorded, sentence)
