"""The single commands of the command line, one file for what belongs together; `cli.py` mounts them.

They read and ask through the books of one transaction; what they ask of a worker goes through `asking`. No rule
about lessons, rooms or requests lives here, and no SQL.
"""
