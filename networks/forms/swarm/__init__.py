"""Forms about swarms: to begin one, to join one, to leave it."""
