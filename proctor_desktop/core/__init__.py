"""The pure core: events in, effects out. Standard library only; no clock, thread or file."""
