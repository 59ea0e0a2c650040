"""People as the pages about accounts show them."""
