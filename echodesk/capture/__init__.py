"""Echo360 as it is on the wire: calls, sign-in, call budget, wire forms, answers and reference data.

Everything that Echo360 says becomes a value of `planning.answers` here, in one place each. Nothing here decides
what to send or when to try again; that is the worker's business. The only folder that may import httpx.
"""
