"""The two commands, run for real, in a copy of the project."""
