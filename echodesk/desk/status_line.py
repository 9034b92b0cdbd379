"""The line at the bottom: what the worker is doing, long tasks with their progress, who is sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from echodesk.desk import formats, shapes, standing, widgets
from echodesk.desk.campus import CampusTime
from echodesk.desk.theme import Theme
from echodesk.desk.words import Tone
from echodesk.messages import EngineState, Progress


@dataclass(slots=True)
class _Task:
    box: QWidget
    text: QLabel
    bar: QProgressBar
    cancel: QPushButton


class StatusLine(QStatusBar):
    """Progress with Cancel for each long task; the newest three are shown."""

    def __init__(self, theme: Theme, campus: CampusTime, cancel: Callable[[int], None]) -> None:
        super().__init__()
        self._campus = campus
        self._theme = theme
        self._cancel = cancel
        self._tasks: dict[int, _Task] = {}
        self.setSizeGripEnabled(False)
        self._sign = widgets.label()
        self.phase = widgets.label("Starting")
        self.phase.setAccessibleName("What EchoDesk is doing")
        self.sender_label = widgets.label(kind="small")
        self._left = QWidget()
        row = QHBoxLayout(self._left)
        row.setContentsMargins(14, 4, 8, 4)
        row.setSpacing(7)
        row.addWidget(self._sign)
        row.addWidget(self.phase)
        self.addWidget(self._left)
        self.addPermanentWidget(self.sender_label)
        self._show_sign(Tone.BUSY)

    def show_state(self, state: EngineState) -> None:
        """Phase and sender."""
        text, tone = standing.phase_text(state)
        self.phase.setText(formats.one_line(text))
        self._show_sign(tone)
        self.sender_label.setText(f"{formats.one_line(standing.sender_text(state, self._campus)[0], 80)}   ")

    def say(self, text: str) -> None:
        """Something about the window itself, such as that it is closing."""
        self.phase.setText(text)

    def show_progress(self, progress: Progress) -> None:
        """A task goes on, or ends."""
        if progress.total and progress.done >= progress.total:
            self._end(progress.task)
            return
        task = self._tasks.get(progress.task) or self._begin(progress.task)
        numbers = f"{formats.number(progress.done)} of {formats.number(progress.total)}" if progress.total else ""
        task.text.setText(f"{formats.one_line(progress.label, 60)}  {numbers}")
        task.bar.setRange(0, progress.total)
        task.bar.setValue(progress.done)
        task.cancel.setVisible(progress.cancellable)

    def end_all(self) -> None:
        """The worker is gone, and its tasks with it."""
        for number in list(self._tasks):
            self._end(number)

    @property
    def tasks(self) -> tuple[int, ...]:
        """The tasks that go on."""
        return tuple(self._tasks)

    def cancel_button(self, task: int) -> QPushButton:
        """The button that stops this task."""
        return self._tasks[task].cancel

    def cancel_failed(self, task: int) -> None:
        """The worker did not take the cancel."""
        if task in self._tasks:
            self._tasks[task].cancel.setEnabled(True)

    def _begin(self, number: int) -> _Task:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(8)
        text, bar = widgets.label(), QProgressBar()
        bar.setTextVisible(False)
        bar.setFixedWidth(160)
        bar.setAccessibleName("Progress")
        cancel = widgets.button("Cancel", lambda: self._on_cancel(number), "plain")
        for part in (text, bar, cancel):
            row.addWidget(part)
        self.addWidget(box)
        task = self._tasks[number] = _Task(box, text, bar, cancel)
        return task

    def _on_cancel(self, number: int) -> None:
        self._tasks[number].cancel.setEnabled(False)
        self._cancel(number)

    def _end(self, number: int) -> None:
        task = self._tasks.pop(number, None)
        if task is not None:
            self.removeWidget(task.box)
            task.box.deleteLater()

    def _show_sign(self, tone: Tone) -> None:
        tokens = self._theme.tokens
        ratio = self.devicePixelRatioF()
        self._sign.setPixmap(shapes.pixmap(tone, tokens.tones[tone][0], tokens.surface, ratio))
