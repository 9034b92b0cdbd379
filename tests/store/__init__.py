"""Tests of `echodesk.store`, on a real SQLite file with the real triggers."""
