"""The demonstration: a generated university, import of CSV timetables, a timetabler who keeps editing.

Writes the timetable's tables as CMIS would and leaves the rest to the triggers; people here are invented.
Draws only from a seeded `random.Random`; sends nothing itself and knows nothing of the window.
"""
