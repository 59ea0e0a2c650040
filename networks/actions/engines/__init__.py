"""Engines added, tried, changed and removed."""
