"""What a removal or a disconnect would break."""
