"""Tests of the window, without a display: real clicks and keys against a worker that implements the port."""
