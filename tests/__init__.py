"""Tests of EchoDesk; the folders mirror `echodesk/`, the rest is named after what it proves."""
