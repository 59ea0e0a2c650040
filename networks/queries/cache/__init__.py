"""Answers of the database that are kept: rows by revision, prepared statements, and what has a version."""
