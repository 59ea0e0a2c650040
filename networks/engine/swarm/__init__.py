"""Swarms: what may be asked of an Engine about the one that it is in."""
