"""What should be booked, and the fewest requests that get there: pure functions over frozen values.

No input or output, no clock (`now` is an argument), no SQL, no Qt; only the standard library is imported.
Start with `plan.make_plan`; "what counts as a clash?" is `overlap`, "who is recorded?" is `strategies`.
"""
