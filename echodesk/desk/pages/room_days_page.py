"""Room clashes: rooms on dates where something is not recorded or failed."""

from __future__ import annotations

from echodesk.desk.pages.table_page import TablePage
from echodesk.messages import Table


class RoomDaysPage(TablePage):
    """The room-days: what is open first, the soonest date on top."""

    table = Table.ROOM_DAYS
    lead = (
        "Rooms on days where lessons overlap or something failed. They close by themselves once all is recorded."
    )
    first_statuses = ("open",)
    first_column = 1
    empty_title = "No room clashes"
    empty_text = "Every lesson that asks for recording has its room to itself."
