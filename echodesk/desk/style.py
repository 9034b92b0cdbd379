"""The style sheet, made from a theme's tokens. Widgets are reached by object name or by the property `kind`."""

from __future__ import annotations

from echodesk.desk.tokens import Tokens


def style_sheet(tokens: Tokens) -> str:
    """The whole sheet; a property `tone` colours a frame, `ink` a label."""
    parts = [_SHEET]
    for tone, (ink, tint) in tokens.tones.items():
        parts.append(
            f'*[tone="{tone}"] {{ background: {tint}; border-color: {ink}; }}'
            f'*[tone="{tone}"] QLabel[kind="problem"], QLabel[ink="{tone}"] {{ color: {ink}; }}'
        )
    sheet = "\n".join(parts)
    for name in Tokens.__slots__:
        value = getattr(tokens, name)
        if isinstance(value, str):
            sheet = sheet.replace(f"@{name};", f"{value};").replace(f"@{name} ", f"{value} ")
    return sheet


_SHEET = """
QToolTip { color: @text; background: @surface; border: 1px solid @border; padding: 4px; }
QMenuBar { background: @window; color: @text; padding: 2px 6px; }
QMenuBar::item { padding: 5px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; color: @text; }
QMenu { background: @surface; color: @text; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 14px; border-radius: 4px; }
QMenu::item:selected { background: @selection; color: @selection_text; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @hairline; margin: 4px 8px; }
QStatusBar { background: @surface; color: @text; border-top: 1px solid @border; }
QStatusBar::item { border: none; }

QWidget#nav { background: @nav; }
QListWidget#navList { background: @nav; color: @nav_text; border: none; outline: none; }
QLabel#navTitle { color: @nav_title; font-size: 19px; font-weight: bold; background: transparent; }
QLabel#navSub { color: @nav_text; font-size: 11px; background: transparent; }
QLabel#profile { border-width: 1px; border-style: solid; border-radius: 9px; padding: 4px 9px; font-size: 12px;
    font-weight: bold; }

QListWidget#plans, QListWidget#lessons { background: @surface; color: @text; border: 1px solid @hairline;
    border-radius: 10px; outline: none; padding: 6px; }
QListWidget#plans:focus, QListWidget#lessons:focus { border: 1px solid @focus; }
QListWidget#plans::item, QListWidget#lessons::item { padding: 7px 8px; border-radius: 6px; }
QListWidget#plans::item:hover, QListWidget#lessons::item:hover { background: @hover; }
QListWidget#plans::item:selected, QListWidget#lessons::item:selected { background: @selection;
    color: @selection_text; }
QTreeWidget { background: @surface; color: @text; border: 1px solid @hairline; border-radius: 10px;
    outline: none; }
QTreeWidget:focus { border: 1px solid @focus; }
QTreeWidget::item { padding: 4px 2px; }
QTreeWidget::item:hover { background: @hover; }
QTreeWidget::item:selected { background: @selection; color: @selection_text; }

QFrame[kind="card"] { background: @surface; border: 1px solid @hairline; border-radius: 10px; }
QFrame[kind="panel"] { background: @surface; border: 1px solid @hairline; border-radius: 10px; }
QFrame[kind="banner"] { border: 1px solid @border; border-radius: 8px; }
QFrame[kind="toast"] { background: @surface; border: 1px solid @border; border-left-width: 5px;
    border-radius: 8px; }

QLabel { background: transparent; }
QLabel[kind="title"] { color: @text; font-size: 21px; font-weight: bold; }
QLabel[kind="heading"] { color: @text; font-size: 14px; font-weight: bold; }
QLabel[kind="headline"] { color: @text; font-size: 15px; font-weight: bold; }
QLabel[kind="number"] { color: @text; font-size: 30px; font-weight: bold; }
QFrame[kind="card"]:hover { border-color: @border; }
QFrame[kind="card"]:focus { border: 2px solid @focus; }
QLabel[kind="muted"] { color: @muted; }
QLabel[kind="small"] { color: @muted; font-size: 12px; }
QLabel[kind="problem"] { color: @text; font-weight: bold; }

QPushButton, QToolButton { background: @surface; color: @text; border: 1px solid @border; border-radius: 6px;
    padding: 6px 12px; min-height: 18px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @selection; }
QPushButton:focus, QToolButton:focus { border: 2px solid @focus; padding: 5px 11px; }
QPushButton:disabled, QToolButton:disabled { color: @muted; border-color: @hairline; background: @window; }
QPushButton:default, QPushButton[kind="primary"], QToolButton[kind="primary"] { background: @accent;
    color: @accent_text; border-color: @accent; }
QToolButton[kind="primary"] { font-weight: bold; }
QPushButton:default:disabled, QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled {
    background: @window; color: @muted; border-color: @hairline; }
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus { border: 2px solid @text; }
QToolButton::menu-indicator { subcontrol-position: right center; right: 6px; }
QToolButton[popupMode="2"] { padding-right: 22px; }
QPushButton[kind="chip"] { border-radius: 13px; padding: 3px 11px; min-height: 18px; }
QPushButton[kind="chip"]:focus { padding: 2px 10px; }
QPushButton[kind="chip"]:checked { background: @accent; color: @accent_text; border-color: @accent; }
QPushButton[kind="plain"] { border: none; background: transparent; padding: 2px 6px; }
QPushButton[kind="plain"]:focus { border: 2px solid @focus; padding: 0px 4px; }

QLineEdit, QComboBox, QDateEdit, QDateTimeEdit { background: @surface; color: @text; border: 1px solid @border;
    border-radius: 6px; padding: 6px 9px; min-height: 18px; selection-background-color: @accent;
    selection-color: @accent_text; }
QLineEdit:focus, QComboBox:focus, QDateEdit:focus, QDateTimeEdit:focus { border: 2px solid @focus;
    padding: 5px 8px; }
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down { border: none; width: 26px;
    subcontrol-origin: padding; subcontrol-position: center right; }
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow { image: none; width: 0; height: 0;
    border-left: 4px solid @surface; border-right: 4px solid @surface; border-top: 5px solid @muted; }
QComboBox::down-arrow:disabled, QDateEdit::down-arrow:disabled, QDateTimeEdit::down-arrow:disabled {
    border-left-color: @window; border-right-color: @window; border-top-color: @border; }
QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled, QDateTimeEdit:disabled { color: @muted;
    background: @window; }
QPlainTextEdit { background: @window; color: @text; border: 1px solid @hairline; border-radius: 6px; }

QTableView { background: @surface; color: @text; border: 1px solid @hairline; border-radius: 10px; outline: none; }
QTableView:focus { border: 1px solid @focus; }
QHeaderView { background: @surface; border: none; border-top-left-radius: 10px; border-top-right-radius: 10px; }
QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @border;
    padding: 9px 10px; font-size: 12px; font-weight: bold; }
QHeaderView::section:hover { color: @text; background: @hover; }

QTableWidget#compared { border-radius: 6px; }
QTableWidget#compared::item { padding: 2px 0px; }
QTableWidget#compared::item:selected { background: @selection; color: @selection_text; }
QTableWidget#compared QHeaderView::section { padding: 3px 8px; border-bottom: none; }
QTableWidget#compared QTableCornerButton::section { background: @surface; border: none; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: @border; border-radius: 4px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QSplitter::handle { background: transparent; }

QProgressBar { background: @hairline; border: none; border-radius: 5px; max-height: 10px; min-height: 10px; }
QProgressBar::chunk { background: @accent; border-radius: 5px; }
QDialog, QCalendarWidget { background: @window; color: @text; }
QRadioButton, QCheckBox { color: @text; spacing: 8px; padding-right: 6px; }
QRadioButton:disabled, QCheckBox:disabled { color: @muted; }
QRadioButton::indicator { width: 12px; height: 12px; border: 2px solid @muted; border-radius: 8px;
    background: @surface; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid @accent; background: @accent_text; }
QRadioButton::indicator:disabled { border-color: @border; }
QRadioButton::indicator:focus { border-color: @focus; }
"""
