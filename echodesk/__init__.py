"""EchoDesk keeps Echo360 lecture capture in step with the university timetable.

One way only: the timetable is the truth, Echo360 follows. Imports go downwards: `main` knows all the parts, the
parts know `planning`, `messages` and `errors`, and not each other; `tests/test_architecture.py` enforces it.
"""

__version__ = "0.1.0"
