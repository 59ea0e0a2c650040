"""Swarms and overlay networks, as pages read them: of those Engines only that the reader may see."""
