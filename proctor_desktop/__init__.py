"""Proctor Desktop: a proctoring client that keeps honest evidence on the candidate's machine."""

__version__ = "0.1.0"
