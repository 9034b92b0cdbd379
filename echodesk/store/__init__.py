"""EchoDesk's own tables: queue, notifications, room-days, mirror, intents, lease, batches, audit, change numbers.

Each function is one whole transaction that takes and returns values; rows and sessions never leave this folder.
No HTTP, no Qt, no rule of planning; the timetable's tables are read in `timetable`.
"""
