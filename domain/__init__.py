"""The rules of governed execution: pure Python, no I/O, no clock, no randomness."""
