"""Orders to containers, drawn: which there are, and what they touch."""
