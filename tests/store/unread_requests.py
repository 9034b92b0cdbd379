"""Edits of recording requests as versions 1 to 4 entered them, unread when the tables are upgraded."""

from __future__ import annotations

SETID = "2031/32"
SOON, LONG_AGO = "2999-01-07", "2001-01-08"
_COLUMNS = (
    "ECHO_ID, OURS, SETID, SLOTID, ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, INPUTS, REST"
)


def _entry(
    number: int, slot: int, status: str = "UNPROCESSED", source: str = "ROOMREQUESTS", weeks: int = 0
) -> str:
    return (
        "INSERT INTO STT_ECHO_QUEUE (ID, SOURCE, ACTION, SETID, SLOTID, STATUS, WEEKS_ALL)"  # noqa: S608 - our own values
        f" VALUES ({number}, '{source}', 'UPDATE', '{SETID}', {slot}, '{status}', {weeks})"
    )


def _request(slot: int, feature: str = "VIDEOREC", entry: int = 1) -> str:
    return (
        "INSERT INTO ROOMREQUESTS (SETID, SLOTID, SLOTENTRY, ITEMNUM, FEATUREID)"  # noqa: S608 - our own values
        f" VALUES ('{SETID} ', {slot}, {entry}, 1, '{feature}')"
    )


def _mirror(slot: int, date: str) -> str:
    return (
        f"INSERT INTO STT_ECHO_MIRROR ({_COLUMNS}, VERIFIED) VALUES"  # noqa: S608 - our own values
        f" ('echo {slot}', 1, '{SETID}', {slot}, 'R1', '{date}', 540, 600, 't', '[]', '[]', 'x', '{SOON}')"
    )


def _left_out(slot: int, date: str) -> str:
    return (
        "INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON)"  # noqa: S608 - our own values
        f" VALUES ('out {slot}', '{SETID}', {slot}, 1, 'R1', '{date}', 'clash')"
    )


def _told(number: int, entry: int, slot: int, date: str | None) -> str:
    return (
        "INSERT INTO STT_ECHO_NOTIFICATION"  # noqa: S608 - our own values
        " (ID, QUEUE_ID, EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ACTION, STATUS, NEW_DATE)"
        f" VALUES ({number}, {entry}, 'told {slot}', '{SETID}', {slot}, 1, 'UPDATE', 'SUCCESS',"
        f" {'NULL' if date is None else repr(date)})"
    )


ADDED = (
    _entry(101, 1), _request(1),
    _entry(102, 2, "IN_PROGRESS"), _request(2, "AUDIOREC "),
    _entry(103, 3), _request(3), _mirror(3, LONG_AGO), _left_out(3, LONG_AGO),
    _entry(104, 4, "PROCESSED", weeks=1), _told(1, 104, 4, SOON), _entry(105, 4, "PROCESSED", weeks=1),
    _told(2, 105, 4, None), _entry(106, 4), _request(4),
    _entry(201, 5), _request(5), _mirror(5, SOON),
    _entry(202, 6), _request(6), _left_out(6, SOON),
    _entry(203, 7, "PROCESSED", weeks=1), _told(3, 203, 7, SOON), _entry(204, 7), _request(7),
    _entry(205, 8), _request(8, "PROJECTOR"),
    _entry(206, 9), _request(9, entry=2),
    _entry(207, 10, source="RETRY"), _request(10),
    _entry(208, 11, "IN_PROGRESS", weeks=1), _request(11),
)  # fmt: skip
"""No recording was there for lessons 1 to 4; 5 is recorded, 6 is left out, 7 is a member of a shared lecture; of 8
and 9 no recording is asked for; the entries of 10 and 11 are none, or were read."""
NUMBERS = "SELECT ID FROM STT_ECHO_QUEUE WHERE ACTION = 'INSERT' ORDER BY ID"
NEWLY_ASKED = [101, 102, 103, 106]
