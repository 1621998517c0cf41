"""Measurements: what the program costs and how long evidence takes. Not tests: nothing asserts."""
