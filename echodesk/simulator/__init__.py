"""A local Echo360: sign-in, schedules v2 and the v1 reference data, over real HTTP or in-process.

The core (`model.Institution`, and `misbehave.Simulator` with faults around it) has no socket, no thread, no event
loop and no clock of its own; `server` puts it behind HTTP and `process` runs that server as a child.
Nothing here may import the rest of EchoDesk, the family of errors aside: it stands in for a system that knows
nothing of us.
"""
