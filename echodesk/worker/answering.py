"""What the window only asks to see, read in one transaction."""

from __future__ import annotations

import datetime as dt

from echodesk.activity import ActivityShown, ShowActivity
from echodesk.lessons import LessonsFound, ListMatter, LookUp, MatterListed
from echodesk.worker.activity import activity
from echodesk.worker.books import Books
from echodesk.worker.looking_up import look_up
from echodesk.worker.matters import listed

Question = LookUp | ListMatter | ShowActivity


def answer_to(books: Books, question: Question, now: dt.datetime) -> LessonsFound | MatterListed | ActivityShown:
    """The answer as of this transaction; `now` is campus time."""
    if isinstance(question, LookUp):
        return look_up(books, question, now.date())
    if isinstance(question, ListMatter):
        return listed(books, question, now)
    return activity(books, question)
