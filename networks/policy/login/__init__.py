"""How people get in, stay in, and are put out: guesses, known browsers, second steps, sessions, invitations."""
