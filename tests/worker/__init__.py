"""Tests of `echodesk.worker`, under a virtual clock with fakes behind its ports."""
