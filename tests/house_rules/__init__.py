"""The house rules as functions over source text; `tests/test_architecture.py` applies them to the tree.

Each takes a `Source` and returns the broken rules in words. Exceptions stand in tables, each with its reason.
"""
