"""What an Engine refuses, and what can be done about it."""
