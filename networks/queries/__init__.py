"""What pages read: plain rows out of the snapshot."""
