"""What keeps the snapshot equal to the Engine: the only writer of snapshot rows."""
