"""Copies of the database that can be trusted, and the way back from them, or from a damaged one."""
