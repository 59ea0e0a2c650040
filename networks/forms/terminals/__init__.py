"""The form of a terminal."""
