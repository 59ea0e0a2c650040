"""The Interfaces page, and the same as a file."""
