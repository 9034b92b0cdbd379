"""Live tables: a pure cache of rows, the Qt model over it, what its columns say, and the view.

Models sort and filter their own list; no proxy model (desktop.md §2: 41 s against 0.1 s for 100,000 rows).
"""
