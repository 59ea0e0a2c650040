"""What the Engines of a process share."""
