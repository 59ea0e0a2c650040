"""Images: what may be asked of an Engine about them."""
