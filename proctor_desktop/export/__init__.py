"""The evidence as one file: made, verified, reported, replayed."""
