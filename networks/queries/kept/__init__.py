"""What queries keep between two looks: rows by revision, so that only what changed is read anew."""
