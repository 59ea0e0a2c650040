"""The pages that start, stop and remove containers."""
