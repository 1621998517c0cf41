"""What the two desktop applications share."""
