"""Stills and video as files that survive a crash."""
