"""The forms of the pages that start, stop and remove containers."""
