"""A process in a container with a terminal of its own: how it is begun, spoken with, resized and looked at."""
