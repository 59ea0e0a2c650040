"""Docker's JSON to facts: pure functions that ignore what they don't know and survive what is missing or wrong."""
