"""Tests of `echodesk.capture`, against real replies over HTTP."""
