"""The page of a terminal."""
