"""The engine: ports, the steps (expand, plan, send, refresh, reconcile, lead), and the one thread they run in.

Talks to the outside through `ports` alone, so that it runs under a virtual clock in tests.
No Qt, no SQLAlchemy, no httpx; `thread` is the only file here that may start threads.
"""
