"""What a new network would take from the machine that its Engine runs on, and who may let it."""
