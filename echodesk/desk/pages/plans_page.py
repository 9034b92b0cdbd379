"""Compare and repair: plans of the whole year, what each would do, what became of it, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from echodesk.batches import (
    SINCE,
    CancelPlan,
    Compare,
    ContinuePlan,
    ListPlans,
    PlanDetail,
    PlanMessage,
    PlanMissed,
    PlanShown,
    RetrySteps,
    SavePlan,
    ShowNotRecorded,
    ShowPlan,
    StopPlan,
    Undo,
)
from echodesk.batches import PlanList as OlderPlans
from echodesk.desk import formats, plan_words, widgets
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.dialogs.plans import ApplyDialog, CompareDialog
from echodesk.desk.dialogs.saving import ask_where
from echodesk.desk.pages.plan_list import PlanList
from echodesk.desk.pages.plan_missed import MissedLessons
from echodesk.desk.pages.plan_steps import PlanSteps
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.places import Place
from echodesk.messages import EngineState

MISSED, BACK = "Not reco&rded…", "Back to the st&eps"
RETRY_ALL, RETRY_CHOSEN = "Try all &failed again", "Try these &failed again"
TITLE = "Compare and repair"
LEAD = (
    "What Echo360 holds beside the timetable. A plan shows every change first and is sent when you say yes. If a"
    " comparison at night is set, it repairs by itself what no safety stop holds."
)


class PlansPage(QWidget):
    """The plans at the left, the chosen one at the right with its steps."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self._parts = parts
        self._engine: EngineState | None = None
        self._shown: tuple[int, str, int] | None = None
        """Plan, state and steps that have ended, as the steps on screen were read."""
        self._asking = False
        self._since: tuple[int, Mapping[str, int]] = (0, {})
        """A plan, and how many of its steps came and went since the preview."""
        self.known: Callable[[], Sequence[Place]] = lambda: ()
        """All places that a person may choose from."""
        self.compare = widgets.button("&Compare…", self._on_compare, "primary")
        self.plans = PlanList(self._on_older)
        self.list = self.plans.box
        self.steps = PlanSteps(parts.theme, parts.numbers)
        self.lessons = MissedLessons(parts.theme, parts.numbers)
        self._below = QStackedWidget()
        """Its steps, or the lessons that it does not record."""
        self.state_pane = StatePane()
        self.headline = widgets.label(kind="headline", wrap=True)
        self.facts = widgets.label(wrap=True, selectable=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far the plan is")
        self.progress = widgets.label(kind="small")
        self.apply = widgets.button("Send &these…", self._on_apply, "primary")
        self.leave_out = widgets.button("&Leave out", self.steps.leave_out, hint="Delete")
        self.put_back = widgets.button("&Put back", self.steps.put_back, hint="Insert")
        self.stop = widgets.button("St&op", self._on_stop)
        self.go_on = widgets.button("&Go on", self._on_go_on)
        self.retry = widgets.button(RETRY_ALL, self._on_retry, hint="Ctrl+R")
        self.cancel = widgets.button("Ca&ncel…", self._on_cancel)
        self.undo = widgets.button("Take &back…", self._on_undo)
        self.newer = widgets.button("Sho&w the plan of now", self._on_newer)
        self.missed = widgets.button(
            MISSED, self._on_missed, hint="Which lessons the plan does not record, and why"
        )
        self.save = widgets.button("Save &as…", self._on_save, hint="Ctrl+S")
        self.buttons = (
            *(self.apply, self.leave_out, self.put_back, self.stop, self.go_on, self.retry),
            *(self.cancel, self.undo, self.newer, self.missed, self.save),
        )
        self._lay_out()
        self.plans.chosen.connect(self._show)
        self.steps.selected.connect(self._on_selected)
        self._press("Ctrl+F", self._on_find)
        self._press("Ctrl+S", self.save.click, self.save)
        self._press("Ctrl+R", self.retry.click, self.retry)
        self._press("Del", self.leave_out.click, self.leave_out)
        self._press("Ins", self.put_back.click, self.put_back)
        self._show()

    @property
    def plan(self) -> PlanShown | None:
        """The plan on screen."""
        return self.plans.plan

    def show_plans(self, plans: tuple[PlanShown, ...], in_all: int) -> None:
        """The plans to choose from, newest first, and how many there are; the one on screen stays there, a new one
        comes to the front."""
        if self.plans.show_plans(plans, in_all):
            self._show()

    def show_state(self, engine: EngineState) -> None:
        """Who is sending."""
        self._engine = engine
        self.plans.show_state(engine)
        self._show()

    def adopt_in(self, room: str) -> None:
        """Have a plan made that adopts what others booked in this room just where a lesson is."""
        self._send(Compare(self._parts.by, (room,), adopt=True), self.compare)

    # ---- what is shown

    def _show(self) -> None:
        plan = self.plan
        if plan is None:
            self._stack.setCurrentWidget(self.state_pane)
            self.state_pane.say(
                "No plan was made yet",
                "Compare lists what Echo360 holds, and shows what would be made, changed and removed, and why.",
                "Compare…",
                self._on_compare,
            )
            return
        self._stack.setCurrentIndex(1)
        state = plan_words.state(plan, self._engine)
        self.headline.setText(formats.breakable(f"{plan_words.title(plan)}. {state}"))
        widgets.restyle(self.headline, "ink", str(plan_words.tone(plan, self._engine)))
        total = plan.to_send
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(total - plan.count("OPEN"))
        self.progress.setText(plan_words.progress(plan, self._engine) if total else "")
        begun = plan.state in ("RUNNING", "STOPPED", "DONE", "CANCELLED") and total > 0
        self.bar.setVisible(begun)
        self.progress.setVisible(begun)
        self._show_buttons(plan)
        self._read_steps(plan)

    def _show_facts(self, plan: PlanShown) -> None:
        since = plan_words.since(plan, self._since[1]) if self._since[0] == plan.key else ""
        left = ""
        if plan.state == "READY":
            left = plan_words.left_out(plan, len(self.steps.without), len(self.steps.left_out()))
        told = [one for one in (plan.said, left, since) if one] + plan_words.facts(plan)
        self.facts.setText(formats.breakable(formats.plain("\n".join(told), 4_000)))

    def _show_buttons(self, plan: PlanShown) -> None:
        possible = {
            self.apply: plan.state == "READY",
            self.leave_out: plan.state == "READY",
            self.put_back: plan.state == "READY",
            self.stop: plan.state == "RUNNING",
            self.go_on: plan.state == "STOPPED",
            self.retry: plan.count("FAILED") > 0 and plan.state in ("DONE", "RUNNING"),
            self.cancel: plan.state in ("COMPARING", "READY", "CHECKING", "RUNNING", "STOPPED"),
            self.undo: plan.can_undo and plan.state in ("DONE", "CANCELLED"),
            self.newer: plan.replaced_by > 0,
            self.missed: bool(plan.left_out),
            self.save: plan.state != "COMPARING" and bool(plan.steps),
        }
        for button in self.buttons:
            button.setVisible(possible[button])
        self._on_selected()

    def _read_steps(self, plan: PlanShown) -> None:
        """Ask for the steps when there may be others than those on screen."""
        ended = sum(count for name, count in plan.steps if name != "OPEN")
        wanted = (plan.key, plan.state, ended)
        if self._shown is None or self._shown[0] != plan.key:
            # Nothing may be left out of one plan, or tried again, by what was chosen in another.
            self._shown = (plan.key, "", -1)
            self.steps.clear()
            self._show_missed(None)
        if self._asking or wanted == self._shown or plan.state == "COMPARING":
            return
        self._asking = True
        self._parts.gateway.start(self._ask_for(plan.key, wanted))

    async def _ask_for(self, plan: int, wanted: tuple[int, str, int]) -> None:
        try:
            found = await self._parts.gateway.ask(ShowPlan(plan))
        finally:
            self._asking = False
        if isinstance(found, PlanDetail):
            if self.plan is not None and self.plan.key == plan:
                self._shown = wanted
                self._since = (plan, found.by.get(SINCE, {}))
                self.steps.show_steps(found)
            self._show()

    @property
    def _shows_missed(self) -> bool:
        return self._below.currentWidget() is self.lessons

    def _show_missed(self, found: PlanMissed | None) -> None:
        """These lessons in the place of the steps; None: the steps again."""
        if found is not None and self.plan is not None:
            self.lessons.show_lessons(found, sum(count for _reason, count in self.plan.left_out))
        self._below.setCurrentWidget(self.lessons if found is not None else self.steps)
        self.missed.setText(MISSED if found is None else BACK)
        self._on_selected()

    # ---- clicks

    def _on_find(self) -> None:
        (self.lessons if self._shows_missed else self.steps).field.setFocus()

    def _on_missed(self) -> None:
        if self._shows_missed:
            self._show_missed(None)
        elif (plan := self.plan) is not None:
            self._parts.gateway.start(self._ask_for_missed(plan.key))

    async def _ask_for_missed(self, plan: int) -> None:
        found = await self._parts.gateway.ask(ShowNotRecorded(plan))
        if isinstance(found, PlanMissed) and self.plan is not None and self.plan.key == plan:
            self._show_missed(found)

    def _on_selected(self) -> None:
        self.leave_out.setEnabled(not self._shows_missed and bool(self.steps.chosen("OPEN")))
        self.put_back.setEnabled(not self._shows_missed and self.steps.can_put_back())
        if self.plan is not None:
            self._show_facts(self.plan)
        self.retry.setText(RETRY_CHOSEN if self.steps.chosen("FAILED") else RETRY_ALL)

    def _on_older(self) -> None:
        self._parts.gateway.start(self._older())

    async def _older(self) -> None:
        found = await self._parts.gateway.ask(ListPlans(self.plans.before))
        if isinstance(found, OlderPlans):
            self.plans.show_older(found)
            self._show()

    def _on_newer(self) -> None:
        if (plan := self.plan) is not None:
            self.plans.choose(plan.replaced_by)

    def _on_save(self) -> None:
        if (plan := self.plan) is not None:
            self._parts.gateway.start(self._save(plan))

    async def _save(self, plan: PlanShown) -> None:
        path = await ask_where(self, f"Save plan {plan.key}", f"plan-{plan.key}")
        if path is not None:
            self._send(SavePlan(plan.key, str(path)), self.save)

    def _on_compare(self) -> None:
        self._parts.gateway.start(self._compare())

    async def _compare(self) -> None:
        dialog = CompareDialog(self, self._parts.by, self._parts.campus, self.known())
        if await answered(dialog):
            self._send(dialog.command(), self.compare)

    def _on_apply(self) -> None:
        if (plan := self.plan) is not None:
            self._parts.gateway.start(self._apply(plan))

    async def _apply(self, plan: PlanShown) -> None:
        dialog = ApplyDialog(self, self._parts.by, plan, self.steps.without, self.steps.to_send())
        if await answered(dialog):
            self._send(dialog.command(), self.apply)

    def _on_stop(self) -> None:
        if (plan := self.plan) is not None:
            self._send(StopPlan(self._parts.by, plan.key, "from the window"), self.stop)

    def _on_go_on(self) -> None:
        if (plan := self.plan) is not None:
            self._send(ContinuePlan(self._parts.by, plan.key), self.go_on)

    def _on_retry(self) -> None:
        if (plan := self.plan) is not None:
            self._send(RetrySteps(self._parts.by, plan.key, self.steps.chosen("FAILED")), self.retry)

    def _on_cancel(self) -> None:
        if (plan := self.plan) is not None:
            self._parts.gateway.start(self._cancel(plan))

    async def _cancel(self, plan: PlanShown) -> None:
        left = plan.count("OPEN")
        begun = plan.state in ("RUNNING", "STOPPED")
        text = "Nothing of it was sent."
        if begun:
            text = f"{formats.counted(left, 'call')} not sent; their rooms and days are paused as they are."
        if begun and plan.kind == "UNDO":
            text = (
                f"{formats.counted(left, 'call')} not sent. Rooms and days where nothing was taken back follow"
                " the timetable again; the others stay paused."
            )
        if await confirmed(self, f"Cancel plan {plan.key}?", text, f"Cancel plan {plan.key}"):
            self._send(CancelPlan(self._parts.by, plan.key), self.cancel)

    def _on_undo(self) -> None:
        if (plan := self.plan) is not None:
            self._send(Undo(self._parts.by, plan.key), self.undo)

    def _send(self, command: PlanMessage, button: QPushButton) -> None:
        button.setEnabled(False)
        self._parts.gateway.send(command, lambda: button.setEnabled(True))

    # ---- making

    def _press(self, keys: str, act: Callable[[], None], button: QPushButton | None = None) -> None:
        """These keys do the same as a button, while that is on screen."""

        def on_pressed() -> None:
            if button is None or button.isVisible():
                act()

        widgets.on_key(self, keys, on_pressed)

    def _lay_out(self) -> None:
        title = widgets.label(TITLE, "title")
        lead = widgets.label(LEAD, "muted", wrap=True)
        head = QHBoxLayout()
        words_ = QVBoxLayout()
        words_.addWidget(title)
        words_.addWidget(lead)
        head.addLayout(words_, 1)
        head.addWidget(self.compare, 0, Qt.AlignmentFlag.AlignBottom)
        row = widgets.FlowLayout()
        for button in self.buttons:
            row.addWidget(button)
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.headline, self.facts, self.bar, self.progress):
            column.addWidget(part)
        column.addLayout(row)
        self._below.addWidget(self.steps)
        self._below.addWidget(self.lessons)
        column.addWidget(self._below, 1)
        body = QWidget()
        sides = QHBoxLayout(body)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(14)
        sides.addWidget(self.plans)
        sides.addWidget(detail, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.state_pane)
        self._stack.addWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 16)
        whole.setSpacing(12)
        whole.addLayout(head)
        whole.addWidget(self._stack, 1)
