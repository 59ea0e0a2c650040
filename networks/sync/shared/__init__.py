"""What the Engines of a process share, so that ten of them don't wake ten threads for the same question."""
