"""The plans at the left of their page: the last ones and those in hand, and older ones when somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from echodesk.batches import PlanList as OlderPlans
from echodesk.batches import PlanShown
from echodesk.desk import formats, plan_words, widgets
from echodesk.desk.wrapped import wrap
from echodesk.messages import EngineState

WIDTH = 188


class PlanList(QWidget):
    """Emits `chosen` when a person chooses another plan."""

    chosen = Signal()

    def __init__(self, older_wanted: Callable[[], None]) -> None:
        super().__init__()
        self._plans: tuple[PlanShown, ...] = ()
        self._older: dict[int, PlanShown] = {}
        """Plans that were asked for, as they were when they were last heard of."""
        self._asked_to = 0
        self._in_all = 0
        self._engine: EngineState | None = None
        self.box = QListWidget()
        self.box.setObjectName("plans")
        self.box.setAccessibleName("Plans")
        wrap(self.box)
        self.older = widgets.button("Ol&der…", older_wanted, hint="Show plans from before these")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.box, 1)
        column.addWidget(self.older)
        self.setFixedWidth(WIDTH)
        self.box.currentRowChanged.connect(lambda _row: self.chosen.emit())

    @property
    def plans(self) -> tuple[PlanShown, ...]:
        """All that are listed, newest first."""
        return self._plans

    @property
    def plan(self) -> PlanShown | None:
        """The one that is chosen."""
        at = self.box.currentRow()
        return self._plans[at] if 0 <= at < len(self._plans) else None

    @property
    def before(self) -> int:
        """The plan before which older ones are asked for next, 0 for the first time."""
        return self._asked_to

    def choose(self, number: int) -> None:
        """Choose the plan of this number, if it is listed."""
        keys = [plan.key for plan in self._plans]
        if number in keys:
            self.box.setCurrentRow(keys.index(number))

    def show_plans(self, plans: tuple[PlanShown, ...], in_all: int) -> bool:
        """The one that is chosen stays so; a new one comes to the front. False if nothing is different."""
        self._in_all = in_all
        newest = max((plan.key for plan in self._plans), default=0)
        found = {**self._older, **{plan.key: plan for plan in plans}}
        self._older = {key: found[key] for key in self._older}
        listed = tuple(found[key] for key in sorted(found, reverse=True))
        self.older.setVisible(len(listed) < in_all)
        if listed == self._plans:
            return False
        chosen = self.plan if listed and listed[0].key == newest else None
        self._plans = listed
        self._fill(chosen.key if chosen is not None else 0)
        return True

    def show_older(self, found: OlderPlans) -> None:
        """Plans that were asked for."""
        self._older |= {plan.key: plan for plan in found.plans}
        self._asked_to = found.plans[-1].key if found.plans else self._asked_to
        self.show_plans(tuple(plan for plan in self._plans if plan.key not in self._older), self._in_all)

    def show_state(self, engine: EngineState) -> None:
        """Who is sending."""
        self._engine = engine
        for at, plan in enumerate(self._plans):
            self._say(self.box.item(at), plan)

    def _fill(self, chosen: int) -> None:
        self.box.blockSignals(True)
        self.box.clear()
        for plan in self._plans:
            item = QListWidgetItem()
            self._say(item, plan)
            self.box.addItem(item)
        keys = [plan.key for plan in self._plans]
        self.box.setCurrentRow(keys.index(chosen) if chosen in keys else (0 if keys else -1))
        self.box.blockSignals(False)

    def _say(self, item: QListWidgetItem, plan: PlanShown) -> None:
        text = formats.plain(f"{plan_words.title(plan)}\n{plan_words.state(plan, self._engine)}", 200)
        item.setText(text)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, text.replace("\n", ", "))
