"""Who did what: the list, one action, and the files to take away."""
