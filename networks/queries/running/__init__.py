"""Containers that are started, stopped and removed: what that touches."""
