"""From pictures to observations about faces."""
