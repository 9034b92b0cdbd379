"""Tests of `echodesk.planning`: pure values in, pure values out."""
