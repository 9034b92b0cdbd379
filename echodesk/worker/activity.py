"""Who did what, with the names of the lessons: the same for the window and the command line."""

from __future__ import annotations

from dataclasses import replace

from echodesk.activity import ActivityLine, ActivityShown, ShowActivity
from echodesk.lessons import LessonFound
from echodesk.worker.books import Books

WEEKS = 100
"""A year has fewer."""


def activity(books: Books, wish: ShowActivity) -> ActivityShown:
    """What was done, the newest first, as of this transaction."""
    found = books.screens.activity(wish, _external_ids(books, wish.lesson))
    named = {
        line.external_id: (lesson[0], lesson[1])
        for line in found.lines
        if line.external_id and (lesson := books.timetable.lesson_of(line.external_id)) is not None
    }
    lessons = books.timetable.lessons(set(named.values()))
    return replace(
        found,
        lines=tuple(
            _named(line, lessons[key]) if (key := named.get(line.external_id)) in lessons else line
            for line in found.lines
        ),
    )


def _named(line: ActivityLine, lesson: LessonFound) -> ActivityLine:
    return replace(line, module=lesson.module, module_title=lesson.module_title, group=lesson.group)


def _external_ids(books: Books, lesson: str) -> set[str]:
    """The external id itself, and those of every week that a lesson of this number may have had."""
    found = {lesson}
    if lesson.isascii() and lesson.isdigit():
        found |= {
            books.timetable.external_id(setid, int(lesson), week)
            for setid in books.timetable.years()
            for week in range(WEEKS)
        }
    return found
