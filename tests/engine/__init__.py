"""The seam to an Engine."""
