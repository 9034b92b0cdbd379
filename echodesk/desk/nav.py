"""The list of pages at the left, with what needs a person counted beside each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from echodesk.desk import formats, widgets, words
from echodesk.desk.theme import Theme
from echodesk.settings import Profile

WIDTH = 208
COUNT_ROLE = Qt.ItemDataRole.UserRole


class NavDelegate(QStyledItemDelegate):
    """Paints a page's name and, in a pill, its count."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH, 42)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(10, 2, -10, -2)
        ink = QColor(tokens.nav_active_text if chosen else tokens.nav_text)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.nav_active))
            painter.drawRoundedRect(box, 7, 7)
        if focused:
            painter.setPen(ink)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        painter.setFont(option.font)
        painter.setPen(ink)
        painter.drawText(box.adjusted(14, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        count = index.data(COUNT_ROLE)
        if isinstance(count, int) and count:
            self._paint_count(painter, box, option.font, formats.number(count))
        painter.restore()

    def _paint_count(self, painter: QPainter, box: QRectF, font: QFont, text: str) -> None:
        tokens = self._theme.tokens
        small = QFont(font)
        small.setPixelSize(11)
        small.setBold(True)
        width = max(QFontMetrics(small).horizontalAdvance(text) + 14, 22)
        pill = QRectF(box.right() - width - 8, box.center().y() - 9, width, 18)
        painter.setFont(small)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.nav_active_text))
        painter.drawRoundedRect(pill, 9, 9)
        painter.setPen(QColor(tokens.nav_active if tokens.nav_active != tokens.nav_text else tokens.nav))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


class Nav(QWidget):
    """Title, profile, pages."""

    chosen = Signal(int)
    """A person chose the page with this number."""

    def __init__(self, titles: Sequence[str], profile: Profile, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("nav")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.list = QListWidget()
        self.list.setObjectName("navList")
        self.list.setAccessibleName("Pages")
        self.list.setItemDelegate(NavDelegate(theme, self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._titles = tuple(titles)
        for number, title in enumerate(titles):
            item = QListWidgetItem(title)
            item.setToolTip(f"Ctrl+{number + 1}")
            self.list.addItem(item)
        name = widgets.label("EchoDesk")
        name.setObjectName("navTitle")
        sub = widgets.label("Timetable to Echo360")
        sub.setObjectName("navSub")
        said, tone = words.profile(profile)
        self.profile = widgets.label(wrap=True)
        self.profile.setText(formats.breakable(formats.one_line(said, 80), 18))
        self.profile.setObjectName("profile")
        self.profile.setAccessibleName(f"Profile: {said}")
        self.profile.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for painted in ("tone", "ink"):
            self.profile.setProperty(painted, str(tone))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 18, 0, 16)
        column.setSpacing(2)
        for part in (name, sub):
            part.setContentsMargins(22, 0, 0, 0)
            column.addWidget(part)
        column.addSpacing(18)
        column.addWidget(self.list, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 0, 14, 0)
        foot.addWidget(self.profile)
        column.addLayout(foot)
        self.list.currentRowChanged.connect(self.chosen)

    def show_page(self, number: int) -> None:
        """Mark this page as the one on screen."""
        self.list.setCurrentRow(number)

    def show_count(self, number: int, count: int, what: str) -> None:
        """How many things of a page need a person; `what` is for screen readers."""
        item = self.list.item(number)
        item.setData(COUNT_ROLE, count)
        title = self._titles[number]
        spoken = f"{title}, {formats.number(count)} {what}" if count else title
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
