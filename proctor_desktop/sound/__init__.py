"""From samples to observations about sound."""
