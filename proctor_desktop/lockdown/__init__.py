"""Reversible changes to the machine."""
