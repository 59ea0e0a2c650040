"""How an Engine is reached."""
