"""What the window only asks to see, read in one transaction."""

from __future__ import annotations

import datetime as dt

from echodesk.activity import ActivityShown, ShowActivity
from echodesk.clashes import (
    Alike,
    DecisionList,
    FindAlike,
    ListDecisions,
    RoomDayShown,
    ShowRoomDay,
    Suppose,
    Supposed,
)
from echodesk.lessons import LessonsFound, ListMatter, LookUp, MatterListed
from echodesk.worker.activity import activity
from echodesk.worker.alike import find_alike
from echodesk.worker.books import Books
from echodesk.worker.looking_up import look_up
from echodesk.worker.matters import listed
from echodesk.worker.room_days import list_decisions, show_room_day, suppose

Question = LookUp | ListMatter | ShowActivity | ShowRoomDay | Suppose | FindAlike | ListDecisions
Answer = LessonsFound | MatterListed | ActivityShown | RoomDayShown | Supposed | Alike | DecisionList


def answer_to(books: Books, question: Question, now: dt.datetime) -> Answer:
    """The answer as of this transaction; `now` is campus time. Raises what carrying out would that is supposed."""
    if isinstance(question, ShowRoomDay):
        return show_room_day(books, question, now)
    if isinstance(question, Suppose):
        return suppose(books, question, now)
    if isinstance(question, FindAlike):
        return find_alike(books, question, now)
    if isinstance(question, ListDecisions):
        return list_decisions(books, now.date())
    if isinstance(question, LookUp):
        return look_up(books, question, now.date())
    if isinstance(question, ListMatter):
        return listed(books, question, now)
    return activity(books, question)
