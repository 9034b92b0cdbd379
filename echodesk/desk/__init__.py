"""The window: application, bridge, gateway, presenter, tables, pages, dialogs, theme.

The only place that imports Qt. It shows what the worker ships and hands commands over; nothing here may block.
Knows `messages`, `errors` and the values of `planning`; never `store`, `timetable` or `capture`.
"""
