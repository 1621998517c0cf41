"""Exam files, keys and paths: typed, frozen, and strict about what they do not know."""
