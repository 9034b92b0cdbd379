"""Rows that are written alike are written in one statement."""

from __future__ import annotations

import json

from echodesk.store.binding import together


def test_ids_of_the_same_values_come_together_in_the_order_of_the_first() -> None:
    rows = together([(1, {"status": "SUCCESS"}), (2, {"status": "FAILED"}), (3, {"status": "SUCCESS"})])
    assert [(row["status"], json.loads(str(row["ids"]))) for row in rows] == [("SUCCESS", [1, 3]), ("FAILED", [2])]


def test_values_that_differ_in_one_place_stay_apart() -> None:
    rows = together([(1, {"status": "FAILED", "message": "a"}), (2, {"status": "FAILED", "message": None})])
    assert [(row["message"], row["ids"]) for row in rows] == [("a", "[1]"), (None, "[2]")]


def test_no_rows_make_no_statement() -> None:
    assert together([]) == []
