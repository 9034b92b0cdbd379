"""Weekly updates: one row for each week of a lesson that an edit touches, with the answer to "is it recorded?"."""

from __future__ import annotations

from echodesk.desk.pages.table_page import TablePage
from echodesk.messages import Table


class NotificationsPage(TablePage):
    """The notifications."""

    table = Table.NOTIFICATIONS
    lead = "One line for each week of a changed lesson: is it recorded, and if not, why."
    empty_title = "No weekly updates yet"
    empty_text = "Each timetable change is taken apart into its weeks; they appear here as soon as one arrives."
