"""Tests of the whole program: real database, real sockets, real processes, a real window."""
