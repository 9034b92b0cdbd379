"""What Echo360 says: client, sign-in, wire forms, errors, call budget, reference data.

The only place that knows the words of the REST API and the only user of httpx; it answers in values of `planning`.
No database and no decision about what to send: that belongs to `planning` and `worker`.
"""
