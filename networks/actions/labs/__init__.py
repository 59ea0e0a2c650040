"""What can be added to the sample lab."""
