"""Tests of `echodesk.simulator`, in the process and over a socket."""
