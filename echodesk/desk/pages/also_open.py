"""Who else has the chosen room-day open: the line that says so, and what the others are told of this window."""

from __future__ import annotations

import logging

from echodesk.clashes import AlsoOpen, OpenRoomDay
from echodesk.desk import clash_words, formats, widgets
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.places import Place
from echodesk.desk.words import Tone
from echodesk.errors import EchoDeskError

log = logging.getLogger(__name__)


class AlsoOpenLine:
    """Hidden while nobody else has it open. Both directions go through the worker; nothing is asked here."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._place: Place | None = None
        """What the others are told is open here."""
        self.label = widgets.label(wrap=True)
        self.label.setProperty("ink", str(Tone.NOTE))
        self.label.hide()

    def forget(self) -> None:
        """Another room-day is chosen: nothing is known of it yet."""
        self.label.hide()

    def tell(self, place: Place | None) -> None:
        """This is on screen from now on, or none is. Once more does no harm, and a new worker needs it."""
        if place is None:
            self.forget()
            if self._place is None:
                return
        self._place = place
        wish = OpenRoomDay(self._parts.by, *((place.room, place.date) if place is not None else ()))
        self._parts.gateway.start(self._tell(wish))

    def show(self, found: AlsoOpen, chosen: Place | None) -> None:
        """These have a room-day open as well; of another than the chosen one nothing is shown."""
        if chosen is not None and (found.room, found.date) == (chosen.room, chosen.date):
            self.label.setText(formats.breakable(clash_words.also_open(found.others, self._parts.campus)))
            self.label.setVisible(bool(found.others))

    async def _tell(self, wish: OpenRoomDay) -> None:
        try:
            await self._parts.gateway.ask(wish)
        except EchoDeskError as trouble:
            # A worker that ends tells the others itself.
            log.info("the others are not told what is open here: %s", trouble)
