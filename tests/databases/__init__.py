"""What every database must do the same way: one contract, run on each engine that `engines` knows.

The tests speak through `Cmis` (plain rows in, queue entries out), so that an engine joins by a function in
`engines`.
"""
