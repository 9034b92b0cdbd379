"""Tests of `echodesk.timetable`, on a real SQLite file."""
