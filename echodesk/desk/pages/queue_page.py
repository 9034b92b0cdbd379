"""Timetable changes: every edit that the timetable's triggers wrote down, and how far it has got."""

from __future__ import annotations

from echodesk.desk.pages.table_page import TablePage
from echodesk.messages import Table


class QueuePage(TablePage):
    """The queue."""

    table = Table.QUEUE
    lead = "Each edit of a lesson that is to be recorded, as it was made in the timetable."
    empty_title = "No timetable changes yet"
    empty_text = (
        "As soon as someone edits a lesson in the timetable, it appears here within a second or two. "
        "If edits are being made and nothing comes, check that the triggers are installed."
    )
