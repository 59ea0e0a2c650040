"""Typed text becomes a spec."""
