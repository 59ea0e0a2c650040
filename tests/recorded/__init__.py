"""What real Engines 27.5 to 29.7 answered: data for tests, and what it is held against."""
