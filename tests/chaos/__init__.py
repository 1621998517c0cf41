"""Campaigns that try to lose, forge or read evidence; each writes its part of REPORT.md."""
