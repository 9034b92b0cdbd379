"""The pages of the connection dialog on which something is typed or chosen; each turns into a value."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from echodesk.connecting import DatabaseKind, DatabaseWish, Echo360Wish, Found, Start
from echodesk.desk import formats, widgets
from echodesk.desk.dialogs.fields import editable
from echodesk.settings import Profile, ProfileKind

KINDS = (
    (DatabaseKind.ORACLE, "Oracle"),
    (DatabaseKind.POSTGRESQL, "PostgreSQL"),
    (DatabaseKind.SQLITE, "A file on this PC (SQLite)"),
)
REGIONS = (
    ("https://echo360.org", "United States"),
    ("https://echo360.org.uk", "Europe, Middle East, Africa"),
    ("https://echo360.org.au", "Australia, New Zealand"),
    ("https://echo360.ca", "Canada"),
)
KEPT = "Leave it empty to use the one that is kept"
RISKS = {
    "first_wins": "A lesson that moves into an occupied room is not recorded, however important it is.",
    "last_wins": "A late edit, even a mistaken one, takes the recording from the lesson that had it.",
    "ignore": "Neither of them is recorded until staff have decided.",
    "most_recorded": "A long lesson may lose to two short ones, and who is recorded can change with any edit.",
}
"""What may go wrong with each strategy, in a sentence."""


class ChoicePage(QWidget):
    """The demonstration, or an office's own systems."""

    def __init__(self) -> None:
        super().__init__()
        self.demonstration = QRadioButton("Look at the &demonstration")
        self.own = QRadioButton("&Connect to your own systems")
        self.demonstration.setChecked(True)
        column = _column(self)
        column.addWidget(self.demonstration)
        column.addWidget(
            _told("A made-up university with an Echo360 of its own on this PC. Nothing leaves this PC.")
        )
        column.addWidget(self.own)
        column.addWidget(
            _told("The timetable's database and your Echo360. Both are tried first, and nothing is sent yet.")
        )
        column.addStretch(1)


class DatabasePage(QWidget):
    """Where the timetable is."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.kind = QComboBox()
        self.kind.setAccessibleName("Database")
        for kind, words in KINDS:
            self.kind.addItem(words, kind)
        self.host = _text("Server")
        self.port = _text("Port", "as usual")
        self.name = _text("Name of the database or service")
        self.user = _text("User")
        self.password = _secret("Password")
        self.schema = _text("Schema of EchoDesk's own tables", "as usual")
        self.cmis_schema = _text("Schema of the timetable's tables", "as usual")
        self.encrypted = QCheckBox("&Encrypted on the way (TLS)")
        self.encrypted.setChecked(True)
        self.file_note = _told(
            f"The file {place}. If it is not there, `echodesk database install` makes it, with empty tables."
        )
        self.keyring_note = _told("")
        self._rows = (
            ("&Server", self.host),
            ("P&ort", self.port),
            ("Database or ser&vice", self.name),
            ("&User", self.user),
            ("&Password", self.password),
            ("", self.encrypted),
            ("EchoDesk's sche&ma", self.schema),
            ("&Timetable's schema", self.cmis_schema),
        )
        self.form = _form()
        self.form.addRow(_label("&Database", self.kind), self.kind)
        for words, field in self._rows:
            self.form.addRow(_label(words, field), field)
        column = _column(self)
        column.addLayout(self.form)
        column.addWidget(self.file_note)
        column.addWidget(self.keyring_note)
        column.addStretch(1)
        self.kind.currentIndexChanged.connect(lambda _at: self._on_kind_changed())
        self._on_kind_changed()

    def show_wish(self, wish: DatabaseWish) -> None:
        """What the folder is connected with."""
        self.kind.setCurrentIndex(self.kind.findData(wish.kind))
        self.host.setText(wish.host)
        self.port.setText(wish.port)
        self.name.setText(wish.name)
        self.user.setText(wish.user)
        self.schema.setText(wish.schema)
        self.cmis_schema.setText(wish.cmis_schema)
        self.encrypted.setChecked(wish.encrypted)
        self.password.setPlaceholderText(KEPT)

    def wish(self) -> DatabaseWish:
        """What was typed."""
        kind = DatabaseKind(self.kind.currentData())
        if kind is DatabaseKind.SQLITE:
            return DatabaseWish(kind)
        return DatabaseWish(
            kind,
            self.host.text().strip(),
            self.port.text().strip(),
            self.name.text().strip(),
            self.user.text().strip(),
            self.password.text(),
            self.schema.text().strip(),
            self.cmis_schema.text().strip(),
            self.encrypted.isChecked(),
        )

    def _on_kind_changed(self) -> None:
        file = self.kind.currentData() == DatabaseKind.SQLITE
        for _words, field in self._rows:
            self.form.setRowVisible(field, not file)
        self.file_note.setVisible(file)
        self.keyring_note.setVisible(not file)


class Echo360Page(QWidget):
    """The institution's Echo360, and as whom EchoDesk signs in there."""

    def __init__(self) -> None:
        super().__init__()
        self.address = editable("Region, or address of Echo360", [f"{url} ({words})" for url, words in REGIONS])
        # Or the first region would be passed by: it counts as chosen while the field is empty.
        self.address.setCurrentIndex(-1)
        self.client_id = _text("Client id")
        self.client_secret = _secret("Client secret")
        self.keyring_note = _told("")
        form = _form()
        for words, field in (
            ("&Region or address", self.address),
            ("Client &id", self.client_id),
            ("Client &secret", self.client_secret),
        ):
            form.addRow(_label(words, field), field)
        column = _column(self)
        column.addLayout(form)
        column.addWidget(
            _told("An institution admin makes both in Echo360 under Settings, Integration, API Clients.")
        )
        column.addWidget(self.keyring_note)
        column.addStretch(1)

    def show_wish(self, wish: Echo360Wish) -> None:
        """What the folder is connected with."""
        self.address.setEditText(wish.url)
        self.client_id.setText(wish.client_id)
        self.client_secret.setPlaceholderText(KEPT)

    def wish(self) -> Echo360Wish:
        """What was typed or chosen."""
        # A region stands with its name behind its address.
        address = self.address.currentText().strip().partition(" ")[0]
        return Echo360Wish(address, self.client_id.text().strip(), self.client_secret.text())


