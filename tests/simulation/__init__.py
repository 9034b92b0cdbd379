"""Whole-system simulation: seeded histories of edits, faults, kills and people, each checked at every step.

`script` says what a history is, `mixes` and `draw` make them, `play` runs one under virtual time. Nothing here is
random once a script is drawn, so a history replays, can be made smaller, and is kept when it once failed.
"""
