"""The strips above the page, and the notices that come and go at the lower right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from echodesk.desk import formats, shapes, widgets
from echodesk.desk.standing import Banner
from echodesk.desk.theme import Theme
from echodesk.desk.words import Tone
from echodesk.messages import Level

_TONES = {Level.INFO: Tone.GOOD, Level.WARNING: Tone.NOTE, Level.ERROR: Tone.BAD}
SHORT_MS = 7_000
MOST_TOASTS = 4
WIDTH = 400


class BannerArea(QWidget):
    """All banners, one below the other; rebuilt only when they differ."""

    def __init__(self, theme: Theme, act: Callable[[Banner], None]) -> None:
        super().__init__()
        self._theme = theme
        self._act = act
        self.shown: tuple[Banner, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 14, 20, 0)
        self._column.setSpacing(8)
        self.setAccessibleName("Messages")
        self.hide()

    def show_banners(self, banners: Sequence[Banner]) -> None:
        """Show exactly these."""
        if self.shown == tuple(banners):
            return
        self.shown = tuple(banners)
        widgets.clear(self._column)
        for banner in banners:
            self._column.addWidget(self._made(banner))
        self.setVisible(bool(banners))

    def _made(self, banner: Banner) -> QFrame:
        box = widgets.frame("banner")
        box.setProperty("tone", str(banner.tone))
        box.setAccessibleName(banner.title)
        row = QHBoxLayout(box)
        row.setContentsMargins(14, 9, 12, 9)
        row.setSpacing(12)
        row.addWidget(sign(self._theme, banner.tone, 18), 0, Qt.AlignmentFlag.AlignVCenter)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        title = widgets.label(kind="problem", wrap=True)
        title.setText(formats.breakable(banner.title))
        text = widgets.label(wrap=True)
        text.setText(formats.breakable(formats.plain(banner.text, 600)))
        texts.addWidget(title)
        texts.addWidget(text)
        row.addLayout(texts, 1)
        if banner.act:
            name = f"{banner.button}: {banner.title}"
            row.addWidget(widgets.button(banner.button, lambda: self._act(banner), name=name))
        return box


def sign(theme: Theme, tone: Tone, size: int = shapes.SIZE) -> QWidget:
    """The tone's shape as a small picture."""
    made = widgets.label()
    ink, tint = theme.tokens.tones[tone]
    made.setPixmap(shapes.pixmap(tone, ink, tint, made.devicePixelRatioF(), size))
    made.setFixedSize(size, size)
    return made


class Toasts(QObject):
    """Notices over the lower right corner of a window: good news goes by itself, trouble stays until closed."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._boxes: list[tuple[QFrame, tuple[str, str]]] = []
        window.installEventFilter(self)

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Title and message of what is shown, oldest first."""
        return tuple(texts for _, texts in self._boxes)

    def show_notice(self, level: Level, title: str, message: str, next_step: str = "") -> None:
        """Say it; the same notice is not shown twice at once."""
        if any(texts == (title, message) for _, texts in self._boxes):
            return
        while len(self._boxes) >= MOST_TOASTS:
            self._drop(self._boxes[0][0])
        box = self._made(level, title, message, next_step)
        self._boxes.append((box, (title, message)))
        box.show()
        self._place()
        if level is Level.INFO:
            timer = QTimer(box)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._drop(box))
            timer.start(SHORT_MS)

    def close_all(self) -> None:
        """Take all away."""
        for box, _ in list(self._boxes):
            self._drop(box)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _made(self, level: Level, title: str, message: str, next_step: str) -> QFrame:
        tone = _TONES[level]
        box = QFrame(self._window)
        box.setProperty("kind", "toast")
        box.setAccessibleName(title)
        box.setFixedWidth(WIDTH)
        ink = self._theme.tokens.tones[tone][0]
        box.setStyleSheet(f'QFrame[kind="toast"] {{ border-left-color: {ink}; }}')
        row = QHBoxLayout(box)
        row.setContentsMargins(14, 11, 8, 11)
        row.setSpacing(10)
        row.addWidget(sign(self._theme, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(3)
        for text, kind in ((title, "problem"), (message, ""), (next_step, "small")):
            if text:
                part = widgets.label(kind=kind, wrap=True)
                part.setText(formats.breakable(formats.plain(text, 600)))
                texts.addWidget(part)
        row.addLayout(texts, 1)
        close = widgets.button("Close", lambda: self._drop(box), "plain", name=f"Close: {title}")
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return box

    def _drop(self, box: QFrame) -> None:
        self._boxes = [pair for pair in self._boxes if pair[0] is not box]
        box.hide()
        box.deleteLater()
        self._place()

    def _place(self) -> None:
        bottom = self._window.height() - 44
        for box, _ in reversed(self._boxes):
            box.ensurePolished()
            layout = box.layout()
            height = layout.totalHeightForWidth(WIDTH) if layout is not None else box.height()
            box.resize(WIDTH, height)
            bottom -= height
            box.move(self._window.width() - WIDTH - 20, bottom)
            box.raise_()
            bottom -= 10
