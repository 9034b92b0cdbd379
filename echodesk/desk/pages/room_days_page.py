"""Room clashes: rooms on dates where something is not recorded or failed."""

from __future__ import annotations

from echodesk.desk.pages.table_page import TablePage
from echodesk.messages import Table


class RoomDaysPage(TablePage):
    """The room-days."""

    table = Table.ROOM_DAYS
    lead = (
        "Rooms on days where lessons overlap or something failed. They close by themselves once all is recorded."
    )
    empty_title = "No room clashes"
    empty_text = "Every lesson that asks for recording has its room to itself."