class StartPage(QWidget):
    """Which years are sent, who is recorded where lessons overlap, and what this installation is for."""

    def __init__(self, strategies: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.years: list[QCheckBox] = []
        self._years = QVBoxLayout()
        self._wanted: tuple[str, ...] = ()
        self.strategy = QComboBox()
        self.strategy.setAccessibleName("When lessons overlap in a room")
        for value, words in strategies:
            self.strategy.addItem(words, value)
        self.risk = _told("")
        self.production = QRadioButton("P&roduction")
        self.test = QRadioButton("&Test")
        self.production.setChecked(True)
        self.name = _text("Name of this installation", "if it needs one")
        column = _column(self)
        column.addWidget(widgets.label("Years to record", "heading"))
        column.addLayout(self._years)
        column.addWidget(
            _told("For each a plan is made. Nothing is sent before somebody has looked at it and sent it.")
        )
        form = _form()
        form.addRow(_label("When lessons &overlap", self.strategy), self.strategy)
        form.addRow("", self.risk)
        form.addRow(widgets.label("This installation is"), self.production)
        form.addRow("", self.test)
        form.addRow(_label("&Name", self.name), self.name)
        column.addLayout(form)
        column.addStretch(1)
        self.strategy.currentIndexChanged.connect(lambda _at: self._on_strategy_changed())
        self._on_strategy_changed()

    def show_found(self, found: Found) -> None:
        """The years that the timetable has, and what is chosen now."""
        widgets.clear(self._years)
        self.years = []
        for year in found.years:
            first = formats.date(year.first_lesson) if year.first_lesson else "no date can be computed"
            box = QCheckBox()
            # A `&` of the timetable is no key.
            box.setText(formats.one_line(f"{year.setid}: first lesson {first}", 120).replace("&", "&&"))
            box.setAccessibleName(f"Year {formats.one_line(year.setid, 60)}, first lesson {first}")
            box.setProperty("setid", year.setid)
            box.setChecked(year.live)
            box.setEnabled(not year.live)
            if year.live:
                box.setText(f"{box.text()}, sent already")
            self.years.append(box)
            self._years.addWidget(box)
        if not found.years:
            self._years.addWidget(_told("The timetable has no year that is not over."))
        at = self.strategy.findData(found.strategy)
        if at >= 0:
            self.strategy.setCurrentIndex(at)

    def start(self) -> Start:
        """What was chosen."""
        kind = ProfileKind.PRODUCTION if self.production.isChecked() else ProfileKind.TEST
        years = [str(box.property("setid")) for box in self.years if box.isEnabled() and box.isChecked()]
        return Start(Profile(kind, self.name.text().strip()), tuple(years), str(self.strategy.currentData()))

    def _on_strategy_changed(self) -> None:
        self.risk.setText(RISKS.get(str(self.strategy.currentData()), ""))


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    return column


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(14)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _label(words: str, field: QWidget) -> QLabel:
    made = widgets.label(words)
    made.setBuddy(field)
    return made


def _told(text: str) -> QLabel:
    made = widgets.label(kind="small", wrap=True)
    made.setText(formats.breakable(text))
    return made


def _text(name: str, hint: str = "") -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


def _secret(name: str) -> QLineEdit:
    made = _text(name)
    made.setEchoMode(QLineEdit.EchoMode.Password)
    return made
