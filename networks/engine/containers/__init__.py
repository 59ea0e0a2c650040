"""Containers: what may be asked of an Engine about them, and how it is said."""
