"""What each operating system can tell and do, behind protocols; chosen once, here."""
