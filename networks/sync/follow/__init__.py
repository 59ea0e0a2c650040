"""Following an Engine: its threads, what they look at, and how it stands."""
