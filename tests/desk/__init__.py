"""Tests of `echodesk.desk`, offscreen."""
