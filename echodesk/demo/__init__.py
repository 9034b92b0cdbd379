"""The demonstration's data: a generated university, timetables from CSV, a timetabler who keeps editing.

Everything here fills or edits the timetable's own tables, drawn from a seeded `random.Random`, and never touches
EchoDesk's tables except to switch a year on. The running program is put together elsewhere.
"""
