"""The candidate's screens, one a file; each shows a view and says what the candidate asked."""
