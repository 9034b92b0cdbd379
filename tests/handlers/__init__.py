"""Which `except` of the program does some test really reach? `python -m tests.handlers` says so (reliability T7).

Lives here: the marks put into handlers while a module is imported, the command, and the written reasons for what
cannot be reached. No tests of the program itself.
"""
