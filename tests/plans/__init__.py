"""Plans of the whole year, at random: what is applied and then taken back leaves Echo360 as it was.

`python -m tests.plans --batches N --seed S [--json]` plays as many; the tests of a commit play a share.
"""
