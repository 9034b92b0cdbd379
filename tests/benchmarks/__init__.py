"""How fast, how small: `python -m tests.benchmarks`. Each file measures one thing beside a baseline.

The baseline is measured in the same run. Figures that miss their goal are reported as missed; the goals are the
project's, not this folder's.
"""
