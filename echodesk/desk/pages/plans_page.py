"""Compare and repair: plans of the whole year, what each would do, what became of it, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from echodesk.batches import (
    CancelPlan,
    ContinuePlan,
    PlanCommand,
    PlanDetail,
    PlanShown,
    RetrySteps,
    ShowPlan,
    StepRow,
    StopPlan,
    Undo,
)
from echodesk.desk import formats, plan_words, widgets
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.dialogs.plans import ApplyDialog, CompareDialog
from echodesk.desk.pages.plan_groups import PlanGroups
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.places import Place
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.tables.view import LiveView
from echodesk.messages import Row, Table, TableDelta

LIST_WIDTH = 236
MOST_STEPS = 200_000
AT_WORK = ("COMPARING", "CHECKING", "RUNNING")
TITLE = "Compare and repair"
LEAD = (
    "What Echo360 holds beside the timetable. A plan shows every change first; nothing is sent without your yes."
)


class PlansPage(QWidget):
    """The plans at the left, the chosen one at the right with its steps."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self._parts = parts
        self._plans: tuple[PlanShown, ...] = ()
        self._shown: tuple[int, str, int] | None = None
        """Plan, state and steps that have ended, as the steps on screen were read."""
        self._asking = False
        self._without: set[int] = set()
        """Steps that were taken out of the plan on screen."""
        self.known: Callable[[], Sequence[Place]] = lambda: ()
        """All places that a person may choose from."""
        self.compare = widgets.button("&Compare…", self._on_compare, "primary")
        self.list = QListWidget()
        self.list.setObjectName("plans")
        self.list.setAccessibleName("Plans")
        self.list.setFixedWidth(LIST_WIDTH)
        self.state_pane = StatePane()
        self.headline = widgets.label(kind="headline", wrap=True)
        self.facts = widgets.label(wrap=True, selectable=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far the plan is")
        self.progress = widgets.label(kind="small")
        self.apply = widgets.button("&Send these…", self._on_apply, "primary")
        self.leave_out = widgets.button("&Leave out", self._on_leave_out)
        self.stop = widgets.button("St&op", self._on_stop)
        self.go_on = widgets.button("&Go on", self._on_go_on)
        self.retry = widgets.button("Try &failed again", self._on_retry)
        self.cancel = widgets.button("Ca&ncel…", self._on_cancel)
        self.undo = widgets.button("Take &back…", self._on_undo)
        self.buttons = (self.apply, self.leave_out, self.stop, self.go_on, self.retry, self.cancel, self.undo)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find steps: room, date, module, words of Echo360")
        self.field.setAccessibleName("Find steps")
        self.field.setClearButtonEnabled(True)
        self.model = LiveModel(plan_words.step_columns(), MOST_STEPS, self)
        self.view = LiveView(self.model, parts.theme)
        self.view.setAccessibleName("Steps of the plan")
        self.groups = PlanGroups()
        self._lay_out()
        self.list.currentRowChanged.connect(self._on_chosen)
        self.field.textChanged.connect(self._on_typed)
        self.groups.chosen.connect(self._filter)
        self.view.selectionModel().selectionChanged.connect(self._on_selected)
        self._show()

    @property
    def plan(self) -> PlanShown | None:
        """The plan on screen."""
        at = self.list.currentRow()
        return self._plans[at] if 0 <= at < len(self._plans) else None

    def show_plans(self, plans: tuple[PlanShown, ...]) -> None:
        """The last plans, newest first; the one on screen stays there, a new one comes to the front."""
        if plans == self._plans:
            return
        before = self.plan
        newest = self._plans[0].key if self._plans else 0
        self._plans = plans
        self.list.blockSignals(True)
        self.list.clear()
        for plan in plans:
            text = f"{plan_words.title(plan)}\n{plan_words.state(plan)}"
            item = QListWidgetItem(formats.plain(text, 200))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, text.replace("\n", ", "))
            self.list.addItem(item)
        wanted = before.key if before is not None and plans and plans[0].key == newest else None
        keys = [plan.key for plan in plans]
        self.list.setCurrentRow(keys.index(wanted) if wanted in keys else (0 if plans else -1))
        self.list.blockSignals(False)
        self._show()

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
        self.headline.setText(formats.breakable(f"{plan_words.title(plan)}. {plan_words.state(plan)}"))
        widgets.restyle(self.headline, "ink", str(plan_words.tone(plan)))
        told = [*([plan.said] if plan.said else []), *plan_words.facts(plan)]
        self.facts.setText(formats.breakable(formats.plain("\n".join(told), 4_000)))
        total = plan.to_send
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(total - plan.count("OPEN"))
        self.progress.setText(plan_words.progress(plan) if total else "")
        begun = plan.state in ("RUNNING", "STOPPED", "DONE", "CANCELLED") and total > 0
        self.bar.setVisible(begun)
        self.progress.setVisible(begun)
        self._show_buttons(plan)
        self._read_steps(plan)

    def _show_buttons(self, plan: PlanShown) -> None:
        done = plan.count("DONE") > 0
        possible = {
            self.apply: plan.state == "READY",
            self.leave_out: plan.state == "READY",
            self.stop: plan.state == "RUNNING",
            self.go_on: plan.state == "STOPPED",
            self.retry: plan.count("FAILED") > 0 and plan.state in ("DONE", "STOPPED", "RUNNING"),
            self.cancel: plan.state in ("COMPARING", "READY", "CHECKING", "RUNNING", "STOPPED"),
            self.undo: done and plan.state in ("DONE", "CANCELLED", "STOPPED"),
        }
        for button in self.buttons:
            button.setVisible(possible[button])
        self.leave_out.setEnabled(bool(self.view.selected_keys()))

    def _read_steps(self, plan: PlanShown) -> None:
        """Ask for the steps when there may be others than those on screen."""
        ended = sum(count for name, count in plan.steps if name != "OPEN")
        wanted = (plan.key, plan.state, ended)
        if self._asking or wanted == self._shown or plan.state == "COMPARING":
            if plan.state == "COMPARING":
                self.groups.show_groups({}, 0)
                self._put((), wanted)
            return
        if self._shown is None or self._shown[0] != plan.key:
            self._without = set()
        self._asking = True
        self._parts.gateway.start(self._ask_for(plan.key, wanted))

    async def _ask_for(self, plan: int, wanted: tuple[int, str, int]) -> None:
        try:
            found = await self._parts.gateway.ask(ShowPlan(plan))
        finally:
            self._asking = False
        if isinstance(found, PlanDetail):
            self.groups.show_groups(found.by, len(found.steps))
            self._put(found.steps, wanted)
            if self.plan is not None and self.plan.key != plan:
                self._show()

    def _put(self, steps: Sequence[StepRow], wanted: tuple[int, str, int]) -> None:
        self._shown = wanted
        rows: Any = tuple(steps)
        number = next(self._parts.numbers)
        self.model.expect(number)
        # The model keeps rows of any kind that have a key; which table they are of does not matter to it.
        self.model.apply(TableDelta(Table.QUEUE, number, 0, 0, rows, frozenset(), True, ()))
        if self.model.sorted_by[0] < 0:
            self.model.sort(2)
        self._filter()

    def _filter(self) -> None:
        text = self.field.text().strip().casefold()
        group = self.groups.accepts()

        def accept(row: Row) -> bool:
            step: Any = row
            return (group is None or group(step)) and (not text or text in plan_words.step_text(step))

        self.model.filter(accept if text or group is not None else None)

    # ---- clicks

    def _on_chosen(self, _row: int) -> None:
        self._show()

    def _on_typed(self, _text: str) -> None:
        self._filter()

    def _on_selected(self) -> None:
        self.leave_out.setEnabled(bool(self.view.selected_keys()))

    def _on_compare(self) -> None:
        self._parts.gateway.start(self._compare())

    async def _compare(self) -> None:
        dialog = CompareDialog(self, self._parts.by, self._parts.campus, self.known(), None)
        if await answered(dialog):
            self._send(dialog.command(), self.compare)

    def _on_apply(self) -> None:
        if (plan := self.plan) is not None:
            self._parts.gateway.start(self._apply(plan))

    async def _apply(self, plan: PlanShown) -> None:
        dialog = ApplyDialog(self, self._parts.by, plan, sorted(self._without), len(self._left_out()))
        if await answered(dialog):
            self._send(dialog.command(), self.apply)

    def _left_out(self) -> set[int]:
        """The steps that were taken out, and all that go with them."""
        steps: Any = list(self.model.cache.rows())
        pieces = {step.piece for step in steps if step.key in self._without}
        return {step.key for step in steps if step.piece in pieces}

    def _on_leave_out(self) -> None:
        self._without |= set(self.view.selected_keys())
        left = self._left_out()
        rows: Any = self.model.cache.rows()
        shown = [
            replace(row, state="LEFT_OUT") if row.key in left and row.state == "OPEN" else row for row in rows
        ]
        if self._shown is not None:
            self._put(shown, self._shown)

    def _on_stop(self) -> None:
        if (plan := self.plan) is not None:
            self._send(StopPlan(self._parts.by, plan.key, "from the window"), self.stop)

    def _on_go_on(self) -> None:
        if (plan := self.plan) is not None:
            self._send(ContinuePlan(self._parts.by, plan.key), self.go_on)

    def _on_retry(self) -> None:
        if (plan := self.plan) is not None:
            self._send(RetrySteps(self._parts.by, plan.key), self.retry)

    def _on_cancel(self) -> None:
        if (plan := self.plan) is not None:
            self._parts.gateway.start(self._cancel(plan))

    async def _cancel(self, plan: PlanShown) -> None:
        left = plan.count("OPEN")
        begun = plan.state in ("RUNNING", "STOPPED")
        text = "Nothing of it was sent."
        if begun:
            text = f"{formats.counted(left, 'call')} not sent; their rooms and days are paused as they are."
        if await confirmed(self, f"Cancel plan {plan.key}?", text, f"Cancel plan {plan.key}"):
            self._send(CancelPlan(self._parts.by, plan.key), self.cancel)

    def _on_undo(self) -> None:
        if (plan := self.plan) is not None:
            self._send(Undo(self._parts.by, plan.key), self.undo)

    def _send(self, command: PlanCommand, button: QPushButton) -> None:
        button.setEnabled(False)
        self._parts.gateway.send(command, lambda: button.setEnabled(True))

    # ---- making

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
        column.addWidget(self.field)
        table = QHBoxLayout()
        table.setSpacing(10)
        table.addWidget(self.groups)
        table.addWidget(self.view, 1)
        column.addLayout(table, 1)
        body = QWidget()
        sides = QHBoxLayout(body)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(14)
        sides.addWidget(self.list)
        sides.addWidget(detail, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.state_pane)
        self._stack.addWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 16)
        whole.setSpacing(12)
        whole.addLayout(head)
        whole.addWidget(self._stack, 1)
