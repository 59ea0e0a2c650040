"""Running containers, and the images that they are made of."""
