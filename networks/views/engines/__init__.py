"""The pages of Engines."""
