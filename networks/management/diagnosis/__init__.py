"""What a request for support needs to be told, and no secret with it."""
