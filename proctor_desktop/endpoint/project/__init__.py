"""A ready Django project around the app: what ``proctor-desktop endpoint`` serves."""
