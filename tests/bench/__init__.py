"""Measurements: what the program costs, and how late it decides. They judge, but never fail."""
