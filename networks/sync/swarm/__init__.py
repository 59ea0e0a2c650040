"""What an Engine tells of its swarm, kept."""
