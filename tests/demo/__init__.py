"""Tests of `echodesk.demo`: what is generated, what is imported, what is refused."""
