"""Proves the installed program by running each of its parts once, for real."""

from proctor_desktop.selftest.course import run

__all__ = ["run"]
