"""What crosses a process or a network: one schema, shared by both ends."""
