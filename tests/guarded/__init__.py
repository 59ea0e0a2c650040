"""What holds every Python process of a test run to the sockets that tests made. PYTHONPATH leads child processes here."""
