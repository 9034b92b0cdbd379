"""Systematic single faults: every step of every canonical scenario, disturbed in every way, ends where the
undisturbed run ends (reliability §4.4, T3).

`python -m tests.single_faults --json` runs all of it. Nothing here knows how the worker works inside; it stands
at the worker's database steps and on its wire.
"""
