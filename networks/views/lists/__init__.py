"""What the lists of networks and of containers share."""
