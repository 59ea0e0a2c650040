"""One's own sessions, and other people: their accounts, roles and ways in."""
