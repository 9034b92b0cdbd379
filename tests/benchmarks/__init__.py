"""How fast, how small: `python -m tests.benchmarks`. Each file measures one thing against a baseline of the same run.

Figures that miss their goal are reported as missed; nothing here decides what the goals are but the issues.
"""
