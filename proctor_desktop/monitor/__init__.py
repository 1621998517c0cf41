"""The session as it runs: what comes in, what the engine makes of it, what is kept."""
