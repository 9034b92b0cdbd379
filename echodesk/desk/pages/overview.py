"""Overview: is all well, and if not, where to look. Every number opens the list behind it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from echodesk.desk import formats, plan_words, shapes, standing, widgets, words
from echodesk.desk.pages.cards import Bar, BarList, Card
from echodesk.desk.pages.missed import MissedPanel
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.words import Tone
from echodesk.lessons import Matter
from echodesk.messages import EngineState, Overview, Scope, Table

Opener = Callable[[Table, tuple[str, ...]], None]
"""Opens a page, showing only these statuses."""

WAITING = ("UNPROCESSED", "IN_PROGRESS")
COLUMNS = 5


class OverviewPage(QScrollArea):
    """Numbers of one moment, and the health of both sides."""

    filled = Signal()
    """New numbers are on screen."""
    stop_wanted = Signal(int)
    """Someone wants to look at this safety stop."""
    plans_wanted = Signal()
    """Someone wants to look at the plans."""

    matter_wanted = Signal(object)
    """Someone wants to look at this `Matter`."""

    def __init__(self, parts: PageParts, opens: Opener) -> None:
        super().__init__()
        self._parts = parts
        self.overview: Overview | None = None
        self._all_paused = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Overview")
        updates, days = Table.NOTIFICATIONS, Table.ROOM_DAYS
        theme = parts.theme

        def card(title: str, table: Table, statuses: tuple[str, ...]) -> Card:
            return Card(title, theme, lambda: opens(table, statuses))

        self.transferred = card("Transferred in 24 hours", updates, ("SUCCESS", "WARN", "REFRESHED"))
        self.pending = card("Waiting to be sent", updates, WAITING)
        self.failed = Card("Failed", theme, lambda: self.matter_wanted.emit(Matter.FAILURES))
        self.clashes = card("Open room clashes", days, ("open",))
        self.not_recorded = card("Not recorded", updates, ("IN_CONFLICT", "TOO_LATE", *words.RETRYABLE))
        self.too_late = Card("Too late today", theme, lambda: self.matter_wanted.emit(Matter.TOO_LATE))
        self.paused = card("Held by a pause", updates, WAITING)
        self.foreign = Card("Booked by others", theme, lambda: self.matter_wanted.emit(Matter.OTHERS))
        self.people = Card("Unknown people", theme, lambda: self.matter_wanted.emit(Matter.PEOPLE))
        self.yes = Card("Waiting for a yes", theme, self._on_yes)
        self.cards = (
            self.transferred,
            self.pending,
            self.failed,
            self.clashes,
            self.not_recorded,
            self.too_late,
            self.foreign,
            self.people,
            self.paused,
            self.yes,
        )
        self.outcomes = BarList("Weekly updates by outcome", theme, "No weekly updates yet.")
        self.reasons = BarList("Not recorded, by reason", theme, "Nothing is left out.")
        self.missed = MissedPanel(theme, lambda: opens(days, ("open",)))
        self.sender_label = widgets.label("Starting", "heading")
        self.next_lesson = widgets.label(kind="small", wrap=True)
        self._lost_sign, self.lost = widgets.label(), widgets.label(wrap=True)
        self._health: list[tuple[QLabel, QLabel]] = []
        self._calls_bar = Bar(theme, 10)
        self._calls_text = widgets.label(kind="small")
        self._calls_made = widgets.label(kind="small", wrap=True)
        self._sender_sign = widgets.label()
        self._lay_out()

    def show_overview(self, overview: Overview) -> None:
        """New numbers."""
        self.overview = overview
        left = overview.pending_minutes
        self.transferred.say(
            overview.transferred_24h,
            f"{formats.counted(overview.schedules, 'recording')} stand in Echo360",
            Tone.GOOD if overview.transferred_24h else Tone.QUIET,
        )
        waiting = f"about {formats.minutes(left)} at the call limit" if left else "sent as fast as Echo360 answers"
        self.pending.say(
            overview.pending,
            waiting if overview.pending else "everything has been sent",
            Tone.BUSY if overview.pending else Tone.QUIET,
        )
        failed = overview.failed + overview.failed_unread
        look = "needs someone to look" if failed == 1 else "need someone to look"
        self.failed.say(failed, look if failed else "nothing failed", Tone.BAD if failed else Tone.QUIET)
        self.clashes.say(
            overview.open_room_days,
            "rooms on days with something left out" if overview.open_room_days else "no room is double booked",
            Tone.CLASH if overview.open_room_days else Tone.QUIET,
        )
        self.not_recorded.say(
            overview.not_recorded,
            "lessons that asked for recording",
            Tone.CLASH if overview.not_recorded else Tone.QUIET,
        )
        self.too_late.say(
            overview.too_late_today,
            "lessons for the technicians" if overview.too_late_today else "every change came in time",
            Tone.NOTE if overview.too_late_today else Tone.QUIET,
        )
        self.foreign.say(overview.foreign, "in Echo360; never touched", Tone.QUIET)
        self.people.say(
            overview.unknown_people,
            "recorded without presenter" if overview.unknown_people else "Echo360 knows every lecturer",
            Tone.NOTE if overview.unknown_people else Tone.QUIET,
        )
        self._show_held(overview)
        self._show_stops(overview)
        self._show_lost(overview.lost_edits)
        self.outcomes.show_lines(_by_status(overview.notifications))
        reasons = sorted(overview.left_out, key=lambda pair: -pair[1])
        self.reasons.show_lines([(words.reason(name), count, Tone.CLASH) for name, count in reasons if count])
        self.missed.show_lessons(overview.missed, overview.missed_soon)
        self._show_calls(overview)
        self.next_lesson.setText(self._waiting_text(overview))
        self.filled.emit()

    def repaint_signs(self) -> None:
        """The colours have changed."""
        self.outcomes.forget()
        self.reasons.forget()
        self.missed.forget()
        if self.overview is not None:
            self.show_overview(self.overview)

    def show_state(self, state: EngineState) -> None:
        """Who is sending, and the health of both sides."""
        self._all_paused = any(pause.scope == Scope() for pause in state.pauses)
        if self.overview is not None:
            self._show_held(self.overview)
        text, tone = standing.sender_text(state, self._parts.campus)
        self.sender_label.setText(formats.one_line(text))
        widgets.restyle(self.sender_label, "ink", "" if tone is not Tone.BAD else str(tone))
        self._put_sign(self._sender_sign, tone)
        for (sign, said), (side, words_, side_tone) in zip(self._health, standing.health(state), strict=True):
            said.setText(formats.breakable(f"{side}: {words_}"))
            self._put_sign(sign, side_tone)

    def _show_held(self, overview: Overview) -> None:
        # Under a pause of everything nothing is planned any more: all that waits is held.
        held = overview.pending if self._all_paused else overview.held_by_pause
        text = "room-days wait for a pause to end" if held else "nothing is held"
        if self._all_paused:
            text = "everything is paused"
        self.paused.say(held, text, Tone.NOTE if held or self._all_paused else Tone.QUIET)

    def _show_stops(self, overview: Overview) -> None:
        waiting = [stop for stop in overview.stops if stop.waits]
        plans = [plan for plan in overview.plans if plan.waits]
        if waiting:
            text = f"Safety stop: {waiting[0].headline}"
        elif plans:
            text = f"{plan_words.title(plans[0])}. {plans[0].said or plan_words.state(plans[0])}"
        else:
            text = "no safety stop, no plan"
        tone = Tone.BAD if waiting else Tone.NOTE if plans else Tone.QUIET
        self.yes.say(len(waiting) + len(plans), text, tone)

    def _show_lost(self, count: int) -> None:
        self.lost_box.setVisible(count > 0)
        if count:
            edits = formats.counted(count, "timetable change")
            self.lost.setText(f"{edits} could not be entered: `echodesk check` says why. Compare and repair.")
            self._put_sign(self._lost_sign, Tone.BAD)

    def _on_yes(self) -> None:
        stops = self.overview.stops if self.overview is not None else ()
        for stop in stops:
            if stop.waits:
                self.stop_wanted.emit(stop.key)
                return
        self.plans_wanted.emit()

    def _waiting_text(self, overview: Overview) -> str:
        campus = self._parts.campus
        today = campus.now()[:10]
        lines = []
        if overview.next_lesson:
            # A lesson's start is campus wall clock; only stamps (with a Z) are UTC.
            start = overview.next_lesson
            local = campus.to_local(start) if start.endswith("Z") else start
            lines.append(f"The next lesson that waits: {formats.moment(local, today)}.")
        if overview.oldest_pending:
            oldest = formats.moment(campus.to_local(overview.oldest_pending), today)
            lines.append(f"The oldest change that waits: {oldest}.")
        return "\n".join(lines) or "No lesson is waiting."

    def _show_calls(self, overview: Overview) -> None:
        used, limit = overview.calls_last_minute, overview.calls_per_minute
        if limit:
            self._calls_bar.fill(used / limit, Tone.NOTE if used >= limit else Tone.BUSY)
            # A year that is first filled without a limit leaves more behind than the limit allows.
            passed = (
                f"{formats.counted(used, 'call')} in the last minute; from now on at most {formats.number(limit)}"
            )
            within = f"{formats.number(used)} of {formats.number(limit)} calls in the last minute"
            self._calls_text.setText(passed if used > limit else within)
        else:
            self._calls_bar.fill(0, Tone.BUSY)
            self._calls_text.setText(f"{formats.counted(used, 'call')} in the last minute, no limit")
        self._calls_bar.setAccessibleName(self._calls_text.text())
        made = [f"{words.call(name).lower()} {formats.number(count)}" for name, count in overview.calls if count]
        self._calls_made.setText("In 24 hours: " + ", ".join(made) if made else "No calls yet.")

    def _put_sign(self, sign: QLabel, tone: Tone) -> None:
        tokens = self._parts.theme.tokens
        ratio = self.devicePixelRatioF()
        sign.setPixmap(shapes.pixmap(tone, tokens.tones[tone][0], tokens.surface, ratio, 16))

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(14)
        column.addWidget(widgets.label("Overview", "title"))
        column.addWidget(widgets.label("Is every lesson that asks for it going to be recorded?", "muted"))
        grid = QGridLayout()
        grid.setSpacing(14)
        for number, card in enumerate(self.cards):
            grid.addWidget(card, number // COLUMNS, number % COLUMNS)
            grid.setColumnStretch(number % COLUMNS, 1)
        column.addLayout(grid)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self._health_panel(), 3)
        row.addWidget(self.outcomes, 4)
        row.addWidget(self.reasons, 4)
        column.addLayout(row)
        column.addWidget(self.missed)
        column.addStretch(1)
        self.setWidget(body)

    def _health_panel(self) -> QFrame:
        panel = widgets.frame("panel")
        panel.setAccessibleName("Health")
        column = QVBoxLayout(panel)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addWidget(_signed(self._sender_sign, self.sender_label))
        for side in ("Timetable database", "Echo360"):
            sign, said = widgets.label(), widgets.label(f"{side}: not known yet", wrap=True)
            self._health.append((sign, said))
            column.addWidget(_signed(sign, said))
        self.lost_box = _signed(self._lost_sign, self.lost)
        self.lost_box.hide()
        column.addWidget(self.lost_box)
        column.addWidget(widgets.label("Calls to Echo360", "heading"))
        column.addWidget(self._calls_bar)
        column.addWidget(self._calls_text)
        column.addWidget(self._calls_made)
        column.addWidget(self.next_lesson)
        column.addStretch(1)
        return panel


def _signed(sign: QLabel, text: QLabel) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(9)
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text, 1)
    return box


def _by_status(counts: tuple[tuple[str, int], ...]) -> list[tuple[str, int, Tone]]:
    order = list(words.STATUSES[Table.NOTIFICATIONS])
    known = sorted(counts, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    return [
        (words.status(Table.NOTIFICATIONS, name), count, words.status_tone(Table.NOTIFICATIONS, name))
        for name, count in known
        if count
    ]
