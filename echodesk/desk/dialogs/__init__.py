"""Questions to a person. Opened with `open()` and awaited, never `exec()` (trap T10)."""
