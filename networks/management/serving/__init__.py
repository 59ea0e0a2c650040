"""What `manage.py serve` does before, while and after it serves."""
