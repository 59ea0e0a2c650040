"""Docker networks: what an Engine has, kept, shown and changed."""
