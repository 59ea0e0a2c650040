"""Addresses drawn: the page of all pools, the drawer of one address, and the grid on a network's own page."""
